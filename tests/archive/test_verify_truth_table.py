"""What the public validators let pass, `scrapy verify` finds: the truth table of WARC files good and bad.

The files that warcio's and FastWARC's checks wave through are run through them, too, so that the table stays true.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from archive.http.http_message import stored_form
from archive.records.record import digest
from archive.verify.file import verify_file
from tests.harness.warc_making import BODY, HEAD, chunked, gz, record, response, warcinfo

INFO = warcinfo()
PAGE = response()
GOOD = [INFO, *(record("response", response(BODY * n), warc_payload_digest=digest(BODY * n)) for n in (1, 2, 3))]
DECODED = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(BODY)) + BODY
#: What no client reads: chunks over another transfer coding.
CODED = chunked(gzip.compress(BODY, mtime=0)).replace(b"Encoding: chunked", b"Encoding: gzip, chunked")
UNCHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + BODY


def page(block: bytes, payload: bytes) -> bytes:
    return gz(INFO, record("response", block, warc_payload_digest=digest(payload)))


def flip(data: bytes, offset: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]


STREAM = gz(*GOOD)
LAST = len(STREAM) - len(gz(GOOD[-1]))
MIDDLE = len(gz(*GOOD[:2]))

#: The file, the rules that verify finds, and whether `warcio check` and `fastwarc check -p` pass it.
TABLE: dict[str, tuple[bytes, set[str], bool, bool]] = {
    "good": (STREAM, set(), True, True),
    "truncated in the last record": (STREAM[:-40], {"gzip-torn"}, True, False),
    "truncated in the last record, plain": (b"".join(GOOD)[:-40], {"record-torn"}, True, False),
    "truncated in the last line end, plain": (b"".join(GOOD)[:-3], {"record-end"}, True, True),
    "torn record, then more": (STREAM[: MIDDLE + 60] + STREAM[LAST:], {"gzip-data"}, False, False),
    "bit flipped in a body, plain": (
        b"".join(GOOD[:-1]) + flip(GOOD[-1], -40 + len(GOOD[-1])),
        {"block-digest", "payload-digest"},
        False,
        False,
    ),
    "trailing NULs": (STREAM + bytes(512), {"padding"}, False, False),
    "one gzip stream for all": (gzip.compress(b"".join(GOOD), mtime=0), set(), False, True),
    "chunked, digest as the standard says": (page(chunked(), BODY), set(), False, False),
    "chunked, digest over the chunks": (
        page(chunked(), chunked().partition(b"\r\n\r\n")[2]),
        {"payload-digest-framing"},
        True,
        True,
    ),
    "chunks removed, as we do": (page(stored_form(chunked()).block, BODY), set(), True, True),
    "chunks of another coding removed, as we do": (
        page(stored_form(CODED).block, gzip.compress(BODY, mtime=0)),
        set(),
        True,
        True,
    ),
    "chunks of another coding, digest over the chunks": (
        page(CODED, CODED.partition(b"\r\n\r\n")[2]),
        set(),
        True,
        True,
    ),
    "falsified: decoded, the encoding header kept": (page(DECODED, BODY), {"http-encoding", "http-length"}, True, True),
    "falsified: chunks removed, their header kept": (page(UNCHUNKED, BODY), {"http-chunked"}, True, True),
    "falsified: another length": (page(response(BODY).replace(BODY, b"short"), b"short"), {"http-length"}, True, True),
}


def faults(path: Path) -> set[str]:
    return {finding.rule for finding in verify_file(path).findings if not finding.is_note}


@pytest.mark.parametrize(("content", "rules"), [row[:2] for row in TABLE.values()], ids=TABLE)
def test_verify(content: bytes, rules: set[str], tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    assert faults(path) == rules


@pytest.mark.parametrize("tool", ["warcio", "fastwarc"])
def test_public_validators(tool: str, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name(tool)), "check", *(["-p", "-q"] if tool == "fastwarc" else [])]
    passed = {}
    for name, (content, *_) in TABLE.items():
        path = tmp_path / "a.warc.gz"
        path.write_bytes(content)
        done = subprocess.run([*command, path], capture_output=True, check=False, timeout=60)
        passed[name] = done.returncode == 0
    column = 2 if tool == "warcio" else 3
    assert passed == {name: row[column] for name, row in TABLE.items()}
