"""Sitemaps that wait for their turn, each for the time when all that was found before it has been asked for."""

from __future__ import annotations

from collections import Counter, deque
from typing import Final, NamedTuple

#: Sitemaps that are remembered at once; an index that names more is read again by the next run.
_MOST: Final = 50_000


class Waiting(NamedTuple):
    """A sitemap that waits."""

    url: str
    #: How deep it stands in sitemaps of sitemaps, and those that it stands in, the outermost first.
    depth: int
    above: tuple[str, ...]
    old_host: bool = False


class Backlog:
    """The sitemaps that wait, by the outermost one that names them: each of those gets its turn.

    >>> backlog = Backlog()
    >>> backlog.add([Waiting("a1", 2, ("a",)), Waiting("a2", 2, ("a",)), Waiting("b1", 2, ("b",))])
    True
    >>> [backlog.take().url for _ in range(3)], backlog.take(), backlog.open()
    (['a1', 'b1', 'a2'], None, set())
    >>> [backlog.add([Waiting("c", 2, ("c",))] * number) for number in (50_000, 1)]
    [True, False]
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Waiting]] = {}
        self._open: Counter[str] = Counter()
        self._number = 0

    def add(self, sitemaps: list[Waiting]) -> bool:
        """Let sitemaps wait; returns False if there are too many, of which the last are not remembered."""
        kept = sitemaps[: max(0, _MOST - self._number)]
        for each in kept:
            self._waiting.setdefault(each.above[0], deque()).append(each)
            self._open.update(each.above)
        self._number += len(kept)
        return len(kept) == len(sitemaps)

    def take(self) -> Waiting | None:
        """Return the next sitemap; None if none waits."""
        if not self._waiting:
            return None
        root = next(iter(self._waiting))
        queue = self._waiting.pop(root)
        each = queue.popleft()
        self._number -= 1
        self._open.subtract(each.above)
        if queue:
            self._waiting[root] = queue  # behind the others
        return each

    def open(self) -> set[str]:
        """Return the sitemaps that are not through, since others wait that they name."""
        self._open = +self._open
        return set(self._open)
