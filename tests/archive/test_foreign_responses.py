"""Responses in other crawlers' records: the record says how long they are, whatever the HTTP head in it says."""

from __future__ import annotations

import gzip
import mmap
import os
import tracemalloc
from pathlib import Path
from tempfile import TemporaryFile
from zipfile import ZipFile

import pytest
from scrapy.http import Response

from archive.http.kept_message import kept_response, unchunked
from archive.records.members import members
from archive.records.record import digest
from archive.records.revisit import NOT_MODIFIED
from archive.replay.replay import Failed, Skipped, crawl_had, exchanges, responses
from tests.harness.commands import said_by
from tests.harness.foreign_warc import http, record, write

URL = "http://a.test/1"
PAGE = "<!doctype html><meta charset=utf-8><h1>Gặt lúa</h1><p>Bản Mòng gặt sớm.".encode()
CHUNKS = b"%x\r\n%b\r\n" % (9, PAGE[:9]) + b"%x;name=value\r\n%b\r\n" % (len(PAGE) - 9, PAGE[9:])
CHUNKED = "Transfer-Encoding: chunked"
BLOCKS = {
    "a length that is too small": http(PAGE, "Content-Length: 5"),
    "a length that is too large": http(PAGE, "Content-Length: 500000"),
    "two lengths": http(PAGE, "Content-Length: 5", "Content-Length: 9"),
    "chunked, but without chunks": http(PAGE, CHUNKED),
    "chunks": http(CHUNKS + b"0\r\n\r\n", CHUNKED),
    "chunks with trailers": http(CHUNKS + b"0\r\nX-Trailer: a\r\n\r\n", CHUNKED),
    "chunks without their last line": http(CHUNKS + b"0\r\nX-Trailer: a\r\n", CHUNKED),
    "chunks under a wrong length": http(CHUNKS + b"0\r\n\r\n", CHUNKED, "Content-Length: 5"),
    "one chunk": http(b"%X\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE), CHUNKED),
    "HTTP/2": http(PAGE).replace(b"HTTP/1.1 200 OK", b"HTTP/2 200"),
    "HTTP/3": http(PAGE).replace(b"HTTP/1.1 200 OK", b"HTTP/3 200 "),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_the_body_is_read_whole(name: str, tmp_path: Path) -> None:
    page = record("response", BLOCKS[name], Target_URI="http://a.test/")
    (answer,) = exchanges(write(tmp_path / "a.warc.gz", [page]), 1 << 20)
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (200, PAGE)


@pytest.mark.parametrize(
    "body",
    [
        CHUNKS,
        CHUNKS + b"0\r\n\r\nand more",
        CHUNKS[:-9],
        b"1\r\nab\r\n0\r\n\r\n",
        b"fffffffffffffff\r\nab\r\n0\r\n\r\n",
    ],
)
def test_what_is_not_chunks_to_its_end_stays_as_it_is(body: bytes) -> None:
    assert bytes(kept_response(http(body, CHUNKED)).payload) == body


def test_what_a_crawler_cut_off_is_no_whole_page(tmp_path: Path) -> None:
    cut = record(
        "response", http(PAGE[:40], "Content-Type: text/html"), Target_URI="http://a.test/1", Truncated="length"
    )
    whole = record("response", http(PAGE, "Content-Type: text/html"), Target_URI="http://a.test/2")
    path = write(tmp_path / "a.warc.gz", [cut, whole, cut])
    first, second, third = exchanges(path, 1 << 20)
    assert isinstance(second, Response) and second.body == PAGE
    for skipped in (first, third):
        assert isinstance(skipped, Skipped)
        assert skipped.reason == "http://a.test/1 was cut off by its crawler (WARC-Truncated: length)"


def test_what_a_crawl_says_of_an_answer_is_heeded_and_of_another_is_not(tmp_path: Path) -> None:
    """Also where all of the answer came: then the crawl refused it."""
    notes = {"type": "application/warc-fields", "Target_URI": URL}
    refused = b"capture-method: wire\r\nerror: DownloadFailedError: too long\r\n"
    answers = [
        record("response", http(PAGE), Target_URI=URL, Record_ID="<urn:a:1>"),
        record(
            "revisit", http(b"", status="304 Not Modified"), Profile=NOT_MODIFIED, Target_URI=URL, Record_ID="<urn:a:1>"
        ),
    ]
    for answer in answers:
        for about, had in (("<urn:a:1>", False), ("<urn:a:2>", True)):
            note = record("metadata", refused, Concurrent_To=about, **notes)
            path = write(tmp_path / "a.warc.gz", [answer, note])
            *given, failed = exchanges(path, 1 << 20)
            assert isinstance(failed, Failed)
            assert [isinstance(each, Response) for each in given] == [True] * had
            assert crawl_had(path, next(members(path))) == had
        others = record("metadata", b"via: a\r\nerror: none\r\n", Concurrent_To="<urn:a:1>", **notes)
        given_still, _ = exchanges(write(tmp_path / "a.warc.gz", [answer, others]), 1 << 20)
        assert isinstance(given_still, Response)


def test_a_large_body_is_not_copied_to_be_taken_out_of_its_chunks() -> None:
    """The most that is held beside the record is the payload once; the framing costs nothing."""
    size = 8 << 20
    chunk = b"%x\r\n%b\r\n" % (size >> 6, bytes(size >> 6))
    block = http(chunk * 64 + b"0\r\n\r\n", CHUNKED)
    tracemalloc.start()
    payload = kept_response(block).payload
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(payload) == size
    assert most < 1.5 * size + (4 << 20)


@pytest.mark.parametrize("size", [1, 100 << 20])
def test_chunks_of_any_size_cost_no_memory(size: int) -> None:
    """Many small ones are not held each by itself, and a large one goes to the disk as it is."""
    with TemporaryFile() as file:
        for _ in range(100_000 if size == 1 else 1):
            file.write(b"1\r\na\r\n")
        file.write(b"%x\r\n" % size)
        file.seek(size, os.SEEK_CUR)
        file.write(b"\r\n0\r\n\r\n")
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as body:
            tracemalloc.start()
            payload = unchunked(body)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert payload is not None and payload[0] == ord("a")
    assert len(payload) == (100_001 if size == 1 else size + 1)
    assert most < 2 << 20


def test_whole_gzip_files_resolve_their_own_revisits(tmp_path: Path) -> None:
    first = record("response", http(PAGE), Target_URI="http://a.test/1", Payload_Digest=digest(PAGE))
    later = [
        record("revisit", http(b""), Target_URI=f"http://a.test/{number}", Payload_Digest=digest(PAGE))
        for number in (2, 3)
    ]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join([first, *later])))
    assert [answer.body for answer in responses(path, 1 << 20) if isinstance(answer, Response)] == [PAGE] * 3


