"""Writes a crawl's progress every second, into a small JSON file or a line of the terminal."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

logger = logging.getLogger(__name__)

#: Seconds between two writes.
INTERVAL = 1.0


@dataclass(frozen=True, slots=True)
class Count:
    """What a crawl has done so far."""

    pages: int = 0
    articles: int = 0
    failed: int = 0

    def __str__(self) -> str:
        """Return it in words.

        >>> str(Count(40, 31, 0)), str(Count(40, 31, 2))
        ('40 pages, 31 articles', '40 pages, 31 articles, 2 failed')
        """
        return f"{self.pages} pages, {self.articles} articles{f', {self.failed} failed' if self.failed else ''}"


class Writing:
    """An extension that writes at intervals how far a crawl is, as long as its spider is open."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        self.clock = create_looping_call(self.write)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        self.clock.start(INTERVAL)

    def spider_closed(self) -> None:
        if self.clock.running:
            self.clock.stop()

    def write(self) -> None:
        raise NotImplementedError

    def count(self) -> Count:
        """Return what the crawl has done so far."""
        return Count(*(self.stats.get_value(f"newsbot/{each.name}", 0) for each in fields(Count)))


class Progress(Writing):
    """Writes the file named by PROGRESS_FILE; without that setting it is off."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings["PROGRESS_FILE"]:
            raise NotConfigured
        super().__init__(crawler)
        self.path = Path(crawler.settings["PROGRESS_FILE"])

    def write(self) -> None:
        unfinished = self.path.with_suffix(".open")
        try:
            unfinished.write_text(json.dumps(asdict(self.count())), encoding="ascii")
            unfinished.replace(self.path)
        except OSError as error:  # nothing is lost with it, so the crawl goes on
            logger.warning("No more progress in %s: %s", self.path, error.strerror)
            self.clock.stop()


class ShownProgress(Writing):
    """Counts up in one line of the terminal; without SHOW_PROGRESS it is off."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("SHOW_PROGRESS"):
            raise NotConfigured
        super().__init__(crawler)
        self.source = crawler.spidercls.name

    def spider_closed(self) -> None:
        super().spider_closed()
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def write(self) -> None:
        print(f"\r\x1b[K{self.source}: {self.count()}", end="", file=sys.stderr, flush=True)


def read_count(path: Path) -> Count:
    """Return what was last written, or zeroes if nothing was yet."""
    try:
        return Count(**json.loads(path.read_text(encoding="ascii")))
    except FileNotFoundError:
        return Count()
