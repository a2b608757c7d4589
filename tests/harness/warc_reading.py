"""WARC files as plain records, for tests: read with warcio, without any interpretation of HTTP."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from archive.http.http_message import Recipe


@dataclass(frozen=True)
class Record:
    """One record; `fields` in order, with the names as written."""

    fields: list[tuple[str, str]]
    block: bytes
    offset: int
    length: int

    def __getitem__(self, name: str) -> str:
        return self.get(name) or ""

    def get(self, name: str) -> str | None:
        return next((value for field, value in self.fields if field == name), None)

    @property
    def type(self) -> str:
        return self["WARC-Type"]

    def notes(self) -> dict[str, str]:
        """The pairs of an application/warc-fields block."""
        lines = self.block.decode().split("\r\n")
        return {name: value for name, _, value in (line.partition(": ") for line in lines) if name}


@dataclass
class Exchange:
    """The records of one exchange; the metadata is always there."""

    request: Record | None
    response: Record | None
    metadata: Record
    unreadable: Record | None = None
    #: The record that a revisit refers to.
    original: Record | None = None

    @property
    def hops(self) -> str:
        """How it was come by: L for a link, R for a redirect, P for a prerequisite, E for a page's requisite."""
        return self.metadata.notes().get("hopsFromSeed", "")

    @property
    def block(self) -> bytes:
        """The response with its payload, wherever that is kept."""
        assert self.response is not None
        if self.response.get("WARC-Truncated") != "length" or self.response.type != "revisit":
            return self.response.block
        assert self.original is not None, self.response.fields
        return self.response.block + self.original.block.partition(b"\r\n\r\n")[2]

    @property
    def recipe(self) -> Recipe | None:
        written = self.metadata.notes().get("wire-recipe")
        return json.loads(written) if written else None


def read_records(path: Path) -> list[Record]:
    """All records of a WARC; each must be a gzip member of its own, at the offset the reader tells."""
    data = path.read_bytes()
    records = []
    with path.open("rb") as stream:
        iterator = ArchiveIterator(stream, no_record_parse=True)
        for record in iterator:
            block = record.raw_stream.read()
            offset, length = iterator.get_record_offset(), iterator.get_record_length()
            assert block in gzip.decompress(data[offset : offset + length])
            records.append(Record(record.rec_headers.headers, block, offset, length))
    return records


def read_exchanges(path: Path, *others: Path) -> Iterator[Exchange]:
    """The exchanges of a file, put together from records that stand side by side.

    What revisits refer to is looked for in the file and in the other files.
    """
    responses = {record["WARC-Record-ID"]: record for each in (path, *others) for record in read_records(each)}
    for exchange in _exchanges(path):
        if exchange.response and exchange.response.type == "revisit":
            exchange.original = responses[exchange.response["WARC-Refers-To"]]
        yield exchange


def _exchanges(path: Path) -> Iterator[Exchange]:
    request = response = None
    exchange: Exchange | None = None
    for record in (each for each in read_records(path) if each.type != "resource"):
        if record.type == "request":
            request, response = record, None
        elif record.type in ("response", "revisit"):
            response = record
        elif record["Content-Type"] == "application/octet-stream":
            assert exchange is not None
            exchange.unreadable = record
        elif record.type != "resource" and record.get("WARC-Target-URI"):
            if exchange is not None:
                yield exchange
            exchange = Exchange(request, response, record)
            request = response = None
    if exchange is not None:
        yield exchange


def assert_fastwarc_passes(path: Path) -> None:
    """FastWARC finds every digest right, but for those of payloads that revisits do not hold: it does not know that."""
    command = [str(Path(sys.executable).with_name("fastwarc")), "check", "-p", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    failed = set(re.findall(r"<urn:uuid:[-0-9a-f]+>", done.stdout + done.stderr))
    revisits = {record["WARC-Record-ID"] for record in read_records(path) if record.type == "revisit"}
    assert failed <= revisits, done.stdout + done.stderr
    assert done.returncode == (1 if failed else 0), done.stdout + done.stderr
