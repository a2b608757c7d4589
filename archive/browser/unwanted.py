"""What a page may ask for, and no crawl does: what changes something, is no document, or shows nothing of the page."""

from __future__ import annotations

from typing import Final

from archive.browser.connection import Asked
from archive.requisites.hosts import SkippedHosts, host_of
from archive.requisites.requisite import LONGEST_ADDRESS

#: Destinations (https://fetch.spec.whatwg.org/#concept-request-destination) of films and sound.
MEDIA: Final = frozenset({"video", "audio", "track"})
#: Hosts that Chromium asks for its own sake, through the page's proxy where it was told to ask nothing.
MAKERS: Final = frozenset(
    {
        "accounts.google.com", "android.clients.google.com", "clients1.google.com", "clients2.google.com",
        "clientservices.googleapis.com", "content-autofill.googleapis.com", "edgedl.me.gvt1.com",
        "optimizationguide-pa.googleapis.com", "safebrowsing.googleapis.com", "update.googleapis.com",
        "redirector.gvt1.com", "mtalk.google.com",
    }
)  # fmt: skip
#: Methods by name; pages may make up others.
_METHODS: Final = frozenset({"DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


def why_unwanted(asked: Asked, destination: str, skipped: SkippedHosts) -> str:
    """Return why no crawl asks for something; empty if one does.

    :param destination: what it is for, in Fetch's words.
    :param skipped: hosts that no crawl asks.

    >>> form, own = (Asked(method, "http://a.vn/", ()) for method in ("POST", "XYZ"))
    >>> why_unwanted(form, "", SkippedHosts([])), why_unwanted(own, "", SkippedHosts([]))
    ('method POST', 'method of its own')
    """
    host, purpose = host_of(asked.url), asked.header("sec-purpose") or asked.header("purpose")
    method = asked.method if asked.method in _METHODS else "GET with a body" if asked.method == "GET" else "of its own"
    for reason, holds in (
        ("of the browser's own", host in MAKERS),
        ("ad or tracker", host in skipped),
        ("WebSocket", bool(asked.header("upgrade")) or asked.method == "CONNECT"),
        (f"method {method}", asked.method != "GET" or asked.has_body),
        ("media", destination in MEDIA),
        ("service worker", destination == "serviceworker"),
        ("prefetch", "prefetch" in purpose or "prerender" in purpose),
        ("long address", len(asked.url) > LONGEST_ADDRESS),
    ):
        if holds:
            return reason
    return ""
