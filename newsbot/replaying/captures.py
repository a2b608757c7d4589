"""Reads one source's captures as its crawl would, without the network.

Whatever a captured page does to its reader costs that page alone: it is named, and the job that reads it goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.misc import build_from_crawler

from newsbot.fetching.compression import Compression
from newsbot.items import Article, Removal
from newsbot.lists.gone import GONE_STATUSES, is_sent_away
from newsbot.pipelines import Normalise, Require
from newsbot.reading.budget import keep_within
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page_kinds import PageKind
from newsbot.spider import NewsSpider

logger = logging.getLogger(__name__)

#: Characters of what a message quotes of a site.
LONGEST_URL: Final = 300
_LONGEST_REASON: Final = 200


class Unread:
    """Captures that could not be read, each named once however often it is looked at: by URL, file and offset.

    :param problems: the list of a job that also names other things; a list of its own by default.
    """

    def __init__(self, problems: list[str] | None = None):
        self.problems = [] if problems is None else problems
        self._places: set[tuple[str, int]] = set()

    @contextmanager
    def noted(self, response: Response) -> Iterator[None]:
        """Take note of a capture if what is done with it raises anything; for what only reads."""
        try:
            yield
        except Exception as error:
            self.add(response, error)

    def add(self, response: Response, error: Exception) -> None:
        """Take note of a capture that cannot be read, and why."""
        capture = response.meta["capture"]
        place = capture.file, capture.offset
        if place not in self._places:
            self._places.add(place)
            told = str(error) if isinstance(error, ReadingLimitError) else f"{type(error).__name__}: {error}"
            reason = " ".join(told.split())[:_LONGEST_REASON]
            self.problems.append(f"{capture.url[:LONGEST_URL]}, in {place[0]} at {place[1]}, not read: {reason}")
            logger.debug("%s cannot be read", capture.url, exc_info=error)


class Reader:
    """One source's spider with what a page passes before and after it: same decoding, same pipelines.

    :param unread: takes note of captures that cannot be read; they count as pages that hold nothing.
    """

    def __init__(self, crawler: Crawler, unread: Unread | None = None):
        crawler.stats = MemoryStatsCollector(crawler)
        self.unread = unread or Unread()
        #: What the last article had that was longer than a line may hold.
        self.cut: list[str] = []
        #: Articles without a title or a body, which give no line.
        self.incomplete = 0
        self.spider: NewsSpider = crawler.spidercls.from_crawler(crawler)  # type: ignore[assignment]
        self._decompress = build_from_crawler(Compression, crawler)
        self._pipelines: list[Normalise | Require] = [
            build_from_crawler(Normalise, crawler),
            build_from_crawler(Require, crawler),
        ]

    def articles(self, response: Response) -> list[Article]:
        """Return the articles of a captured page that a crawl would publish."""
        articles: list[Article] = []
        decoded = self.decode(response)
        if decoded is None:
            return articles
        with self.unread.noted(response):
            for article in self.spider.parse_article(decoded):
                self.cut = keep_within(article)
                try:
                    for pipeline in self._pipelines:
                        pipeline.process_item(article)
                except DropItem:  # it is named in the log
                    self.incomplete += 1
                    continue
                articles.append(article)
        return articles

    def removal(self, response: Response) -> Removal | None:
        """Return the sign that an article is gone, if a captured answer is one."""
        capture = response.meta["capture"]
        with self.unread.noted(response):
            article_id = self.spider.article_id(capture.url)
            if article_id is None:
                return None
            gone = response.status in GONE_STATUSES or is_sent_away(response, self.spider.addresses)
            if not gone and 200 <= response.status < 300:
                gone = self.page(response) is PageKind.GONE
            return Removal(article_id, capture) if gone else None
        return None

    def page(self, response: Response) -> Article | PageKind | None:
        """Return the article on a captured page, whole or not, or what the page is instead; None if it is not read."""
        decoded = self.decode(response)
        if decoded is not None:
            with self.unread.noted(response):
                return self.spider.read_page(decoded)
        return None

    def decode(self, response: Response) -> Response | None:
        """Return the page without its content encoding; None if a crawl would not have read it, say for its size."""
        request = response.request
        assert request is not None
        with self.unread.noted(response):
            decoded = self._decompress.process_response(request, response)
            assert isinstance(decoded, Response)
            decoded.request = request
            return decoded
        return None
