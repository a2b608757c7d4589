"""Counts and names the final outcome of each request."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.url import url_is_from_spider
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from archive.browser.asking import BrowserError
from newsbot.fetching.resting import rests
from newsbot.fetching.robots import ForbiddenError
from newsbot.health.causes import cause
from newsbot.lists.gone import GONE_STATUSES, is_sent_away
from newsbot.planning.article_requests import UnmadeError
from newsbot.planning.discovery import Discovery

#: Maximum number of failed addresses named; the rest are counted.
MOST_NAMED = 20
#: Maximum length of a line that names a page, in characters.
_LONGEST = 400
_NAMED = ("newsbot/failed_addresses", "newsbot/failed_listings", "newsbot/failed_old_listings", "newsbot/unread")
#: Maximum length of a host's name, in characters; a redirect can claim any.
MOST_OF_A_HOST = 100
#: What a listing is called in a message, by the callback that reads it.
LISTINGS = {"parse_feed": "feed", "parse_sitemap": "sitemap", "parse_section": "section"}
#: Scrapy counts robots.txt, and a missing one forbids nothing; `archive.requisites` counts requisites.
_COUNTED_ELSEWHERE = frozenset({"robots.txt", "requisite"})
#: Redirects of a robots.txt that are followed, to whatever host (RFC 9309, section 2.3.1.2).
MOST_ROBOTS_REDIRECTS = 5


def kind(request: Request) -> str:
    """Return what a request is for: article, feed, sitemap, section, robots.txt, requisite or page.

    >>> kind(Request("http://a.test/1", meta={"article_id": "a:1"})), kind(Request("http://a.test/"))
    ('article', 'page')
    """
    if "article_id" in request.meta:
        return "article"
    if "requisite" in request.meta:
        return "requisite"
    if request.callback is NO_CALLBACK:
        return "robots.txt"
    if request.callback is None:
        return "page"
    return LISTINGS.get(request.callback.__name__, "page")


class Outcomes:
    """The outermost downloader middleware: it sees what is left after retries and redirects.

    Stats: ``newsbot/pages`` (answers below 400, robots.txt aside), ``newsbot/article_pages`` (those of articles),
    ``newsbot/failed`` (the others) and ``newsbot/failed/<reason>``, ``newsbot/failed_articles`` (their number),
    ``newsbot/failed_addresses`` (the first of them by name), ``newsbot/failed_listings`` (each as one line) and
    ``newsbot/failed_old_listings`` (the same of hosts that a source has left), ``newsbot/unread`` (pages on which the
    spider failed, by name).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        self.crawler = crawler
        #: Of exceptions that are on their way to `lost`, those that are counted.
        self._counted: set[int] = set()
        for stat in _NAMED:
            self.stats.set_value(stat, [])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler)
        shorten_failures()
        crawler.signals.connect(middleware.request_dropped, signals.request_dropped)
        crawler.signals.connect(middleware.spider_error, signals.spider_error)
        return middleware

    def process_response(self, request: Request, response: Response) -> Response:
        """Count an answer."""
        what, meta = kind(request), request.meta
        # An article that is looked at again may be gone, and a list may have fewer pages than are looked for.
        may_be_gone = meta.get("known") if what == "article" else meta.get("may_be_missing")
        if response.status >= 400 and not (may_be_gone and response.status in GONE_STATUSES):
            self.failed(request, f"HTTP {response.status}")
        elif what not in _COUNTED_ELSEWHERE and "wall" not in meta:  # a wall is counted as the page that it stands for
            self.stats.inc_value("newsbot/pages")
            if what == "article":
                self.stats.inc_value("newsbot/article_pages")
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a request that got no answer."""
        self.counted(exception)
        self._failed_by(request, exception)

    def counted(self, exception: Exception) -> None:
        """Remember that an exception is counted already."""
        self._counted.add(id(exception))

    def lost(self, request: Request, exception: Exception) -> None:
        """Count a request that ended in an exception, unless that was counted when it was raised."""
        if id(exception) in self._counted:
            self._counted.discard(id(exception))
        else:
            self._failed_by(request, exception)

    def spider_error(self, failure: Failure, response: Response | Failure) -> None:
        """Name a page on which the spider failed; it is asked for again later."""
        request = response.request if isinstance(response, Response) else None
        if request is None:
            return
        self.name("newsbot/unread", f"{request.url}: {failure.type.__name__}: {failure.getErrorMessage()}"[:_LONGEST])
        spider, meta = self.crawler.spider, request.meta
        if isinstance(spider, Discovery) and "article_id" in meta:
            spider.crawl_state.note_failure(meta["article_id"], request.url, meta.get("known"), meta["capture"].date)
        elif isinstance(spider, Discovery):
            spider.note_incomplete(meta)

    def _failed_by(self, request: Request, exception: Exception) -> None:
        text = str(exception)
        if isinstance(exception, UnmadeError):
            return
        if isinstance(exception, BrowserError) and kind(request) == "article":
            return  # its page is asked for plainly, or was
        if isinstance(exception, ForbiddenError) and kind(request) == "article":
            # A site may keep some articles to itself; Scrapy counts them ("robotstxt/forbidden").
            return
        if not isinstance(exception, IgnoreRequest):
            self.failed(request, cause(exception))
        else:
            # A reason is counted by its name, so it must not name the page.
            self.failed(request, text if request.url not in text else "answer ignored by Scrapy")

    def request_dropped(self, request: Request) -> None:
        """Count a redirect in a circle, which ends where the scheduler knows the address already."""
        if request.url in request.meta.get("redirect_urls", ()):
            self.failed(request, "redirect loop")

    def failed(self, request: Request, reason: str) -> None:
        what = kind(request)
        if what in _COUNTED_ELSEWHERE:
            return
        self.stats.inc_value("newsbot/failed")
        self.stats.inc_value(f"newsbot/failed/{reason}")
        if what == "article":
            self.stats.inc_value("newsbot/failed_articles")
            self.name("newsbot/failed_addresses", f"{request.url}: {reason}")
        else:  # those of a host that the source has left may be gone for good, and that is no alarm
            stat = "newsbot/failed_old_listings" if request.meta.get("old_host") else "newsbot/failed_listings"
            self.name(stat, f"{what} {request.url}: {reason}")

    def name(self, stat: str, line: str) -> None:
        named = self.stats.get_value(stat)
        if len(named) < MOST_NAMED:
            named.append(line)


class Redirects(RedirectMiddleware):
    """Scrapy's redirects, with their end counted: what a middleware raises on a response is shown to no other.

    Stats: ``newsbot/redirected_away`` ({host: redirects} to hosts that are not the source's: the first sign that a
    domain was sold or a paper has moved).
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the request for where a redirect leads, or the response if it is none."""
        is_robots = kind(request) == "robots.txt"
        if is_robots and request.meta.get("redirect_times", 0) >= MOST_ROBOTS_REDIRECTS:
            return response  # which says nothing: as if there were no robots.txt
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            request.meta.pop("capture", None)  # what it leads to is never sent
            if outcomes := self.crawler.get_downloader_middleware(Outcomes):
                outcomes.failed(request, str(error))
                outcomes.counted(error)
            raise
        if isinstance(result, Request):
            result.meta.pop("capture", None)  # that of the redirect
        spider = self.crawler.spider
        if "article_id" in request.meta and isinstance(spider, Discovery) and is_sent_away(response, spider.addresses):
            # It says that the article is gone; the front page itself says nothing of it.
            request.meta["handle_httpstatus_list"] = [response.status]
            return response
        if is_robots and isinstance(result, Request):
            result.meta["allow_offsite"] = True  # RFC 9309, section 2.3.1.2: "even across authorities"
        elif isinstance(result, Request) and not url_is_from_spider(result.url, self.crawler.spidercls):
            self.count_away(result)
        return result

    def count_away(self, request: Request) -> None:
        """Count a redirect to a stranger, by host as long as there are few: a site can name any number."""
        hosts: dict[str, int] = self.crawler.stats.get_value("newsbot/redirected_away", {})
        host = (urlparse_cached(request).hostname or "")[:MOST_OF_A_HOST]
        if host in hosts or len(hosts) < MOST_NAMED:
            self.crawler.stats.set_value("newsbot/redirected_away", hosts | {host: hosts.get(host, 0) + 1})


class Offsite(OffsiteMiddleware):
    """Scrapy's refusal of other hosts, told apart from failures."""

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Refuse a request to a host that is not the source's.

        :raises UnmadeError: to refuse it.
        """
        if kind(request) == "robots.txt":
            return  # of whatever host is asked for something
        try:
            super().process_request(request)
        except IgnoreRequest as error:
            raise UnmadeError(*error.args) from error


class CountingDownloader(Downloader):
    """Counts what a middleware raises on an answer: Scrapy shows that to no other middleware.

    The request's errback hears of it, so an article is asked for again later.
    """

    def needs_backout(self) -> bool:
        # What pages need to be shown takes no page's place, nor does what waits until a host may be asked again.
        under_way = sum("requisite" not in request.meta for request in self.active)
        if not 0 < self.total_concurrency <= under_way:
            return False
        waiting = sum(
            "requisite" not in request.meta for slot in self.slots.values() if rests(slot) for request, _ in slot.queue
        )
        return self.total_concurrency <= under_way - waiting

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[Response | Request]:
        # At once: a request that neither waits nor is known to be under way would let the engine end the crawl.
        return super().fetch(request).addErrback(self._count, request)

    def _count(self, failure: Failure, request: Request) -> Failure:
        outcomes = self.crawler.get_downloader_middleware(Outcomes)
        if outcomes and isinstance(failure.value, Exception):
            outcomes.lost(request, failure.value)
        return failure


def shorten_failures() -> None:
    """Have all failures of the network logged in one line, from now on in this process."""
    for name in ("scrapy.core.scraper", "scrapy.downloadermiddlewares.robotstxt"):
        logging.getLogger(name).addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and isinstance(record.args, dict) and "request" in record.args:
        why = cause(error)
        if why != type(error).__name__:  # else it may be a mistake of ours, and is told as one
            record.msg, record.args = "Error downloading %s: %s", (record.args["request"], why)
            record.exc_info = None
    return True
