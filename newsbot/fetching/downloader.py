"""Scrapy's downloader, seen from outside all middlewares: no request is lost without a count."""

from __future__ import annotations

from typing import Any

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro, maybe_deferred_to_future
from twisted.internet.defer import Deferred

from newsbot.fetching.outcomes import Outcomes


class CountingDownloader(Downloader):
    """Counts what a middleware raises on an answer: Scrapy shows that to no other middleware.

    The request's errback hears of it, so an article is asked for again later.
    """

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[Response | Request]:
        return deferred_from_coro(self._fetch(request))

    async def _fetch(self, request: Request) -> Any:
        try:
            return await maybe_deferred_to_future(super().fetch(request))
        except Exception as error:
            if outcomes := self.crawler.get_downloader_middleware(Outcomes):
                outcomes.lost(request, error)
            raise
