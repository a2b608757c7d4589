"""The Scrapy extension that holds what the opened pages of a crawl share: the browser, the certificate, answers."""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import Final, Self

from playwright.async_api import Error
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.browser.asking import SLOT, BrowserError
from archive.browser.certificate import DoorCertificate, door_certificate
from archive.browser.chromium import StartedChromium, find_chromium
from archive.browser.shared import SharedReplies
from archive.crawling.ending import is_ending
from archive.crawling.extension import Archive
from archive.requisites.hosts import SkippedHosts

logger = logging.getLogger(__name__)

#: Pages that one process of the browser opens: what they leave in its memory goes with it.
_MOST_PAGES: Final = 25
#: Times in a row that it may fail to start.
_MOST_ATTEMPTS: Final = 2
#: Seconds between two looks whether all pages have left an old one.
_LOOK: Final = 0.1


class Browser:
    """Scrapy extension: opens pages whose requests ask for it (`archive.browser.asking`).

    What can be set is in `archive.addon`. Chromium is started for the first page.

    Stats: ``browser/pages`` (opened), ``browser/failed`` and ``browser/failed/<reason>`` (not opened, or not to their
    end), ``browser/failed_pages`` (the first of them by name), ``browser/without_document`` (those of which nothing was
    had), ``browser/documents``, ``browser/requests``, ``browser/bytes``, ``browser/shared`` (requests that the run
    had an answer to), ``browser/refused/<reason>``, ``browser/lost/<reason>``, ``browser/milliseconds``,
    ``browser/started``, ``browser/not_installed``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if settings["BROWSER"] == "never" or not settings.getbool("ARCHIVE_ENABLED"):
            raise NotConfigured
        self.crawler = crawler
        self.path = find_chromium(settings["BROWSER_PATH"])
        self.skipped = SkippedHosts(settings.getlist("REQUISITES_SKIP_HOSTS"))
        self.shared = SharedReplies()
        self._started: StartedChromium | None = None
        self._pages = self._attempts = 0
        #: Pages that are open in it.
        self._open_pages = 0
        self._missed = False
        #: One start at a time.
        self._starting = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        browser = cls(crawler)
        crawler.signals.connect(browser.spider_opened, signals.spider_opened)
        return browser

    def spider_opened(self) -> None:
        archive = self.crawler.get_extension(Archive)
        assert archive is not None, "ARCHIVE_ENABLED"
        self.archive = archive
        # A page keeps its hosts' pace in their slots. Without a delay Scrapy 2.19 would open all that wait at once.
        pace = {"delay": 0.05, "jitter": 0, "concurrency": self.crawler.settings.getint("BROWSER_PAGES")}
        self.crawler.engine.downloader.per_slot_settings[SLOT] = pace

    @property
    def is_there(self) -> bool:
        """Whether pages can be opened; where no browser is installed, that is said once."""
        if not self.path and not self._missed:
            self._missed = True
            self.crawler.stats.set_value("browser/not_installed", True)
            named = self.crawler.settings["BROWSER_PATH"]
            where = f"BROWSER_PATH: there is no {named}" if named else "there is no chromium on PATH (BROWSER_PATH)"
            logger.warning("Pages that need a browser are not opened: %s", where)
        return bool(self.path) and self._attempts < _MOST_ATTEMPTS

    @cached_property
    def certificate(self) -> DoorCertificate:
        """What the browser's proxies show it."""
        return door_certificate()

    async def lend(self) -> StartedChromium:
        """Return the running browser for one page, started if need be; `give_back` it.

        :raises BrowserError: if there is none, or it does not start.
        """
        async with self._starting:
            started = await self._current()
            self._pages += 1
            self._open_pages += 1
            return started

    def give_back(self) -> None:
        """Take note that a page has left the browser."""
        self._open_pages -= 1

    async def _current(self) -> StartedChromium:
        if not self.is_there:
            raise BrowserError("there is no browser" if not self.path else "it does not start")
        while self._started and self._started.is_running and self._pages >= _MOST_PAGES and self._open_pages:
            await asyncio.sleep(_LOOK)  # new pages wait, or there would always be some
        if self._started and (self._pages >= _MOST_PAGES or not self._started.is_running):
            await self.end(self._started)
        if is_ending(self.crawler):
            raise BrowserError("the crawl is ending")
        if self._started is None:
            try:
                self._started = await StartedChromium.start(self.path, self.certificate.pin)
            except (Error, OSError) as error:
                self._attempts += 1
                logger.warning("%s does not start: %s", self.path, _first_lines(str(error)))
                raise BrowserError("it does not start") from error
            self._pages = self._attempts = 0
            self.count("started")
        return self._started

    async def end(self, started: StartedChromium) -> None:
        """End a browser, of which there may be another by now."""
        if self._started is started:
            self._started = None
        await started.close()

    async def close(self) -> None:
        """Close the browser, if it was started."""
        if self._started is not None:
            await self.end(self._started)

    def count(self, stat: str, number: int = 1) -> None:
        if number:
            self.crawler.stats.inc_value(f"browser/{stat}", number)


def _first_lines(text: str) -> str:
    return " ".join(text.split())[:300]
