"""Shares and sizes that are not as usual: missing fields, unknown layouts, failures, copies, lengths, dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import exp, lgamma, log
from typing import Final

from newsbot.health.monitors.baseline import Counted, Measured, compared, whole_runs
from newsbot.health.problems import Problem
from newsbot.health.run_report import RunReport

#: A share that changed by less is as usual, however sure the change is.
LEAST_CHANGE: Final = 0.2
#: What chance alone does more often than this is as usual: ten fields of a source are looked at every half hour.
CHANCE: Final = 1e-6
#: A share that was always 0 or 1 is taken for one that need not stay so.
SOMETIMES: Final = 0.05
#: The newest articles are looked at in fives, which shows a new design at once, and in twenties, which
#: shows a part of one.
ARTICLES: Final = (5, 20)
REQUESTS: Final = (20,)
#: Fields that few articles have say little.
LEAST_COVERAGE: Final = 0.3
FEW: Final = 5
#: Texts half or three times as long as usual are cut off or hold more than the article.
SHORT: Final = 0.5
LONG: Final = 3.0
#: Dates this many times as old as usual, and by at least so many hours, are misread, or the site's lists are stale.
LATE: Final = 5.0
LEAST_LAG: Final = 48.0


def missing_fields(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """A field that articles used to have is missing in many."""
    known = {name for earlier in whole_runs(past, run) for name in earlier.field_coverage}
    for name in sorted(known | run.field_coverage.keys()):
        found = unusual_share(past, run, partial(_having, name), ARTICLES, less=True)
        if found and found.usual >= LEAST_COVERAGE:
            yield Problem(f"coverage {name}", f"{name}: in {percent(found)} of articles, usually {found.usual:.0%}")


def generic_reading(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """Layouts fit fewer articles than usual."""
    if found := unusual_share(past, run, lambda each: _weighed(each.generic_share, each.bodies), ARTICLES):
        fitted = f"no layout fitted {percent(found)} of articles, usually {found.usual:.0%}"
        yield Problem("generic", f"{fitted}: the site may have a new design{_looked_for(run)}")


def _looked_for(run: RunReport) -> str:
    """Return where the layouts look for the text."""
    bodies = [f"{layout}: {selectors}" for layout, selectors in run.text_selectors.items()]
    return f" (text was looked for in {'; '.join(bodies)})" if bodies else ""


def failures(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """More requests fail than usual."""
    if found := run.failed and unusual_share(past, run, lambda each: (each.failed, each.failed + each.pages), REQUESTS):
        yield Problem("errors", f"{percent(found)} of requests failed, usually {found.usual:.0%}")


def copies(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """More articles than usual were printed by another source first: a site may have become a mirror."""
    if found := unusual_share(past, run, lambda each: (each.duplicates, each.new), ARTICLES):
        share = f"{percent(found)} of new articles"
        yield Problem("duplicates", f"{share} stood in another source, usually {found.usual:.0%}")


def _having(name: str, run: RunReport) -> tuple[float, float]:
    return run.field_coverage.get(name, 0.0) * run.articles, run.articles


def unusual_share(
    past: Sequence[RunReport], run: RunReport, counted: Counted, windows: Sequence[int], *, less: bool = False
) -> Measured | None:
    """Return a share that is more (or less) than usual, and more so than chance makes it."""
    for enough in windows:
        found = compared(past, run, counted, enough)
        if found is None or abs(found.share - found.usual) < LEAST_CHANGE or (found.share < found.usual) != less:
            continue
        share, usual = (1 - found.share, 1 - found.usual) if less else (found.share, found.usual)
        if at_least(round(share * found.whole), round(found.whole), max(usual, SOMETIMES)) < CHANCE:
            return found
    return None


def at_least(cases: int, of: int, share: float) -> float:
    """Return the probability of at least this many cases (binomial).

    >>> round(at_least(3, 3, 0.5), 3), round(at_least(1, 3, 0.5), 3), at_least(1, 3, 1.0)
    (0.125, 0.875, 1.0)
    """
    if share >= 1 or cases <= 0:
        return 1.0
    logs = (
        lgamma(of + 1) - lgamma(n + 1) - lgamma(of - n + 1) + n * log(share) + (of - n) * log(1 - share)
        for n in range(cases, of + 1)
    )
    return min(1.0, sum(map(exp, logs)))


def percent(found: Measured) -> str:
    """Return a share and what it is a share of, as people say it."""
    return f"{found.share:.0%} ({found.share * found.whole:.0f} of {found.whole:.0f})"


def text_length(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """The usual article of this run is much shorter or longer than that of other days."""
    found = compared(past, run, lambda each: _weighed(each.text_length, each.lines), FEW)
    if found and found.usual and not SHORT * found.usual <= found.share <= LONG * found.usual:
        yield Problem("text length", f"articles have {found.share:.0f} characters, usually {found.usual:.0f}")


def date_lag(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """New articles bear dates much older than usual, or dates to come."""
    found = compared(past, run, lambda each: _weighed(each.date_lag, each.new), FEW)
    if found is None:
        return
    if found.share > max(LATE * found.usual, found.usual + LEAST_LAG):
        yield Problem("date lag", f"new articles are dated {found.share:.0f} hours back, usually {found.usual:.0f}")
    elif found.share < min(0.0, found.usual) - LEAST_LAG / 2:
        yield Problem("date lag", f"new articles are dated {-found.share:.0f} hours ahead")


def _weighed(value: float | None, cases: int) -> tuple[float, float]:
    """Return what a run adds to a mean: nothing where the value is not known."""
    return (value * cases, cases) if value is not None else (0, 0)
