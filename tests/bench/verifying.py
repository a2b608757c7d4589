"""What `scrapy verify` costs a record, beside the inflating and hashing that it cannot do without."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final, NamedTuple

from isal import isal_zlib
from rich.console import Console
from rich.table import Table

from archive.files.manifest import Manifest
from archive.http.kept_message import kept_response
from archive.records.members import members
from archive.verify.verification import Verification
from tests.bench.captures import article_pages
from tests.harness.warc_making import exchange, response, write

#: Of the floor's rate at least, in one run.
SHARE: Final = 0.45
#: MB of records a second of processor time at least, of pages and pictures.
RATE: Final = 200
#: Sizes of the markup around the text of pages, and of pictures, in bytes.
_MARKUP: Final = range(60_000, 200_000, 20_000)
_PICTURES: Final = (50_000, 300_000)
_TURNS: Final = 5
#: Of these, more has to be unpacked than there is of records.
_SENT_PACKED: Final = "pages sent as gzip"
_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 22 Nov 2026 03:04:05 GMT\r\nConnection: keep-alive\r\n"
    b"Vary: Accept-Encoding\r\nCache-Control: no-cache, private\r\nX-Frame-Options: SAMEORIGIN\r\n"
)
_HTML: Final = _HEAD + b"Content-Type: text/html; charset=utf-8\r\n"
_PACKED: Final = _HTML + b"Content-Encoding: gzip\r\n"
_JPEG: Final = _HEAD + b"Content-Type: image/jpeg\r\n"
#: Of gzip, with its head and checksum.
_WINDOW: Final = 31


class _Place(NamedTuple):
    """Where a record lies in its file, and in it block and payload; whether the payload is packed."""

    offset: int
    length: int
    block: slice
    payload: slice | None
    is_packed: bool


@dataclass(frozen=True)
class _Rates:
    """Bytes of a file's records, and seconds of processor time of the floor and of verify, by turns."""

    size: int
    floors: list[float]
    checks: list[float]

    @property
    def floor(self) -> float:
        """MB a second."""
        return self.size / min(self.floors) / 1e6

    @property
    def check(self) -> float:
        """MB a second."""
        return self.size / min(self.checks) / 1e6

    @property
    def share(self) -> float:
        """The rate of verify by that of the floor."""
        return median(floor / check for floor, check in zip(self.floors, self.checks, strict=True))


def verifying(captures: int, folder: Path, console: Console) -> bool:
    """Print how fast files of so many captures are checked; return whether the targets are met.

    Each kind of capture is written by our own writer, and once more as plain WARC.
    """
    table = Table(title="scrapy verify, MB of uncompressed records a second of processor time")
    for heading in ("", "MB", "inflate and hash alone", "verify", "share"):
        table.add_column(heading, justify="right" if heading else "left")
    met = True
    for title, path in _files(captures, folder):
        rates = _measured(path)
        row = (rates.floor, rates.check)
        table.add_row(title, f"{rates.size / 1e6:.0f}", *(f"{rate:.0f}" for rate in row), f"{rates.share:.2f}")
        met = met and rates.share >= SHARE and (title.startswith(_SENT_PACKED) or rates.check >= RATE)
    console.print(table)
    console.print(f"share of the floor's rate: at least {SHARE}; pages and pictures: at least {RATE} MB a second")
    return met


def _files(captures: int, folder: Path) -> Iterator[tuple[str, Path]]:
    for title, head, bodies in (
        ("pages", _HTML, article_pages(captures, _MARKUP)),
        (_SENT_PACKED, _PACKED, map(gzip.compress, article_pages(captures, _MARKUP))),
        ("pictures", _JPEG, _pictures(captures // 2)),
    ):
        name = title.replace(" ", "-")
        exchanges = (exchange(f"/{name}/{n}", response(body, head), after=n // 4) for n, body in enumerate(bodies))
        packed = write(folder / name, exchanges, name)
        plain = folder / packed.name.removesuffix(".gz")
        plain.write_bytes(gzip.decompress(packed.read_bytes()))
        yield f"{title}, .warc.gz", packed
        yield f"{title}, .warc", plain


def _pictures(count: int) -> Iterator[bytes]:
    """Yield bytes that no compression makes fewer, as those of photographs."""
    numbers = random.Random(1)
    for _ in range(count):
        yield b"\xff\xd8\xff\xe0" + numbers.randbytes(numbers.randint(*_PICTURES))


def _measured(path: Path) -> _Rates:
    places = list(_places(path))
    fixed = path.name in Manifest(path.parent).digests()
    rates = _Rates(_verify(path, indexed=fixed), [], [])  # once, not counted: what is made at first use is made then
    for _ in range(_TURNS):
        begun = process_time()
        _inflate_and_hash(path, places, whole=fixed)
        between = process_time()
        _verify(path, indexed=fixed)
        rates.checks.append(process_time() - between)
        rates.floors.append(between - begun)
    return rates


def _verify(path: Path, *, indexed: bool) -> int:
    """Check a file as the command does in one process; returns how many bytes its records have."""
    verification = Verification()
    (report,) = verification.check([path], indexed=indexed)
    faults = [finding for finding in (*report.findings, *verification.findings()) if not finding.is_note]
    assert not faults, faults[0]
    return report.content


def _places(path: Path) -> Iterator[_Place]:
    for record in members(path):
        begin, end = len(record.head), len(record.head) + len(record.block)
        payload, is_packed = None, False
        if record.type == "response":
            kept = kept_response(record.block)
            payload, is_packed = slice(end - len(kept.body), end), bool(kept.values(b"content-encoding"))
        elif record.get("WARC-Payload-Digest"):
            payload = slice(end, end)
        yield _Place(record.offset, record.length, slice(begin, end), payload, is_packed)


def _inflate_and_hash(path: Path, places: list[_Place], *, whole: bool) -> None:
    """Read what no check can leave out: each record, inflated, the digests of block and payload, what a body unpacks
    to, and the digest of the whole file where one is known.
    """
    is_gzip = path.suffix == ".gz"
    with path.open("rb", buffering=0) as file:
        if whole:
            hashlib.file_digest(file, "sha256")
        for place in places:
            stored = os.pread(file.fileno(), place.length, place.offset)
            record = memoryview(isal_zlib.decompress(stored, _WINDOW) if is_gzip else stored)
            hashlib.sha256(record[place.block]).digest()
            if place.payload:
                hashlib.sha256(record[place.payload]).digest()
            if place.payload and place.is_packed:
                isal_zlib.decompress(record[place.payload], _WINDOW)
