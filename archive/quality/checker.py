"""Opens captured pages one after the other, and tells what each lacks beside what it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any, Final, NamedTuple, Self

from playwright.async_api import Error, Page, Response

from archive.browser.certificate import door_certificate
from archive.browser.chromium import StartedChromium, find_chromium
from archive.browser.page import DIED, Views, context_options, look_at, words_for
from archive.errors import ArchiveError
from archive.quality.alike import is_picture, picture_share, text_share
from archive.quality.archive_door import ArchiveDoor
from archive.quality.captured_page import CapturedPage, forms
from archive.quality.held import HeldAnswers
from archive.requisites.hosts import SkippedHosts
from archive.requisites.reading import LONGEST_PAGE, needs_of_page

#: Seconds for one page, and for closing it.
_PATIENCE: Final = 90
_CLOSE: Final = 5
#: Pages that one process of the browser opens.
_MOST_PAGES: Final = 25
#: Errors of scripts kept by name, and characters of one.
_NAMED: Final = 5
_LONGEST: Final = 200
#: Lets a page believe that it is the time of its capture, as players do: lists of the newest would be others.
_THEN: Final = """(() => {
  const RealDate = Date, shift = %d - RealDate.now(), now = () => RealDate.now() + shift;
  globalThis.Date = new Proxy(RealDate, {
    construct: (kind, words, as) => Reflect.construct(kind, words.length ? words : [now()], as),
    apply: () => new RealDate(now()).toString(),
    get: (kind, name) => name === 'now' ? now : Reflect.get(kind, name),
  });
})()"""


#: Counts the errors of a page's scripts where they happen: a browser that told of each would do nothing else on a page
#: that prints without end. Nothing is printed; the page itself goes on as it would.
_COUNTED: Final = """(() => {
  const errors = {count: 0, first: []};
  const note = (...words) => {
    if (errors.count++ >= %d) return;
    try { errors.first.push(words.join(' ').slice(0, %d)); } catch {}
  };
  for (const name of Object.keys(console)) if (typeof console[name] === 'function') console[name] = () => undefined;
  console.error = note;
  for (const kind of ['error', 'unhandledrejection']) addEventListener(kind, event => {
    note(event.message ?? event.reason);
    event.preventDefault();
  });
  Object.defineProperty(globalThis, '%s', {value: errors});
})()"""


class BrowserOptions(NamedTuple):
    """How pages are opened."""

    #: The operator's word for the browser's program; empty to look for it.
    path: str
    agent: str
    locale: str
    #: Domains that no crawl asks.
    skipped: tuple[str, ...]


@dataclass
class Checked:
    """What came of opening a page."""

    #: Why it could not be looked at, or not to its end; empty if it was.
    failure: str = ""
    #: Shares of what a browser noted when it was captured, its text and picture, that were there again; None without.
    text: float | None = None
    view: float | None = None
    #: The text that it showed; None if it has shown none that a browser can read.
    shown: str | None = field(default=None, repr=False)
    #: Addresses asked for that the archive has nothing of.
    missing: list[str] = field(default_factory=list)
    #: The same, of what only scripts ask for on a page that no browser had open when it was captured.
    unseen: list[str] = field(default_factory=list)
    #: How many gave nothing when the page was captured either.
    missed: int = 0
    requests: int = 0
    #: Requests that a crawl does not make (advertisements, forms, sockets), by reason.
    refused: dict[str, int] = field(default_factory=dict)
    #: Errors of the page's scripts: how many, and the first.
    errors: int = 0
    first_errors: list[str] = field(default_factory=list)
    #: Addresses that the page's markup asks for.
    named: set[str] = field(default_factory=set, repr=False)


class Checker:
    """Opens pages in one Chromium, started anew as it gets old or dies."""

    def __init__(self, held: HeldAnswers, options: BrowserOptions):
        self._path = find_chromium(options.path)
        if not self._path:
            named = f"there is no {options.path}" if options.path else "there is no chromium on PATH (BROWSER_PATH)"
            raise ArchiveError(f"no page can be opened: {named}; `make browser` installs it")
        self._held, self._options = held, options
        self._skipped = SkippedHosts(options.skipped)
        self._certificate = door_certificate()
        self._started: StartedChromium | None = None
        self._pages = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, held: HeldAnswers, options: BrowserOptions) -> AsyncIterator[Self]:
        """Give one whose browser ends with it.

        :raises ArchiveError: if no browser is installed.
        """
        checker = cls(held, options)
        try:
            yield checker
        finally:
            await checker._close()

    async def start(self) -> None:
        """Have the browser ready for a page.

        :raises ArchiveError: if it does not start.
        """
        await self._browser()

    async def check(self, page: CapturedPage) -> Checked:
        """Open a page; once more, if the browser died of it, or of something else.

        :raises ArchiveError: if the browser does not start, or the archive's index cannot be read.
        """
        checked = await self._check(page)
        return await self._check(page) if checked.failure == DIED else checked

    async def _check(self, page: CapturedPage) -> Checked:
        started = await self._browser()
        self._pages += 1
        checked = Checked()
        door = ArchiveDoor(page, self._held, self._certificate.options, self._skipped)
        context: Any = None
        try:
            options = context_options(started.chromium.version, door.open(), self._options.agent, self._options.locale)
            context = await asyncio.wait_for(started.chromium.new_context(**options), _CLOSE)
            looking = started.unless_it_dies(self._look(page, context, door, checked))
            await asyncio.wait_for(looking, _PATIENCE)
        except TimeoutError:
            checked.failure = "it took too long"
        except Error as error:
            checked.failure = words_for(error)
        finally:
            door.close()
            await self._leave(context)
        if not door.has_document and (not checked.failure or page.url in door.missing):
            checked.failure = "its own capture is not there"
        was_opened = bool(page.text or page.view)
        named = page.needs.keys() | checked.named
        checked.missing = [url for url in door.missing if was_opened or not named.isdisjoint(forms(url))]
        checked.unseen = [url for url in door.missing if url not in checked.missing]
        checked.missed = len(door.missed)
        checked.requests, checked.refused = door.requests, dict(door.refused)
        return checked

    async def _look(self, page: CapturedPage, context: Any, door: ArchiveDoor, checked: Checked) -> None:
        await context.add_init_script(_THEN % _milliseconds(page.date))
        noted = f"_{token_hex(8)}"
        await context.add_init_script(_COUNTED % (_NAMED, _LONGEST, noted))
        shown: Page = await context.new_page()
        context.on("page", lambda other: asyncio.ensure_future(_refuse(other)))
        views = Views()
        document = await shown.goto(page.url, wait_until="commit", timeout=0)
        await look_at(shown, door, views)
        checked.errors, checked.first_errors = _errors(await shown.evaluate(f"globalThis.{noted}"))
        checked.named = await _named_in(document, page.url)
        if door.is_legible:
            checked.shown = views.text
            checked.text = text_share(page.text, views.text) if page.text else None
        if is_picture(page.view):
            empty = await context.new_page()
            checked.view = await picture_share(page.view, views.screenshot, empty)

    async def _browser(self) -> StartedChromium:
        if self._started and (self._pages >= _MOST_PAGES or not self._started.is_running):
            await self._close()
        if self._started is None:
            self._started = await self._start()
            self._pages = 0
        return self._started

    async def _start(self) -> StartedChromium:
        """Start the browser; once more, if it does not start."""
        with suppress(Error, OSError):
            return await StartedChromium.start(self._path, self._certificate.pin)
        try:
            return await StartedChromium.start(self._path, self._certificate.pin)
        except (Error, OSError) as error:
            raise ArchiveError(f"{self._path} does not start: {' '.join(str(error).split())[:300]}") from error

    async def _leave(self, context: Any) -> None:
        """Close a page; end a browser that does not obey."""
        try:
            if context is not None:
                await asyncio.wait_for(context.close(), _CLOSE)
                return
        except (Error, TimeoutError):
            pass
        await self._close()

    async def _close(self) -> None:
        started, self._started = self._started, None
        if started is not None:
            await started.close()


async def _named_in(document: Response | None, url: str) -> set[str]:
    """Return the addresses that a page's markup asks for, as far as that can be had and read."""
    try:
        markup = await document.body() if document is not None else b""
    except Error:  # the browser keeps none that a page has left for another document
        return set()
    found = await asyncio.to_thread(needs_of_page, markup[:LONGEST_PAGE], url)
    return {each.url for each in found or ()}


async def _refuse(other: Page) -> None:
    """Close a window that a page has opened, but not the empty one of ours."""
    with suppress(Error):
        if await other.opener() is not None:
            await other.close()


def _errors(noted: Any) -> tuple[int, list[str]]:
    """Return how many errors a page has noted, and the first; nothing if its scripts have spoilt that.

    >>> _errors({"count": 2, "first": ["a  b"]}), _errors({"count": "x"}), _errors(None)
    ((2, ['a b']), (0, []), (0, []))
    """
    count, first = (noted.get("count"), noted.get("first")) if isinstance(noted, dict) else (None, None)
    if not isinstance(count, int) or not isinstance(first, list):
        return 0, []
    return max(0, count), [" ".join(str(each).split())[:_LONGEST] for each in first[:_NAMED]]


def _milliseconds(date: str) -> int:
    """Return a WARC-Date in milliseconds since 1970; 0 if it is none."""
    try:
        return int(datetime.fromisoformat(date).timestamp() * 1000)
    except ValueError:
        return 0
