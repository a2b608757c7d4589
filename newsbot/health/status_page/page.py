"""The page itself: numbers and charts put into the template, every text of a site escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from rich.filesize import decimal

from newsbot import __version__
from newsbot.health.history import Reports, started_at
from newsbot.health.replay_score import ReplayScore
from newsbot.health.status_page import charts
from newsbot.health.status_page.sources import RECENT, STATES, SourceStatus, moment, sources
from newsbot.health.status_page.spans import RunSpan

#: Lines of a coverage chart: what it counts, and its name on the page.
FIELDS: Final = {"layout": "layout fitted", "published_at": "date", "sapo": "lead", "authors": "author"}


def page(
    reports: Reports,
    now: datetime,
    scores: Mapping[str, ReplayScore] | None = None,
    mistakes: Mapping[str, str] | None = None,
) -> str:
    """Return the HTML of the page over these reports.

    :param scores: how well sources replay, of those of which that is known.
    :param mistakes: what is wrong with sources that cannot be loaded, by name.
    """
    found = sources(reports.runs, now, mistakes)
    never_run = sorted({*(mistakes or {})} - {source.name for source in found})
    environment = Environment(
        loader=PackageLoader("newsbot.health.status_page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(
        css=Markup(Path(__file__).with_name("page.css").read_text("utf-8")),  # noqa: S704  # our own file
        version=__version__,
        now=now,
        moment=moment,
        runs=f"{len(reports.runs):,}",
        since=started_at(reports.runs[0]) if found else None,
        unreadable=reports.unreadable,
        sources=found,
        states=STATES,
        mistakes=mistakes or {},
        tiles=tiles(found, len(never_run)),
        unit=_unit(found[0].parts) if found else "",
        charts=charts,
        scores=scores or {},
        all_new=_all_new(found),
        own_charts={source.name: own_charts(source) for source in found},
    )


def tiles(found: Sequence[SourceStatus], never_run: int = 0) -> list[tuple[str, str, str]]:
    """Return the numbers at the top: what, how many, beside what.

    :param never_run: sources besides these, which cannot be loaded.
    """
    well = sum(source.state == "well" for source in found)
    new = _sum(found, "new")
    before = sum(source.recent("new", 2 * RECENT) for source in found) - new
    change = f"{(new - before) / before:+.0%} on the week before" if before else ""
    return [
        ("sources well", f"{well} of {len(found) + never_run}", ""),
        (f"new articles, {RECENT} days", f"{new:,}", change.replace("-", "−")),
        (f"new versions, {RECENT} days", f"{_sum(found, 'changed'):,}", ""),
        (f"taken down, {RECENT} days", f"{_sum(found, 'gone'):,}", ""),
        (f"archived, {RECENT} days", decimal(_sum(found, "warc_bytes")), "of WARC"),
    ]


def own_charts(source: SourceStatus) -> list[tuple[str, list[str], Markup]]:
    """Return the charts of a source: heading, names of the series, drawing."""
    parts, unit = source.parts, _unit(source.parts)
    coverage = {label: [part.coverage(name) for part in parts] for name, label in FIELDS.items()}
    changes = {"new versions": [part.changed for part in parts], "taken down": [part.gone for part in parts]}
    news = charts.bars(f"New articles a {unit}: {source.name}", parts, {"new": [part.new for part in parts]})
    shares = charts.lines(f"Share of articles that have a field: {source.name}", parts, coverage)
    later = charts.bars(f"Versions and deletions: {source.name}", parts, changes)
    return [
        (f"New articles a {unit}", [], news),
        ("Articles that have a field", list(coverage), shares),
        (f"Versions and deletions a {unit}", list(changes), later),
    ]


def _all_new(found: Sequence[SourceStatus]) -> list[Markup]:
    """Return the chart of all sources together, drawn for a wide screen and for a phone."""
    if not found:
        return []
    new = [sum(part.new for part in same_days) for same_days in zip(*(source.parts for source in found), strict=True)]
    title, parts, sizes = "New articles of all sources", found[0].parts, ((1080, 220), (360, 170))
    return [charts.bars(title, parts, {"new": new}, width=width, height=height) for width, height in sizes]


def _sum(found: Sequence[SourceStatus], name: str) -> int:
    return sum(source.recent(name) for source in found)


def _unit(parts: Sequence[RunSpan]) -> str:
    return {1: "day", 7: "week", 30: "month"}.get(parts[0].days, "year")
