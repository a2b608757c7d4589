"""Articles that are not as usual: much shorter or longer, or with dates much older."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from newsbot.health.monitors.baseline import compared
from newsbot.health.problems import Problem
from newsbot.health.run_report import RunReport

FEW: Final = 5
#: Texts half or three times as long as usual are cut off or hold more than the article.
SHORT: Final = 0.5
LONG: Final = 3.0
#: Dates so many times as old as usual, and by so many hours at least, are read wrong, or the site's lists are stale.
LATE: Final = 5.0
LEAST_LAG: Final = 48.0


def text_length(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """The usual article of this run is much shorter or longer than that of other days."""
    found = compared(past, run, lambda each: ((each.text_length or 0) * each.lines, _lines(each)), FEW)
    if found and found.usual and not SHORT * found.usual <= found.share <= LONG * found.usual:
        yield Problem("text length", f"articles have {found.share:.0f} characters, usually {found.usual:.0f}")


def date_lag(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """New articles bear dates much older than usual, or dates to come."""
    found = compared(past, run, lambda each: ((each.date_lag or 0) * each.new, _dated(each)), FEW)
    if found is None:
        return
    if found.share > max(LATE * found.usual, found.usual + LEAST_LAG):
        yield Problem("date lag", f"new articles are dated {found.share:.0f} hours back, usually {found.usual:.0f}")
    elif found.share < min(0.0, found.usual) - LEAST_LAG / 2:
        yield Problem("date lag", f"new articles are dated {-found.share:.0f} hours ahead")


def _lines(run: RunReport) -> float:
    return run.lines if run.text_length is not None else 0


def _dated(run: RunReport) -> float:
    return run.new if run.date_lag is not None else 0
