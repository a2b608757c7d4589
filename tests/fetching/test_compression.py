"""Unpacking: the same pages as from Scrapy's own middleware, which is slower."""

from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector

from newsbot.fetching.compression import CodingError, Compression

PAGE = "<meta charset=windows-1258><p>Một trang</p>".encode("windows-1258", "replace")
PACKED = {
    "gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "gzip, gzip": gzip.compress(gzip.compress(PAGE)),
    "unknown": PAGE,
    "": PAGE,
}


@pytest.mark.parametrize(("coding", "body"), PACKED.items(), ids=PACKED)
@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/html", "image/png"])
def test_unpacked_as_scrapy_does(coding: str, body: bytes, content_type: str) -> None:
    crawler = Crawler(Spider, Settings())
    crawler.stats = MemoryStatsCollector(crawler)
    pages = []
    for middleware in (Compression, HttpCompressionMiddleware):
        headers = {"Content-Type": content_type} | ({"Content-Encoding": coding} if coding else {})
        request = Request("https://a.test/", meta={"capture": 1})
        packed_class = HtmlResponse if "html" in content_type else Response
        packed = packed_class(request.url, 203, headers, body, ["f"], request, protocol="HTTP/1.1")
        page = middleware.from_crawler(crawler).process_response(request, packed)
        assert isinstance(page, Response)
        assert page.request is request
        said = [getattr(page, name) for name in Response.attributes if name != "request"]
        pages.append((type(page), said, page.encoding if isinstance(page, TextResponse) else None))
    assert pages[0] == pages[1]
    assert pages[0][1][Response.attributes.index("body")] == PAGE


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_text_that_is_not_packed_as_it_says_is_read_as_it_is(coding: str) -> None:
    assert _body(coding, PAGE) == PAGE
    assert _body(coding, b"") == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_what_was_cut_off_is_no_page_but_what_lacks_only_its_checksum_is(coding: str) -> None:
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding]
    chance = random.Random(4)
    text = "".join(f"<p>{chance.getrandbits(64)}</p>" for _ in range(4000)).encode()
    packed = pack(text)
    assert _body(coding, packed) == text
    with pytest.raises(CodingError):
        _body(coding, packed[: len(packed) // 2])
    if coding != "br":
        assert _body(coding, packed[:-4]) == text


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize(("end", "is_whole"), [(b"</p>", False), (b"</body></HTML>\n", True), (b"</rss>", True)])
def test_a_stream_that_goes_on_is_whole_only_if_its_text_has_ended(coding: str, end: bytes, is_whole: bool) -> None:
    text = b"<html><p>" + b"Qua cau. " * 300 + end
    if coding == "br":
        unfinished = brotli.Compressor()
        packed = unfinished.process(text) + unfinished.flush()
    else:
        stream = zlib.compressobj(wbits=31 if coding == "gzip" else 15)
        packed = stream.compress(text) + stream.flush(zlib.Z_SYNC_FLUSH)
    if is_whole:
        assert _body(coding, packed) == text
    else:
        with pytest.raises(CodingError, match="ends before"):
            _body(coding, packed)


def test_the_second_member_may_be_cut_off_too() -> None:
    first, second = (gzip.compress(PAGE), gzip.compress(random.Random(1).randbytes(5000)))
    with pytest.raises(CodingError, match="ends before"):
        _body("gzip", first + second[:-300])


def test_a_page_that_is_packed_unsaid_may_be_cut_off_too() -> None:
    chance = random.Random(5)
    text = b"<!DOCTYPE html><p>" + b"".join(b"<p>%d</p>" % chance.getrandbits(64) for _ in range(500))
    packed = gzip.compress(text)
    assert _body("", packed) == packed
    for cut in (packed[:-900], gzip.compress(text[:300]) + packed[:-900]):
        with pytest.raises(CodingError, match="of which no header tells"):
            _body("", cut)
    sitemap = gzip.compress(text.replace(b"<!DOCTYPE html>", b"<urlset>"))[:-900]
    assert _body("", sitemap) == sitemap


def _body(coding: str, body: bytes) -> bytes:
    crawler = Crawler(Spider, Settings())
    crawler.stats = MemoryStatsCollector(crawler)
    request = Request("https://a.test/")
    packed = HtmlResponse(
        request.url, headers={"Content-Encoding": coding} if coding else {}, body=body, request=request
    )
    page = Compression.from_crawler(crawler).process_response(request, packed)
    assert isinstance(page, Response)
    return page.body
