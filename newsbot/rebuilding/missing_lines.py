"""Runs that have published lines, as the archive tells, and have no file of lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.errors import ArchiveError
from archive.records.run_record import read_closing
from archive.verify.rules import Finding
from archive.writing.warc_file import parts_of_name

_COUNTS = ("new", "changed", "gone")


def missing_lines(warcs: Iterable[Path], data: Path) -> Iterator[Finding]:
    """Yield a finding for each run whose lines are gone; one whose lines were all redacted has none to miss."""
    redacted = _redacted(data)
    there: dict[str, set[str]] = {}
    for path in warcs:
        parts = parts_of_name(path.name)
        if parts is None:
            continue
        if parts.prefix not in there:
            names = (data / "articles" / parts.prefix).glob("*.jsonl*")
            there[parts.prefix] = {run_of_lines(each.name) for each in names}
        if parts.run in there[parts.prefix] or parts.run in redacted:
            continue
        try:
            closing = read_closing(path) or {}
        except ArchiveError:
            continue  # found by those who read its records
        told = sum(int(count) for name in _COUNTS if (count := closing.get(name, "")).isdecimal() and len(count) < 10)
        if told:
            place = f"articles/{parts.prefix}"
            yield Finding(path.name, 0, "line-missing", f"its run published {told} lines, {place} has no file of them")


def run_of_lines(name: str) -> str:
    """Return the run that a file of lines belongs to, by its name.

    >>> run_of_lines("baosonla-20261122032011123-0123abcd.jsonl.open")
    '0123abcd'
    """
    return name.partition(".jsonl")[0].rpartition("-")[2]


def _redacted(data: Path) -> set[str]:
    """Return the runs whose files of lines a redaction has changed, or removed with their last line."""
    runs = set()
    for path in data.glob("receipts/redaction-*.json"):
        try:
            files = json.loads(path.read_bytes())["files"]
            runs |= {run_of_lines(Path(each["file"]).name) for each in files if ".jsonl" in each["file"]}
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            continue
    return runs
