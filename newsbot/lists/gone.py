"""Recognises that a page is gone: by its status, its redirect or its meta refresh."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser

from newsbot.lists.addresses import Addresses
from newsbot.reading.page import absolute

#: Not found, gone, unavailable for legal reasons (RFC 7725).
GONE_STATUSES: Final = (404, 410, 451)
REDIRECTS: Final = (301, 302, 303, 307, 308)
_FRONT: Final = ("index", "default", "home", "trang-chu", "trangchu")
_ERROR: Final = re.compile(
    r"(?:page|trang|http)?[-_]?(?:404|410|errors?|loi|not[-_]?found|khong[-_]?tim[-_]?thay|khong[-_]?ton[-_]?tai)"
    r"(?:[-_]?(?:404|410|error|page|not[-_]?found))?"
)
#: Parameters of an address that only choose how a page is shown, or tell where its reader comes from.
_VIEW: Final = re.compile(
    r"m|mobile|amp|desktop|view|device|lang|language|hl|ref|referer|src|source|from|utm_\w+|fbclid|gclid|zarsrc|error|status"
    r"|code|v|ver|_|t|ts|nocache|redirected"
)
_SUFFIX: Final = re.compile(r"\.(?:html?|php|aspx?|jsp)\Z")
_SLASHES: Final = re.compile("/{2,}")
_REFRESH: Final = re.compile(r"\s*(\d{1,4})(?:\.\d*)?\s*[;,]\s*url\s*=\s*[\"']?([^\"'<>\s]+)", re.IGNORECASE)
#: Seconds after which a reader has seen nothing of a page.
_AT_ONCE: Final = 3
_MOST_REFRESHES: Final = 5


def says_something(status: int) -> bool:
    """Whether an answer with this status says how an article is, or that it is gone.

    >>> [status for status in (200, 302, 304, 404, 503) if says_something(status)]
    [200, 302, 404]
    """
    return 200 <= status < 300 or status in (*GONE_STATUSES, *REDIRECTS)


def redirect_target(response: Response) -> str | None:
    """Return where an answer sends on to; None if it names no address."""
    where = response.headers.get("Location")
    return None if where is None else absolute(response.url, where.decode("latin-1"))


def is_sent_away(response: Response, addresses: Addresses) -> bool:
    """Whether a site answers for a page with a redirect to its front page, or to one for errors."""
    if response.status not in REDIRECTS:
        return False
    target = redirect_target(response)
    return target is not None and addresses.is_own(target) and is_nowhere(target)


def is_refreshed_away(url: str, tree: LexborHTMLParser, addresses: Addresses) -> bool:
    """Whether a page does the same by itself, at once (a meta refresh); one with an article on it may be sent on, too.

    >>> addresses = Addresses(["a.vn"], (r"-(?P<id>\\d+)\\.html$",))
    >>> page = LexborHTMLParser('<meta http-equiv="Refresh" content="0; URL=/404.html">')
    >>> is_refreshed_away("https://a.vn/che-7.html", page, addresses)
    True
    """
    for node in tree.css('meta[http-equiv="refresh" i]')[:_MOST_REFRESHES]:
        if node.parent is not None and node.parent.tag == "noscript":
            continue  # no browser heeds it
        match = _REFRESH.match(node.attributes.get("content") or "")
        target = absolute(url, match[2]) if match and int(match[1]) <= _AT_ONCE else None
        if target and addresses.is_own(target) and is_nowhere(target):
            return True
    return False


def is_nowhere(url: str) -> bool:
    """Whether an address is that of a front page or of a page for errors, as the usual systems have them.

    >>> [is_nowhere(f"https://a.vn{path}") for path in ("", "//", "/?mobile=1", "/index.html", "/404.html", "/Loi-404")]
    [True, True, True, True, True, True]
    >>> is_nowhere("https://a.vn/Error.aspx?aspxerrorpath=/tin/che.aspx"), is_nowhere("https://a.vn/pages/not-found/")
    (True, True)
    >>> is_nowhere("https://a.vn/index.php?id=7"), is_nowhere("https://a.vn/tin/404-ho-ngheo-7.html")
    (False, False)
    >>> is_nowhere("https://a.vn/?p=12345"), is_nowhere("https://a.vn/?__test=1&return=/tin/che-7.html")
    (False, False)
    >>> is_nowhere("https://a.vn/?utm_source=x&m=1"), is_nowhere("https://a.vn/?404"), is_nowhere("https://a.vn/?id=")
    (True, True, True)
    """
    parts = urlsplit(url)
    path = _SLASHES.sub("/", parts.path).lower()
    if "aspxerrorpath=" in parts.query.lower():
        return True
    if path in ("", "/"):
        return all(_says_nothing(parameter) for parameter in parts.query.lower().split("&"))
    name = _SUFFIX.sub("", path.rstrip("/").rpartition("/")[2])
    return _ERROR.fullmatch(name) is not None or (path.count("/") == 1 and name in _FRONT and not parts.query)


def _says_nothing(parameter: str) -> bool:
    """Whether a parameter leaves a front page a front page: any other may name an article, or where to go back to."""
    name, _, value = parameter.partition("=")
    if _ERROR.fullmatch(value or name) or _VIEW.fullmatch(name):
        return True
    return not value and not name.isdigit()
