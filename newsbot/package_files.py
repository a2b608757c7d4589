"""Which WARC files, run reports and logs a package is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError

#: A log begins before its run, by as long as Scrapy takes to start at most.
_START_UP = timedelta(minutes=2)


class OrderError(ValueError):
    """What was ordered is not there; the message says what."""


def source_of(file: str) -> str:
    """Return the source a file belongs to, by its name.

    >>> source_of("baosonla-20261122041452784-00001-vm-e4130e63.warc.gz")
    'baosonla'
    """
    return file.partition("-")[0]


def run_warcs(data: Path, warcs: Path, runs: Iterable[str]) -> Iterator[Path]:
    """Yield the WARC files of runs: names of reports in data/runs, paths of such, or WARC files themselves.

    :raises OrderError: if there is no such run.
    """
    for run in runs:
        if ".warc" in run:
            yield _existing(run, Path(run), warcs / run)
            continue
        report = _existing(run, Path(run), data / "runs" / run, data / "runs" / f"{run}.json")
        yield from (warcs / name for name in read_report(report)["warc_files"] if (warcs / name).exists())


def source_warcs(warcs: Path, sources: Iterable[str]) -> Iterator[Path]:
    """Yield the finished WARC files of sources.

    :raises OrderError: if a source has none.
    """
    for source in sources:
        files = [path for path in sorted(warcs.glob(f"{source}-*.warc*")) if path.suffix in (".gz", ".warc")]
        if not files:
            raise OrderError(f"the archive has no finished WARC file of {source}")
        yield from files


def run_reports(data: Path, warcs: Iterable[str]) -> Iterator[Path]:
    """Yield the reports of the runs that wrote WARC files, in the order of their names."""
    names = set(warcs)
    for source in sorted({source_of(name) for name in names}):
        for report in sorted((data / "runs").glob(f"{source}-*.json")):
            if names & set(read_report(report)["warc_files"]):
                yield report


def run_log(data: Path, report: Path) -> Path | None:
    """Return the log of a run that crawlall started; None if there is none."""
    content = read_report(report)
    started = datetime.fromisoformat(content["started"])
    logs = {
        path: begun
        for path in (data / "logs").glob(f"{content['source']}-*.log")
        if (begun := _begun(path)) is not None and begun <= started < begun + _START_UP
    }
    return max(logs, key=lambda path: logs[path], default=None)


def read_report(path: Path) -> dict[str, Any]:
    """Return the content of a run report.

    :raises ArchiveError: if it cannot be read, or is none.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {"warc_files": [], "source": source_of(path.name), **content}
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise ArchiveError(f"{path} is no run report: {error}") from error


def _existing(name: str, *paths: Path) -> Path:
    for path in paths:
        if path.is_file():
            return path
    raise OrderError(f"there is no run or file {name}")


def _begun(log: Path) -> datetime | None:
    try:
        return datetime.strptime(log.stem.rpartition("-")[2], "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None
