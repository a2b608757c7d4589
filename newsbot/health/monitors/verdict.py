"""Runs all monitors on a run, tells which of their problems are new, and holds those for what the site changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from newsbot.health.history import is_whole
from newsbot.health.monitors import drift, shares, silence
from newsbot.health.monitors.baseline import whole_runs
from newsbot.health.problems import STOPPED, Problem, mix
from newsbot.health.run_report import RunReport

#: Runs that must have seen a list with articles before one without is a surprise.
FEWEST_SEEN: Final = 3
#: Redirects to strangers that a site may have: a link to a partner among its articles.
FEW_REDIRECTS: Final = 3
#: A domain that is gone takes at least this share of the requests along.
MANY: Final = 0.2


def robots_changed(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """The rules of a robots.txt are not those of the last run that read them. Told once: they are the rules now."""
    for host, digest in sorted(run.robots.items()):
        before = next((each.robots[host] for each in reversed(past) if host in each.robots), digest)
        if digest != before:
            what = "has gone" if digest == "none" else "is new" if before == "none" else "has changed"
            yield Problem("robots", f"robots.txt of {host} {what}: look whether crawling is still welcome")


def redirected_away(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """Pages lead to another domain."""
    total = sum(run.redirected_away.values())
    if total >= FEW_REDIRECTS and total > MANY * (run.pages + run.failed + total):
        hosts = mix(dict(sorted(run.redirected_away.items())))
        yield Problem("redirected", f"{total} requests were sent on to another domain: {hosts}")


def empty_lists(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """A list of articles that always had some has none."""
    runs = whole_runs(past, run)
    for url, articles in sorted(run.listings.items()):
        seen = [each.listings[url] for each in runs if url in each.listings]
        if not articles and len(seen) >= FEWEST_SEEN and (usual := median(seen)) >= 1:
            yield Problem("listing", f"no article on {url}, usually {usual:.0f}")


MONITORS = (
    silence.long_pause,
    silence.thin_day,
    redirected_away,
    empty_lists,
    robots_changed,
    shares.generic_reading,
    shares.missing_fields,
    drift.silent_selectors,
    drift.lost_layouts,
    shares.failures,
    shares.copies,
    shares.text_length,
    shares.date_lag,
)
#: A change that is told once has no end.
ONCE = frozenset({"robots"})
#: What shows in articles alone begins and ends with a run that reads some: an outage in between is neither.
IN_ARTICLES = (
    "generic",
    "coverage ",
    "selectors ",
    "layout ",
    "text length",
    "date lag",
    "duplicates",
    "incomplete",
    "undated",
)


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
