"""The Scrapy extension that has page requisites: each address once a run, over runs conditionally and rarely.

It asks the downloader itself, in slots of its own, a few requests at a time: nothing of it waits before a page, or
reaches a spider.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.headers import Headers
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.asyncio import run_in_thread
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.url import url_is_from_spider

from archive.clock import now
from archive.crawling.extension import Archive, is_ending
from archive.errors import ArchiveError
from archive.http.exchange import Capture
from archive.requisites.answer import Answer, cause, mime_of
from archive.requisites.budget import Budget
from archive.requisites.hosts import SkippedHosts, host_of
from archive.requisites.html_page import page_requisites
from archive.requisites.known import Known, KnownRequisites, Wanted, database_path
from archive.requisites.page_info import MIME, PREFIX
from archive.requisites.page_needs import PageNeeds
from archive.requisites.requisite import Kind, Requisite, absolute, once
from archive.requisites.style_sheet import sheet_requisites

if TYPE_CHECKING:
    from archive.browser.door import Found

#: Requests under way at a time, and to one host.
_MOST_AT_ONCE: Final = 6
_MOST_AT_HOST: Final = 2
#: How far a page's requisites lead on: sheets import sheets, redirects redirect.
_DEEPEST: Final = 5
#: Bytes of a page, or a sheet, that are read; longer ones are kept, and what they need is not known.
_LONGEST_PAGE: Final = 4_000_000
_LONGEST_SHEET: Final = 2_000_000
#: Seconds for one request.
_PATIENCE: Final = 60
#: Answers by which a host says that it has had enough: it gets no more requests in this run.
_REFUSALS: Final = frozenset({429, 503})
#: Maximum number of days after which what could not be had is asked for again.
_LONGEST_GAP: Final = 30
#: What is asked for first, where not all can be.
_ORDER: Final[dict[Kind, int]] = {"style": 0, "image": 1, "frame": 1, "font": 1, "script": 2, "other": 3, "media": 4}
_IMAGES: Final[frozenset[Kind]] = frozenset({"image"})
_ACCEPT: Final[dict[Kind, str]] = {"image": "image/*,*/*;q=0.8", "style": "text/css,*/*;q=0.1"}
_NAMED: Final = 20


@dataclass(slots=True)
class Look:
    """One address in this run: what came of it, or the pages that wait for that."""

    requisite: Requisite
    depth: int
    #: Address of the page that needed it first.
    via: str = ""
    known: Known | None = None
    answer: Answer | None = None
    needs: tuple[Requisite, ...] = ()
    waiting: list[PageNeeds] = field(default_factory=list)
    #: Whether the answer was that it has not changed.
    is_unchanged: bool = False


class Requisites:
    """Scrapy extension: has what each HTML page that is crawled needs, and writes a ``urn:pageinfo:`` record for it.

    What can be set is in `archive.addon`. A request of its own has ``meta["requisite"]``: the kind.

    Stats: ``requisites/pages``, ``requisites/wanted`` (addresses, each once a run), ``requisites/had`` (known from
    earlier runs), ``requisites/fetched``, ``requisites/unchanged`` (304), ``requisites/missing`` and
    ``requisites/missing/<reason>``, ``requisites/missing_addresses`` (the first of them by name),
    ``requisites/left_out/<reason>`` (a budget's name, "ad or tracker", "media", …), ``requisites/bytes``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._mode = settings["REQUISITES"]
        if self._mode == "off" or not settings.getbool("ARCHIVE_ENABLED"):
            raise NotConfigured
        self._crawler = crawler
        self._budget = Budget.from_settings(settings)
        self._skipped = SkippedHosts(settings.getlist("REQUISITES_SKIP_HOSTS"))
        self._refused_types = tuple(each.lower() for each in settings.getlist("REQUISITES_REFUSE_TYPES"))
        self._max_bytes = settings.getint("REQUISITES_MAX_BYTES")
        self._obeys_robots = settings.getbool("REQUISITES_ROBOTSTXT_OBEY")
        self._delay = settings.getfloat("REQUISITES_DELAY")
        self._gap = timedelta(days=settings.getfloat("REQUISITES_RECHECK_DAYS"))
        self._looks: dict[str, Look] = {}
        self._queue: deque[Look] = deque()
        self._under_way = 0
        #: Pages and sheets that are being read.
        self._reading = 0
        self._pages: set[PageNeeds] = set()
        self._given_up: set[str] = set()
        #: What was learnt, until its capture is on disk.
        self._learnt: list[tuple[Capture, str, Known]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        requisites = cls(crawler)
        for handler, signal in (
            (requisites.spider_opened, signals.spider_opened),
            (requisites.response_received, signals.response_received),
            (requisites.headers_received, signals.headers_received),
            (requisites.spider_idle, signals.spider_idle),
        ):
            crawler.signals.connect(handler, signal)
        return requisites

    def spider_opened(self) -> None:
        archive = self._crawler.get_extension(Archive)
        assert archive is not None, "ARCHIVE_ENABLED"
        self._archive = archive
        try:
            self._known = KnownRequisites(database_path(self._crawler.settings))
            wanted = self._known.wanted()
        except ArchiveError as error:  # Scrapy would log it and crawl on
            archive.fail(error)
            return
        archive.when_durable(self._write_learnt)
        archive.before_end(self._end)
        for each in wanted:
            self._want_again(each)

    def response_received(self, response: Response, request: Request) -> None:
        """Read a page that was crawled, if it is one."""
        capture: Capture | None = request.meta.get("capture")
        is_page = request.callback is not NO_CALLBACK and response.status == 200 and mime_of(response) == "text/html"
        if is_page and capture is not None and len(response.body) <= _LONGEST_PAGE:
            deferred_from_coro(self._read_page(PageNeeds(capture), response, request.meta.get("browser_found") or {}))

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Stop the download of what is not wanted, once its media type is known.

        :raises StopDownload: to stop it.
        """
        mime = (headers.get("Content-Type") or b"").decode("latin-1").lower()
        if request.meta.get("requisite") and mime.startswith(self._refused_types):
            raise StopDownload(fail=False)

    def spider_idle(self) -> None:
        """Keep the crawl open while there is something to do.

        :raises DontCloseSpider: to keep it open.
        """
        self._go_on()
        if self._under_way or self._reading or self._queue:
            raise DontCloseSpider

    async def _read_page(self, page: PageNeeds, response: Response, had: Mapping[str, Found]) -> None:
        """Have what a page needs.

        :param had: what a browser has asked for already that showed it.
        """
        self._count("pages")
        self._pages.add(page)
        page.open += 1
        self._reading += 1
        try:
            found = await run_in_thread(_needs_of_page, response.body, page.capture.url)
            looks = [await self._take_up(page, url, each) for url, each in had.items()]
        finally:
            self._reading -= 1
        for look in filter(None, looks):
            self._lead_on(page, look)
        self._want_all(page, found, depth=0)
        self._close(page)
        self._go_on()

    async def _take_up(self, page: PageNeeds, url: str, found: Found) -> Look | None:
        """Note for a page, and for others to come, what its browser had; returns it if it may lead on."""
        requisite = Requisite(url, found.kind)
        if not page.takes(requisite):
            return None
        page.answered(url, found.answer)
        if url in self._looks or found.response is None:
            return self._looks.get(url)
        look = self._looks[url] = Look(requisite, 0, page.capture.url, answer=found.answer)
        self._count("wanted")
        if not found.answer.is_had:
            self._note_missing(url, found.answer)
            return None
        self._count("fetched")
        look.needs = await self._read(found.kind, found.response) if found.response.body else ()
        capture: Capture = found.response.meta["capture"]
        self._learnt.append((capture, url, self._learn(look, found.answer, found.response.headers)))
        return look

    def _want_all(self, page: PageNeeds, needs: Iterable[Requisite], depth: int) -> None:
        for each in sorted(needs, key=lambda need: (need.is_spare, _ORDER[need.kind])):
            if (self._mode != "images" or each.kind in _IMAGES) and page.takes(each):
                self._want(page, each, depth)

    def _want(self, page: PageNeeds, requisite: Requisite, depth: int) -> None:
        """Have an address for a page, unless there is a reason not to."""
        look = self._looks.get(requisite.url)
        if look is None:
            look = Look(requisite, depth, page.capture.url, self._known.get(requisite.url))
            if look.known and self._is_enough(look.known):
                self._looks[requisite.url] = look
                self._count("wanted")
                self._count("had" if look.known.answer.is_had else "missing")
                look.answer, look.needs = look.known.answer, look.known.needs
            elif reason := self._why_not(page, requisite):
                page.leave_out(requisite.url, reason)
                self._count(f"left_out/{reason}")
                return
            else:
                self._looks[requisite.url] = look
                self._count("wanted")
                self._budget.hosts[host_of(requisite.url)] += 1
                page.requests += 1
                self._queue.append(look)
        if look.answer is None:
            page.open += 1
            look.waiting.append(page)
        else:
            page.answered(requisite.url, look.answer)
            self._lead_on(page, look)

    def _want_again(self, wanted: Wanted) -> None:
        """Have an address that a page of this site needs, and that has gone from the archive, or never was in it."""
        url, kind, page = wanted
        is_wanted = self._mode != "images" or kind in _IMAGES
        spider = self._crawler.spider
        if not is_wanted or spider is None or not url_is_from_spider(page, type(spider)):
            return
        host = host_of(url)
        if reason := "ad or tracker" if host in self._skipped else self._budget.refuses(host, 0):
            self._count(f"left_out/{reason}")
            return
        self._looks[url] = look = Look(Requisite(url, kind), 0, page)
        self._count("wanted")
        self._budget.hosts[host] += 1
        self._queue.append(look)

    def _is_enough(self, known: Known) -> bool:
        return now().isoformat() < known.next_look

    def _why_not(self, page: PageNeeds, requisite: Requisite) -> str:
        host = host_of(requisite.url)
        if host in self._skipped:
            return "ad or tracker"
        if requisite.kind == "media" and any(each.startswith("video") for each in self._refused_types):
            return "media"
        if host in self._given_up:
            return "host refuses"
        return self._budget.refuses(host, page.requests)

    def _lead_on(self, page: PageNeeds, look: Look) -> None:
        """Have for a page what one of its requisites needs itself."""
        if look.depth < _DEEPEST:
            self._want_all(page, look.needs, look.depth + 1)

    def _go_on(self) -> None:
        """Ask for what waits, as far as there is room."""
        engine = self._crawler.engine
        while self._queue and self._under_way < _MOST_AT_ONCE and not (engine.paused or is_ending(self._crawler)):
            look = self._queue.popleft()
            if host_of(look.requisite.url) in self._given_up:
                self._drop(look, "host refuses")
            elif self._budget.is_spent:
                self._drop(look, "bytes")
            else:
                self._under_way += 1
                deferred_from_coro(self._ask(look))

    def _drop(self, look: Look, reason: str) -> None:
        """Do without an address after all."""
        self._count(f"left_out/{reason}")
        look.answer = Answer(error=reason)
        waiting, look.waiting = look.waiting, []
        for page in waiting:
            page.leave_out(look.requisite.url, reason)
            self._close(page)

    async def _ask(self, look: Look) -> None:
        request = self._request(look)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:  # whatever a site does to a requisite, the crawl goes on
            capture: Capture | None = request.meta.get("capture")
            self._finish(look, Answer(error=cause(error, host_of(look.requisite.url))), capture, Headers())
        else:
            await self._take(look, response)
        finally:
            self._under_way -= 1
            self._go_on()

    def _request(self, look: Look) -> Request:
        url, kind, _ = look.requisite
        host = host_of(url)
        slot = slot_of(host)
        pace = {"delay": self._delay, "concurrency": _MOST_AT_HOST}
        self._crawler.engine.downloader.per_slot_settings.setdefault(slot, pace)
        headers = {"Accept": _ACCEPT.get(kind, "*/*"), "Referer": _referer(look)}
        if look.known:
            headers |= {"If-None-Match": look.known.etag, "If-Modified-Since": look.known.last_modified}
        return Request(
            url,
            callback=NO_CALLBACK,
            headers={name: value for name, value in headers.items() if value},
            dont_filter=True,
            meta={
                "requisite": kind,
                "via": look.via,
                "hops": "E" * (look.depth + 1),
                "download_slot": slot,
                "download_maxsize": self._max_bytes,
                "download_timeout": _PATIENCE,
                "autothrottle_dont_adjust_delay": True,
                "dont_obey_robotstxt": not self._obeys_robots,
                "allow_offsite": True,
                "dont_redirect": True,
                "handle_httpstatus_all": True,
                "max_retry_times": 1,
            },
        )

    async def _take(self, look: Look, response: Response) -> None:
        """Take in an answer: what it is, and what it leads to."""
        capture: Capture = response.meta["capture"]
        self._budget.bytes += len(response.body)
        self._count("bytes", len(response.body))
        if response.status in _REFUSALS:
            self._given_up.add(host_of(capture.url))
        if response.status == 304 and look.known:
            answer = look.known.answer._replace(record_id=capture.record_id, date=capture.date)
            look.needs, look.is_unchanged = look.known.needs, True
            self._count("unchanged")
        else:
            error = f"cut off: {capture.truncated}" if capture.truncated else ""
            answer = Answer(response.status, mime_of(response), capture.record_id, capture.date, error)
            look.needs = await self._read(look.requisite.kind, response)
        self._finish(look, answer, capture, response.headers)

    async def _read(self, kind: Kind, response: Response) -> tuple[Requisite, ...]:
        """Return what an answer asks for itself."""
        url, body = response.url, response.body
        if 300 <= response.status < 400:
            location = (response.headers.get("Location") or b"").decode("latin-1")
            target = absolute(url, location)
            return (Requisite(target, kind),) if target else ()
        mime = mime_of(response)
        self._reading += 1
        try:
            if response.status != 200:
                return ()
            if mime == "text/css" and len(body) <= _LONGEST_SHEET:
                charset = _charset(response)
                return await run_in_thread(lambda: tuple(once(sheet_requisites(body, url, charset))))
            if kind == "frame" and mime == "text/html" and len(body) <= _LONGEST_PAGE:
                return tuple(await run_in_thread(_needs_of_page, body, url))
            return ()
        finally:
            self._reading -= 1

    def _finish(self, look: Look, answer: Answer, capture: Capture | None, headers: Headers) -> None:
        """Tell the pages that wait for an address what it gave, and remember it.

        :param capture: of the answer, or of the attempt to get one.
        """
        look.answer = answer
        if not answer.is_had:
            self._note_missing(look.requisite.url, answer)
        elif not look.is_unchanged:
            self._count("fetched")
        if capture is not None:
            self._learnt.append((capture, look.requisite.url, self._learn(look, answer, headers)))
        waiting, look.waiting = look.waiting, []
        for page in waiting:
            page.answered(look.requisite.url, answer)
            self._lead_on(page, look)
            self._close(page)

    def _note_missing(self, url: str, answer: Answer) -> None:
        reason = answer.error or f"HTTP {answer.status}"
        self._count("missing")
        self._count(f"missing/{reason}")
        stats = self._crawler.stats
        named: list[str] = stats.get_value("requisites/missing_addresses", [])
        if len(named) < _NAMED:
            stats.set_value("requisites/missing_addresses", [*named, f"{url}: {reason}"])

    def _learn(self, look: Look, answer: Answer, headers: Headers) -> Known:
        """Return what later runs shall know of an address."""
        known = look.known
        if not answer.is_had:
            failures = (known.failures if known else 0) + 1
            gap = timedelta(days=min(2 ** (failures - 1), _LONGEST_GAP))
            return Known(answer, next_look=(now() + gap).isoformat(), failures=failures)
        etag, last_modified = ((headers.get(name) or b"").decode("latin-1") for name in ("ETag", "Last-Modified"))
        if known and look.is_unchanged:
            etag, last_modified = etag or known.etag, last_modified or known.last_modified
        return Known(answer, etag, last_modified, (now() + self._gap).isoformat(), 0, look.needs)

    def _write_learnt(self, durable: int) -> None:
        ready = [each for each in self._learnt if each[0].sequence <= durable]
        if not ready:
            return
        self._learnt = [each for each in self._learnt if each[0].sequence > durable]
        try:
            self._known.put((url, known._replace(file=capture.file)) for capture, url, known in ready)
        except ArchiveError as error:
            self._archive.fail(error)

    def _close(self, page: PageNeeds) -> None:
        """Write a page's record when all of its requisites have been answered."""
        page.open -= 1
        if not page.open and page in self._pages:
            self._pages.discard(page)
            self._write(page)

    def _end(self) -> None:
        """Write the records of pages that still wait: the crawl was told to stop."""
        while self._queue:
            self._drop(self._queue.popleft(), "crawl ended")
        for page in self._pages:
            self._write(page)
        self._pages.clear()

    def _write(self, page: PageNeeds) -> None:
        self._archive.put_resource(f"{PREFIX}{page.capture.url}", MIME, page.info(), page.capture.date)

    def _count(self, stat: str, number: int = 1) -> None:
        if number:
            self._crawler.stats.inc_value(f"requisites/{stat}", number)


def slot_of(host: str) -> str:
    """Return the name of the downloader slot in which a host is asked for requisites, apart from its pages."""
    return f"requisites {host}"


def _needs_of_page(body: bytes, url: str) -> list[Requisite]:
    # Addresses are ASCII, whatever the rest of a page is written in.
    return [*once(page_requisites(body.decode("utf-8", "replace"), url))]


def _charset(response: Response) -> str | None:
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    return content_type.partition("charset=")[2].strip("\"' ;")[:40] or None


def _referer(look: Look) -> str:
    """Return what a browser would say of the page: to another host only the page's own host."""
    page = look.via
    return page if host_of(page) == host_of(look.requisite.url) else (absolute(page, "/") or "")
