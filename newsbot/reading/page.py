"""A fetched page, decoded and parsed the way a browser would.

All input is hostile: sizes are limited before anything is decompressed or parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final
from urllib.parse import quote, urljoin, urlsplit
from weakref import WeakKeyDictionary

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

from archive.http.exchange import Capture
from archive.http.gzip_members import gunzipped
from newsbot.reading.legacy_pages import in_unicode
from newsbot.reading.limits import (
    LIGHT_BYTES,
    LONGEST_ADDRESS,
    MAX_BYTES,
    MAX_DEPTH,
    ReadingLimitError,
    has_endless_host,
    is_light,
)
from newsbot.reading.parsing import parsed

#: Maximum length of a Content-Type header, in characters; the rest is ignored.
_LONGEST_TYPE = 1_000
#: What browsers decode (https://encoding.spec.whatwg.org/#names-and-labels), by Python's names. Other codecs unpack
#: (zlib, bz2), take quadratic time (punycode, idna) or hide tags (UTF-7, EBCDIC).
_ENCODINGS = {
    "ascii", "big5", "big5hkscs", "cp866", "cp874", "cp932", "cp949", "cp1250", "cp1251", "cp1252", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "iso2022_jp",
    "iso8859-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
    "iso8859-9", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u",
    "mac-cyrillic", "mac-roman", "shift_jis", "utf-8", "utf-16-be", "utf-16-le", "utf-32-be", "utf-32-le",
}  # fmt: skip

_NOT_ASCII = bytes(range(128, 256))
_CONTINUATIONS = bytes(range(128, 192))
#: The name of a tag is ASCII: "Toán <Văn" is text.
_OPEN_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9:_-]*(?:[\s/][^<>]*)?\Z")
#: Of a Content-Type; many a page has none.
_MARKUP = re.compile(r"html|xml|\A\s*(?:;|\Z)", re.IGNORECASE)
_PAGE_END = re.compile(r"</(?:body|html)\b", re.IGNORECASE)
#: Maximum number of characters after </body> or </html>: scripts of advertisements.
_LONGEST_END = 20_000
#: Minimum number of whole characters for each bad byte in a text that is taken for UTF-8.
_MOSTLY = 10
#: Number of bytes at the start in which zeros are counted.
_LOOKED_AT = 1_000

#: What is no HTML, and the elements in it in which HTML goes on (https://html.spec.whatwg.org/#html-integration-point).
_FOREIGN: Final = {
    "svg": frozenset({"foreignObject", "desc", "title"}),
    "math": frozenset({"mi", "mn", "mo", "ms", "mtext"}),
}
#: Maximum number of `<base>` that are looked at.
_MOST_BASES: Final = 20

_NOT_NESTING = "area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|source|td|th|tr|track|wbr"
_TAG = re.compile(rf"<(/?)(?!(?:{_NOT_NESTING})\b)[a-zA-Z]", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?/[!#-;=?-_a-z~]*\Z")
#: The beginning of an address up to its path; and a path from there with nothing in it that has to be resolved.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?=/)")
_PLAIN_PATH = re.compile(r"(?:/[%&+,:=@~\w-][%&+,.:=@~\w-]*)+/?(?:\?[%&+,./:=@~\w-]+)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """One reply of a site: where it came from, when, and its tree."""

    capture: Capture
    status: int
    robots: str  # the X-Robots-Tag header
    size: int
    tree: LexborHTMLParser
    base: str
    #: Where it is cut off, in words ("inside a tag"); empty if it is whole, as far as can be told.
    breaks_off: str = ""

    @classmethod
    def from_response(cls, response: Response) -> Page:
        """Parse a reply; URL and time are those of its capture, so that a replay gives the same page.

        :raises ReadingLimitError: if it is longer than `MAX_BYTES`, or its tags nest deeper than `MAX_DEPTH`.
        """
        capture: Capture = response.meta["capture"]
        light = light_body(response)
        body = gunzip(response.body, MAX_BYTES + 1) if light is None else light
        if len(body) > MAX_BYTES:
            raise ReadingLimitError(f"it is longer than {MAX_BYTES} bytes")
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        text, is_its_utf8 = _decoded(body, content_type)
        if light is None:  # else it has not so many tags
            check_depth(text)
        tree = parsed(body if is_its_utf8 else text)  # which would encode the text again
        robots = b",".join(response.headers.getlist("X-Robots-Tag")).decode("latin-1")
        return cls(
            capture=capture,
            status=response.status,
            robots=robots,
            size=len(body),
            tree=tree,
            base=base_of(tree, capture.url),
            breaks_off=breaking_off(body, text, content_type),
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


#: Of responses that are small.
_light_bodies: Final[WeakKeyDictionary[Response, bytes]] = WeakKeyDictionary()


def light_body(response: Response) -> bytes | None:
    """Return the body of a small page, unpacked; None of any other. What was found is kept with the response."""
    body = _light_bodies.get(response)
    if body is None:
        body = gunzip(response.body, LIGHT_BYTES + 1)
        if not is_light(body):
            return None
        _light_bodies[response] = body
    return body


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
    return gunzipped(body, limit)[0] or body[:limit]


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a page.

    Bytes that are valid UTF-8, but for a few, are UTF-8 whatever a header says; otherwise BOM, header and meta decide.

    >>> decode("Đảng".encode(), "text/html; charset=iso-8859-1")
    'Đảng'
    >>> decode(b'<meta charset="windows-1252">\\xe0')
    '<meta charset="windows-1252">à'
    >>> decode(b"S\\xf3ng", "text/html; charset=zlib_codec")
    'S\ufffdng'
    >>> decode("Sơn".encode() + b" La \\xc4")
    'Sơn La '
    """
    return _decoded(body, content_type)[0]


