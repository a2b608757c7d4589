"""Paces each host as it asks: Retry-After, back-off on 429 and 503, robots.txt's Crawl-delay.

Scrapy ignores Retry-After (scrapy#3849), AutoThrottle does not slow down on 429 and 503 (scrapy#4424), and Scrapy's
robots.txt middleware reads Crawl-delay but does not keep it.
"""

from __future__ import annotations

import logging
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from archive.browser.asking import is_in_browser
from archive.clock import now
from archive.requisites.extension import slot_of
from newsbot.fetching.ending import drop_waiting

logger = logging.getLogger(__name__)

#: "Too many requests" and "unavailable": the two answers by which a site says that it has had enough.
REFUSALS = frozenset({429, 503})
#: Seconds between requests to a host that refused one while there was no delay at all.
FIRST_SLOW_DELAY = 1.0
#: Factor by which a back-off delay shrinks with each answer that is no refusal.
RECOVERY = 0.9
#: Consecutive refusals after which a host is left alone for this run.
MOST_REFUSALS = 10
_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?", re.ASCII)
#: Longer numbers mean no more than "very long", and would cost time to convert.
_MOST_DIGITS = 9


@dataclass(slots=True)
class Host:
    """What one host has asked of us; delays are seconds between two requests."""

    usual_delay: float
    crawl_delay: float = 0.0
    slow_delay: float = 0.0
    slowed_at: float = -math.inf  # monotonic
    refusals: int = 0  # in a row
    given_up: str = ""  # why, or nothing

    @property
    def least_delay(self) -> float:
        return max(self.crawl_delay, self.slow_delay)

    def apply(self, slot: Slot) -> None:
        """Make a downloader slot keep to this."""
        slot.delay = max(slot.delay, self.least_delay)
        if self.crawl_delay:
            slot.jitter = 0.0  # the site named a least delay, not a mean


