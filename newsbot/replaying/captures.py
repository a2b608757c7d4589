"""Reads one source's captures as its crawl would, without the network.

An error that a captured page causes costs that page alone: the page is named, and the job that reads it goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.statscollectors import DummyStatsCollector
from scrapy.utils.misc import build_from_crawler

from archive.errors import ArchiveError
from archive.records.members import read_member
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from newsbot.fetching.compression import Compression
from newsbot.items import Article, FurtherPage, Removal, article_of, captures_of
from newsbot.lists.gone import GONE_STATUSES, is_sent_away
from newsbot.pipelines import Normalise, Require
from newsbot.publishing.lines import lines_of
from newsbot.reading.cleaning import normalise
from newsbot.reading.joined_pages import addresses, joined
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page_kinds import PageKind
from newsbot.replaying.read_once import READ_ONCE, ReadOnce
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

    def forget(self) -> None:
        """Name captures again that were named before."""
        self._places.clear()

    @contextmanager
    def catching(self, response: Response) -> Iterator[None]:
        """Name a capture, and why it cannot be read, if reading it raises anything but an `ArchiveError`."""
        try:
            yield
        except ArchiveError:
            raise
        except Exception as error:
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
        crawler.stats = DummyStatsCollector(crawler)  # nobody will ask what its pages have in common
        self.unread = unread or Unread()
        #: The values of the last article that were longer than a line may hold.
        self.cut: list[str] = []
        #: Articles without a title or a body, which give no line.
        self.incomplete = 0
        self.spider: NewsSpider = crawler.spidercls.from_crawler(crawler)  # type: ignore[assignment]
        self._decompress = build_from_crawler(Compression, crawler)
        self._normalise = build_from_crawler(Normalise, crawler)
        self._require = build_from_crawler(Require, crawler)

    def found(self, response: Response) -> Article | Removal | PageKind | None:
        """Return what a crawl would publish of a captured answer, else what its page is instead of an article.

        None if it is not read, or its article is incomplete.
        """
        page = self.page(response) if response.status < 300 else None
        if isinstance(page, Article):
            return self._completed(page, response)
        capture = response.meta["capture"]
        with self.unread.catching(response):
            article_id = self.spider.article_id(capture.url)
            is_gone = page is PageKind.GONE or response.status in GONE_STATUSES
            if article_id and (is_gone or is_sent_away(response, self.spider.addresses)):
                return Removal(article_id, capture)
        return page

    def article(self, response: Response) -> Article | None:
        """Return the article of a captured page that a crawl would publish, without its further pages."""
        page = self.page(response)
        return self._completed(page, response) if isinstance(page, Article) else None

    def further_page(self, response: Response) -> FurtherPage | None:
        """Return what a captured page adds to its article; None if it is no further page, or is not read."""
        decoded = self.decode(response)
        if decoded is not None:
            with self.unread.catching(response):
                if (further := self.spider.read_further_page(decoded)) is not None:
                    return self._normalise.process_item(further)
        return None

    def joined(self, first: Response, others: Sequence[Response | None]) -> Article | None:
        """Return the article of some captured pages, as a crawl would publish it.

        :param others: the further pages that were asked for, in order; None for one that was not had.
        """
        article = self.article(first)
        if article is None or not others:
            return article
        pages = [self.further_page(response) if response is not None else None for response in others]
        for number, page in enumerate(pages, 2):
            if page is not None and (page.id, page.number) != (article.id, number):
                return article
        return joined(article, pages) if len(pages) <= len(addresses(article, pages)) else article

    def _completed(self, article: Article, response: Response) -> Article | None:
        """Return an article as its line has it; None if it lacks its title or its body."""
        with self.unread.catching(response):
            # As the pipeline Normalise does, whose counts nobody will ask for.
            self.cut = normalise(article)
            try:
                self._require.process_item(article)
            except DropItem:  # it is named in the log
                self.incomplete += 1
                return None
            return article
        return None

    def page(self, response: Response) -> Article | PageKind | None:
        """Return the article on a captured page, whole or not, or what the page is instead; None if it is not read."""
        once: ReadOnce | None = response.meta.get(READ_ONCE)
        if once is None:
            return self._read(response)
        with self.unread.catching(response):
            return once.page(self.spider.name, response.meta["capture"], lambda: self._read(response))
        return None

    def _read(self, response: Response) -> Article | PageKind | None:
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


@dataclass(frozen=True)
class VersionReader:
    """Reads published versions again, each from its captures, or from its line where these have left the archive."""

    _reader: Reader
    #: Gives the place of the WARC file with a name; None if it is not to be had.
    _path: Callable[[str], Path | None]
    _resolver: Callable[[], Resolver]
    #: The folders of the source's lines: they name the captures of further pages, and may be read instead of captures
    #: (`archive.retirement`).
    _lines: Sequence[Path] = ()

    def read(self, version: Version) -> Article:
        """Return the article as this version's captures give it; where they cannot be read, as its line does.

        :raises ArchiveError: if neither can be read.
        """
        try:
            return self._read_captures(version)
        except ArchiveError:
            if (line := self._line(version)) is None:
                raise
            return article_of(line)

    def _read_captures(self, version: Version) -> Article:
        first = self._response(version, version.file, version.offset)
        article = self._reader.article(first)
        if article is not None and article.further_pages:
            pages = (self._line(version) or {}).get("pages", ())
            others = [page and self._response(version, page["file"], page["offset"]) for page in pages]
            article = self._reader.joined(first, others)
        if article is None or article.id != version.id:
            place = f"{self._path(version.file)}: {version.id} is not read at {version.offset}"
            raise ArchiveError(f"{place}, where its version {version.version} was")
        return article

    def _response(self, version: Version, file: str, offset: int) -> Response:
        path = self._path(file)
        if path is None:
            raise ArchiveError(f"{version.id}: version {version.version} is in {file!r}, which is not here")
        return response_of(path, read_member(path, offset), self._resolver())

    def _line(self, version: Version) -> dict[str, Any] | None:
        """Return a version's line, if it is an article's."""
        try:
            for line in (line for folder in self._lines for line in lines_of(folder, version.id)):
                capture, *pages = captures_of(line)
                places = [(each["file"], each["offset"]) for each in (capture, *pages)]
                if places[0] == (version.file, version.offset):
                    article_of(line)
                    return line
        except (OSError, ValueError, TypeError, KeyError):
            pass  # the caller tells what is wrong with the captures
        return None