def _decoded(body: bytes, content_type: str) -> tuple[str, bool]:
    """Return the text of a page, and whether its bytes are that text in UTF-8, as those of nearly all pages are."""
    content_type = content_type[:_LONGEST_TYPE]
    try:
        if body[:_LOOKED_AT].count(0) > len(body[:_LOOKED_AT]) // 4:  # UTF-16 may be valid UTF-8, with zeros
            text = to_unicode(body, declared_encoding(body, content_type))
        else:
            text = body.decode("utf-8")
            if not text.startswith("\ufeff"):
                return text, True
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not body[: error.start].isascii():
            text = body[: error.start].decode("utf-8")
        else:
            text = _damaged_utf8(body) or _declared(body, content_type)
    return text.removeprefix("\ufeff"), False


def _declared(body: bytes, content_type: str) -> str:
    """Return the text of a page that is not UTF-8 as it declares to be; of one that says nothing else, what it must be.

    >>> _declared("Uû ban nh©n d©n tØnh Hµ T©y".encode("latin-1"), "text/html; charset=x-user-defined")[:10]
    'Uû ban nh©'
    """
    encoding = declared_encoding(body, content_type)
    if encoding == "utf-8" and in_unicode(western := body.decode("latin-1"))[1]:
        return western
    return to_unicode(body, encoding)


def breaking_off(body: bytes, text: str, content_type: str = "") -> str:
    """Return where a page is cut off, in words: inside a character or a tag; empty if it is whole.

    A whole page may lack its end tags, but does not end inside of one. What follows `</body>` or `</html>` is no text.
    What is declared to be something other than HTML or XML has no tags.

    :param text: what `decode` makes of the body.

    >>> [breaking_off(body, decode(body)) for body in ("<p>Lũ lũ".encode()[:-1], b'<p>a<a href="/', b"a < b", b"</p")]
    ['inside a character', 'inside a tag', '', 'inside a tag']
    >>> breaking_off(b"<p>a</body></htm", "<p>a</body></htm")
    ''
    """
    if _ends_in_character(body):
        found = "inside a character"
    elif _MARKUP.search(content_type) and _OPEN_TAG.match(text, max(0, text.rfind("<"))):
        found = "inside a tag"
    else:
        return ""
    return "" if _PAGE_END.search(text, max(0, len(text) - _LONGEST_END)) else found


