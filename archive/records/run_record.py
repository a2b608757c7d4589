"""What the files of a run say of it: in each which run it was and when it began, in the last how it ended."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive.clock import now
from archive.errors import ArchiveError
from archive.files.inflate import GZIP_MAGIC
from archive.records.members import DamagedError, Member, members, read_member
from archive.records.record import FIELDS

Pairs = list[tuple[str, object]]

_RUN: Final = "run"
_REASON: Final = "finish-reason"
#: No closing record is longer.
_LONGEST: Final = 1 << 16


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
        first, second = _first_two(path)
    except (DamagedError, ValueError):
        return None
    notes = pairs_in(first)
    if first.type != "warcinfo" or not notes.get(_RUN):
        return None
    return Opening(notes.get("isPartOf", ""), notes[_RUN], notes.get("run-started", ""), _settings(second))


def _first_two(path: Path) -> Iterator[Member]:
    for _, member in zip(range(2), members(path), strict=False):
        yield member


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
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = max(0, size - _LONGEST)
            file.seek(start)
            tail = file.read()
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
    at = tail.rfind(GZIP_MAGIC)
    while at >= 0:
        if _is_whole(tail[at:]):
            return _closing_in(path, start + at)
        at = tail.rfind(GZIP_MAGIC, 0, at)
    return None


def _is_whole(data: bytes) -> bool:
    """Return whether bytes are a gzip member, no more and no less."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        inflate.decompress(data, 1 << 20)
    except zlib.error:
        return False
    return inflate.eof and not inflate.unused_data


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
    if record.get("Content-Type") != FIELDS:
        return {}
    lines = bytes(record.block).decode("utf-8", "replace").split("\r\n")
    return {name: value for name, colon, value in (line.partition(": ") for line in lines) if colon}
