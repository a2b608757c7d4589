"""Estimates how much of a backfill is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from newsbot.planning.backfill.cursors import Cursor


class Estimate(NamedTuple):
    """What is done and what is left."""

    lists: int
    lists_done: int
    articles_left: int
    #: Lists whose number of articles cannot be estimated yet; their articles are not counted.
    lists_unknown: int = 0
    seconds_left: int | None = None

    def __str__(self) -> str:
        """Return it as one line.

        >>> print(Estimate(14, 3, 1234, seconds_left=7100)), print(Estimate(1, 1, 0)), print(Estimate(14, 0, 80, 12))
        3 of 14 lists done, about 1,200 articles left, about 2 h
        all 1 lists done
        0 of 14 lists done, about 80 articles left and those of 12 lists not begun
        (None, None, None)
        """
        if self.lists_done == self.lists:
            return f"all {self.lists} lists done"
        unknown = f" and those of {self.lists_unknown} lists not begun" if self.lists_unknown else ""
        time = f", about {_duration(self.seconds_left)}" if self.seconds_left is not None else ""
        left = f"about {_round(self.articles_left):,} articles left{unknown}{time}"
        return f"{self.lists_done} of {self.lists} lists done, {left}"

    def stats(self) -> dict[str, Any]:
        """Return it as a crawl's stats: ``newsbot/backfill/lists``, and so on by the names above."""
        return {f"newsbot/backfill/{name}": value for name, value in self._asdict().items()}


def from_stats(stats: Mapping[str, Any]) -> Estimate | None:
    """Return the estimate of a run that has ended; None if it was no backfill.

    >>> from_stats(Estimate(14, 3, 1234).stats()) == Estimate(14, 3, 1234), from_stats({})
    (True, None)
    """
    values = [stats.get(f"newsbot/backfill/{name}") for name in Estimate._fields]
    return Estimate._make(values) if values[0] is not None else None


def articles_left(begun: Iterable[Cursor], untouched: Mapping[str, int], since: date, end: date) -> tuple[int, int]:
    """Estimate how many articles are still to be fetched, and count the lists for which that is not possible yet.

    A list under way is assumed to go on with as many articles a day as so far, a list not yet begun to have as many as
    the average of its kind.

    >>> half = Cursor("a", "", "", "u", "section", "u?2", articles=50, begun="2020-12-31", reached="2020-07-02")
    >>> articles_left([half], {"section": 1}, date(2020, 1, 2), date(2020, 12, 31))
    (150, 0)
    """
    wholes: dict[str, list[float]] = {}
    left, unknown = 0.0, 0
    for cursor in begun:
        share = 1.0 if cursor.is_done else _share_done(cursor, since, end)
        if share:
            wholes.setdefault(cursor.kind, []).append(cursor.articles / share)
            left += cursor.articles * (1 / share - 1)
        else:
            unknown += 1
    for kind, number in untouched.items():
        if kind in wholes:
            left += number * sum(wholes[kind]) / len(wholes[kind])
        else:
            unknown += number
    return round(left), unknown


def _share_done(cursor: Cursor, since: date, end: date) -> float:
    """Return the share of its days that a list has been walked through, from 0 to 1; 0 if that is not known."""
    if cursor.begun is None or cursor.reached is None:
        return 0.0
    top = min(end, date.fromisoformat(cursor.begun))
    reached = max(since, date.fromisoformat(cursor.reached))
    return max(0.0, min(1.0, (top - reached) / max(top - since, timedelta(days=1))))


def _round(number: int) -> int:
    """Round a number to two significant digits.

    >>> _round(1234), _round(87), _round(0)
    (1200, 87, 0)
    """
    size = 10 ** max(0, len(str(number)) - 2)
    return round(number / size) * size


def _duration(seconds: int) -> str:
    """Return a duration in words.

    >>> _duration(50), _duration(7100), _duration(400_000)
    ('1 min', '2 h', '5 days')
    """
    if seconds < 5400:
        return f"{max(1, round(seconds / 60))} min"
    return f"{round(seconds / 3600)} h" if seconds < 48 * 3600 else f"{round(seconds / 86400)} days"
