"""What all monitors say of a run together, and what of it is news."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from newsbot.health.history import is_whole
from newsbot.health.monitors import shares, silence, site
from newsbot.health.problems import STOPPED, Problem
from newsbot.health.run_report import RunReport

MONITORS = (
    silence.long_pause,
    silence.thin_day,
    site.redirected_away,
    site.empty_lists,
    site.robots_changed,
    shares.generic_reading,
    shares.missing_fields,
    shares.failures,
    shares.copies,
    shares.text_length,
    shares.date_lag,
)
#: A change that is told once has no end.
ONCE = frozenset({"robots"})
#: What shows in articles alone begins and ends with a run that reads some: an outage in between is neither.
IN_ARTICLES = ("generic", "coverage ", "text length", "date lag", "duplicates", "incomplete", "undated")


def unusual(past: Sequence[RunReport], run: RunReport) -> list[Problem]:
    """Return what is not as usual with a run, beside what is plainly wrong with it already.

    Nothing, if it looked at a part of the source only or was told to stop, and nothing twice: a monitor that is among
    the run's alarms has been heard.
    """
    if not _came_to_its_end(run):
        return []
    found = [problem for monitor in MONITORS for problem in monitor(past, run)]
    return [problem for problem in found if problem.monitor not in run.alarms]


def with_problems(run: RunReport, past: Sequence[RunReport], problems: Iterable[Problem]) -> RunReport:
    """Return a run with further problems, and with what has begun and what has ended since the run before.

    That somebody has stopped a run is a problem of it, but neither begins nor ends anything.
    """
    problems = list(problems)
    alarms = run.alarms | {problem.monitor: problem.text for problem in reversed(problems)}
    before = _wrong_before(past)
    over = [
        alarm
        for alarm in before
        if alarm not in alarms and alarm not in ONCE and (run.articles or not alarm.startswith(IN_ARTICLES))
    ]
    return replace(
        run,
        problems=[*run.problems, *(problem.text for problem in problems)],
        alarms=alarms,
        raised=[alarm for alarm in alarms if alarm not in before and alarm != STOPPED],
        cleared=over if _came_to_its_end(run) else [],
    )


def _came_to_its_end(run: RunReport) -> bool:
    return is_whole(run) and STOPPED not in run.alarms


def _wrong_before(past: Sequence[RunReport]) -> dict[str, str]:
    """Return what was wrong in the last whole run, and what was wrong with articles when some were last read."""
    runs = [earlier for earlier in reversed(past) if _came_to_its_end(earlier)]
    in_articles = next((earlier.alarms for earlier in runs if earlier.articles), {})
    before = {alarm: text for alarm, text in in_articles.items() if alarm.startswith(IN_ARTICLES)}
    return before | (runs[0].alarms if runs else {})
