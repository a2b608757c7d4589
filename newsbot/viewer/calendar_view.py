"""The calendar of an archive: what was captured on each day."""

from __future__ import annotations

import re
from calendar import month_name, monthcalendar
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
#: Steps of the scale from few to many.
_STEPS: Final = 4


class Day(NamedTuple):
    """A day of a month: 0 for one of another month; how much was captured, also as a step from 0 to 4."""

    number: int
    date: str
    captures: int
    step: int


class Month(NamedTuple):
    """A month and its weeks from Monday on."""

    name: str
    weeks: list[list[Day]]


class Year(NamedTuple):
    """A year and those of its months in which something was captured, the newest first."""

    number: int
    captures: int
    months: list[Month]


def read_day(text: str) -> date | None:
    """Return a day such as 2026-11-22; None if there is no such day."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def years(days: Mapping[str, int]) -> list[Year]:
    """Return the years in which something was captured, the newest first.

    >>> (year,) = years({"2026-11-22": 8, "2026-11-23": 1})
    >>> year.number, year.captures, [month.name for month in year.months]
    (2026, 9, ['November'])
    >>> [(day.captures, day.step) for day in year.months[0].weeks[3]][-2:]
    [(0, 0), (8, 4)]
    """
    most = max(days.values(), default=0)
    found = []
    for year, of_year in groupby(sorted(days, reverse=True), key=lambda day: day[:4]):
        dates = [*of_year]
        months = [_month(int(year), int(month), days, most) for month, _ in groupby(dates, key=lambda day: day[5:7])]
        found.append(Year(int(year), sum(days[day] for day in dates), months))
    return found


def _month(year: int, month: int, days: Mapping[str, int], most: int) -> Month:
    def day(number: int) -> Day:
        written = f"{year:04}-{month:02}-{number:02}"
        count = days.get(written, 0) if number else 0
        return Day(number, written, count, -(-_STEPS * count // most) if count else 0)

    return Month(month_name[month], [[day(number) for number in week] for week in monthcalendar(year, month)])
