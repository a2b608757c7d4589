"""Monitors for a source that has gone quiet: an unusually long pause, or a day with far too few articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from newsbot.health.history import day_of, is_whole, started_at
from newsbot.health.monitors.baseline import FEWEST_DAYS, whole_runs
from newsbot.health.problems import Problem
from newsbot.health.run_report import RunReport
from newsbot.vietnamese.dates import VIETNAM

#: Weeks of which the usual longest pause and the usual count of a weekday are taken.
WEEKS: Final = 8
#: A pause this many times the longest of a usual week is too long.
PATIENCE: Final = 2
#: Minimum pause that is reported.
LEAST_PAUSE: Final = timedelta(hours=6)
#: A day is thin below this share of what its weekday usually has, which must be at least FEWEST_USUAL.
THIN: Final = 0.25
FEWEST_USUAL: Final = 5
#: Minimum number of days of the same weekday for a baseline.
FEWEST_WEEKDAYS: Final = 3

_WEEK: Final = timedelta(days=7)
#: The past that any monitor wants: the weeks, and the day before the first of them.
LOOKS_BACK: Final = WEEKS * _WEEK + timedelta(days=2)


def long_pause(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """No new article for longer than the longest pause of a usual week.

    The longest of a week holds its nights, its Sundays and the operator's own timetable.
    """
    runs = whole_runs(past, run, WEEKS * _WEEK)
    news = [started_at(each) for each in runs if each.new]
    if run.new:
        return
    if runs and not news and "silence" in runs[-1].alarms:
        yield Problem("silence", f"no new article for more than {WEEKS} weeks")
    if len(news) < FEWEST_DAYS or news[-1] - news[0] < _WEEK:
        return
    usual = usual_pause(news)
    pause = started_at(run) - news[-1]
    if pause > max(PATIENCE * usual, LEAST_PAUSE):
        yield Problem("silence", f"no new article for {_span(pause)}; its longest pause in a week is {_span(usual)}")


def usual_pause(news: Sequence[datetime]) -> timedelta:
    """Return the longest pause of a week between two runs that found something new, one odd week left out.

    >>> usual_pause([datetime(2026, 11, day, hour) for day in range(1, 22) for hour in (8, 16)])
    datetime.timedelta(seconds=57600)
    """
    longest: dict[int, timedelta] = {}
    for before, after in pairwise(news):
        week = (news[-1] - after) // _WEEK
        longest[week] = max(longest.get(week, timedelta()), after - before)
    ordered = sorted(longest.values())
    return ordered[-2] if len(ordered) > 2 else ordered[-1]


def thin_day(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """The last whole day brought far fewer new articles than that weekday usually does."""
    yesterday = day_of(run) - timedelta(days=1)
    counts = new_by_day(whole_runs(past, run, LOOKS_BACK))
    # The first day of the past may have been a first crawl, which finds everything.
    usual = [counts[day] for day in sorted(counts)[1:] if day < yesterday and day.weekday() == yesterday.weekday()]
    if yesterday not in counts or len(usual) < FEWEST_WEEKDAYS or not _is_over(past, run):
        return
    expected, new = median(usual), counts[yesterday]
    if expected >= FEWEST_USUAL and new < THIN * expected:
        articles = "article" if new == 1 else "articles"
        yield Problem(
            "thin day", f"{new} new {articles} on {yesterday}, usually about {expected:.0f} on a {yesterday:%A}"
        )


def new_by_day(runs: Iterable[RunReport]) -> dict[date, int]:
    """Return the new articles of each day on which there was a run."""
    counts = Counter[date]()
    for run in runs:
        counts[day_of(run)] += run.new
    return counts


def _is_over(past: Sequence[RunReport], run: RunReport) -> bool:
    """Whether the runs of yesterday could see all of it: one came in its evening, or they come once a day."""
    runs = [each for each in past if is_whole(each) and day_of(each) == day_of(run) - timedelta(days=1)]
    return len(runs) == 1 or any(started_at(each).astimezone(VIETNAM).hour >= 18 for each in runs)


def _span(span: timedelta) -> str:
    """Return a span as people say it.

    >>> _span(timedelta(hours=30)), _span(timedelta(days=4))
    ('30 hours', '4 days')
    """
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
