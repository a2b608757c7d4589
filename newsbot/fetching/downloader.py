"""Scrapy's downloader, seen from outside all middlewares: no request is lost without a count."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from newsbot.fetching.outcomes import Outcomes


class CountingDownloader(Downloader):
    """Counts what a middleware raises on an answer: Scrapy shows that to no other middleware.

    The request's errback hears of it, so an article is asked for again later.
    """

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[Response | Request]:
        # At once: a request that neither waits nor is known to be under way would let the engine end the crawl.
        return super().fetch(request).addErrback(self._count, request)

    def _count(self, failure: Failure, request: Request) -> Failure:
        outcomes = self.crawler.get_downloader_middleware(Outcomes)
        if outcomes and isinstance(failure.value, Exception):
            outcomes.lost(request, failure.value)
        return failure
