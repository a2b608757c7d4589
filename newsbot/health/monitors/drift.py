"""Selectors of a layout that have stopped finding what they used to find: a part of the design has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from newsbot.health.history import day_of
from newsbot.health.monitors.baseline import whole_runs
from newsbot.health.monitors.shares import ARTICLES, LEAST_COVERAGE, percent, unusual_share
from newsbot.health.problems import Problem
from newsbot.health.run_report import RunReport


def silent_selectors(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """The selectors of a layout select a field on fewer pages than usual; another step may have found it."""
    earlier = whole_runs(past, run)
    for layout in sorted(run.layouts):
        known: dict[str, set[str]] = {}
        for each in earlier:
            for name, shares in (_shares(each, layout) or {}).items():
                known.setdefault(name, set()).update(shares)
        for name, selectors in sorted(known.items()):
            found = unusual_share(past, run, partial(_selected, layout, name), ARTICLES, less=True)
            if found and found.usual >= LEAST_COVERAGE:
                since = _since(earlier, run, layout, name, below=(found.share + found.usual) / 2)
                text = (
                    f"layout {layout}: {name} ({', '.join(sorted(selectors))}) selected in {percent(found)} of articles"
                )
                yield Problem(f"selectors {layout} {name}", f"{text}, usually {found.usual:.0%}, since {since}")


def lost_layouts(past: Sequence[RunReport], run: RunReport) -> Iterator[Problem]:
    """A layout fits fewer articles than usual, and older ones fit instead (where none does: `generic_reading`)."""
    order = [*run.text_selectors]
    for number, layout in enumerate(order[:-1], 1):
        found = unusual_share(past, run, partial(_fitted, order[:number]), ARTICLES, less=True)
        if found and found.usual >= LEAST_COVERAGE:
            fitted = f"it or newer ones fitted {percent(found)} of articles, usually {found.usual:.0%}"
            yield Problem(
                f"layout {layout}", f"layout {layout}: text looked for in {run.text_selectors[layout]}: {fitted}"
            )
            return


def _fitted(layouts: Sequence[str], run: RunReport) -> tuple[float, float]:
    counts = {layout: found.get("articles", 0) for layout, found in run.layouts.items()}
    return sum(counts.get(layout, 0) for layout in layouts), sum(counts.values()) if run.text_selectors else 0


def _shares(run: RunReport, layout: str) -> Mapping[str, Mapping[str, float]] | None:
    """Return for each field on which share of a layout's articles each selector matched; None where no report says."""
    shares: Mapping[str, Mapping[str, float]] | None = run.layouts.get(layout, {}).get("selected")
    return shares


def _selected(layout: str, name: str, run: RunReport) -> tuple[float, float]:
    shares = _shares(run, layout)
    if shares is None:
        return 0.0, 0.0
    articles = run.layouts[layout]["articles"]
    return sum(shares.get(name, {}).values()) * articles, articles


def _since(earlier: Sequence[RunReport], run: RunReport, layout: str, name: str, *, below: float) -> str:
    """Return the day of the first run of those that have found as little as this one, without a break."""
    first = run
    for each in reversed(earlier):
        part, whole = _selected(layout, name, each)
        if whole and part / whole > below:
            break
        first = each if whole else first
    return day_of(first).isoformat()
