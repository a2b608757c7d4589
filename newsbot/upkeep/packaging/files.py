"""Finds the WARC files, run reports and logs that a package is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from archive.errors import ArchiveError
from archive.writing.warc_file import parts_of_name
from newsbot.configuration.folders import no_such_file
from newsbot.health.report_packs import as_written, find_packed, packed, report_folder, report_name
from newsbot.upkeep.tidying import log_began, log_text

#: Maximum time from the beginning of a log to that of its run: what Scrapy takes to start.
_START_UP = timedelta(minutes=2)


class NothingToPackageError(ArchiveError):
    """The files that were ordered hold nothing of the time that was ordered."""


class OrderError(ValueError):
    """What was ordered is not there; the message says what."""


def source_of(file: str) -> str:
    """Return the source a file belongs to, by its name; of another crawler's file a part of its name.

    >>> source_of("baosonla-20261122041452784-00001-vm-e4130e63.warc.gz")
    'baosonla'
    >>> source_of("plain.warc.gz")
    'plain'
    """
    return file.partition(".warc")[0].partition("-")[0]


def run_warcs(data: Path, warcs: Path, runs: Iterable[str]) -> Iterator[Path]:
    """Yield the WARC files of runs: names of reports in data/runs, paths of such, or WARC files themselves.

    :raises OrderError: if there is no such run.
    """
    for run in runs:
        if ".warc" not in run:
            names = _report(data, run)["warc_files"]
            yield from (warcs / name for name in names if (warcs / name).exists())
        elif path := next((path for path in (Path(run), warcs / run) if path.is_file()), None):
            yield path
        else:
            raise OrderError(_no_such(run))


def source_warcs(files: Sequence[Path], sources: Iterable[str]) -> Iterator[Path]:
    """Yield those of the archive's WARC files that are called after sources.

    :raises OrderError: if there is none for a source.
    """
    for source in sources:
        named = [path for path in files if path.name.startswith(f"{source}-")]
        if not named:
            raise OrderError(f"the archive has no finished WARC file of {source}")
        yield from named


class Enclosed(NamedTuple):
    """A report or log that goes along with a package, by its run's own name for it."""

    name: str
    text: bytes


def run_reports(data: Path, warcs: Iterable[str], problems: list[str]) -> Iterator[Enclosed]:
    """Yield the reports of the runs that wrote WARC files, in the order of their names.

    :param problems: takes the names of files that hold no report.
    """
    names = set(warcs)
    for source in sorted({parts.prefix for name in names if (parts := parts_of_name(name))}):
        folder = report_folder(data / "runs", source)
        for file in (*sorted(folder.packs), *sorted(folder.singles)):
            is_single, path = file in folder.singles, data / "runs" / file
            try:
                for text in [_read(path)] if is_single else packed(path):
                    if found := _of_warcs(text, file, names, problems):
                        if is_single:
                            yield Enclosed(file, text)
                        else:
                            yield Enclosed(report_name(source, found["started"]), as_written(text))
            except ArchiveError as error:
                problems.append(str(error))


def _of_warcs(text: bytes, name: str, warcs: set[str], problems: list[str]) -> dict[str, Any] | None:
    """Return what a report says if its run wrote one of some WARC files."""
    try:
        content = _content(Enclosed(name, text))
        files, started = content["warc_files"], datetime.fromisoformat(content["started"])
        return content if isinstance(files, list) and started and not warcs.isdisjoint(map(str, files)) else None
    except (ArchiveError, KeyError, TypeError, ValueError) as error:
        problems.append(f"{name} is no run report: {error}" if not isinstance(error, ArchiveError) else str(error))
        return None


def run_log(data: Path, report: Enclosed) -> Enclosed | None:
    """Return the log of a run that crawlall started; None if there is none."""
    content = _content(report)
    started = datetime.fromisoformat(content["started"])
    logs = {
        path: begun
        for path in (data / "logs").glob(f"{content['source']}-*.log*")
        if (begun := log_began(path.name)) is not None and begun <= started < begun + _START_UP
    }
    path = max(logs, key=lambda path: logs[path], default=None)
    return Enclosed(path.name.removesuffix(".gz"), _read(path)) if path else None


def enclosed(data: Path, name: str) -> Enclosed | None:
    """Return the report or log with this name as it is now; None if it is no longer kept."""
    for path in (data / "logs" / name, data / "logs" / f"{name}.gz", data / "runs" / name):
        if path.is_file():
            return Enclosed(name, _read(path))
    text = find_packed(data / "runs", name)
    return Enclosed(name, text) if text else None


def _report(data: Path, run: str) -> dict[str, Any]:
    """Return the report of a run, given by its name or its path.

    :raises OrderError: if there is none.
    """
    path = Path(run)
    name = f"{path.name.removesuffix('.json')}.json"
    report = Enclosed(path.name, _read(path)) if path.is_file() else enclosed(data, name)
    if report is None:
        raise OrderError(_no_such(run))
    return _content(report)


def _no_such(run: str) -> str:
    return no_such_file(path) if (path := Path(run)).is_dir() else f"there is no run or file {run}"


def _content(report: Enclosed) -> dict[str, Any]:
    """Return what a report says.

    :raises ArchiveError: if it is none.
    """
    try:
        content: dict[str, Any] = json.loads(report.text)
        return {"warc_files": [], "source": source_of(report.name), **content}
    except (ValueError, TypeError, RecursionError) as error:
        raise ArchiveError(f"{report.name} is no run report: {error}") from error


def _read(path: Path) -> bytes:
    try:
        return log_text(path)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror or error}") from error
