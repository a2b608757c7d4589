"""A fetched page, decoded and parsed the way a browser would.

Everything here is fed by strangers: sizes are bounded before anything is decompressed or parsed.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urljoin, urlsplit

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser
from w3lib.encoding import html_to_unicode

from archive.exchange.capture import Capture

#: Pages beyond this are read up to here; the longest article seen is under 1 MB.
MAX_BYTES = 8_000_000
#: For each new block a parser walks up all open ones: 100,000 nested tags cost half a minute. Real pages nest 100.
MAX_DEPTH = 10_000

_NOT_NESTING = "area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|source|td|th|tr|track|wbr"
_TAG = re.compile(rf"<(/?)(?!(?:{_NOT_NESTING})\b)[a-zA-Z]", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?/[!#-;=?-_a-z~]*\Z")


@dataclass(frozen=True, slots=True)
class Page:
    """One reply of a site: where it came from, when, and its tree."""

    capture: Capture
    status: int
    robots: str  # the X-Robots-Tag header
    size: int
    tree: LexborHTMLParser
    base: str

    @classmethod
    def from_response(cls, response: Response) -> Page:
        """Parse a reply; URL and time are those of its capture, so that a replay gives the same page."""
        capture: Capture = response.meta["capture"]
        body = gunzip(response.body)
        text = decode(body, (response.headers.get("Content-Type") or b"").decode("latin-1"))
        tree = LexborHTMLParser(_shallow(text))
        robots = b",".join(response.headers.getlist("X-Robots-Tag")).decode("latin-1")
        base = tree.css_first("base[href]")
        href = (base.attributes.get("href") or "") if base is not None else ""
        return cls(
            capture=capture,
            status=response.status,
            robots=robots,
            size=len(body),
            tree=tree,
            base=absolute(capture.url, href) or capture.url if href else capture.url,
        )

    @property
    def url(self) -> str:
        """The URL on the wire."""
        return self.capture.url

    @property
    def fetched_at(self) -> str:
        """When the page was asked for, as a WARC-Date."""
        return self.capture.date

    @property
    def time(self) -> datetime:
        """When the page was asked for; relative dates ("1 ngày trước") count from here."""
        return datetime.fromisoformat(self.fetched_at)


def gunzip(body: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return at most `limit` bytes, decompressed if they are gzip although no header said so.

    >>> import gzip
    >>> gunzip(gzip.compress(b"<p>a"))
    b'<p>a'
    >>> gunzip(gzip.compress(bytes(9999)), limit=10) == bytes(10)
    True
    >>> gunzip(b"<p>a")
    b'<p>a'
    """
    if not body.startswith(b"\x1f\x8b\x08"):
        return body[:limit]
    inflater = zlib.decompressobj(wbits=31)
    try:
        return inflater.decompress(body, limit)
    except zlib.error:
        return body[:limit]


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a page.

    Bytes that are valid UTF-8 are UTF-8 whatever a header says; otherwise BOM, header and meta decide.

    >>> decode("Đảng".encode(), "text/html; charset=iso-8859-1")
    'Đảng'
    >>> decode(b'<meta charset="windows-1252">\\xe0')
    '<meta charset="windows-1252">à'
    >>> decode("Sơn".encode() + b" La \\xc4")
    'Sơn La '
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not body[: error.start].isascii():
            return body[: error.start].decode("utf-8").removeprefix("\ufeff")
        text = html_to_unicode(content_type or None, body, default_encoding="utf-8")[1]
    return text.removeprefix("\ufeff")


def absolute(base: str, link: str) -> str | None:
    """Return a link as an absolute http(s) URL, None for anything else.

    >>> absolute("https://a.vn/tin/1.html", " ..\\\\anh 1.jpg ")
    'https://a.vn/anh%201.jpg'
    >>> absolute("https://a.vn/", "javascript:;")
    """
    link = link.strip().replace("\\", "/")
    if _PLAIN_URL.match(link):
        return link
    try:
        url = urljoin(base, link)
        if _PLAIN_URL.match(url):
            return url
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~-._")


def _shallow(text: str) -> str:
    """Cut a page where its tags nest deeper than any real page's."""
    if text.count("<") <= MAX_DEPTH:
        return text
    depth = 0
    for tag in _TAG.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > MAX_DEPTH:
            return text[: tag.start()]
    return text
