"""The Scrapy extension that holds what the opened pages of a crawl share: the browser, the certificate, answers."""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

from playwright.async_api import Error
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.browser.asking import SLOT, BrowserError
from archive.browser.certificate import DoorCertificate, door_certificate
from archive.browser.chromium import StartedChromium, find_chromium
from archive.browser.shared import SharedReplies
from archive.crawling.extension import Archive
from archive.requisites.hosts import SkippedHosts

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium

logger = logging.getLogger(__name__)

#: Pages that one process of the browser opens: what they leave in its memory goes with it.
_MOST_PAGES: Final = 50
#: Times in a row that it may fail to start.
_MOST_ATTEMPTS: Final = 2


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
        #: Pages that are open now.
        self.open_pages = 0
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

    async def chromium(self) -> Chromium:
        """Return the running browser, started if need be.

        :raises BrowserError: if there is none, or it does not start.
        """
        async with self._starting:
            return await self._chromium()

    async def _chromium(self) -> Chromium:
        if not self.is_there:
            raise BrowserError("there is no browser" if not self.path else "it does not start")
        is_old = self._pages >= _MOST_PAGES and self.open_pages <= 1  # the one that asks
        if self._started and (is_old or not self._started.is_running):
            await self.close()
        if self._started is None:
            try:
                self._started = await StartedChromium.start(self.path, self.certificate.pin)
            except (Error, OSError) as error:
                self._attempts += 1
                logger.warning("%s does not start: %s", self.path, _first_lines(str(error)))
                raise BrowserError("it does not start") from error
            self._pages = self._attempts = 0
            self.count("started")
        self._pages += 1
        return self._started.chromium

    async def close(self) -> None:
        """Close the browser, if it was started."""
        started, self._started = self._started, None
        if started is not None:
            await started.close()

    def count(self, stat: str, number: int = 1) -> None:
        if number:
            self.crawler.stats.inc_value(f"browser/{stat}", number)


def _first_lines(text: str) -> str:
    return " ".join(text.split())[:300]
