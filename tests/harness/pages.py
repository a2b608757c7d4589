"""Replies to try the readers on, without a crawl."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, Request
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings
from scrapy.utils.test import get_crawler

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.spider import NewsSpider
from tests.replica.newspaper import Newspaper
from tests.replica.request import Request as Asked
from tests.replica.site import Reply

LOADER = SpiderLoader(get_project_settings())
SPIDERS = LOADER.list()
FETCHED = "2026-11-22T03:20:00.000000Z"


def load(name: str) -> type[NewsSpider]:
    cls = LOADER.load(name)
    assert issubclass(cls, NewsSpider)
    return cls


def make_spider(kind: str | type[NewsSpider], **arguments: str) -> NewsSpider:
    """A spider as a crawl would make it, by its name or its class."""
    cls = load(kind) if isinstance(kind, str) else kind
    spider = get_crawler(cls)._create_spider(**arguments)
    assert isinstance(spider, NewsSpider)
    return spider


def reply(
    url: str, body: bytes | str, *, status: int = 200, headers: Iterable[tuple[str, str]] = (), date: str = FETCHED
) -> HtmlResponse:
    """A reply as a crawl hands it to a spider: with its capture."""
    capture = Capture(sequence=1, url=url, date=date, record_id="<urn:uuid:1>", truncated=None)
    return HtmlResponse(
        url,
        status=status,
        headers=list(headers),
        body=body.encode() if isinstance(body, str) else body,
        request=Request(url, meta={"capture": capture}),
    )


def fetch(site: Newspaper, url: str) -> HtmlResponse:
    """The site's reply as a crawl would hand it on."""
    parts = urlsplit(url)
    answer = site.reply(Asked("GET", parts.scheme, parts.hostname or "", parts.path, parts.query))
    assert isinstance(answer, Reply)
    date = site.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    return reply(url, answer.body, status=answer.status, headers=answer.headers, date=date)


def read(spider: NewsSpider, response: HtmlResponse) -> Article:
    """The one article on a page."""
    (article,) = spider.parse_article(response)
    return article
