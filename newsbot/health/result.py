"""The result of one source's crawl: concluded from its report, summed up in a line, returned to the command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from newsbot.health.console import one_line, say
from newsbot.health.exit_status import ExitStatus
from newsbot.health.history import read_reports, started_at
from newsbot.health.monitors.silence import LOOKS_BACK
from newsbot.health.monitors.verdict import unusual, with_problems
from newsbot.health.problems import CUT_SHORT, PLANNED
from newsbot.health.run_report import RunReport
from newsbot.health.telling.metrics import write_metrics


class Outcome(StrEnum):
    """How far a crawl came, well or not."""

    FINISHED = "finished"
    CUT_SHORT = "cut short"  # the next one goes on
    FAILED = "failed"
    SKIPPED = "skipped"  # another run has the source
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class Result:
    """How one source's crawl ended; a crawl that never started has no report."""

    source: str
    status: int
    problems: list[str]
    report: RunReport | None = None
    begun: bool = True
    #: It has to wait for the next time, and that is all.
    postponed: bool = False

    @property
    def outcome(self) -> Outcome:
        """How far it came.

        >>> Result("yenmy", 75, ["another run is crawling yenmy"]).outcome, Result("yenmy", -9, ["killed"]).outcome
        (<Outcome.SKIPPED: 'skipped'>, <Outcome.FAILED: 'failed'>)
        """
        if self.status == ExitStatus.LOCKED:
            return Outcome.SKIPPED
        if not self.begun:
            return Outcome.NOT_BEGUN
        reason = self.report.stats.get("finish_reason") if self.report else None
        if reason in CUT_SHORT:
            return Outcome.CUT_SHORT
        return Outcome.FINISHED if reason in PLANNED else Outcome.FAILED


def summary(run: RunReport, log: str = "") -> str:
    """Return what a crawl has brought, how long it took, and where its log is.

    >>> run = RunReport.from_json({"source": "yenmy", "started": "2026-11-22T03:20:11+00:00", "exit_status": 0,
    ...     "finished": "2026-11-22T03:20:23+00:00", "process": 1, "new": 10, "duration": 12.0, "problems": []})
    >>> summary(run, "data/logs/yenmy-20261122T032011Z.log")
    'yenmy: 10 new, 0 changed, in 12 s; log: data/logs/yenmy-20261122T032011Z.log'
    """
    counts = [f"{run.new:,} new", f"{run.changed:,} changed"]
    if run.gone:
        counts.append(f"{run.gone:,} gone")
    if run.problems:
        counts.append(problem_count(run.problems))
    where = f"; log: {log}" if log else ""
    return one_line(f"{run.source}: {', '.join(counts)}, in {duration(run.duration)}{where}")


def problem_count(problems: Sequence[str]) -> str:
    """Return how many problems there are."""
    return f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"


def duration(seconds: float) -> str:
    """Return a time as people say it.

    >>> duration(12.4), duration(75), duration(7205)
    ('12 s', '1:15 min', '2:00 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"
    return f"{int(seconds) // 3600}:{int(seconds) % 3600 // 60:02} h"


def conclude(run: RunReport, runs: Path, settings: BaseSettings) -> Result:
    """Compare a run with its source's past, tell what is wrong, write its report and its metrics."""
    past, unreadable = read_reports(runs, run.source, started_at(run) - LOOKS_BACK)
    if unreadable:
        more = f" and {len(unreadable) - 1} more" if unreadable[1:] else ""
        say(run.source, f"warning: {runs}: {unreadable[0]}{more} cannot be read and does not count as a run")
    found = unusual(past, run)
    status = ExitStatus.UNHEALTHY if found and run.exit_status == ExitStatus.WELL else ExitStatus(run.exit_status)
    run = replace(with_problems(run, past, found), exit_status=int(status))
    for problem in run.problems:
        say(run.source, problem)
    try:
        run.write(runs)
    except (OSError, ArchiveError) as failure:
        problem = f"no run report: {failure}"
        say(run.source, problem)
        return Result(run.source, ExitStatus.NOT_ARCHIVED, [*run.problems, problem])
    if folder := settings.get("PROMETHEUS_TEXTFILE"):
        try:
            write_metrics(Path(folder), run)
        except (OSError, ArchiveError) as failure:  # nothing is lost with it
            say(run.source, f"warning: no metrics: {failure}")
    return Result(run.source, status, run.problems, run)
