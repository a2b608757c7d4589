"""What a run of all sources costs when nothing is new: requests and bytes of each, processor time of the whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.economy import QUIET_BYTES, QUIET_REQUESTS
from tests.bench.runs import Usage, run_python
from tests.demo import every_source
from tests.harness.commands import against, command_line
from tests.replica.server import Replica
from tests.replica.sites import NOW

#: Articles of each source, all of which the first run fetches.
_ARTICLES = 6
#: Seconds of processor time, of crawlall and all its processes.
SECONDS = 60.0
#: When it runs again: as cron has it, and when more lists are due, and each article once more.
_AGAIN = (timedelta(minutes=30), timedelta(days=1))
_JOBS = "--jobs=4"
_WORST = 8


@dataclass(frozen=True)
class Visit:
    """What a run asked of one source: robots.txt and lists, and articles whose time has come once more."""

    source: str
    requests: int
    articles: int
    bytes: int
    lines: int

    @property
    def is_cheap(self) -> bool:
        is_quiet = self.requests - self.articles <= QUIET_REQUESTS and not self.lines
        return is_quiet and self.bytes <= QUIET_BYTES


def country(folder: Path, console: Console) -> bool:
    """Print the sources that ask for most, and the processor time; return whether the targets are met."""
    sources = every_source().sources
    with Replica(articles=_ARTICLES, now=NOW) as replica:
        console.print(f"{len(sources)} sources, the first time …")
        _crawl(replica, sources, folder, NOW)
        met = [_again(replica, sources, folder, gap, console) for gap in _AGAIN]
    return all(met)


def _again(replica: Replica, sources: tuple[str, ...], folder: Path, gap: timedelta, console: Console) -> bool:
    before = {*folder.glob("runs/*.json")}
    used = _crawl(replica, sources, folder, NOW + gap)
    visits = [_visit(path) for path in {*folder.glob("runs/*.json")} - before]
    worst = sorted(visits, key=lambda visit: (visit.is_cheap, visit.articles - visit.requests, -visit.bytes))[:_WORST]
    table = Table(title=f"{len(visits)} sources, nothing new, {gap} later: those that ask for most")
    for heading in ("", "requests", "of articles", "KB", "lines"):
        table.add_column(heading, justify="left" if not heading else "right")
    for visit in worst:
        counts = (visit.requests, visit.articles, f"{visit.bytes / 1000:.0f}", visit.lines)
        table.add_row(visit.source, *map(str, counts))
    console.print(table)
    console.print(
        f"crawlall {_JOBS}: {used.processor:.1f} s of processor time (at most {SECONDS:.0f}), "
        f"{used.processor / len(sources):.2f} s a source. Of each at most {QUIET_REQUESTS} requests without articles, "
        f"{QUIET_BYTES / 1000:.0f} KB, no line"
    )
    missing = len(sources) - len(visits)
    if missing:
        console.print(f"{missing} sources have no run report")
    return not missing and all(visit.is_cheap for visit in visits) and used.processor <= SECONDS


def _crawl(replica: Replica, sources: tuple[str, ...], folder: Path, moment: datetime) -> Usage:
    settings = against(replica, LOG_LEVEL="ERROR", NOW=moment.isoformat())
    environment = replica.environment | {"NEWSBOT_DATA": str(folder)}
    _, used = run_python(command_line("crawlall", *sources, _JOBS, *settings)[1:], environment)
    return used


def _visit(path: Path) -> Visit:
    report = json.loads(path.read_text("utf-8"))
    stats = report["stats"]
    requests, articles, bytes_received = (
        stats.get(name, 0)
        for name in ("downloader/request_count", "newsbot/article_pages", "downloader/response_bytes")
    )
    return Visit(report["source"], requests, articles, bytes_received, report["lines"])
