"""Small WARC files for tests: by our own writer, and record by record as anyone might write them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from archive.collection import Collection
from archive.http.exchange import Capture, Exchange
from archive.records.record import digest, new_record_id
from archive.writing.writer import WarcWriter, WriterPolicy

DATE = "2026-11-22T03:04:05Z"
BODY = "".join(f"<p>Đoạn văn thứ {number} của bài báo.</p>\n" for number in range(30)).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def response(body: bytes = BODY, head: bytes = HEAD) -> bytes:
    """The bytes of a response with a Content-Length."""
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes = BODY, head: bytes = HEAD) -> bytes:
    """The bytes of a response in two chunks, with an extension and a trailer."""
    parts = (b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in (body[:100], body[100:]))
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(parts) + b"0\r\nX-Trailer: c\r\n\r\n"


def exchange(path: str, answer: bytes, after: int = 0, method: str = "GET") -> Exchange:
    """An exchange with http://a.test, begun so many seconds after a fixed moment."""
    started = datetime(2026, 11, 22, 3, 4, 5, 678, UTC) + timedelta(seconds=after)
    asked = f"{method} {path} HTTP/1.1\r\nHost: a.test\r\n\r\n".encode()
    made = Exchange(f"http://a.test{path}", method, started, bytearray(asked), bytearray(answer), ip="192.0.2.1")
    made.milliseconds = 20
    return made


def collection(folder: Path) -> Collection:
    return Collection(folder / "warc", folder / "index", folder / "dedup.sqlite")


def write(folder: Path, exchanges: Iterable[Exchange], prefix: str = "small") -> Path:
    """Have our writer write one file in a data folder, with all that is kept about it; returns its path."""
    failures: list[Exception] = []
    policy = WriterPolicy(folder=folder / "warc", prefix=prefix, description=[("software", "a test")])
    writer = WarcWriter(policy, lambda sequence: None, failures.append, collection(folder))
    writer.start()
    for sequence, each in enumerate(exchanges, 1):
        writer.put(each, Capture(sequence, each.url, each.warc_date, new_record_id(), each.truncated))
    writer.finish()
    writer.join()
    assert not failures
    (name,) = writer.totals.files
    return folder / "warc" / name


def record(kind: str, block: bytes = b"", *fields: tuple[str, str], without: str = "", **given: str) -> bytes:
    """One uncompressed WARC/1.1 record, right in all but what a test says.

    :param fields: go in front of the usual ones.
    :param without: names, separated by spaces, of usual fields that are left out.
    :param given: values that take the place of usual ones, named in lower case with underscores.
    """
    usual = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{uuid4()}>", "WARC-Date": DATE}
    if kind not in ("warcinfo", "metadata"):
        usual["WARC-Target-URI"] = "http://a.test/"
    if kind in ("request", "response", "revisit"):
        usual["Content-Type"] = f"application/http;msgtype={'request' if kind == 'request' else 'response'}"
    elif block:
        usual["Content-Type"] = "application/warc-fields" if kind in ("warcinfo", "metadata") else "text/plain"
    if kind == "revisit":
        usual["WARC-Profile"] = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    usual["WARC-Block-Digest"] = digest(block)
    usual["Content-Length"] = str(len(block))
    names = {name.lower().replace("-", "_"): name for name in usual}
    usual |= {names.get(name, name.replace("_", "-")): value for name, value in given.items()}
    lines = [*fields, *((name, value) for name, value in usual.items() if name not in without.split())]
    return "".join(["WARC/1.1\r\n", *(f"{n}: {v}\r\n" for n, v in lines), "\r\n"]).encode() + block + b"\r\n\r\n"


def warcinfo(**given: str) -> bytes:
    return record("warcinfo", b"software: a test\r\n", **given)


def gz(*records: bytes) -> bytes:
    """Each record as a gzip member of its own."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)
