"""One page of a section, and the addresses of numbered pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from newsbot.lists.list_dates import Span

#: "?page=2", "&p=2", "/trang-2.html", "/page/2/", "&_101_INSTANCE_x_cur=2": what is called a page.
_NAMED: Final = re.compile(
    r"(?:(?<=[?&/-])|(?<=^))((?:page|paged|pageindex|trang|pg|p|cur)[=/-]|_\w{1,99}_cur=)2(?!\d)", re.IGNORECASE
)
_BARE: Final = re.compile(r"(?<![A-Za-z0-9%])2(?![A-Za-z0-9])")
#: Page numbers are smaller.
_MOST: Final = 1_000_000


class Section(NamedTuple):
    """One page of a list that is made for readers. What only a backfill asks for is empty in another crawl."""

    links: list[str]
    #: The link to the page after this one.
    following: str | None
    #: The greatest page number that it shows.
    last: int | None = None
    #: When its articles were published, by the site's own ids.
    dates: Mapping[str, Span] = MappingProxyType({})
    #: Whether it names no article and is no list, but refuses, or wants a cookie first.
    stands_in: bool = False
    #: Where it breaks off; empty if it does not.
    breaks_off: str = ""
    #: The sections that its menu names, if it is the front page of a paper whose menu is asked.
    menu: Sequence[str] = ()


def numbered(second: str, page: int) -> str | None:
    """Return the address of a page, made from that of the second; None if no number stands in it.

    >>> numbered("/api/loadmore/top-2-tin/2.html", 40), numbered("https://a.vn/tin.html?page=2&cat=2", 40)
    ('/api/loadmore/top-2-tin/40.html', 'https://a.vn/tin.html?page=40&cat=2')
    >>> numbered("/tin?p_p_id=101_x&_101_x_cur=2&p_p_col_count=2", 40)
    '/tin?p_p_id=101_x&_101_x_cur=40&p_p_col_count=2'
    >>> numbered("/tin?after=1669000002ff", 40)
    """
    if match := _NAMED.search(second):
        return f"{second[: match.end() - 1]}{page}{second[match.end() :]}"
    places = [match.start() for match in _BARE.finditer(second)]
    return f"{second[: places[-1]]}{page}{second[places[-1] + 1 :]}" if places else None


def greatest(texts: Iterable[str]) -> int | None:
    """Return the greatest page number that a pager shows.

    >>> greatest(["1", "2", "»", "117", "2026-11-22"]), greatest(["»"])
    (117, None)
    """
    numbers = (int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 8)
    return max((number for number in numbers if number < _MOST), default=None)
