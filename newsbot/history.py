"""The run reports of the past, read back: what the monitors compare with and the report page shows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from newsbot.dates import VIETNAM
from newsbot.run_report import RunReport

_NAME: Final = re.compile(r"-(\d{8}T\d{6}\.\d{3})Z\.json$")
#: Spider arguments by which a run looks at a part of its source, or at its past.
_PARTIAL: Final = frozenset({"limit", "sections", "max_pages", "since", "until"})


class Reports(NamedTuple):
    """What was read, oldest first, and the names of files that hold no report."""

    runs: list[RunReport]
    unreadable: list[str]


def read_reports(directory: Path, source: str | None = None, since: datetime | None = None) -> Reports:
    """Return the reports of a folder, of one source or of all, of runs that began at ``since`` or later.

    Reports of every age of newsbot are read. One that is broken (a disk that was full, a hand that edited it) costs
    itself alone. Their stats are left out: they are most of a report, and there are years of them.
    """
    runs, unreadable = [], []
    for path in directory.glob(f"{source or '*'}-*.json"):
        name = _NAME.search(path.name)
        if name is None or (since and datetime.fromisoformat(f"{name[1]}+00:00") < since):
            continue
        try:
            run = RunReport.from_json(json.loads(path.read_text(encoding="utf-8")))
            started_at(run), finished_at(run)
        except (OSError, ValueError, TypeError, AttributeError):
            unreadable.append(path.name)
            continue
        if source is None or run.source == source:
            runs.append(replace(run, stats={}))
    return Reports(sorted(runs, key=started_at), sorted(unreadable))


def started_at(run: RunReport) -> datetime:
    """Return when a run began; a time without a zone, which no newsbot writes, is UTC."""
    return _aware(run.started)


def finished_at(run: RunReport) -> datetime:
    """Return when a run ended."""
    return _aware(run.finished)


def day_of(run: RunReport) -> date:
    """Return the day on which a run began, in Vietnam: papers sleep and wake by its clock."""
    return started_at(run).astimezone(VIETNAM).date()


def is_whole(run: RunReport) -> bool:
    """Whether a run looked at the source as every day: not at a part of it, not at its past."""
    return not _PARTIAL & run.arguments.keys()


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
