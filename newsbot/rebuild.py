"""Reads articles out of WARCs again and publishes the lines a crawl would have published."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.misc import build_from_crawler

from archive.errors import ArchiveError
from archive.replay import Skipped, responses
from newsbot.pipelines import Normalise, Require
from newsbot.publication import Publication
from newsbot.spider import NewsSpider
from newsbot.state import State

logger = logging.getLogger(__name__)


class Reader:
    """One source, reading captures as its crawl would: same decoding, same spider, same pipelines."""

    def __init__(self, crawler: Crawler, publication: Publication):
        crawler.stats = MemoryStatsCollector(crawler)
        self.spider: NewsSpider = crawler.spidercls.from_crawler(crawler)  # type: ignore[assignment]
        self.publication = publication
        self._decompress = build_from_crawler(HttpCompressionMiddleware, crawler)
        self._pipelines: list[Normalise | Require] = [
            build_from_crawler(Normalise, crawler),
            build_from_crawler(Require, crawler),
        ]

    def read(self, response: Response) -> int:
        """Hand the article of a captured page to publication; returns how many there were."""
        assert response.request is not None
        try:
            decoded = self._decompress.process_response(response.request, response)
        except IgnoreRequest as error:
            logger.warning("%s: %s", response.url, error)
            return 0
        assert isinstance(decoded, Response)
        decoded.request = response.request
        count = 0
        for article in self.spider.parse_article(decoded):
            try:
                for pipeline in self._pipelines:
                    article = pipeline.process_item(article)
            except DropItem:
                continue
            self.publication.add(article)
            count += 1
        return count


class Rebuild:
    """Rebuilds into ``folder``/<source>/*.jsonl, from nothing: versions and duplicates are decided anew.

    :param crawlers: one for each source whose articles shall be read.
    """

    def __init__(self, crawlers: Iterable[Crawler], folder: Path, max_bytes: int):
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self._max_bytes = max_bytes
        self._sequence = 0
        state = State("sqlite://")
        self._readers = []
        for crawler in crawlers:
            name = crawler.spidercls.name
            self._readers.append(Reader(crawler, Publication(folder / name, name, state)))

    def run(self, files: Iterable[Path]) -> Iterator[Path]:
        """Read the files in the order of their first captures; yields each when it has been read.

        :raises ArchiveError: if a line cannot be written. Unreadable files and records go to ``problems`` instead.
        """
        for path in sorted(files, key=lambda path: (self._first_date(path), path.name)):
            self._read_file(path)
            yield path

    def close(self) -> None:
        for reader in self._readers:
            self.counts["lines"] += reader.publication.published
            self.counts["unchanged"] += reader.publication.unchanged
            reader.publication.close()

    def _read_file(self, path: Path) -> None:
        current: Reader | None = None
        try:
            for response in responses(path, self._max_bytes):
                if isinstance(response, Skipped):
                    self.problems.append(f"{response.file}: record at {response.offset} not read: {response.reason}")
                    continue
                self.counts["responses"] += 1
                reader = self._reader_of(response)
                if reader is None:
                    continue
                if current is not None and current is not reader:
                    current.publication.publish(self._sequence)
                current = reader
                self._sequence += 1
                response.meta["capture"].sequence = self._sequence
                self.counts["articles"] += reader.read(response)
        except ArchiveError as error:
            self.problems.append(str(error))
        if current is not None:
            current.publication.publish(self._sequence)

    def _reader_of(self, response: Response) -> Reader | None:
        """Return the source whose article the response is; redirects, errors and other pages are nobody's."""
        if not 200 <= response.status < 300:
            return None
        return next((reader for reader in self._readers if reader.spider.article_id(response.url)), None)

    def _first_date(self, path: Path) -> str:
        try:
            first = next(responses(path, self._max_bytes), None)
        except ArchiveError:
            return ""
        return first.meta["capture"].date if isinstance(first, Response) else ""
