"""The days that a backfill covers, and whether an article may be of one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from scrapy.exceptions import UsageError

from newsbot.lists.list_dates import Span

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Window:
    """The days from ``since`` to ``until``, both included; None: to the present.

    >>> window, day = Window(date(2019, 1, 1), date(2020, 12, 31)), date(2021, 1, 1)
    >>> window.may_hold(Span(day, day)), window.may_hold(Span(date(2020, 12, 1), day)), window.may_hold(None)
    (False, True, True)
    """

    since: date
    until: date | None

    def may_hold(self, span: Span | None) -> bool:
        """Whether an article may be of one of these days; one of unknown date may."""
        return span is None or not (self.is_before(span) or self.is_after(span))

    def is_before(self, span: Span) -> bool:
        """Whether an article is certainly older."""
        return span.last < self.since

    def is_after(self, span: Span) -> bool:
        """Whether an article is certainly newer."""
        return self.until is not None and span.first > self.until

    def names(self) -> tuple[str, str]:
        """Return both ends as an operator writes them; empty if open."""
        return self.since.isoformat(), self.until.isoformat() if self.until else ""

    def end(self, today: date) -> date:
        """Return the last day that can have articles."""
        return min(self.until or today, today)


def read_window(since: str | None, until: str | None, today: date) -> Window | None:
    """Return the days that an operator names; None if there are none.

    :raises UsageError: if one is not a day, or they make no sense together.

    >>> read_window("2019-01-01", None, date(2026, 11, 22))
    Window(since=datetime.date(2019, 1, 1), until=None)
    """
    if since is None:
        if until is not None:
            raise UsageError("-a until says where a backfill ends: -a since must say where it begins")
        return None
    first, last = _read_day("since", since), _read_day("until", until) if until is not None else None
    if first > today:
        raise UsageError(f"-a since={since} lies in the future")
    if last and last < first:
        raise UsageError(f"-a until={until} lies before -a since={since}")
    return Window(first, last)


def _read_day(name: str, text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"-a {name} must be a day such as 2019-01-31, not {text!r}") from None
