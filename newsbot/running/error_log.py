"""Keeps errors that Scrapy only logs, so that a run with errors does not end with exit status 0."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

#: Loggers whose errors are counted elsewhere: lost pages (newsbot.fetching.outcomes), a spider's exceptions (Scrapy).
COUNTED_ELSEWHERE = (
    "scrapy.core.scraper",
    "scrapy.downloadermiddlewares.retry",
    "scrapy.downloadermiddlewares.robotstxt",
)
#: Maximum number of errors kept.
MOST_KEPT = 10


class ErrorLog(logging.Handler):
    """An extension that keeps the first errors of the log, and those of item pipelines, in the stat ``newsbot/errors``.

    It is a handler of the root logger from the moment the crawler has its extensions until the engine has stopped.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(logging.ERROR)
        self.stats = crawler.stats
        self.stats.set_value("newsbot/errors", [])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.item_error, signals.item_error)
        crawler.signals.connect(extension.engine_stopped, signals.engine_stopped)
        root = logging.getLogger()
        root.addHandler(extension)
        # Scrapy has every record made, also the dozen for each page that no handler takes.
        root.setLevel(min(handler.level for handler in root.handlers))
        return extension

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; called by logging."""
        if record.name not in COUNTED_ELSEWHERE:
            cause = record.exc_info[1] if record.exc_info else None
            self.keep(f"{record.getMessage()}{f' ({type(cause).__name__}: {cause})' if cause else ''}")

    def item_error(self, item: object, failure: Failure) -> None:
        self.keep(f"a pipeline failed on {type(item).__name__}: {failure.type.__name__}: {failure.value}")

    def keep(self, text: str) -> None:
        kept = self.stats.get_value("newsbot/errors")
        line = " ".join(text.split())[:300]
        if len(kept) < MOST_KEPT and line not in kept:
            kept.append(line)

    def engine_stopped(self) -> None:
        logging.getLogger().removeHandler(self)
