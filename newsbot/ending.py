"""A crawl that is ending ends soon."""

from __future__ import annotations

from typing import Self

from scrapy import signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import create_looping_call
from twisted.python.failure import Failure

#: Seconds between two looks at whether the crawl is ending.
INTERVAL = 1.0


def drop_waiting(slot: Slot, reason: str) -> int:
    """Fail the requests that wait in a downloader slot, and return how many they were."""
    dropped = 0
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(Failure(IgnoreRequest(reason)))
        dropped += 1
    return dropped


class Ending:
    """An extension that drops the requests not yet sent once a crawl is told to stop.

    Scrapy sends every request that has reached its downloader before it stops: with a delay of a second that takes a
    quarter of a minute, with a host that asked for ten minutes' peace as long as that. What is on the wire is finished.
    Stats: ``newsbot/unsent`` (requests dropped).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.watch = create_looping_call(self.drop_if_ending)

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

    def drop_if_ending(self) -> None:
        engine = self.crawler.engine
        # Scrapy has no public sign of the beginning of the end.
        if engine._slot is None or engine._slot.closing is None:
            return
        for slot in engine.downloader.slots.values():
            if dropped := drop_waiting(slot, "the crawl is ending"):
                self.crawler.stats.inc_value("newsbot/unsent", dropped)
