"""Reads past run reports back, for the monitors and the report page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.errors import ArchiveError
from archive.files.plain_file import read_regular
from newsbot.health.report_packs import MOST_BYTES, packed, report_folder, report_name, without_stats
from newsbot.health.run_report import NO_REPORT, RunReport
from newsbot.vietnamese.dates import VIETNAM

#: Spider arguments by which a run looks at a part of its source, or at its past.
_PARTIAL: Final = frozenset({"limit", "sections", "max_pages", "since", "until"})


class Reports(NamedTuple):
    """What was read, oldest first, and the names of files that hold no report."""

    runs: list[RunReport]
    unreadable: list[str]


def read_reports(directory: Path, source: str | None = None, since: datetime | None = None) -> Reports:
    """Return the reports of a folder, of one source or of all, of runs that began at ``since`` or later.

    Reports of every age of newsbot are read, single and packed. One that is broken (a disk that was full, a hand that
    edited it) costs itself alone. Their stats are left out: they are most of a report, and there are years of them.
    """
    runs = []
    folder = report_folder(directory, source)
    unreadable = set(folder.strange)
    names = [name for name, started in folder.singles.items() if not since or started >= since]
    names += [name for name, month in folder.packs.items() if not since or month >= f"{since.astimezone(UTC):%Y-%m}"]
    for name in names:
        is_pack = name in folder.packs
        try:
            for text in packed(directory / name) if is_pack else [read_regular(directory / name, MOST_BYTES)]:
                try:
                    run = _run(without_stats(text))
                except NO_REPORT:
                    unreadable.add(name)
                    continue
                is_single = is_pack and report_name(run.source, run.started) in folder.singles
                if not is_single and not (is_pack and since and started_at(run) < since):
                    runs.append(run)
        except (OSError, ArchiveError):
            unreadable.add(name)
    found = (run for run in runs if source is None or run.source == source)
    return Reports(sorted(found, key=lambda run: (started_at(run), run.source)), sorted(unreadable))


def _run(content: Mapping[str, Any]) -> RunReport:
    run = RunReport.from_json(content)
    started_at(run), finished_at(run)
    return replace(run, stats={}) if run.stats else run


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
