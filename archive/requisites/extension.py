"""The Scrapy extension that has page requisites: each address once a run, over runs conditionally and rarely.

It asks the downloader itself, in slots of its own, a few requests at a time: nothing of it waits before a page, or
reaches a spider.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.headers import Headers
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.url import url_is_from_spider

from archive.clock import now
from archive.crawling.ending import is_ending
from archive.crawling.extension import Archive
from archive.errors import ArchiveError
from archive.http.exchange import Capture
from archive.requisites.answer import Answer, cause, mime_of
from archive.requisites.budget import Budget
from archive.requisites.hosts import SkippedHosts, host_of
from archive.requisites.known import Known, KnownRequisites, Wanted, database_path
from archive.requisites.page_info import MIME, PREFIX
from archive.requisites.page_needs import MOST, PageNeeds
from archive.requisites.reading import LONGEST_PAGE, needs_of_page, needs_of_sheet
from archive.requisites.requisite import Kind, Requisite, absolute

if TYPE_CHECKING:
    from archive.browser.door import Found

logger = logging.getLogger(__name__)

#: Requests under way at a time, and to one host.
_MOST_AT_ONCE: Final = 6
_MOST_AT_HOST: Final = 2
#: How far a page's requisites lead on: sheets import sheets, redirects redirect.
_DEEPEST: Final = 5
#: Bytes of a sheet that is read; what longer ones need is not known.
_LONGEST_SHEET: Final = 2_000_000
#: Seconds for one request; for all that is left when nothing else is.
_PATIENCE: Final = 30
_LONGEST_REST: Final = 1_800
#: Failed requests in a row after which a host gets no more of them in this run: it does not answer.
_MOST_FAILURES: Final = 3
#: Maximum number of answers that wait for the database.
_MOST_LEARNT: Final = 20_000
#: What Scrapy says of a request that it does not make.
_FORBIDDEN: Final = "Forbidden by robots.txt"
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

    def needs_of(self, kind: Kind) -> list[Requisite]:
        """Return what it asks for itself where it is needed for something: a page is shown in frames alone.

        >>> look = Look(Requisite("a", "image"), 0, answer=Answer(200, "text/html"), needs=(Requisite("b", "style"),))
        >>> look.needs_of("image"), [each.url for each in look.needs_of("frame")]
        ([], ['b'])
        """
        answer = self.answer or Answer()
        if 300 <= answer.status < 400:
            return [each._replace(kind=kind) for each in self.needs]
        return [*self.needs] if kind == "frame" or answer.mime != "text/html" else []


class Requisites:
    """Scrapy extension: has what each HTML page that is crawled needs, and writes a ``urn:pageinfo:`` record for it.

    What can be set is in `archive.addon`. A request of its own has ``meta["requisite"]``: the kind.

    Stats: ``requisites/pages``, ``requisites/wanted`` (addresses, each once a run), ``requisites/had`` (known from
    earlier runs), ``requisites/fetched``, ``requisites/unchanged`` (304), ``requisites/missing`` and
    ``requisites/missing/<reason>``, ``requisites/missing_addresses`` (the first of them by name),
    ``requisites/left_out/<reason>`` (a budget's name, "ad or tracker", "media", …), ``requisites/bytes``.
    """

    #: Returns addresses that a page needs beside what a browser asks for, such as files that it links to. It is called
    #: in a thread with each page that was crawled; what it raises costs that page's further addresses.
    also_needed: Callable[[Response], Iterable[str]] | None = None

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
        #: What waits, and how many requests are under way and have failed in a row, by host.
        self._queues: dict[str, deque[Look]] = {}
        self._busy: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._threads = ThreadPoolExecutor(2, "requisites")
        #: When there was nothing else to do any more, as `monotonic` has it.
        self._alone_since: float | None = None
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
        except ArchiveError as error:  # a cache: all is asked for as if it were new
            logger.warning("Nothing is known of requisites: %s", error)
            self._known, wanted = KnownRequisites.in_memory(), []
        archive.when_durable(self._write_learnt)
        archive.before_end(self._end)
        for each in wanted:
            self._want_again(each)

    def response_received(self, response: Response, request: Request) -> None:
        """Read a page that was crawled, if it is one."""
        capture: Capture | None = request.meta.get("capture")
        is_page = request.callback is not NO_CALLBACK and response.status == 200 and mime_of(response) == "text/html"
        if is_page and capture is not None and len(response.body) <= LONGEST_PAGE:
            self._alone_since = None
            self._start(self._read_page(PageNeeds(capture), response, request.meta.get("browser_found") or {}))

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
        self._alone_since = self._alone_since or monotonic()
        if monotonic() - self._alone_since > _LONGEST_REST:
            self._drop_all("time")
        self._go_on()
        if self._busy or self._reading or self._queues:
            raise DontCloseSpider

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the crawl; what nobody has thought of is told, and ends nothing."""
        deferred_from_coro(work).addErrback(
            lambda failure: logger.error("Requisites: %s", failure.getErrorMessage(), exc_info=failure.value)
        )

    async def _in_thread(self, read: Callable[..., list[Requisite] | None], *given: Any) -> list[Requisite]:
        """Read a page or sheet; its own threads, since those of the reactor write the archive.

        Stats: ``requisites/unread`` (pages and sheets that take more to read than any may, or cannot be read).
        """
        self._reading += 1
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, read, *given)
        finally:
            self._reading -= 1
        if found is None:
            self._count("unread")
        return found or []

    async def _read_page(self, page: PageNeeds, response: Response, had: Mapping[str, Found]) -> None:
        """Have what a page needs.

        :param had: what a browser has asked for already that showed it.
        """
        self._count("pages")
        self._pages.add(page)
        page.open += 1
        self._reading += 1
        try:
            found = await self._in_thread(needs_of_page, response.body, page.capture.url)
            if self.also_needed is not None and self._mode == "all":
                found += await self._in_thread(_further, self.also_needed, response)
            looks = [await self._take_up(page, url, each) for url, each in had.items()]
            for look in filter(None, looks):
                self._lead_on(page, look, 0)
            self._want_all(page, found, depth=0)
        finally:
            self._reading -= 1
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
        if found.response.body or 300 <= found.answer.status < 400:
            look.needs = await self._read(found.kind, found.response)
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
            look = Look(requisite, depth, page.capture.url, self._look_up(requisite.url))
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
                self._queues.setdefault(host_of(requisite.url), deque()).append(look)
        if look.answer is None:
            page.open += 1
            look.waiting.append(page)
        else:
            page.answered(requisite.url, look.answer)
            self._lead_on(page, look, depth)

    def _look_up(self, url: str) -> Known | None:
        try:
            return self._known.get(url)
        except ArchiveError as error:
            self._note_busy(error)
            return None

    def _note_busy(self, error: ArchiveError) -> None:
        """Tell once that the database cannot be used; it is a cache, and the crawl goes on.

        Stats: ``requisites/database_busy`` (how often).
        """
        if not self._crawler.stats.get_value("requisites/database_busy"):
            logger.warning("What is known of requisites cannot be read or written: %s", error)
        self._count("database_busy")

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
        self._queues.setdefault(host, deque()).append(look)

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

    def _lead_on(self, page: PageNeeds, look: Look, depth: int) -> None:
        """Have for a page what one of its requisites needs itself.

        :param depth: how many requisites led to it.
        """
        if depth < _DEEPEST:
            self._want_all(page, look.needs_of(page.kind(look.requisite.url)), depth + 1)

    def _go_on(self) -> None:
        """Ask for what waits, as far as there is room: of each host in its turn."""
        if self._crawler.engine.paused or is_ending(self._crawler):
            return
        for host in [*self._queues]:
            queue = self._queues[host]
            while queue and self._busy.get(host, 0) < _MOST_AT_HOST:
                if host in self._given_up or self._budget.is_spent:
                    self._drop(queue.popleft(), "bytes" if self._budget.is_spent else "host refuses")
                elif sum(self._busy.values()) >= _MOST_AT_ONCE:
                    return
                else:
                    self._busy[host] = self._busy.get(host, 0) + 1
                    self._start(self._ask(queue.popleft(), host))
            if not queue:
                self._queues.pop(host, None)

    def _drop_all(self, reason: str) -> None:
        for queue in [*self._queues.values()]:
            while queue:
                self._drop(queue.popleft(), reason)
        self._queues.clear()

    def _drop(self, look: Look, reason: str) -> None:
        """Do without an address after all."""
        self._count(f"left_out/{reason}")
        look.answer = Answer(error=reason)
        waiting, look.waiting = look.waiting, []
        for page in waiting:
            page.leave_out(look.requisite.url, reason)
            self._close(page)

    async def _ask(self, look: Look, host: str) -> None:
        capture: Capture | None = None
        try:
            request = self._request(look)
            try:
                response = await self._crawler.engine.download_async(request)
            except Exception as error:  # whatever a site does to a requisite, the crawl goes on
                capture = request.meta.get("capture")
                if is_ending(self._crawler):  # no failure of its own: the next run asks again
                    self._drop(look, "crawl ended")
                    return
                self._note_failure(host, capture)
                if str(error) == _FORBIDDEN:
                    self._give_up(look.requisite.url)
                self._finish(look, Answer(error=cause(error, host)), capture, Headers())
            else:
                self._failures.pop(host, None)
                await self._take(look, response)
        finally:
            if look.answer is None:
                self._finish(look, Answer(error="cannot be read"), None, Headers())
            self._busy[host] -= 1
            if not self._busy[host]:
                del self._busy[host]
            self._go_on()

    def _give_up(self, url: str) -> None:
        """Want an address no more that no crawl may ask for; the pages that need it name it all the same."""
        try:
            self._known.give_up(url)
        except ArchiveError as error:
            self._note_busy(error)

    def _note_failure(self, host: str, capture: Capture | None) -> None:
        """Give a host up that does not answer: each further request would take as long."""
        if capture is not None:
            self._failures[host] = self._failures.get(host, 0) + 1
            if self._failures[host] >= _MOST_FAILURES:
                self._given_up.add(host)

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
            headers={name: value.encode("latin-1", "replace") for name, value in headers.items() if value},
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
                "dont_retry": True,
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
            if response.status == 304:
                error = "not modified, though nothing was known"
            answer = Answer(response.status, mime_of(response), capture.record_id, capture.date, error)
            look.needs = await self._read(look.requisite.kind, response)
        self._finish(look, answer, capture, response.headers)

    async def _read(self, kind: Kind, response: Response) -> tuple[Requisite, ...]:
        """Return what an answer asks for itself."""
        url, body = response.url, response.body
        if 300 <= response.status < 400:
            target = absolute(url, _location(response))
            return (Requisite(target, kind),) if target else ()
        mime = mime_of(response)
        found: list[Requisite] = []
        if response.status == 200 and mime == "text/css" and len(body) <= _LONGEST_SHEET:
            found = await self._in_thread(needs_of_sheet, body, url, _charset(response))
        elif response.status == 200 and mime == "text/html" and len(body) <= LONGEST_PAGE:
            found = await self._in_thread(needs_of_page, body, url)
        return tuple(found[:MOST])

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
            self._lead_on(page, look, look.depth)
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
        try:
            self._known.put((url, known._replace(file=capture.file)) for capture, url, known in ready)
        except ArchiveError as error:  # it is tried again with the next sync
            self._note_busy(error)
            self._learnt = self._learnt[-_MOST_LEARNT:]
        else:
            self._learnt = [each for each in self._learnt if each[0].sequence > durable]

    def _close(self, page: PageNeeds) -> None:
        """Write a page's record when all of its requisites have been answered."""
        page.open -= 1
        if not page.open and page in self._pages:
            self._pages.discard(page)
            self._write(page)

    def _end(self) -> None:
        """Write the records of pages that still wait: the crawl was told to stop."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._drop_all("crawl ended")
        for page in self._pages:
            self._write(page)
        self._pages.clear()

    def _write(self, page: PageNeeds) -> None:
        self._archive.put_resource(f"{PREFIX}{page.capture.url}", MIME, page.info(), page.capture.date)

    def _count(self, stat: str, number: int = 1) -> None:
        if number:
            self._crawler.stats.inc_value(f"requisites/{stat}", number)


def _further(also_needed: Callable[[Response], Iterable[str]], response: Response) -> list[Requisite] | None:
    """Return what a page needs besides; None if that cannot be told."""
    try:
        links = [*islice(also_needed(response), MOST)]
    except Exception as error:  # whatever a page does to its reader, what it shows is had
        logger.warning("%s: not all that it needs is known: %s", response.url, error)
        return None
    return [Requisite(url, "other") for link in links if (url := absolute(response.url, link))]


def slot_of(host: str) -> str:
    """Return the name of the downloader slot in which a host is asked for requisites, apart from its pages."""
    return f"requisites {host}"


def _location(response: Response) -> str:
    """Return where an answer sends on to; browsers take it for UTF-8 where it can be."""
    raw: bytes = response.headers.get("Location") or b""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _charset(response: Response) -> str | None:
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    return content_type.partition("charset=")[2].strip("\"' ;")[:40] or None


def _referer(look: Look) -> str:
    """Return what a browser would say of the page: to another host only the page's own host."""
    page = look.via
    return page if host_of(page) == host_of(look.requisite.url) else (absolute(page, "/") or "")
