"""The list page whose articles a backfill is fetching, or sampling to learn whether it is too new."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from scrapy.http import Request

from newsbot.lists.addresses import Address
from newsbot.lists.list_dates import Span
from newsbot.planning.backfill.list_page import Listed, ListPage
from newsbot.planning.backfill.memory import Memory
from newsbot.planning.backfill.window import Window

if TYPE_CHECKING:
    from newsbot.planning.discovery import Discovery

#: Maximum number of a page's articles requested at a time.
_BATCH: Final = 100
#: Number of sampled articles that must be too new for their page to be.
_ENOUGH: Final = 2
#: After this number of consecutive articles that are too old, the rest are assumed to be.
TOO_OLD: Final = 5


@dataclass(eq=False)
class PageInWork:
    """A page whose articles are being fetched; it is done when each was fetched or has failed for good."""

    page: ListPage
    #: Those of its articles that no earlier page of the list has shown.
    own: Mapping[str, Listed]
    waiting: deque[Address]
    #: Articles requested, and where.
    pending: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    #: The last capture that belongs to it.
    sequence: int = 0
    #: When its articles were published, according to their own pages.
    read: dict[str, Span] = field(default_factory=dict)
    #: Number of consecutive articles that turned out to be older than the window.
    too_old: int = 0
    #: Whether there were enough of them that the rest was not requested.
    is_past: bool = False
    #: Whether the operator's limit was reached: the page will not be done in this run.
    is_cut: bool = False

    @property
    def is_done(self) -> bool:
        return not self.waiting and not self.pending and not self.is_cut

    def ask(self, spider: Discovery) -> list[Request]:
        """Return requests for as many articles as may be under way."""
        requests: list[Request] = []
        while self.waiting and len(self.pending) < self.batch:
            address = self.waiting.popleft()
            found = list(spider.follow_addresses([address]))
            if found:
                self.pending[address.article] = address.url
                self.asked += 1
            elif spider.is_done():
                self.is_cut = True
                self.waiting.clear()
            requests += found
        return requests

    def __post_init__(self) -> None:
        is_told = all(self.own[address.article].span for address in self.waiting)
        #: Maximum number of articles under way: few where each may show that the rest is too old.
        self.batch = _BATCH if is_told else TOO_OLD

    def end(self, article: str, sequence: int, span: Span | None, window: Window) -> None:
        """Note that an article was fetched, or cannot be."""
        self.pending.pop(article, None)
        self.sequence = max(self.sequence, sequence)
        if span is None:
            return
        self.read[article] = span
        self.too_old = self.too_old + 1 if window.is_before(span) else 0
        if self.too_old >= TOO_OLD and self.page.number > 1:  # a first page may show off old articles
            told = deque(address for address in self.waiting if self.own[address.article].span)
            self.is_past, self.waiting = True, told

    def spans(self) -> list[Span]:
        """Return the known dates of its own articles: those on the articles' pages before those on the list."""
        told = {article: listed.span for article, listed in self.own.items() if listed.span}
        return list((told | self.read).values())


@dataclass(eq=False)
class Question:
    """Whether a page that gives too few dates is too new: its articles are sampled one by one."""

    page: ListPage
    candidates: deque[Address]
    #: The article that was requested.
    asked: Address | None = None
    #: Number of articles that were too new. One may have been given a later date; two neighbours hardly ever are.
    too_new: int = 0
    #: Whether the page is too new; None until that is known.
    verdict: bool | None = None

    def ask(self, spider: Discovery, memory: Memory, window: Window) -> list[Request]:
        """Return the request for the next article to sample; none if there is a verdict, or the limit is reached."""
        while self.verdict is None and self.candidates:
            self.asked = self.candidates.popleft()
            if not memory.known([self.asked.article]):
                requests = list(spider.follow_addresses([self.asked]))
                if requests or spider.is_done():
                    return requests
            self.take(memory.day_of(self.asked.article), window)
        if self.verdict is None:
            self.verdict = self.too_new > 0
        return []

    def take(self, span: Span | None, window: Window) -> None:
        """Take the date of the article that was requested; None if it has none."""
        self.asked = None
        if span and not window.is_after(span):
            self.verdict = False
        elif span:
            self.too_new += 1
            self.verdict = True if self.too_new >= _ENOUGH else None


def middle_out(listed: Mapping[str, Listed]) -> list[Address]:
    """Return articles in order of their distance from the middle of a page: its ends may hold strays.

    >>> page = {str(n): Listed(Address(str(n), f"https://a.vn/{n}.html", 0), None) for n in range(5)}
    >>> [address.article for address in middle_out(page)]
    ['2', '3', '1', '4', '0']
    """
    addresses = [each.address for each in listed.values()]
    half = len(addresses) // 2
    return [addresses[place] for place in sorted(range(len(addresses)), key=lambda place: (abs(place - half), -place))]
