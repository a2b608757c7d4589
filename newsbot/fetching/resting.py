"""Keeps the requests of a host that asked to be left alone from taking the place of those of others."""

from __future__ import annotations

from time import monotonic

from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.pqueues import DownloaderAwarePriorityQueue


def rests(slot: Slot) -> bool:
    """Whether a slot of the downloader sends nothing for a while, as `newsbot.fetching.politeness` has told it."""
    return slot.lastseen > monotonic()


class RestingAwareQueue(DownloaderAwarePriorityQueue):
    """Holds back the requests to a host that rests; they would wait where all requests under way are counted."""

    def pop(self) -> Request | None:
        """Return the next request to a host that may be asked now; None if there is none."""
        slots = self.crawler.engine.downloader.slots
        held = {name: queue for name, queue in self.pqueues.items() if name in slots and rests(slots[name])}
        if not held:
            return super().pop()
        for name in held:
            del self.pqueues[name]
        try:
            return super().pop()
        finally:
            self.pqueues.update(held)
