"""Finds the runs that have left WARC files or lines, by the names of these files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.collection import Collection
from archive.files.open_file import OPEN
from archive.files.plain_file import lines_in, open_regular
from archive.records.dates import usual_date
from archive.writing.warc_file import NameParts, parts_of_name
from newsbot.publishing.lines import content_of

_LINES: Final = re.compile(rf"(?P<prefix>[^-]+)-(?P<time>\d{{17}})-(?P<run>[0-9a-f]{{8}})\.jsonl(?:{OPEN})?", re.ASCII)
#: Lines of whichever runs a recovery found cut short, as newsbot wrote them before each run's had a file of their own.
_RECOVERED: Final = re.compile(r"[^-]+-\d{17}\.jsonl", re.ASCII)


@dataclass
class KeptRun:
    """A run that has left files."""

    source: str
    run: str
    #: When its first file was begun, in digits.
    time: str
    warcs: list[Path] = field(default_factory=list)
    lines: list[Path] = field(default_factory=list)


class KeptRuns(NamedTuple):
    """The finished runs of each source, by their digits, and the digits of those that are not finished."""

    runs: dict[str, dict[str, KeptRun]]
    unfinished: dict[str, set[str]]


def kept_runs(warcs: Collection, articles: Path, sources: Iterable[str]) -> KeptRuns:
    """Return what is kept of the runs of some sources.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: if the list of files that have left the archive cannot be read.
    """
    kept = KeptRuns({}, {source: set() for source in sources})
    retired = (path for name in warcs.retired.files() if (path := warcs.path(name)).exists())
    for path in sorted({*warcs.files(), *retired}, key=lambda path: path.name):
        if run := _run_of(kept, parts_of_name(path.name)):
            run.warcs.append(path)
    for source in kept.unfinished:
        for path in sorted((articles / source).glob(f"{source}-*.jsonl*")):
            _add_lines(kept, source, path)
    for source, unfinished in kept.unfinished.items():
        for digits in unfinished:
            kept.runs.get(source, {}).pop(digits, None)
    return KeptRuns({source: runs for source, runs in kept.runs.items() if runs}, kept.unfinished)


def _add_lines(kept: KeptRuns, source: str, path: Path) -> None:
    """Add a file of lines to the runs that it is of."""
    match = _LINES.fullmatch(path.name)
    if match and path.name.endswith(OPEN):
        kept.unfinished[source].add(match["run"])
        return
    of_one = [NameParts(match["prefix"], match["time"], match["run"])] if match else []
    for each in _runs_in(path) if _RECOVERED.fullmatch(path.name) else of_one:
        if run := _run_of(kept, each):
            run.lines.append(path)


def _run_of(kept: KeptRuns, parts: NameParts | None) -> KeptRun | None:
    """Return the run that a file's name tells, added if it is new; None if it is none of the sources'."""
    if parts is None or parts.prefix not in kept.unfinished:
        return None
    run = kept.runs.setdefault(parts.prefix, {}).setdefault(parts.run, KeptRun(parts.prefix, parts.run, parts.time))
    run.time = min(run.time, parts.time)
    return run


def _runs_in(path: Path) -> list[NameParts]:
    """Return of each run whose captures the lines of a file point at the parts of one file's name."""
    captures = (line.get("capture") for line in read_lines(path, []))
    files = {str(capture.get("file")) for capture in captures if isinstance(capture, dict)}
    return [*{parts.run: parts for file in sorted(files, reverse=True) if (parts := parts_of_name(file))}.values()]


def read_lines(path: Path, problems: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file, empty for one that is no JSON object; a file that cannot be read is named."""
    try:
        with open_regular(path) as file:
            for line in lines_in(file):
                yield content_of(line) or {}
    except OSError as error:
        problems.append(f"{path} cannot be read: {error.strerror}")


def digits_of(date: str) -> str:
    """Return a WARC-Date as a file's name has it.

    >>> digits_of("2026-11-22T03:20:11.123456Z"), digits_of("2026-11-22T03:20:11Z")
    ('20261122032011123', '20261122032011000')
    """
    return re.sub(r"[^0-9]", "", date)[:17].ljust(17, "0")


def date_of(text: str) -> str:
    """Return a date, or the digits in a file's name, as a WARC-Date; empty if it is none.

    >>> date_of("20261122032011123"), date_of("soon")
    ('2026-11-22T03:20:11.123000Z', '')
    """
    if re.fullmatch(r"\d{17}", text, re.ASCII):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:14]}.{text[14:]}000Z"
    try:
        return usual_date(text)
    except ValueError:
        return ""
