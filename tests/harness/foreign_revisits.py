"""A page and a revisit that refers to it, as other crawlers write them, and what is replayed of a folder of those."""

from __future__ import annotations

from pathlib import Path

from scrapy.http import Response

from archive.records.record import digest
from archive.replay.originals import Resolver
from archive.replay.replay import responses
from tests.harness.foreign_warc import http, record
from tests.harness.warc_making import collection

PAGE = b"<h1>Cau Nam Rom</h1><p>" + b"Thong xe hom qua. " * 80
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HTML = "Content-Type: text/html"
FIRST, LATER = "2020-03-01T00:00:01Z", "2026-03-02T00:00:01Z"
URL, LATER_URL = "http://b.test/cau", "http://b.test/cau-2"
INFO = record("warcinfo", b"software: z\r\n", type="application/warc-fields", date=FIRST)
ID = "<urn:uuid:0d1f4c1e-6f5b-4a39-9a52-6c1d2f1b7a10>"


def original(body: bytes = PAGE, **fields: str) -> bytes:
    usual = {"Target_URI": URL, "date": FIRST, "Payload_Digest": digest(body)}
    return record("response", http(body, HTML), **{**usual, **fields})


def revisit(**fields: str) -> bytes:
    usual = {"Target_URI": LATER_URL, "date": LATER, "Profile": IDENTICAL, "Payload_Digest": digest(PAGE)}
    named = {"Refers_To_Target_URI": URL, "Refers_To_Date": FIRST}
    return record("revisit", http(b"", HTML), **{**usual, **named, **fields})


def other(date: str = LATER) -> bytes:
    return original(b"else", Target_URI=f"{URL}/x", date=date)


def replayed(data: Path) -> dict[str, bytes]:
    warcs = collection(data)
    resolver = Resolver(warcs, thorough=True)
    answers = (each for path in warcs.files() for each in responses(path, 1 << 20, resolver))
    return {each.url: each.body for each in answers if isinstance(each, Response)}
