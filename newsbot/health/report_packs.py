"""Packs old run reports, one file per source and month: data/runs/<source>-2026-11.jsonl.gz, one line per report.

A source that is crawled every half hour writes 17,520 reports a year; single files would soon make every look into
their folder slow. Nothing of a report is lost: packed and unpacked, it is what the run wrote, byte for byte.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.errors import ArchiveError
from archive.files.atomic import replace_file, sync_folder
from archive.files.plain_file import read_regular

#: Maximum size of a report, in bytes.
MOST_BYTES: Final = 1 << 26
_SINGLE: Final = re.compile(r"(.+)-(\d{8}T\d{6}\.\d{3})Z\.json")
_PACK: Final = re.compile(r"(.+)-(\d{4}-\d\d)\.jsonl\.gz")
#: A month's pack is made again once a day, not for each report that has grown old.
_AT_ONCE: Final = timedelta(days=1)
_STATS: Final = b',"stats":{'


class Folder(NamedTuple):
    """What a folder of reports holds: when the run of each single report began, and the month of each pack."""

    singles: dict[str, datetime]
    packs: dict[str, str]
    #: Names like those of reports at times that never were; or the folder's, if it cannot be read.
    strange: list[str]


def report_name(source: str, started: str) -> str:
    """Return the name of the file that a run writes its report into.

    >>> report_name("yenmy", "2026-11-22T04:14:49.341+00:00")
    'yenmy-20261122T041449.341Z.json'
    """
    return f"{source}-{datetime.fromisoformat(started).strftime('%Y%m%dT%H%M%S.%f')[:-3]}Z.json"


def report_folder(directory: Path, source: str | None = None) -> Folder:
    """Look through a folder of reports, which need not be there, for one source's or for all."""
    found = Folder({}, {}, [])
    try:
        names = os.listdir(directory)  # noqa: PTH208  # names are enough, and there may be many
    except FileNotFoundError:
        return found
    except OSError:
        return Folder({}, {}, [str(directory)])
    for name in names:
        if source and not name.startswith(f"{source}-"):
            continue
        if single := _SINGLE.fullmatch(name):
            try:
                found.singles[name] = datetime.fromisoformat(f"{single[2]}+00:00")
            except ValueError:
                found.strange.append(name)
        elif pack := _PACK.fullmatch(name):
            found.packs[name] = pack[2]
    return found


def packed(path: Path) -> Iterator[bytes]:
    """Yield the reports in a pack, oldest first; what stands before a damage is yielded.

    :raises ArchiveError: if it cannot be read, or not to its end.
    """
    try:
        with gzip.open(path) as file:
            yield from (line.rstrip(b"\n") for line in file)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def without_stats(line: bytes) -> Mapping[str, Any]:
    """Return a packed report but for its stats, which are most of it.

    >>> without_stats(b'{"source":"yenmy","layouts":{},"stats":{"finish_reason":"finished"}}')
    {'source': 'yenmy', 'layouts': {}}

    :raises ValueError: if it is no JSON.
    """
    head, stats, _ = line.partition(_STATS)
    if stats:
        try:
            return dict(json.loads(head + b"}"))
        except ValueError:
            pass  # it was another "stats", deeper down
    content: Mapping[str, Any] = json.loads(line)
    return content


def as_written(line: bytes) -> bytes:
    """Return a packed report as its run wrote it."""
    return json.dumps(json.loads(line), ensure_ascii=False, indent=2).encode() + b"\n"


def find_packed(directory: Path, name: str) -> bytes | None:
    """Return the packed report that was the file with a name, as its run wrote it.

    :raises ArchiveError: if the pack cannot be read.
    """
    match = _SINGLE.fullmatch(name)
    path = directory / f"{match[1]}-{match[2][:4]}-{match[2][4:6]}.jsonl.gz" if match else directory
    for line in packed(path) if path.is_file() else ():
        if _name_of(line) == name:
            return as_written(line)
    return None


def pack_reports(directory: Path, source: str, before: datetime) -> int:
    """Pack a source's reports of runs that began before a time, and return how many, if it is worth it.

    Killed at any moment, a report is there singly or packed; if both, `newsbot.health.history` takes it once, and so
    does the next packing. What is no report is left as it is. The caller holds the source's lock.

    :raises ArchiveError: if a pack cannot be read or written; the reports stay single then.
    """
    singles = report_folder(directory, source).singles
    old = sorted(name for name, started in singles.items() if started < before.astimezone(UTC))
    if not any(singles[name] < before - _AT_ONCE for name in old):
        return 0
    months: dict[str, dict[str, bytes]] = {}
    for name in old:
        if line := _line(directory / name):
            months.setdefault(f"{singles[name]:%Y-%m}", {})[name] = line
    for month, lines in months.items():
        path = directory / f"{source}-{month}.jsonl.gz"
        known = {_name_of(line): line for line in packed(path)} if path.exists() else {}
        text = b"".join(line + b"\n" for _, line in sorted({**known, **lines}.items()))
        replace_file(path, [gzip.compress(text, mtime=0)])
        try:
            for name in lines:
                (directory / name).unlink()
            sync_folder(directory)
        except OSError as error:
            raise ArchiveError(f"cannot remove {error.filename}: {error.strerror}") from error
    return sum(map(len, months.values()))


def _line(path: Path) -> bytes | None:
    """Return a single report as a line; None if it is none, or not the one that its name says."""
    try:
        text = read_regular(path, MOST_BYTES)
        line = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()
        return line if _name_of(line) == path.name and as_written(line) == text else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _name_of(line: bytes) -> str:
    """Return the name of the file that a packed report was; one that is no report has none."""
    try:
        content = without_stats(line)
        return report_name(content["source"], content["started"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
