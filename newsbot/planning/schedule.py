"""When to ask again: lists by what they bring, articles with a widening gap; and which lists a run asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from newsbot.state.resources import Resource

#: Every list is asked at least once a day, none more often than every ten minutes.
SHORTEST_GAP: Final = timedelta(minutes=10)
LONGEST_GAP: Final = timedelta(hours=24)
#: A 304 is believed for so long; then the list is asked for in full, since some sites' validators never change.
VERIFY_AFTER: Final = timedelta(hours=6)
#: A removal that was kept back is told when the article is gone still after so long.
CONFIRM_AFTER: Final = timedelta(hours=6)
_WIDENING: Final = 4
#: No paper was on the web before, and none is so far ahead of the clock here.
_EARLIEST_YEAR: Final = 1995
_CLOCKS_DIFFER: Final = timedelta(days=1)
#: Lists asked in one run, if no more of them bring articles that no other brings.
ENOUGH: Final = 6


def warc_date(moment: datetime) -> str:
    """Return a moment as captures have it; such dates are in the order of their letters.

    >>> warc_date(datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC))
    '2026-11-22T03:04:05.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_date(date: str) -> datetime:
    """Return the moment of a capture's date.

    >>> read_date("2026-11-22T03:04:05Z") == read_date("2026-11-22T03:04:05.000000Z")
    True
    """
    return datetime.fromisoformat(date)


def next_poll(checked: str, step: int) -> str:
    """Return when to ask a list again that has brought nothing of its own ``step`` times in a row.

    >>> [next_poll("2026-11-22T00:00:00Z", step)[8:16] for step in range(6)]
    ['22T00:10', '22T00:40', '22T02:40', '22T10:40', '23T00:00', '23T00:00']
    """
    return warc_date(read_date(checked) + min(LONGEST_GAP, SHORTEST_GAP * _WIDENING ** min(step, 9)))


def next_recheck(checked: str, step: int, gaps: Sequence[timedelta]) -> str | None:
    """Return when to look at an article again after ``step`` looks; None after the last.

    >>> gaps = [timedelta(hours=1), timedelta(hours=6)]
    >>> [next_recheck("2026-11-22T00:00:00Z", step, gaps) for step in (1, 2)]
    ['2026-11-22T06:00:00.000000Z', None]
    """
    return warc_date(read_date(checked) + gaps[step]) if step < len(gaps) else None


def step_of_age(age: timedelta, gaps: Sequence[timedelta]) -> int:
    """Return how often an article of an age would have been looked at again by now.

    >>> gaps = [timedelta(hours=1), timedelta(hours=6)]
    >>> [step_of_age(timedelta(hours=hours), gaps) for hours in (0, 1, 6, 7)]
    [0, 1, 1, 2]
    """
    return sum(sum(gaps[:step], timedelta()) <= age for step in range(1, len(gaps) + 1))


def read_moment(text: str, now: datetime) -> datetime | None:
    """Return a moment in the past as a site gives it; None for what cannot be read, and for what cannot be.

    Of a day alone, its end, wherever it ends last.

    >>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> read_moment(" 2026-11-21T23:00:00+07:00", now).isoformat(), read_moment("2026-11-22", now).isoformat()
    ('2026-11-21T23:00:00+07:00', '2026-11-23T12:00:00+00:00')
    >>> [read_moment(text, now) for text in ("yesterday", "0001-01-01T00:00:00+07:00", "9999-12-31", "2026-12-24")]
    [None, None, None, None]
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not _EARLIEST_YEAR <= moment.year <= now.year + 1:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment > now + _CLOCKS_DIFFER:
        return None
    return moment + timedelta(days=1, hours=12) if len(text.strip()) <= len("2026-11-22") else moment


def choose(
    lists: Collection[str], known: Mapping[str, Resource], now: str, enough: int = ENOUGH
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the keys of the lists to ask now, and of those to leave for another run.

    Lists that are new, were not read to their end or are the first to name articles are always asked; of the others
    those whose time has come, one at least, the longest overdue first.

    >>> known = {name: Resource(name, "a", "section", name, step=2, next_check=name) for name in ("1", "2", "5")}
    >>> choose(["5", "0", "2", "1"], known, now="3", enough=2)
    (['0', '1'], ['5', '2'])
    """
    always = [key for key in lists if key not in known or not known[key].step or not known[key].is_complete]
    others = [key for key in lists if key not in always and (known[key].next_check or "") <= now]
    others.sort(key=lambda key: known[key].next_check or "")
    chosen = {*always, *others[: max(1, enough - len(always))]}
    return [key for key in lists if key in chosen], [key for key in lists if key not in chosen]
