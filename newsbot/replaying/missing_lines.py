"""Finds runs whose lines are gone, or are fewer or more than the archive says they published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.files.plain_file import open_regular, read_regular
from archive.records.run_record import read_closing
from archive.verify.rules import Finding
from archive.writing.warc_file import parts_of_name
from newsbot.publishing.lines import run_of

#: Maximum size of a receipt, in bytes.
_MOST: Final = 1 << 28

_COUNTS = ("new", "changed", "gone")


def missing_lines(warcs: Iterable[Path], data: Path) -> Iterator[Finding]:
    """Yield a finding for each run whose lines are gone, or are fewer or more than it published.

    A run some of whose lines were redacted has none to miss.
    """
    redacted = redacted_runs(data)
    there: dict[str, dict[str, list[Path]]] = {}
    for path in warcs:
        parts = parts_of_name(path.name)
        if parts is None:
            continue
        place = f"articles/{parts.prefix}"
        if parts.prefix not in there:
            runs = there[parts.prefix] = {}
            for lines in sorted((data / place).glob("*.jsonl*")):
                runs.setdefault(run_of(lines.name), []).append(lines)
        if parts.run in redacted:
            continue
        try:
            closing = read_closing(path) or {}
        except ArchiveError:
            continue  # found by those who read its records
        counts = [count for name in _COUNTS if (count := closing.get(name, "")).isdecimal() and len(count) < 10]
        told = sum(map(int, counts))
        files = there[parts.prefix].get(parts.run, [])
        if told and not files:
            yield Finding(path.name, 0, "line-missing", f"its run published {told} lines, {place} has no file of them")
        elif counts and files and (found := _count(files)) not in (None, told):
            message = f"its run published {told} lines, {', '.join(each.name for each in files)} has {found}"
            yield Finding(path.name, 0, "line-count", message)


def _count(files: Iterable[Path]) -> int | None:
    """Return how many lines files hold; None if one cannot be read, which those say who read the lines."""
    total = 0
    for path in files:
        try:
            with open_regular(path) as lines:
                while piece := lines.read(1 << 20):
                    total += piece.count(b"\n")
        except OSError:
            return None
    return total


def redacted_runs(data: Path) -> set[str]:
    """Return the runs whose files of lines a redaction has changed, or removed with their last line."""
    runs = set()
    for path in data.glob("receipts/redaction-*.json"):
        try:
            files = json.loads(read_regular(path, _MOST))["files"]
            runs |= {run_of(Path(each["file"]).name) for each in files if ".jsonl" in each["file"]}
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            continue
    return runs
