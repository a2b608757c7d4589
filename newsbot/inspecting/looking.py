"""Gets one page to look at: from its site, as politely as a crawl asks, or from a file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Request, Response
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.misc import build_from_crawler
from twisted.python.failure import Failure

from archive.errors import os_errors
from archive.http.exchange import Capture
from archive.records.members import read_member, what_it_is
from archive.replay.originals import Resolver
from archive.replay.replay import response_of, responses
from newsbot.fetching.compression import Compression
from newsbot.fetching.robots import ForbiddenError
from newsbot.health.causes import cause
from newsbot.reading.limits import MAX_BYTES, ReadingLimitError
from newsbot.reading.page import absolute, check_depth, decode
from newsbot.reading.parsing import parsed

#: Where a page says what its own address is.
_OWN_ADDRESS: Final = "link[rel='canonical'][href], meta[property='og:url'][content]"
_SITEMAP: Final = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000}+)(?!\S)", re.IGNORECASE | re.MULTILINE)
_MOST_SITEMAPS: Final = 50


class NothingToLookAtError(Exception):
    """There is no page to look at; the message is one line and says why."""


@dataclass
class Robots:
    """What a site's robots.txt says."""

    #: "allowed", "forbidden", "cannot be read: …", or "not asked" for a page that was not fetched.
    verdict: str = "not asked"
    sitemaps: list[str] = field(default_factory=list)


@dataclass
class Look:
    """A page, with its capture in ``meta``, and what its site allows."""

    response: Response
    robots: Robots = field(default_factory=Robots)


def look_at_file(path: Path, url: str, settings: Settings) -> Look:
    """Return the page in an HTML file, or in a WARC file: the last capture of a URL, or the only page there is.

    :param url: the page's address; of a WARC file also the offset of a record. Empty where the file tells.
    :raises NothingToLookAtError: if the file has no such page, or several.
    :raises ArchiveError: if the file cannot be read.
    """
    if what_it_is(path).endswith("ARC"):
        return Look(_decompressed(_captured(path, url, settings.getint("DOWNLOAD_MAXSIZE")), settings))
    with os_errors(f"cannot read {path}"):
        if path.stat().st_size > MAX_BYTES:
            raise NothingToLookAtError(f"{path}: it is longer than {MAX_BYTES} bytes")
        body = path.read_bytes()
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        url = url or _own_address(body)
    except ReadingLimitError as error:
        raise NothingToLookAtError(f"{path}: not read: {error}") from error
    if not url:
        raise NothingToLookAtError(f"{path}: it does not say its own address: give it with --url")
    date = written.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    capture = Capture(sequence=1, url=url.partition("#")[0], date=date, record_id="", file=path.name)
    return Look(HtmlResponse(url, body=body, request=Request(url, meta={"capture": capture})))


def _own_address(body: bytes) -> str:
    text = decode(body)
    check_depth(text)
    found = parsed(text).css(_OWN_ADDRESS)
    links = (node.attributes.get("href") or node.attributes.get("content") or "" for node in found)
    return next((url for link in links if (url := absolute(link, link))), "")


def _captured(path: Path, wanted: str, max_bytes: int) -> Response:
    if wanted.isascii() and wanted.isdecimal():
        return response_of(path, read_member(path, int(wanted)), Resolver(files=[path]))
    pages: dict[str, Response] = {}
    for found in responses(path, max_bytes):
        if isinstance(found, Response) and found.status < 300 and _is_page(found):
            pages[found.url] = found
    if wanted:
        pages = {url: page for url, page in pages.items() if url.partition("#")[0] == wanted.partition("#")[0]}
    if len(pages) == 1:
        return next(iter(pages.values()))
    if pages:
        some = ", ".join([*pages][:3])
        raise NothingToLookAtError(f"{path}: it has {len(pages)} pages: name one behind a colon, such as {some}")
    raise NothingToLookAtError(f"{path}: it has no page{f' of {wanted}' if wanted else ''}")


def _is_page(response: Response) -> bool:
    kind = (response.headers.get("Content-Type") or b"").lower()
    return not urlsplit(response.url).path.endswith("/robots.txt") and (not kind or b"html" in kind or b"xml" in kind)


def _decompressed(response: Response, settings: Settings) -> Response:
    """Return a captured page as a crawl would have read it."""
    crawler = Crawler(_Looker, settings)
    crawler.stats = MemoryStatsCollector(crawler)
    request = response.request
    assert request is not None
    try:
        decoded = build_from_crawler(Compression, crawler).process_response(request, response)
    except Exception as error:  # whatever a captured page brings about is said of that page
        raise NothingToLookAtError(f"{response.url}: cannot be unpacked: {error}") from error
    assert isinstance(decoded, Response)
    decoded.request = request
    return decoded


class _Looker(Spider):
    """Asks for one page, and takes down what comes of it and of the robots.txt before it."""

    name = "inspect"

    def __init__(self, url: str = "", found: dict[str, Any] | None = None):
        super().__init__()
        self._url, self._found = url, found if found is not None else {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> _Looker:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.saw, signals.response_received)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self._url, self.parse, errback=self.failed, meta={"handle_httpstatus_all": True})

    def parse(self, response: Response, **kwargs: Any) -> None:
        self._found["response"] = response

    def failed(self, failure: Failure) -> None:
        self._found["error"] = failure.value

    def saw(self, response: Response, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path == "/robots.txt" and response.status < 300:
            self._found.setdefault("robots", {})[parts.hostname] = response.body


def look_at_site(url: str, process: AsyncCrawlerProcess) -> Look:
    """Return the page that a site answers with.

    :raises NothingToLookAtError: if there is none, or the site's robots.txt forbids to ask for it.
    """
    found: dict[str, Any] = {}
    process.crawl(_Looker, url=url, found=found)
    process.start()
    response, error = found.get("response"), found.get("error")
    if isinstance(error, ForbiddenError):
        raise NothingToLookAtError(f"{url}: its site's robots.txt forbids to ask for it")
    if response is None:
        why = str(error) if isinstance(error, IgnoreRequest) else cause(error) if error else "not asked for"
        raise NothingToLookAtError(f"{url} could not be fetched: {why}")
    rules: bytes = found.get("robots", {}).get(urlsplit(response.url).hostname, b"")
    links = _SITEMAP.findall(rules.decode("utf-8", "replace"))[:_MOST_SITEMAPS]
    sitemaps = [address for link in links if (address := absolute(response.url, link))]
    return Look(response, Robots("allowed", list(dict.fromkeys(sitemaps))))
