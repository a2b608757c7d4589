"""Asks an open page what it is, in a world of its own, where the page's scripts have changed nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from playwright.async_api import Error, Page

#: Times that a page is asked which shows another document just then, and seconds between them.
_TIMES: Final = 20
_PAUSE: Final = 0.1
#: Elements by their selector: where a page has given an element the name, `document.body` would be that.
_BEGIN: Final = "const find = selector => Document.prototype.querySelectorAll.call(document, selector);"
_MOVING: Final = ("navigating", "navigated", "context was destroyed", "find context", "with given id")


def is_moving_on(error: Error) -> bool:
    """Whether a page could not be read because it was about to show another document."""
    return any(sign in str(error) for sign in _MOVING)


async def ask(page: Page, code: str) -> Any:
    """Return what a piece of JavaScript returns, which may ``find(selector)`` elements and ``await``.

    :raises Error: of Playwright's, if the page or its browser dies, or shows ever new documents.
    """
    for number in range(_TIMES):
        session = await page.context.new_cdp_session(page)
        try:
            frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
            world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
            order = {
                "expression": f"(async () => {{ {_BEGIN} {code} }})()",
                "contextId": world["executionContextId"],
                "awaitPromise": True,
                "returnByValue": True,
            }
            answer = await session.send("Runtime.evaluate", order)
        except Error as error:
            if number == _TIMES - 1 or not is_moving_on(error):
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return answer["result"].get("value")
        finally:
            with suppress(Error):
                await session.detach()
    raise AssertionError("returned or raised")
