"""Whether a crawl is coming to its end."""

from __future__ import annotations

from scrapy.crawler import Crawler


def is_ending(crawler: Crawler) -> bool:
    """Whether a crawl was told to stop, or has stopped; Scrapy has no public sign of the beginning of the end."""
    slot = crawler.engine._slot if crawler.engine else None
    return slot is None or slot.closing is not None
