"""What captured answers say of a source's articles: the part of a rebuild that needs no history.

Captures may be read here in any process and any order. What is made of what they say is decided after that, in the
order of the captures (`newsbot.replaying.rebuild`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoaderProtocol, get_spider_loader

from archive.http.exchange import Capture
from newsbot.items import Article, FurtherPage, Removal
from newsbot.lists.gone import says_something
from newsbot.publishing.publication import is_list_there
from newsbot.reading.page_kinds import PageKind
from newsbot.replaying.captures import Reader, Unread
from newsbot.replaying.file_owner import opening_of
from newsbot.replaying.generic_source import NAME as GENERIC
from newsbot.replaying.generic_source import GenericSpider, why_aside
from newsbot.spider import NewsSpider


class Answer(NamedTuple):
    """An answer of a source's site."""

    source: str
    capture: Capture
    status: int
    #: Of an article's address.
    article_id: str | None = None
    #: What stands there, as a crawl would publish it, or what its page is instead; None if it is not read.
    found: Article | Removal | FurtherPage | PageKind | None = None
    #: Articles on it without a title or a body.
    incomplete: int = 0


class Said(NamedTuple):
    """What a capture, or the file that it is in, says: an answer, or what could not be read."""

    answer: Answer | None = None
    problem: str = ""


@dataclass(frozen=True)
class Source:
    """A source, and what its pages are read with, which is made when it is needed."""

    spider: type[NewsSpider]
    _crawler: Callable[[], Crawler]

    @classmethod
    def named(cls, names: Iterable[str], settings: Settings) -> list[Source]:
        """Return the sources with some names, as these settings have them."""
        loader = get_spider_loader(settings)
        spiders = [spider_named(name, loader) for name in names]
        return [cls(spider, partial(Crawler, spider, settings)) for spider in spiders]

    @classmethod
    def of(cls, crawler: Crawler) -> Source:
        """Return the source that a crawler is for."""
        return cls(_news_spider(crawler.spidercls), lambda: crawler)

    def reader(self, unread: Unread) -> Reader:
        return Reader(self._crawler(), unread)


class AnswerReader:
    """Reads the captures of some sources' sites.

    :param unread: takes what cannot be read; by default that is among what is said.
    :param others: names of sources that own files besides these (`newsbot.replaying.file_owner`).
    """

    def __init__(self, sources: Iterable[Source], unread: Unread | None = None, others: Iterable[str] = ()):
        self.counts: Counter[str] = Counter()
        self._problems: list[str] = []
        self._unread = unread or Unread(self._problems)
        self.sources = {source.spider.name: source for source in sources}
        self._readers: dict[str, Reader] = {}
        self._by_host: dict[str, list[Source]] = {}
        for source in self.sources.values():
            for host in () if source.spider.name == GENERIC else dict.fromkeys(source.spider.allowed_domains):
                self._by_host.setdefault(host, []).append(source)
        #: Names of the sources that own files.
        self.owners = {*self.sources, *others}
        self._owner = ""
        self._told: set[tuple[str, bool]] = set()

    def begin_part(self, path: Path) -> str:
        """Begin a file, or a part of one: of pages that are no articles only the first are told in each.

        Returns the name of the source that owns it, empty if none does.
        """
        opening = opening_of(path, self.owners)
        self._owner = opening.source if opening else ""
        self._told.clear()
        if self._unread.problems is self._problems:
            self._unread.forget()
        return self._owner

    def read(self, response: Response) -> Iterator[Said]:
        """Yield what a captured answer says; what cannot be read of it comes first."""
        self.counts["responses"] += 1
        answer = self._answer(response)
        if self._problems:
            yield from (Said(problem=problem) for problem in self._problems)
            self._problems.clear()
        if answer is None:
            return
        yield Said(answer)
        if isinstance(answer.found, Article) and (long := self.reader(answer.source).cut):
            capture = answer.capture
            cut = ", ".join(long[:3])
            yield Said(problem=f"{capture.url}, in {capture.file} at {capture.offset}: cut: {cut}")

    def source_of_page(self, response: Response) -> str:
        """Return whose article's page an answer is, if it is one that is read; empty if it is not."""
        with Unread().catching(response):  # it is named when it is read
            spider = self._spider(response.url)
            if spider and spider.name != GENERIC and response.status < 300 and spider.article_id(response.url):
                return spider.name
        return ""

    def reader(self, source: str) -> Reader:
        """Return what the pages of a source are read with."""
        if source not in self._readers:
            self._readers[source] = self.sources[source].reader(self._unread)
        return self._readers[source]

    def _answer(self, response: Response) -> Answer | None:
        spider = article_id = None
        with self._unread.catching(response):
            spider = self._spider(response.url)
            article_id = spider.article_id(response.url) if spider else None
        if spider is None:
            self.counts["unknown"] += 1
            return None
        if spider.name not in (self._owner or spider.name, GENERIC):
            return None
        if spider.name == GENERIC and (reason := why_aside(response)):
            self.counts[reason] += 1
            if reason != "error_status":
                return None
        capture, source, status = response.meta["capture"], spider.name, response.status
        if article_id is None and (further := self._further_page(spider, response)) is not None:
            return Answer(source, capture, status, found=further)
        if article_id is None:
            kind = source, is_list_there(capture, status)
            if kind in self._told:
                return None
            self._told.add(kind)
        if article_id is None or not says_something(status):
            return Answer(source, capture, status, article_id)
        reader = self.reader(source)
        reader.incomplete = 0
        found = reader.found(response)
        return Answer(source, capture, status, article_id, found, reader.incomplete)

    def _further_page(self, spider: type[NewsSpider], response: Response) -> FurtherPage | None:
        """Return what an answer adds to an article of which its address is a further page's."""
        with self._unread.catching(response):
            if spider.addresses.page_at(response.url) is not None:
                return self.reader(spider.name).further_page(response)
        return None

    def _spider(self, url: str) -> type[NewsSpider] | None:
        """Return the spider of the source to which a URL belongs; where none knows its host, the generic one."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return None
        spiders = (source.spider for source in self._by_host.get(host, ()))
        found = next((spider for spider in spiders if spider.addresses.is_own(url)), None)
        if found is None and GENERIC in self.sources and GenericSpider.addresses.is_own(url):
            return GenericSpider
        return found


def spider_named(name: str, loader: SpiderLoaderProtocol) -> type[NewsSpider]:
    """Return the spider of a source, be it the one of pages that no source knows."""
    return GenericSpider if name == GENERIC else _news_spider(loader.load(name))


def _news_spider(spider: type[Spider]) -> type[NewsSpider]:
    assert issubclass(spider, NewsSpider)
    return spider
