"""One address that a page needs, and what it is needed for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple
from urllib.parse import urldefrag, urljoin

from w3lib.url import safe_url_string

Kind = Literal["style", "script", "font", "image", "frame", "media", "other"]

#: Characters of an address; servers and proxies take hardly more.
LONGEST_ADDRESS: Final = 2_000
#: Characters of a host with what may stand beside it; no name has more than 253 (RFC 1035, 2.3.4).
_LONGEST_HOST: Final = 300


class Requisite(NamedTuple):
    """What a page, or a style sheet, asks for."""

    #: As it goes over the wire, without fragment.
    url: str
    kind: Kind
    #: Whether a browser shows the page without it: another size of a picture, an icon, what only describes the page.
    is_spare: bool = False


def absolute(base: str, link: str) -> str | None:
    """Return a link as a browser asks for it (https://url.spec.whatwg.org/), None for what is not fetched.

    >>> absolute("https://a.vn/tin/1.html", " ../anh/cầu 1.jpg#top ")
    'https://a.vn/anh/c%E1%BA%A7u%201.jpg'
    >>> [absolute("https://a.vn/", link) for link in ("", "#", "data:,a", "javascript:;", "//[", "ftp://a.vn/b")]
    [None, None, None, None, None, None]
    """
    link = link.strip()
    if not link or link.startswith("#") or len(link) > LONGEST_ADDRESS:
        return None
    try:
        joined = urldefrag(urljoin(base, link.replace("\\", "/")))[0]
        host = joined.partition("://")[2].partition("/")[0]
        if not joined.lower().startswith(("http://", "https://")) or not host or len(host) > _LONGEST_HOST:
            return None
        url = safe_url_string(joined)
    except ValueError:
        return None
    return url if url.isascii() else None  # a host that is no name of one


def once(requisites: Iterable[Requisite]) -> Iterator[Requisite]:
    """Yield each address once: what is shown first, in order, then what is spare.

    >>> [r.url for r in once([Requisite("a", "image", True), Requisite("b", "image"), Requisite("a", "image")])]
    ['b', 'a']
    """
    shown: dict[str, Requisite] = {}
    spare: dict[str, Requisite] = {}
    for each in requisites:
        (spare if each.is_spare else shown).setdefault(each.url, each)
    yield from shown.values()
    yield from (each for url, each in spare.items() if url not in shown)
