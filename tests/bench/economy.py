"""What runs from cron cost when nothing is new, and when a little is; and whether that grows with what is known."""

from __future__ import annotations

import sqlite3
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from newsbot.planning.schedule import warc_date
from newsbot.state.state import State
from newsbot.state.versions import Version, Versions
from tests.bench.runs import Usage, run_python
from tests.harness.commands import command_line
from tests.harness.crawl_play import Play, Run
from tests.replica.newspaper import Newspaper
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

NEW = 5
#: Of a run in which nothing is new, and of one with the new articles.
QUIET_REQUESTS, QUIET_BYTES, BUSY_REQUESTS = 12, 300_000, 25
#: Of processor time and memory, with a hundred times as many known articles. Time varies by a tenth from run to run.
TIME_GROWTH, MEMORY_GROWTH = 1.2, 1.1
TIMES = 100
_TARGETS = f"at most {QUIET_REQUESTS} requests and {QUIET_BYTES / 1000:.0f} KB; {BUSY_REQUESTS} requests, {NEW} found"
_HALF_HOUR = timedelta(minutes=30)
_LONG_AGO = NOW - timedelta(days=90)


class Measured(Play):
    """A play that notes what its last run cost."""

    usage: Usage

    def scrapy(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        environment = {"NEWSBOT_DATA": str(self.data)} | self.replica.environment | environment
        command = command_line(*arguments, f"--set=STATE_URL={self.state_url}")[1:]
        output, self.usage = run_python(command, environment)
        return subprocess.CompletedProcess(command, 0, output, "")


@dataclass(frozen=True)
class Visit:
    """One source: a run without news, and one with them."""

    quiet: Run
    usage: Usage
    busy: Run
    found: int

    @property
    def is_cheap(self) -> bool:
        quiet = self.quiet.requests <= QUIET_REQUESTS and self.quiet.bytes <= QUIET_BYTES and not self.quiet.lines
        return quiet and self.busy.requests <= BUSY_REQUESTS and self.found == NEW


def economy(known: int, folder: Path, console: Console) -> bool:
    """Print a row for each source, and how the cost of a run without news grows; return whether all targets are met."""
    table = Table(title=f"{known} known articles a source", caption=_TARGETS)
    for heading in ("", "no news: requests", "KB", "seconds", "MB", f"{NEW} new: requests", "found"):
        table.add_column(heading, justify="left" if not heading else "right")
    visits = []
    with Replica(articles=known, now=NOW) as replica:
        for site in sites(articles=known):
            console.print(f"{site.name} …")
            visits.append(_visit(site, known, Measured(replica, site.name, folder / site.name)))
            _add_row(table, site.name, visits[-1])
    console.print(table)
    few, many = (_quiet_cost(known, times, folder / f"x{times}", console) for times in (1, TIMES))
    growth = {"time": many.processor / few.processor, "memory": many.peak_bytes / few.peak_bytes}
    console.print(
        f"growth of a run without news, {known} to {TIMES * known} known: processor time {growth['time']:.2f} "
        f"(at most {TIME_GROWTH}), memory {growth['memory']:.2f} (at most {MEMORY_GROWTH})"
    )
    is_flat = growth["time"] <= TIME_GROWTH and growth["memory"] <= MEMORY_GROWTH
    return all(visit.is_cheap for visit in visits) and is_flat


def _visit(site: Newspaper, known: int, play: Measured) -> Visit:
    _begin(site, known, play)
    quiet = play.run(NOW + _HALF_HOUR)
    usage = play.usage
    play.replica.set_newsroom(site.name, Newsroom(changed=NOW + 1.5 * _HALF_HOUR))
    busy = play.run(NOW + 2 * _HALF_HOUR)
    wanted = {site.stories[index].key for index in range(NEW)}
    return Visit(quiet, usage, busy, len(wanted & {line["id"] for line in busy.lines}))


def _begin(site: Newspaper, known: int, play: Measured) -> None:
    """Let all but the newest articles be known, and the lists have been read once."""
    play.seed(site, range(NEW, known), _LONG_AGO)
    play.replica.set_newsroom(site.name, Newsroom(held=NEW))
    play.run(NOW)


def _add_row(table: Table, name: str, visit: Visit) -> None:
    quiet, usage = visit.quiet, visit.usage
    cost = f"{usage.seconds:.1f}", f"{usage.peak_bytes / 1e6:.0f}"
    table.add_row(
        name, str(quiet.requests), f"{quiet.bytes / 1000:.0f}", *cost, str(visit.busy.requests), str(visit.found)
    )


def _quiet_cost(known: int, times: int, folder: Path, console: Console) -> Usage:
    """Return what a run without news takes, the median of five, when all that is known is there so many times."""
    site = next(site for site in sites(articles=known) if site.name == "baosonla")
    usages = []
    with Replica(articles=known, now=NOW) as replica:
        play = Measured(replica, site.name, folder)
        _begin(site, known, play)
        _publish(site, known, play.state_url)
        for table, key in (("resources", "key"), ("article_versions", "id")):
            _multiply(folder / "state.sqlite", table, key, times)
        for run in range(1, 6):
            play.run(NOW + run * _HALF_HOUR)
            usages.append(play.usage)
    used = Usage(*(median(getattr(usage, name) for usage in usages) for name in ("seconds", "processor", "peak_bytes")))
    size = (folder / "state.sqlite").stat().st_size / 1e6
    console.print(
        f"{site.name}, {times * known} known (a state of {size:.0f} MB), no news: {used.processor:.2f} s of processor "
        f"time, {used.peak_bytes / 1e6:.0f} MB"
    )
    return used


def _publish(site: Newspaper, known: int, state_url: str) -> None:
    """Let each known article have a published version."""
    keys = [f"{site.name}:{site.identity(site.headline(index))}" for index in range(NEW, known)]
    state = State(state_url)
    Versions(state).add(
        [Version(key, 1, site.name, f"sha256:{key}", f"sha256:{key}", warc_date(_LONG_AGO)) for key in keys]
    )
    state.close()


def _multiply(database: Path, table: str, key: str, times: int) -> None:
    """Write each row of a table again and again, under other keys."""
    with sqlite3.connect(database) as connection:
        names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        copied = ", ".join(f'"{name}" || ?' if name == key else f'"{name}"' for name in names)
        command = f"""INSERT INTO {table} SELECT {copied} FROM {table} WHERE "{key}" NOT LIKE '%#%'"""
        for copy in range(1, times):
            connection.execute(command, (f"#{copy}",))
    connection.close()
