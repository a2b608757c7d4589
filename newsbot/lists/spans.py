"""The days between which an article was published, as far as a list or an address tells."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from newsbot.vietnamese.dates import VIETNAM


class Span(NamedTuple):
    """The first and the last day on which an article may have been published, in Vietnam's time."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days after the first the last is."""
        return (self.last - self.first).days


def day_span(published_at: str | None) -> Span | None:
    """Return the day of an article's date as its line has it.

    >>> day_span("2020-12-31T23:30:00+00:00") == day_span("2021-01-01")
    True
    """
    if not published_at:
        return None
    moment = datetime.fromisoformat(published_at)
    day = moment.astimezone(VIETNAM).date() if moment.tzinfo else moment.date()
    return Span(day, day)


def month_span(year: int, month: int) -> Span:
    """Return a month.

    >>> month_span(2020, 12).last.isoformat()
    '2020-12-31'
    """
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), following - timedelta(days=1))


def middle(spans: list[Span]) -> Span | None:
    """Return the middle one of several dates: strays on either side do not move it.

    >>> day = [Span(date(2020, 1, n), date(2020, 1, n)) for n in (3, 1, 2)]
    >>> middle(day) == day[2], middle([])
    (True, None)
    """
    return sorted(spans)[len(spans) // 2] if spans else None
