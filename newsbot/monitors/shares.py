"""Shares that are not as usual: fields that went missing, articles that no layout fits, failures, copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import sqrt
from typing import Final

from newsbot.health import Problem
from newsbot.monitors.baseline import Measured, compared, whole_runs
from newsbot.run_report import RunReport

#: A share that changed by less is as usual, however sure the change is.
LEAST_CHANGE: Final = 0.25
#: So many standard deviations of chance: with a run every half hour, rarer than once in years.
SURE: Final = 3.5
#: The spread of a share that was always 0 or 1 is not nothing.
LEAST_VARIANCE: Final = 0.02
FEW_ARTICLES: Final = 5
FEW_REQUESTS: Final = 20
#: Fields that few articles have say little.
LEAST_COVERAGE: Final = 0.3


def missing_fields(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """A field that articles used to have is missing in many."""
    known = {name for earlier in whole_runs(past, run) for name in earlier.field_coverage}
    for name in sorted(known | run.field_coverage.keys()):
        found = compared(past, run, partial(_having, name), FEW_ARTICLES)
        if found and found.usual >= LEAST_COVERAGE and _changed(found) < 0:
            yield Problem(f"coverage {name}", f"{name}: in {_percent(found)} of articles, usually {found.usual:.0%}")


def generic_reading(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """Layouts fit fewer articles than usual."""
    found = compared(past, run, lambda each: ((each.generic_share or 0) * each.bodies, each.bodies), FEW_ARTICLES)
    if found and _changed(found) > 0:
        yield Problem(
            "generic",
            f"no layout fitted {_percent(found)} of articles, usually {found.usual:.0%}: "
            "the site may have a new design",
        )


def failures(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """More requests fail than usual."""
    found = compared(past, run, lambda each: (each.failed, each.failed + each.pages), FEW_REQUESTS)
    if found and _changed(found) > 0:
        yield Problem("errors", f"{_percent(found)} of requests failed, usually {found.usual:.0%}")


def copies(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """More articles than usual were printed by another source first: a site may have become a mirror."""
    found = compared(past, run, lambda each: (each.duplicates, each.new), FEW_ARTICLES)
    if found and _changed(found) > 0:
        yield Problem(
            "duplicates", f"{_percent(found)} of new articles stood in another source, usually {found.usual:.0%}"
        )


def _having(name: str, run: RunReport) -> tuple[float, float]:
    return run.field_coverage.get(name, 0.0) * run.articles, run.articles


def _changed(found: Measured) -> float:
    """Return by how much a share differs from its usual value, 0 where chance would explain it."""
    change = found.share - found.usual
    chance = SURE * sqrt(max(found.usual * (1 - found.usual), LEAST_VARIANCE) / found.whole)
    return change if abs(change) > max(LEAST_CHANGE, chance) else 0.0


def _percent(found: Measured) -> str:
    return f"{found.share:.0%} ({found.share * found.whole:.0f} of {found.whole:.0f})"