def _ends_in_character(body: bytes) -> bool:
    """Whether a page in UTF-8 ends within one of its characters."""
    head = body[-3:].rstrip(_CONTINUATIONS)[-1:]
    if not head or head[0] < 0xC2:
        return False
    missing = (1 + (head[0] >= 0xE0) + (head[0] >= 0xF0)) - (len(body) - body.rindex(head, -3) - 1)
    whole = body[: body.rindex(head, -3)]
    return missing > 0 and not whole.isascii() and _damaged_utf8(whole) != ""


def _damaged_utf8(body: bytes) -> str:
    """Return the text of a page that is UTF-8 but for a few bytes; nothing if it is not."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - bad - len(body.translate(None, _NOT_ASCII))
    return text if good >= _MOSTLY * bad else ""


def declared_encoding(body: bytes, content_type: str) -> str:
    """Return the encoding that a page declares, where it is one that browsers know; else UTF-8.

    "utf-16" alone is little-endian; a `<meta>` that can be read cannot be right in saying so.
    """
    declared = html_body_declared_encoding(body)
    if declared and declared.startswith(("utf-16", "utf-32")):
        declared = None
    for name in (read_bom(body)[0], http_content_type_encoding(content_type), declared):
        encoding = f"{name}-le" if name in ("utf-16", "utf-32") else name
        if encoding in _ENCODINGS:
            return encoding
    return "utf-8"


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """Return what the links of a page are relative to: its address, unless a `<base>` names another.

    >>> base_of(LexborHTMLParser('<base href="/tin/">'), "https://a.vn/x/y.html")
    'https://a.vn/tin/'

    One in a drawing or a formula is none, but in what these hold of HTML.

    >>> base_of(LexborHTMLParser('<svg><base href="/a/"></svg><base href="/b/">'), "https://a.vn/x/y.html")
    'https://a.vn/b/'
    >>> base_of(LexborHTMLParser('<svg><foreignObject><p><base href="/a/">'), "https://a.vn/x/y.html")
    'https://a.vn/a/'
    """
    named = islice((node for node in tree.tags("base") if "href" in node.attributes), _MOST_BASES)
    href = next((node.attributes["href"] for node in named if not _is_foreign(node)), None) or ""
    if len(href) > LONGEST_ADDRESS:  # it would stand in front of every link's
        return url
    return (absolute(url, href) if href else None) or url


def _is_foreign(node: LexborNode) -> bool:
    """Return whether a node is SVG or MathML."""
    between: set[str | None] = set()
    above = node.parent
    while above is not None:
        if (holding := _FOREIGN.get(above.tag or "")) is not None:
            return not between & holding
        between.add(above.tag)
        above = above.parent
    return False


def absolute(base: str, link: str) -> str | None:
    """Return a link as an absolute http(s) URL, None for anything else.

    >>> absolute("https://a.vn/tin/1.html", " ..\\\\anh 1.jpg ")
    'https://a.vn/anh%201.jpg'
    >>> absolute("https://a.vn/", "javascript:;")
    """
    link = link.strip().replace("\\", "/")
    if _PLAIN_URL.match(link):
        return link
    if _PLAIN_PATH.match(link) and (origin := _ORIGIN.match(base)):  # as most are
        return origin[0] + link
    if has_endless_host(link):
        return None
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


def check_depth(text: str) -> None:
    """Check how deep the tags of a page nest.

    :raises ReadingLimitError: if it is deeper than `MAX_DEPTH`.
    """
    if text.count("<") <= MAX_DEPTH:
        return
    depth = 0
    for tag in _TAG.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > MAX_DEPTH:
            raise ReadingLimitError(f"its tags nest more than {MAX_DEPTH} deep")
