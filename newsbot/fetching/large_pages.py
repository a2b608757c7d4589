"""Reads large pages in another process before their spider sees them, so that they do not block the crawl."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import run_in_thread

from archive.crawling.extension import Archive
from newsbot.fetching.outcomes import kind
from newsbot.planning.list_reading import ListReading
from newsbot.reader_process.forms import READINGS
from newsbot.reader_process.limited_reading import is_large, read_ahead


class LargePages:
    """The last middleware that an answer passes.

    While a page is being read, what was captured after it waits to be published.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Have a large page read that a spider's callback will ask for."""
        spider, reading = self._crawler.spider, kind(request)
        if reading in READINGS and isinstance(spider, ListReading) and response.status < 300 and is_large(response):
            response.request = request
            archive = self._crawler.get_extension(Archive)
            with archive.holding(request.meta["capture"]) if archive else nullcontext():
                await run_in_thread(read_ahead, spider, reading, response)
        return response
