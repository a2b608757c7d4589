"""The download handler that opens pages in Chromium as scrapy-playwright does, and archives what they ask for."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from playwright.async_api import Error, Page
from playwright.async_api import Request as Asked
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from archive.browser.asking import BrowserError
from archive.browser.chromium import StartedChromium
from archive.browser.door import DOCUMENT, Document, Door
from archive.browser.extension import Browser
from archive.browser.looking import is_moving_on
from archive.browser.page import DIED, Views, context_options, look_at, words_for
from archive.clock import now
from archive.crawling.ending import is_ending
from archive.crawling.handler import ArchivingHandler
from archive.crawling.wire_tee import TeeAgent
from archive.errors import ArchiveError
from archive.http.exchange import Capture
from archive.requisites.extension import Requisites
from archive.requisites.page_info import MIME, PREFIX
from archive.requisites.page_needs import PageNeeds
from archive.requisites.requisite import Requisite

logger = logging.getLogger(__name__)

#: Seconds for closing a page, and between two looks whether the crawl is ending.
_CLOSE: Final = 5.0
_LOOK: Final = 0.5
#: Addresses of which the second of the last capture is known; a page asks for one again at once or not at all.
_MOST_KNOWN: Final = 1_000
#: Playwright's words for what a request is for, where they are not those of Fetch.
_DESTINATIONS: Final = {"stylesheet": "style", "media": "video", "xhr": "", "fetch": "", "other": ""}
_NAMED: Final = 20
_LONGEST_NAME: Final = 300


@dataclass(slots=True)
class Visit:
    """A page while it is open, and what came of it."""

    door: Door
    #: Of its context.
    name: str
    views: Views = field(default_factory=Views)
    #: The browser that it is open in; None before it has one.
    browser: StartedChromium | None = None
    page: Page | None = None
    #: The address that its frame showed in the end.
    shown: str = ""
    #: Why it was not opened, or not to its end; empty if it was.
    failure: str = ""


class BrowserHandler(ScrapyPlaywrightDownloadHandler, ArchivingHandler):
    """Opens requests in the browser that ask for it (`archive.browser.asking`); downloads and archives all others.

    scrapy-playwright opens the page, in a context of its own whose only way out is a `Door`. The response is what
    came over the wire: reading the archive again gives the same.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        browser = crawler.get_extension(Browser)
        if browser is None:
            raise ArchiveError("the browser extension is not enabled: nothing would be opened (ADDONS)")
        self._browser = browser
        self._patience = crawler.settings.getfloat("BROWSER_TIMEOUT")
        self.config.target_closed_max_retries = 0  # what has ended one browser would end the next
        #: The second in which an address was last captured: an index cannot tell two captures in one second apart.
        self._seconds: dict[str, str] = {}
        self._visits = 0

    async def _launch(self) -> None:
        """Start nothing before the first page."""

    async def _close(self) -> None:
        await self._browser.close()

    async def download_request(self, request: Request) -> Response:
        if "browser" in request.meta:
            return await self._open(request)
        if (door := request.meta.get("browser_door")) is not None:
            await self._next_second(request.url)
            if door.is_closed:
                raise IgnoreRequest("the page was closed")
        return await ArchivingHandler.download_request(self, request)

    def _record(
        self, request: Request, agent: TeeAgent, started: float, truncated: str | None, error: str | None
    ) -> None:
        super()._record(request, agent, started, truncated, error)
        capture: Capture = request.meta["capture"]
        self._seconds.pop(capture.url, None)
        self._seconds[capture.url] = capture.date[:19]
        if len(self._seconds) > _MOST_KNOWN:
            del self._seconds[next(iter(self._seconds))]
        if request.meta.get("browser_document"):
            request.meta["browser_door"].hold(capture)

    async def _next_second(self, url: str) -> None:
        """Wait until an address is captured in another second than it was."""
        while self._seconds.get(url) == (moment := now()).isoformat()[:19]:
            await asyncio.sleep(1.001 - moment.microsecond / 1e6)

    async def _open(self, request: Request) -> Response:
        """Open a page and return the document that it was given.

        :raises BrowserError: if there was none.
        """
        began = monotonic()
        self._visits += 1
        visit = Visit(Door(self._browser, request.url), f"{id(self)}-{self._visits}")
        try:
            await self._watch(asyncio.ensure_future(self._visit(request.url, visit)), visit)
            visit.shown = visit.page.url if visit.page else ""
            if visit.views.dom and not visit.shown.startswith("http"):  # scripts have put another in its place
                visit.views, visit.failure = Views(), "no page of a site was left"
            await self._leave(visit)
            return self._response(request, visit, visit.door.document(visit.shown))
        finally:
            visit.door.close()
            visit.door.let_go()
            if visit.browser is not None:
                self._browser.give_back()
            self._browser.count("milliseconds", round(1000 * (monotonic() - began)))

    async def _watch(self, task: asyncio.Task[None], visit: Visit) -> None:
        """Wait for a page, as long as it may take and the crawl goes on.

        What it waits for is not counted: the browser, and that its documents have their turn as all pages do.
        """
        taken, last = 0.0, monotonic()
        while not task.done():
            moment = monotonic()
            is_waiting = visit.browser is None or visit.door.awaits_document
            taken, last = taken + (0 if is_waiting else moment - last), moment
            if taken >= self._patience:
                visit.failure = "it took too long"
            elif is_ending(self._crawler):
                visit.failure = "the crawl is ending"
            elif visit.door.is_lost:
                visit.failure = visit.door.failure
            elif visit.browser is not None and not visit.browser.is_running:
                visit.failure = DIED
            if visit.failure or visit.door.has_no_end:  # a wall that stays one asks again and again
                task.cancel()
            await asyncio.wait({task}, timeout=_LOOK)
        if not task.cancelled() and (error := task.exception()) and not visit.failure:
            visit.failure = words_for(error)
            if not isinstance(error, Error | BrowserError | RuntimeError):  # no page causes others
                logger.error("In the browser: %s", error, exc_info=error)

    async def _visit(self, url: str, visit: Visit) -> None:
        """Open a page, and look at it once it is open."""
        visit.browser = await self._browser.lend()
        self.browser = visit.browser.chromium

        async def opened(page: Page, request: Request) -> None:
            visit.page = page
            # scrapy-playwright routes each request through this process, for which Chromium gives up its cache.
            await page.unroute("**")
            page.on("request", lambda asked: visit.door.announce(asked.url, _destination(asked)))
            page.context.on("page", lambda other: asyncio.ensure_future(self._refuse_window(other)))

        request = Request(
            url,
            meta={
                "playwright": True,
                "playwright_include_page": True,
                "playwright_context": visit.name,
                "playwright_context_kwargs": self._context_options(visit.door.open()),
                "playwright_page_init_callback": opened,
                "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": 0},
            },
        )
        try:
            await self._download_request(request, self._crawler.spider)
        except Error as error:
            # The document may be there, and the next one on its way; what it gave is looked at below.
            if visit.page is None or not visit.door.documents or not is_moving_on(error):
                raise
        assert visit.page is not None, "the init callback"
        await look_at(visit.page, visit.door, visit.views)

    async def _download_request_with_page(self, request: Request, page: Page, spider: Spider) -> Response:
        """Go to a page, and take nothing of it yet: it may be as large as it likes."""
        _, download = await self._get_response_and_download(request, page, spider)
        if download and download.exception:
            raise download.exception
        return Response(request.url)

    def _context_options(self, proxy: str) -> dict[str, Any]:
        settings = self._crawler.settings
        locale = str(settings["DEFAULT_REQUEST_HEADERS"].get("Accept-Language") or "en").partition(",")[0]
        return context_options(self.browser.version, proxy, settings["USER_AGENT"], locale)

    async def _refuse_window(self, page: Page) -> None:
        """Close a window that a page has opened."""
        self._browser.count("refused/window")
        try:
            await page.close()
        except Error as error:
            logger.debug("a window was not closed: %s", error)

    async def _leave(self, visit: Visit) -> None:
        """Close a page; end a browser that does not obey."""
        is_closed = visit.failure != DIED
        if is_closed and (wrapper := self.context_wrappers.get(visit.name)):
            try:
                await asyncio.wait_for(wrapper.context.close(), _CLOSE)
            except (Error, TimeoutError):
                is_closed = False
        if not is_closed and visit.browser is not None:
            await self._browser.end(visit.browser)

    def _response(self, request: Request, visit: Visit, document: Document | None) -> Response:
        """Return the response of a page, and have the archive keep what else there is."""
        door, count = visit.door, self._browser.count
        count("pages")
        count("documents", len(door.documents))
        for reason, number in door.refused.items():
            count(f"refused/{reason}", number)
        is_had = document is not None and not 300 <= document.response.status < 400
        if not is_had:
            visit.failure = door.failure or visit.failure or "its redirect was not followed"
        if visit.failure:
            self._note_failure(request.url, visit.failure)
        if document is None or not is_had or (request.meta["browser"] == "dom" and not visit.views.dom):
            count("without_document")
            raise BrowserError(f"not opened in the browser: {visit.failure}")
        capture: Capture = document.response.meta["capture"]
        for view in visit.views.all():
            self._browser.archive.put_resource(f"{view.prefix}{capture.url}", view.mime, view.block, capture.date)
        self._note_page(request, capture, door)
        request.meta["capture"] = capture
        request.meta["documents"] = [each.response for each in door.documents]
        if request.meta["browser"] == "dom":
            body = visit.views.dom.encode("utf-8", "replace")
            url, status = document.response.url, document.response.status
            return HtmlResponse(url, status, body=body, encoding="utf-8", request=request)
        return document.response.replace(request=request, flags=[*document.response.flags, "browser"])

    def _note_page(self, request: Request, capture: Capture, door: Door) -> None:
        """Tell who writes the page's record what it consists of; write it here if nobody does."""
        request.meta["browser_found"] = door.found
        if self._crawler.get_extension(Requisites) is None:
            page = PageNeeds(capture)
            for url, found in door.found.items():
                if page.takes(Requisite(url, found.kind)):
                    page.answered(url, found.answer)
            page.left_out.update(door.refused)
            self._browser.archive.put_resource(f"{PREFIX}{capture.url}", MIME, page.info(), capture.date)

    def _note_failure(self, url: str, reason: str) -> None:
        count, stats = self._browser.count, self._crawler.stats
        count("failed")
        count(f"failed/{reason}")
        named: list[str] = stats.get_value("browser/failed_pages", [])
        if len(named) < _NAMED:
            stats.set_value("browser/failed_pages", [*named, f"{url[:_LONGEST_NAME]}: {reason}"])
        logger.warning("In the browser: %s: %s", url, reason)


def _destination(asked: Asked) -> str:
    """Return what a request is for, by the words of Fetch."""
    if not asked.is_navigation_request():
        return _DESTINATIONS.get(asked.resource_type, asked.resource_type)
    try:
        return "iframe" if asked.frame.parent_frame else DOCUMENT
    except Error:  # of a frame that is still being made
        return "iframe"
