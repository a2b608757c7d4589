"""What is done with a page once it is open: wait for it, have it load what it loads late, take its views."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import Any, Final, NamedTuple

from playwright.async_api import Error, Page

from archive.browser.door import Door

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
_SCROLL: Final = """async () => {
  const pause = ms => new Promise(go => setTimeout(go, ms));
  for (let n = 0, y = 0; n < 40 && y < document.documentElement.scrollHeight; n++, y += innerHeight) {
    scrollTo(0, y); await pause(50);
  }
  for (const image of document.images) if (image.loading === 'lazy') image.loading = 'eager';
  scrollTo(0, 0);
}"""
_TEXT: Final = f"() => (document.body ? document.body.innerText : '').slice(0, {_LONGEST_TEXT})"


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


async def look_at(page: Page, door: Door, views: Views) -> None:
    """Let a page come to rest and take its views, one after the other; without an end to it: have it in a deadline.

    :raises Error: of Playwright's, if the page or its browser dies.
    """
    with suppress(TimeoutError):
        await asyncio.wait_for(page.wait_for_load_state("load"), _LOAD)
    await _settle(page, door, may_open=True)
    await page.evaluate(_SCROLL)
    await _settle(page, door)
    views.text = await page.evaluate(_TEXT)
    views.dom = (await page.content())[:_LONGEST_DOM]
    views.screenshot = await page.screenshot(type="png", animations="disabled")
    views.thumbnail = await _thumbnail(page)


async def _settle(page: Page, door: Door, *, may_open: bool = False) -> None:
    """Return when a page has asked for nothing for a while.

    :param may_open: wait longer for one that looks like a wall.
    """
    begin = quiet_since = monotonic()
    while (now := monotonic()) - begin < _SETTLE or door.awaits_document:
        if door.pending:
            quiet_since = now
        elif now - quiet_since >= _QUIET:
            if not may_open or not await _is_little(page):
                return
            quiet_since = now
        await asyncio.sleep(_LOOK)


async def _is_little(page: Page) -> bool:
    try:
        return len(await page.evaluate(_TEXT)) < _LITTLE
    except Error as error:
        if "context was destroyed" in str(error) or "navigat" in str(error):
            return True  # the next document is on its way
        raise


async def _thumbnail(page: Page) -> bytes:
    session: Any = await page.context.new_cdp_session(page)
    # Playwright's own screenshots have one size; Chromium's are scaled as they are made.
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "scale": _THUMBNAIL_WIDTH / WIDTH}
    taken = await session.send("Page.captureScreenshot", {"format": "jpeg", "quality": 70, "clip": clip})
    return b64decode(taken["data"])
