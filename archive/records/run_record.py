"""The records by which files tell of their run: in each, which run and when it began; in the last, how it ended."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from archive.clock import now
from archive.errors import ArchiveError, os_errors
from archive.files.inflate import GZIP_MAGIC, inflate
from archive.records.members import DamagedError, Member, members, read_member
from archive.records.record import FIELDS

Pairs = list[tuple[str, object]]

_RUN: Final = "run"
_REASON: Final = "finish-reason"
#: The software line of our warcinfo records (`archive.crawling.description`).
_SOFTWARE: Final = re.compile(rb"(?m)^software: [^\r\n]* \(Scrapy ")
#: Maximum length of a closing record, packed, in bytes.
_LONGEST: Final = 1 << 18


@dataclass(frozen=True)
class Opening:
    """What the first records of a file say."""

    #: Name of the spider.
    source: str
    #: Part of the names of all files of the run.
    run: str
    #: WARC-Date.
    started: str
    settings: dict[str, Any] = field(default_factory=dict)


def opening_pairs(run: str, started: str) -> Pairs:
    """Return what a warcinfo record says of its run."""
    return [(_RUN, run), ("run-started", started)]


def closing_pairs(run: str, started: str, reason: str, records: dict[str, int], size: int) -> Pairs:
    """Return what the closing record says.

    :param records: how many were written of each type.
    :param size: bytes of all files in front of the record.
    """
    return [
        *opening_pairs(run, started),
        ("run-finished", warc_now()),
        (_REASON, reason),
        ("requests", records.get("request", 0)),
        ("captures", records.get("response", 0) + records.get("revisit", 0)),
        ("bytes", size),
    ]


def warc_now() -> str:
    """Return the time as a WARC-Date."""
    return now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_opening(path: Path) -> Opening | None:
    """Return what a file says of its run; None if it is not one of this archive's, or is damaged there.

    :raises ArchiveError: if the file cannot be read.
    """
    try:
        first, second = islice(members(path), 2)
    except (DamagedError, ValueError):
        return None
    notes = pairs_in(first)
    if first.type != "warcinfo" or not notes.get(_RUN):
        return None
    return Opening(notes.get("isPartOf", ""), notes[_RUN], notes.get("run-started", ""), _settings(second))


def is_own_file(path: Path) -> bool:
    """Return whether this project wrote a file, as far as its first record tells: the index then has all of it."""
    try:
        first = next(members(path), None)
    except ArchiveError:
        return False
    return first is not None and first.type == "warcinfo" and bool(_SOFTWARE.search(bytes(first.block[: 1 << 16])))


def _settings(record: Member) -> dict[str, Any]:
    if record.type != "metadata" or record.get("Content-Type") != "application/json":
        return {}
    try:
        settings = json.loads(bytes(record.block))
    except (ValueError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def read_closing(path: Path) -> dict[str, str] | None:
    """Return what the last record of a file says of the end of its run; None if it is no closing record.

    :raises ArchiveError: if the file cannot be read.
    """
    with os_errors(f"cannot read {path}"), path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        start = max(0, size - _LONGEST)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(GZIP_MAGIC)
        while at >= 0:
            member = inflate(file.fileno(), start + at)
            if not member.fault and member.end == size:
                return _closing_in(path, start + at)
            at = tail.rfind(GZIP_MAGIC, 0, at)
    return None


def _closing_in(path: Path, offset: int) -> dict[str, str] | None:
    try:
        record = read_member(path, offset)
    except DamagedError:
        return None
    notes = pairs_in(record)
    is_closing = record.type == "metadata" and not record.get("WARC-Target-URI") and notes.get(_REASON)
    return notes if is_closing else None


def pairs_in(record: Member) -> dict[str, str]:
    r"""Return the pairs of a record with an ``application/warc-fields`` block; nothing of another."""
    if not record.get("Content-Type").startswith(FIELDS):
        return {}
    pairs = (line.partition(":") for line in bytes(record.block).decode("utf-8", "replace").split("\n"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}