def test_what_no_source_knows_is_counted_and_names_need_not_differ(tmp_path: Path) -> None:
    page = record("response", http(PAGE, "Content-Type: text/html"), Target_URI="http://a.test/1")
    odd = record("response", http(PAGE, "Content-Type: text/html"), Target_URI="http://a.test/2", date="yesterday")
    first = write(tmp_path / "one" / "WEB-1~host~8443.warc.gz", [page])
    second = write(tmp_path / "two" / "WEB-1~host~8443.warc.gz", [page, odd])
    data, none, both = tmp_path / "data", tmp_path / "n.wacz", tmp_path / "p.wacz"
    said = said_by("rebuild", first, data=data)
    assert "1 responses are of hosts that no source knows: not read" in said
    said = said_by("rebuild", "--source=yenmy", f"--output={tmp_path}/again", first, data=data)
    assert "1 responses are of hosts of other sources than yenmy, or of none: not read" in said
    said = said_by("wacz", first, "--since=2199-01-01", "-o", none, data=data, status=2)
    assert "wacz: the archive holds nothing of that time" in said
    assert not none.exists()
    said = said_by("wacz", first, second, "-o", both, data=data, status=1)
    assert "is not in the package's index" in said
    with ZipFile(both) as package:
        names = [name for name in package.namelist() if name.startswith("archive/")]
        assert names == ["archive/WEB-1~host~8443.warc.gz", "archive/WEB-1~host~8443-2.warc.gz"]
        assert b'"name": "archive-web-1-host-8443-2.warc.gz"' in package.read("datapackage.json")
