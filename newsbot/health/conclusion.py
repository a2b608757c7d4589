"""What is made of a crawl that has ended: compared with the past, told, kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scrapy.settings import BaseSettings

from newsbot.health.console import say
from newsbot.health.exit_status import ExitStatus
from newsbot.health.history import read_reports, started_at
from newsbot.health.monitors.silence import LOOKS_BACK
from newsbot.health.monitors.verdict import unusual, with_problems
from newsbot.health.result import Result
from newsbot.health.run_report import RunReport
from newsbot.health.telling.metrics import write_metrics


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
    except OSError as failure:
        problem = f"cannot write the run report in {runs}: {failure.strerror}"
        say(run.source, problem)
        return Result(run.source, ExitStatus.NOT_ARCHIVED, [*run.problems, problem])
    if folder := settings.get("PROMETHEUS_TEXTFILE"):
        try:
            write_metrics(Path(folder), run)
        except OSError as failure:  # nothing is lost with it
            say(run.source, f"warning: cannot write metrics in {folder}: {failure.strerror}")
    return Result(run.source, status, run.problems, run)
