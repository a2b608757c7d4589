"""Ends a crawl at its deadline, and drops queued requests once it is ending."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

from scrapy import signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from archive.crawling.ending import is_ending
from newsbot.planning.article_requests import UnsentError

#: Seconds between two looks at whether the crawl is ending.
INTERVAL = 1.0


def drop_waiting(slot: Slot, error: Callable[[], Exception]) -> int:
    """Fail the requests that wait in a downloader slot, and return how many they were."""
    dropped = 0
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(Failure(error()))
        dropped += 1
    return dropped


class Ending:
    """An extension that ends a crawl at END_AT, and drops the requests not yet sent once it is told to stop.

    Several crawls that share a time end by the clock; CLOSESPIDER_TIMEOUT would begin to count when this one has made
    up for what an earlier one left.

    Scrapy sends every request that has reached its downloader before it stops: with a delay of a second that takes a
    quarter of a minute, with a host that asked for ten minutes' peace as long as that. What is on the wire is finished.
    Stats: ``newsbot/unsent`` (requests dropped).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.end_at = crawler.settings.getfloat("END_AT")
        self.watch = create_looping_call(self.look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        self.watch.start(INTERVAL, now=False)

    def spider_closed(self) -> None:
        if self.watch.running:
            self.watch.stop()

    def look(self) -> None:
        engine = self.crawler.engine
        if not is_ending(self.crawler):
            if 0 < self.end_at <= time.time():
                deferred_from_coro(engine.close_spider_async(reason="closespider_timeout"))
            return
        for slot in engine.downloader.slots.values():
            if dropped := drop_waiting(slot, lambda: UnsentError("the crawl is ending")):
                self.crawler.stats.inc_value("newsbot/unsent", dropped)
