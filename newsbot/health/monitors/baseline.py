"""The baseline of a source: the median of its past days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from statistics import median
from typing import Final, NamedTuple

from newsbot.health.history import day_of, is_whole, started_at
from newsbot.health.run_report import RunReport

#: The past that counts as usual. Longer, and a paper's own slow changes raise alarms; shorter, and one odd week does.
BASELINE: Final = timedelta(days=35)
#: Fewer days with something to measure are no baseline.
FEWEST_DAYS: Final = 5
#: The newest runs are measured together until there is enough to measure, as far back as this.
WINDOW: Final = timedelta(days=7)

#: What a run adds to a share: the part and the whole.
Counted = Callable[[RunReport], tuple[float, float]]


class Measured(NamedTuple):
    """A share now, of how many cases, and as usual."""

    share: float
    whole: float
    usual: float


def compared(past: Sequence[RunReport], run: RunReport, counted: Counted, enough: int) -> Measured | None:
    """Return a share of the newest runs beside its usual value; None where there is too little of either.

    :param past: earlier runs, oldest first.
    :param enough: cases for which the newest runs are taken together.
    """
    newest, older = _split(past, run, counted, enough)
    part, whole = _total(newest, counted)
    totals = [_total(runs, counted) for _, runs in groupby(older, day_of)]
    usual = [day_part / day_whole for day_part, day_whole in totals if day_whole]
    if whole < enough or len(usual) < FEWEST_DAYS:
        return None
    return Measured(part / whole, whole, median(usual))


def whole_runs(past: Iterable[RunReport], run: RunReport, span: timedelta = BASELINE) -> list[RunReport]:
    """Return the past runs of a span before this one that looked at the source as every day."""
    since = started_at(run) - span
    return [earlier for earlier in past if is_whole(earlier) and since <= started_at(earlier) < started_at(run)]


def _split(
    past: Sequence[RunReport], run: RunReport, counted: Counted, enough: int
) -> tuple[list[RunReport], list[RunReport]]:
    """Return the newest runs, as many as give enough cases, and those before them."""
    older, newest, cases = whole_runs(past, run), [run], counted(run)[1]
    while older and cases < enough and started_at(run) - started_at(older[-1]) <= WINDOW:
        newest.append(older.pop())
        cases += counted(newest[-1])[1]
    return newest, older


def _total(runs: Iterable[RunReport], counted: Counted) -> tuple[float, float]:
    parts = [counted(each) for each in runs]
    return sum(part for part, _ in parts), sum(whole for _, whole in parts)
