"""How a spider has a page opened in the browser."""

from __future__ import annotations

from typing import Any, Final, Literal

from scrapy.exceptions import IgnoreRequest

#: Pages opened at a time wait for each other here, not at their hosts: each asks those itself.
SLOT: Final = "browser"


class BrowserError(IgnoreRequest):
    """A page could not be opened in the browser; the text says why, without its address."""


def in_browser(body: Literal["wire", "dom"] = "wire") -> dict[str, Any]:
    """Return what the ``meta`` of a GET request needs to be opened in the browser.

    Its response is the last document that the page's own frame was given, with that document's `Capture`;
    ``response.meta["documents"]`` has all of them, in order. What only scripts have put on the page is in the document
    object model.

    :param body: what the response holds: the document as the site sent it (decoded), or what became of it.
    """
    return {
        "browser": body,
        "download_slot": SLOT,
        "dont_redirect": True,
        "dont_retry": True,
        "autothrottle_dont_adjust_delay": True,
    }


def is_in_browser(meta: dict[str, Any]) -> bool:
    """Whether a request is opened in the browser, which asks for the page itself.

    >>> is_in_browser(in_browser()), is_in_browser({})
    (True, False)
    """
    return "browser" in meta
