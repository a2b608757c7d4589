"""Obeys robots.txt for every request, also those that wait while it is fetched, and records a digest of its rules."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from archive.crawling.ending import is_ending
from newsbot.health.causes import cause
from newsbot.planning.article_requests import UnsentError

#: Maximum number of hosts whose rules are kept in the stats: a page can name any number of hosts.
MOST_NOTED: Final = 50
#: Maximum size of a robots.txt that is parsed, in bytes: the minimum that RFC 9309, section 2.5, demands.
LONGEST: Final = 500 << 10
#: Seconds between two looks at whether the crawl is ending, while a robots.txt is under way.
_PATIENCE: Final = 1.0


class ForbiddenError(IgnoreRequest):
    """A site's robots.txt forbids a request."""


class RobotsTxt(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware, without its holes.

    In Scrapy 2.19 the requests that come while a host's robots.txt is under way all wait on one Deferred. A Deferred
    hands its result from callback to callback, and the first waiting request hands on None, which stands for "no
    robots.txt": from the third request on, a crawl's first ones were allowed everything.

    Stats: ``newsbot/robots/<host>`` (digest of its rules, "none" where it has no robots.txt), so that a change shows.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        #: Hosts whose rules cannot be had, and why.
        self._unreachable: dict[str, str] = {}
        #: Those whose robots.txt was under way when the crawl was told to end.
        self._dropped: set[str] = set()

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's host, or None where there are none.

        :raises IgnoreRequest: if they cannot be had.
        :raises UnsentError: if the crawl was told to end while they were under way.
        """
        netloc = urlparse_cached(request).netloc
        if netloc in self._parsers:
            await super().robot_parser(request)
        else:
            await self._fetch(request, netloc)
        if netloc in self._dropped:
            raise UnsentError("the crawl is ending")
        if netloc in self._unreachable:
            raise IgnoreRequest(f"its robots.txt cannot be read: {self._unreachable[netloc]}")
        parser = self._parsers[netloc]
        return parser if isinstance(parser, RobotParser) else None

    async def _fetch(self, request: Request, netloc: str) -> None:
        """Fetch a host's rules, as long as the crawl is not ending: what they are for would not be sent any more."""
        own = asyncio.current_task()
        watch = create_looping_call(lambda: self._drop_if_ending(own, netloc))
        watch.start(_PATIENCE, now=False)
        try:
            await super().robot_parser(request)
        except asyncio.CancelledError:
            if own is None or netloc not in self._dropped:
                raise
            own.uncancel()
        finally:
            watch.stop()
        waiting = self._parsers[netloc]
        if isinstance(waiting, Deferred):  # nobody has told those who came meanwhile
            self._parsers[netloc] = None
            waiting.callback(None)

    def _drop_if_ending(self, task: asyncio.Task[None] | None, netloc: str) -> None:
        if task is not None and netloc not in self._dropped and is_ending(self.crawler):
            self._dropped.add(netloc)
            task.cancel()

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise ForbiddenError(*error.args) from error

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:  # ill for an hour: no rule has changed
            self._unreachable[netloc] = f"HTTP {response.status}"
        rules = response.body[:LONGEST] if response.status < 300 else b""
        if netloc not in self._unreachable and len(self._parsers) <= MOST_NOTED:
            said = rules_digest(rules) if response.status < 300 else "none"
            self._stats.set_value(f"newsbot/robots/{netloc}", said)
        await super()._parse_robots(response.replace(body=rules), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, IgnoreRequest):
            self._unreachable[netloc] = cause(exc)
        super()._robots_error(exc, netloc)


def rules_digest(body: bytes) -> str:
    r"""Return a short digest of what a robots.txt rules; comments, spacing and letter case of the names rule nothing.

    >>> rules_digest(b"User-agent: *\r\nDisallow: /a # till May\n")
    '9195bf6af3c7d05d'
    >>> rules_digest(b"# hello\nuser-agent:*\nDisallow:/a")
    '9195bf6af3c7d05d'
    >>> rules_digest(b"User-agent: *\nDisallow: /")
    '97c076f6be0eb885'
    """
    rules = []
    for line in body.decode("utf-8", "replace").lstrip("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            rules.append(f"{name.strip().lower()}:{value.strip()}")
    return hashlib.sha256("\n".join(rules).encode()).hexdigest()[:16]
