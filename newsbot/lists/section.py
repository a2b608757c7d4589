"""What a page of a section says, before it is compared with what is known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from newsbot.lists.spans import Span


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