class Politeness:
    """A downloader middleware that paces each host as the host asks.

    It works on the downloader's slots, not by waiting in ``process_request``: requests waiting there count as active,
    so those of one silent host would soon leave no room for any other. It listens to ``response_downloaded`` because
    that comes after AutoThrottle has set the slot's delay and before the slot sends its next request.

    Stats: ``politeness/refused`` (answers 429 and 503), ``politeness/waits``, ``politeness/wait_seconds`` (asked for
    and kept), ``politeness/given_up/<host>`` (why), ``politeness/dropped`` (requests not sent to such hosts),
    ``politeness/crawl_delay/<host>`` (seconds kept).
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.longest_wait = settings.getfloat("RETRY_AFTER_MAX", 600)
        self.longest_crawl_delay = settings.getfloat("CRAWL_DELAY_MAX", 60)
        self.longest_delay = settings.getfloat("AUTOTHROTTLE_MAX_DELAY")
        self.throttled = settings.getbool("AUTOTHROTTLE_ENABLED")
        self.user_agent = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        self.hosts: dict[str, Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.response_downloaded, signals.response_downloaded)
        crawler.signals.connect(middleware.robots_parsed, signals.robots_parsed)
        return middleware

    def process_request(self, request: Request) -> None:
        """Drop a request to a host that was given up; what pages need to be shown is not asked for there, either."""
        slot, name = self.crawler.engine.downloader.get_slot_key(request), urlparse_cached(request).hostname or ""
        for host in (self.hosts.get(slot), self.hosts.get(name)):
            if host is not None and host.given_up:
                self.crawler.stats.inc_value("politeness/dropped")
                raise IgnoreRequest(host.given_up)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Set the pace at which the answering host gets its next requests."""
        if is_in_browser(request.meta):
            return  # what it asked for has been here
        name = request.meta.get("download_slot", "")
        slot = self.crawler.engine.downloader.slots.get(name)
        if slot is None:  # not fetched from a host (a data: URL)
            return
        host = self.hosts.get(name)
        if response.status in REFUSALS:
            host = self.hosts.setdefault(name, Host(usual_delay=slot.delay))
            self.slow_down(host, slot, request)
            self.stay_away(name, host, slot, response)
        elif host is not None:
            self.recover(host, slot)
        if host is not None:
            host.apply(slot)

    def slow_down(self, host: Host, slot: Slot, request: Request) -> None:
        """Double the host's delay, once for all the requests that were under way together."""
        self.crawler.stats.inc_value("politeness/refused")
        host.refusals += 1
        now = monotonic()
        if now - request.meta.get("download_latency", 0.0) >= host.slowed_at:
            host.slow_delay = min(max(2 * slot.delay, FIRST_SLOW_DELAY), self.longest_delay)
            host.slowed_at = now

    def stay_away(self, name: str, host: Host, slot: Slot, response: Response) -> None:
        """Hold the host's requests back for as long as it asked, or give it up where that is too long."""
        wait = read_retry_after(
            (response.headers.get("Retry-After") or b"").decode("latin-1"),
            date=(response.headers.get("Date") or b"").decode("latin-1"),
            now=now(),
        )
        if host.given_up:
            return
        if wait is not None and wait > self.longest_wait:
            self.give_up(name, host, slot, f"{name} asked to be left alone for {wait:.0f} s (HTTP {response.status})")
        elif host.refusals >= MOST_REFUSALS:
            self.give_up(name, host, slot, f"{name} refused {host.refusals} requests in a row (HTTP {response.status})")
        elif wait:
            logger.info("%s asked to be left alone for %.0f s (HTTP %d)", name, wait, response.status)
            self.crawler.stats.inc_value("politeness/waits")
            self.crawler.stats.inc_value("politeness/wait_seconds", round(wait))
            # The slot sends nothing before this and its delay; being in the future, it also keeps the slot alive.
            for each in (slot, self.crawler.engine.downloader.slots.get(slot_of(name))):
                if each is not None:
                    each.lastseen = max(each.lastseen, monotonic() + wait)

    def give_up(self, name: str, host: Host, slot: Slot, reason: str) -> None:
        """Send the host nothing more in this run."""
        logger.warning("%s: it gets no more requests in this run", reason)
        self.crawler.stats.set_value(f"politeness/given_up/{name}", reason)
        host.given_up = reason
        if dropped := drop_waiting(slot, lambda: IgnoreRequest(reason)):
            self.crawler.stats.inc_value("politeness/dropped", dropped)

    def recover(self, host: Host, slot: Slot) -> None:
        """Take a part of a slow-down back."""
        host.refusals = 0
        host.slow_delay *= RECOVERY
        if host.slow_delay <= host.usual_delay:
            host.slow_delay = 0.0
        if not self.throttled:  # nobody else brings the delay down again
            slot.delay = max(host.usual_delay, host.least_delay)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Keep the Crawl-delay that robots.txt names for us, up to a bound."""
        user_agent = self.user_agent or ""
        asked = robotparser.crawl_delay(user_agent)
        if asked is None or not asked > 0:  # "not >" also refuses nan
            return
        name = urlparse_cached(request).hostname or ""
        kept = min(asked, self.longest_crawl_delay)
        if kept < asked:
            logger.warning("%s asks for a Crawl-delay of %.0f s; %.0f s are kept", name, asked, kept)
        settings = self.crawler.settings
        self.crawler.stats.set_value(f"politeness/crawl_delay/{name}", kept)
        self.keep_crawl_delay(name, kept, settings.getfloat("DOWNLOAD_DELAY"))
        # A slot that there is not yet begins with it: two requests would be under way before an answer sets its pace.
        self.crawler.engine.downloader.per_slot_settings[slot_of(name)] = {"delay": kept, "jitter": 0, "concurrency": 1}
        self.keep_crawl_delay(slot_of(name), kept, settings.getfloat("REQUISITES_DELAY"))

    def keep_crawl_delay(self, name: str, seconds: float, usual_delay: float) -> None:
        """Let a slot of the downloader, which need not be there yet, keep to a Crawl-delay."""
        slot = self.crawler.engine.downloader.slots.get(name)
        host = self.hosts.setdefault(name, Host(usual_delay=slot.delay if slot else usual_delay))
        host.crawl_delay = seconds
        if slot is not None:
            host.apply(slot)


def read_http_date(text: str) -> datetime | None:
    """Return an HTTP-date as an aware time, or None if it is none.

    >>> read_http_date("Sun, 06 Nov 1994 08:49:37 GMT").isoformat()
    '1994-11-06T08:49:37+00:00'
    >>> read_http_date("soon"), read_http_date("Sun, 99 Nov 1994 08:49:37 GMT")
    (None, None)
    """
    try:
        date = parsedate_to_datetime(text[:64])
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def read_retry_after(value: str, *, now: datetime, date: str = "") -> float | None:
    """Return for how many seconds to stay away (never negative), or None if the value says nothing.

    ``date`` is the response's Date header: an HTTP-date is measured from it, so that a server with a wrong clock is
    understood all the same; ``now`` (aware) is used where the server gave none. Some servers send a fraction of a
    second, which the standard does not know; it is read.

    >>> now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    >>> read_retry_after("120", now=now), read_retry_after(" 1.5 ", now=now)
    (120.0, 1.5)
    >>> read_retry_after("Sun, 22 Nov 2026 03:02:00 GMT", now=now)
    120.0
    >>> read_retry_after("Sun, 22 Nov 2026 05:00:10 GMT", now=now, date="Sun, 22 Nov 2026 05:00:00 GMT")
    10.0
    >>> read_retry_after("Sun, 22 Nov 2020 03:02:00 GMT", now=now)
    0.0
    >>> read_retry_after("9" * 5000, now=now)
    inf
    >>> read_retry_after("-5", now=now), read_retry_after("later", now=now), read_retry_after("", now=now)
    (None, None, None)
    """
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value) if len(value) <= _MOST_DIGITS else math.inf
    until = read_http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (read_http_date(date) or now)).total_seconds())
