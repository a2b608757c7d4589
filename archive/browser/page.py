"""What is done with a page once it is open: wait for it, have it load what it loads late, take its views."""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import Any, Final, NamedTuple, Protocol

from playwright.async_api import Page

from archive.browser.asking import BrowserError
from archive.browser.looking import ask

#: In pixels.
WIDTH: Final = 1200
HEIGHT: Final = 900
_THUMBNAIL_WIDTH: Final = 320
#: Seconds for the document and what it names, for what scripts ask then, and without any request.
_LOAD: Final = 20.0
_SETTLE: Final = 6.0
_QUIET: Final = 0.5
_LOOK: Final = 0.1
#: A page of fewer characters is likely to be a wall, which may open yet.
_LITTLE: Final = 200
#: Characters kept of text and DOM.
_LONGEST_TEXT: Final = 2_000_000
_LONGEST_DOM: Final = 10_000_000
#: Goes down the page as a reader would, so that lazy pictures are asked for, and up again.
_SCROLL: Final = """
  const pause = ms => new Promise(go => setTimeout(go, ms));
  const [root] = find(':root');
  for (let n = 0, y = 0; root && n < 40 && y < root.scrollHeight; n++, y += innerHeight) {
    scrollTo(0, y); await pause(50);
  }
  for (const image of find('img')) if (image.loading === 'lazy') image.loading = 'eager';
  scrollTo(0, 0);"""
_TEXT: Final = f"return [...find('body')].slice(0, 1).map(body => body.innerText).join('').slice(0, {_LONGEST_TEXT})"
_DOM: Final = f"""
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  return (type + [...find(':root')].map(root => root.outerHTML).join('')).slice(0, {_LONGEST_DOM})"""


#: The failure of a page whose browser, or driver, ended.
DIED: Final = "the browser died"


class Waiting(Protocol):
    """What tells how much of what a page has asked for is still under way."""

    @property
    def pending(self) -> int: ...

    @property
    def awaits_document(self) -> bool: ...


class View(NamedTuple):
    """Something that was made of a page: the prefix of its record's address, its media type, its bytes."""

    prefix: str
    mime: str
    block: bytes


class Views:
    """What was made of a page, as far as it came."""

    text = ""
    dom = ""
    screenshot = b""
    thumbnail = b""

    def all(self) -> Iterator[View]:
        """Yield what there is."""
        for view in (
            View("urn:view:", "image/png", self.screenshot),
            View("urn:thumbnail:", "image/jpeg", self.thumbnail),
            View("urn:text:", "text/plain; charset=utf-8", self.text.encode("utf-8", "replace")),
            View("urn:dom:", "text/html; charset=utf-8", self.dom.encode("utf-8", "replace")),
        ):
            if view.block:
                yield view


async def look_at(page: Page, door: Waiting, views: Views) -> None:
    """Let a page come to rest and take its views, one after the other; without an end to it: have it in a deadline.

    :raises Error: of Playwright's, if the page or its browser dies.
    """
    with suppress(TimeoutError):
        await asyncio.wait_for(page.wait_for_load_state("load"), _LOAD)
    await _settle(page, door, may_open=True)
    await ask(page, _SCROLL)
    await _settle(page, door)
    views.text = await ask(page, _TEXT) or ""
    views.dom = await ask(page, _DOM) or ""
    views.screenshot = await page.screenshot(type="png", animations="disabled", timeout=0)
    views.thumbnail = await _thumbnail(page)


async def _settle(page: Page, door: Waiting, *, may_open: bool = False) -> None:
    """Return when a page has asked for nothing for a while.

    :param may_open: wait longer for one that looks like a wall.
    """
    begin = quiet_since = monotonic()
    while (now := monotonic()) - begin < _SETTLE or door.awaits_document:
        if door.pending:
            quiet_since = now
        elif now - quiet_since >= _QUIET:
            if not may_open or len(await ask(page, _TEXT) or "") >= _LITTLE:
                return
            quiet_since = now
        await asyncio.sleep(_LOOK)


async def _thumbnail(page: Page) -> bytes:
    session: Any = await page.context.new_cdp_session(page)
    # Playwright's own screenshots have one size; Chromium's are scaled as they are made.
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "scale": _THUMBNAIL_WIDTH / WIDTH}
    taken = await session.send("Page.captureScreenshot", {"format": "jpeg", "quality": 70, "clip": clip})
    return b64decode(taken["data"])


def context_options(version: str, proxy: str, agent: str, locale: str) -> dict[str, Any]:
    """Return what is particular to the context of a page: no cookies, no cache and no rights from any other.

    :param version: of the browser.
    :param proxy: the address of the page's door.
    :param agent: who asks, behind what Chromium says of itself.
    """
    system = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    chrome = f"Chrome/{version.partition('.')[0]}.0.0.0 Safari/537.36"
    return {
        "proxy": {"server": proxy},
        "user_agent": f"{system} {chrome} {agent}",
        "locale": locale,
        "viewport": {"width": WIDTH, "height": HEIGHT},
        "service_workers": "block",
        "accept_downloads": False,
    }


def words_for(error: BaseException) -> str:
    """Return in a few words what ended a page.

    >>> from playwright.async_api import Error
    >>> words_for(Error("Page.goto: net::ERR_TUNNEL_CONNECTION_FAILED at https://a.vn/"))
    'ERR_TUNNEL_CONNECTION_FAILED'
    >>> words_for(Error("Page crashed"))
    'it crashed'
    """
    if isinstance(error, BrowserError):
        return str(error)
    text = str(error)
    for sign, words in (
        ("crashed", "it crashed"),
        ("has been closed", DIED),
        ("Connection closed", DIED),
        ("Failed to download", "it is a download"),
        ("Download is starting", "it is a download"),
    ):
        if sign in text:
            return words
    code = re.search(r"\bERR_[A-Z_]+", text)
    return code[0] if code else type(error).__name__
