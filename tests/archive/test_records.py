"""Our records against those that warcio writes of the same fields and blocks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from io import BytesIO

import pytest
from isal import igzip
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.http.exchange import Exchange
from archive.records.exchange_records import exchange_records
from archive.records.record import digest
from archive.records.revisit import Original

KNOWN = b"known " * 500
ORIGINAL = Original("<urn:uuid:o>", "https://a.test/o?q=%C4%91", "2026-11-21T03:04:05.000006Z", digest(KNOWN))
USUAL = "request response metadata"
#: What a site sent, and the types of the records that are made of it.
ANSWERS = {
    "page": ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Đất".encode(), USUAL),
    "chunks": (
        b"HTTP/1.1 200\r\nTransfer-Encoding : chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        USUAL,
    ),
    "chunks of another coding": (
        b"HTTP/1.1 200\r\nTransfer-Encoding: gzip,\r\n Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        USUAL,
    ),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", USUAL),
    "odd head": (
        b"HTTP/1.0 200 \xc4\xff\nX:\xff a\n folded\nno colon\n\n\r\n\r\nWARC/1.1",
        USUAL,
    ),
    "line ends alone": (b"HTTP/1.1 200 OK\r\n\r\n\r\n\r\n", USUAL),
    "large": (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(256)) * 5000, USUAL),
    "known": (b"HTTP/1.1 200 OK\r\nX: \xff\r\n\r\n" + KNOWN, "request revisit metadata"),
    "nothing": (b"", "request metadata"),
    "no HTTP": (b"\x16\x03\x01 no HTTP\r\n\r\n", "request metadata metadata"),
}


class Known:
    """An archive that holds one payload."""

    def with_payload(self, payload_digest: str, size: int) -> Original | None:
        return ORIGINAL if payload_digest == ORIGINAL.payload_digest else None

    def with_validators(self, url: str, etags: Collection[str], last_modified: str) -> Original | None:
        raise AssertionError("no answer here is a 304")


class Verbatim(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """Adds no digests to those that are given."""

    def ensure_digest(self, record: ArcWarcRecord, block: bool = True, payload: bool = True) -> None:
        pass


@pytest.mark.parametrize(("answer", "types"), ANSWERS.values(), ids=ANSWERS)
def test_as_warcio_writes_them(answer: bytes, types: str) -> None:
    exchange = Exchange("https://a.test/tr%E1%BA%A3?q=1", "GET", datetime(2026, 11, 22), via="https://a.test/")
    exchange.request += b"GET /tr%E1%BA%A3?q=1 HTTP/1.1\r\nHost: a.test\r\nCookie: a=1\r\n\r\n"
    exchange.response += answer
    records = exchange_records(exchange, "<urn:uuid:w>", "<urn:uuid:r>", frozenset({b"cookie"}), Known())
    assert " ".join(record.fields[0][1] for record in records) == types
    for record in records:
        kind, (_, content_type), *fields = record.fields
        head = StatusAndHeaders("", [kind, *fields, ("WARC-Block-Digest", digest(record.block))], "WARC/1.1")
        # Of a revisit, warcio would write an HTTP head that it has parsed itself: it is told of another type.
        twin = ArcWarcRecord("warc", "resource", head, BytesIO(record.block), None, content_type, len(record.block))
        written = BytesIO()
        Verbatim(written, gzip=False, warc_version="1.1").write_record(twin)
        assert igzip.decompress(record.data) == written.getvalue()
