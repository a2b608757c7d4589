"""Obeying robots.txt for every request, also for those that wait while it is fetched."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached


class RobotsTxt(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware, without its hole.

    In Scrapy 2.19 the requests that come while a host's robots.txt is under way all wait on one Deferred. A Deferred
    hands its result from callback to callback, and the first waiting request hands on None, which stands for "no
    robots.txt": from the third request on, a crawl's first ones were allowed everything.
    """

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's host, or None where there are none."""
        await super().robot_parser(request)
        parser = self._parsers[urlparse_cached(request).netloc]
        return parser if isinstance(parser, RobotParser) else None
