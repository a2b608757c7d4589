"""Which of a run's lists are under way, and which wait for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from scrapy.http import Request


class ListTurns:
    """Feeds and sitemaps lead: only what they do not name is to a section's credit, so sections wait for them.

    >>> turns = ListTurns()
    >>> turns.lead("http://a.vn/rss")
    >>> turns.hold([Request("http://a.vn/tin")])
    >>> [*turns.release()], turns.end("http://a.vn/rss"), [request.url for request in turns.release()]
    ([], None, ['http://a.vn/tin'])
    """

    def __init__(self) -> None:
        self._leads: set[str] = set()
        self._held: deque[Request] = deque()
        self._left: list[Request] = []

    def lead(self, url: str) -> None:
        """Let what is held wait for a list."""
        self._leads.add(url)

    def end(self, url: str) -> None:
        """Note that a list has been read, or cannot be."""
        self._leads.discard(url)

    def end_all(self) -> None:
        self._leads.clear()

    def hold(self, requests: Iterable[Request]) -> None:
        """Keep requests back until no list leads."""
        self._held.extend(requests)

    def leave(self, requests: Iterable[Request]) -> None:
        """Keep requests for lists that this run leaves out, unless another shows that much has happened."""
        self._left.extend(requests)

    def take_up(self) -> None:
        """Let what was left out be asked for after all."""
        self._held.extend(self._left)
        self._left = []

    def release(self) -> Iterator[Request]:
        """Yield what is held once no list leads."""
        while self._held and not self._leads:
            yield self._held.popleft()
