"""Groups runs by day, or by week or month where there are years of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from newsbot.health.history import day_of
from newsbot.health.run_report import RunReport

#: Days that one bar of a chart stands for, and for how long a past: (at most so many days, days a bar).
_LENGTHS: Final = ((100, 1), (700, 7), (3000, 30))
#: Days that a chart shows at least: one bar alone would be a wall.
_FEWEST: Final = 14


@dataclass
class RunSpan:
    """What the runs of some days found together."""

    first: date
    days: int
    runs: int = 0
    #: Runs that were not well.
    unwell: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    articles: int = 0
    bodies: int = 0
    generic: float = 0.0
    warc_bytes: int = 0
    #: Addresses that pages need to be shown: those that the archive has, and those that could not be had.
    requisites_had: int = 0
    requisites_missing: int = 0
    #: {field: articles that have it}.
    having: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, run: RunReport) -> None:
        self.runs += 1
        self.unwell += run.exit_status != 0
        self.new += run.new
        self.changed += run.changed
        self.gone += run.gone
        self.articles += run.articles
        self.bodies += run.bodies
        self.generic += (run.generic_share or 0) * run.bodies
        self.warc_bytes += run.warc_bytes
        self.requisites_had += run.requisites.get("had", 0)
        self.requisites_missing += run.requisites.get("missing", 0)
        for name, share in run.field_coverage.items():
            self.having[name] += share * run.articles

    def coverage(self, name: str) -> float | None:
        """Return the share of articles that have a field; "layout" is the share that a layout fitted."""
        if name == "layout":
            return 1 - self.generic / self.bodies if self.bodies else None
        return min(1.0, self.having.get(name, 0.0) / self.articles) if self.articles else None

    @property
    def label(self) -> str:
        """The span in words.

        >>> RunSpan(date(2026, 11, 2), 1).label, RunSpan(date(2026, 11, 2), 7).label
        ('2 Nov', '2 Nov – 8 Nov')
        """
        last = self.first + timedelta(days=self.days - 1)
        return short_date(self.first) if self.days == 1 else f"{short_date(self.first)} – {short_date(last)}"


def spans(runs: Iterable[RunReport], first: date, last: date, length: int = 0) -> list[RunSpan]:
    """Return spans from one day to another without a gap, the last ending on the last day.

    :param length: days a span; 0 chooses what fits a chart.
    """
    total = (last - first).days + 1
    length = length or next((days for most, days in _LENGTHS if total <= most), 365)
    count = -(-total // length)
    made = [RunSpan(last - timedelta(days=length * (count - number) - 1), length) for number in range(count)]
    for run in runs:
        number = (day_of(run) - made[0].first).days // length
        if 0 <= number < count:
            made[number].add(run)
    return made


def first_shown(first: date, last: date) -> date:
    """Return the day with which charts begin whose first run was on ``first``.

    >>> first_shown(date(2026, 11, 22), date(2026, 11, 22)), first_shown(date(2025, 1, 1), date(2026, 11, 22))
    (datetime.date(2026, 11, 9), datetime.date(2025, 1, 1))
    """
    return min(first, last - timedelta(days=_FEWEST - 1))


def short_date(day: date) -> str:
    """Return a date as a chart says it, the same in every locale of the machine.

    >>> short_date(date(2026, 3, 7))
    '7 Mar'
    """
    return f"{day.day} {_MONTHS[day.month - 1]}"


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
