"""Reads one source's captures as its crawl would, without the network.

An error that a captured page causes costs that page alone: the page is named, and the job that reads it goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.misc import build_from_crawler

from archive.errors import ArchiveError
from archive.records.members import read_member
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from newsbot.fetching.compression import Compression
from newsbot.items import Article, Removal
from newsbot.lists.gone import GONE_STATUSES, is_sent_away
from newsbot.pipelines import Normalise, Require
from newsbot.publishing.lines import lines_of
from newsbot.reading.cleaning import keep_within
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page_kinds import PageKind
from newsbot.spider import NewsSpider
from newsbot.state.versions import Version

logger = logging.getLogger(__name__)

#: Maximum lengths, in characters, of what a message quotes of a site.
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
    def catching(self, response: Response) -> Iterator[None]:
        """Add a capture if what is done with it raises anything; only for what writes nothing."""
        try:
            yield
        except Exception as error:
            self.add(response, error)

    def add(self, response: Response, error: Exception) -> None:
        """Name a capture that cannot be read, and why."""
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

    :param unread: takes captures that cannot be read; they count as pages that hold nothing.
    """

    def __init__(self, crawler: Crawler, unread: Unread | None = None):
        crawler.stats = MemoryStatsCollector(crawler)
        self.unread = unread or Unread()
        #: The values of the last article that were longer than a line may hold.
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
        with self.unread.catching(response):
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

    def found(self, response: Response) -> Article | Removal | None:
        """Return what a crawl would publish of a captured answer; None if it would publish nothing."""
        articles = self.articles(response) if response.status < 300 else []
        return articles[0] if articles else self.removal(response)

    def removal(self, response: Response) -> Removal | None:
        """Return the sign that an article is gone, if a captured answer is one."""
        capture = response.meta["capture"]
        with self.unread.catching(response):
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
            with self.unread.catching(response):
                return self.spider.read_page(decoded)
        return None

    def decode(self, response: Response) -> Response | None:
        """Return the page without its content encoding; None if a crawl would not have read it, say for its size."""
        request = response.request
        assert request is not None
        with self.unread.catching(response):
            decoded = self._decompress.process_response(request, response)
            assert isinstance(decoded, Response)
            decoded.request = request
            return decoded
        return None


class VersionReader:
    """Reads published versions again, each from its own capture, or from its line where that has left the archive.

    :param path: gives the place of the WARC file with a name; None if it is not to be had.
    :param lines: the folder of the source's lines, where they may be read instead (`archive.retirement`).
    """

    def __init__(
        self,
        reader: Reader,
        path: Callable[[str], Path | None],
        resolver: Callable[[], Resolver],
        lines: Path | None = None,
    ):
        self._reader = reader
        self._path = path
        self._resolver = resolver
        self._lines = lines

    def read(self, version: Version) -> Article:
        """Return the article as this version's capture gives it; where that cannot be read, as its line does.

        :raises ArchiveError: if neither can be read.
        """
        try:
            return self._read_capture(version)
        except ArchiveError:
            if (article := self._read_line(version)) is None:
                raise
            return article

    def _read_capture(self, version: Version) -> Article:
        path = self._path(version.file)
        if path is None:
            raise ArchiveError(f"{version.id}: version {version.version} is in {version.file!r}, which is not here")
        response = response_of(path, read_member(path, version.offset), self._resolver())
        for article in self._reader.articles(response):
            return article
        raise ArchiveError(f"{path}: no article is read at {version.offset}, where version {version.version} was")

    def _read_line(self, version: Version) -> Article | None:
        try:
            for line in lines_of(self._lines, version.id) if self._lines else ():
                capture = line["capture"]
                if (capture["file"], capture["offset"]) == (version.file, version.offset):
                    return Article(**line)
        except (OSError, ValueError, TypeError, KeyError):
            pass  # the caller tells what is wrong with the capture
        return None
