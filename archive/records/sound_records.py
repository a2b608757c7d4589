"""The records of an archive file that can be relied on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.records.members import Damage, Member, read_member, walk
from archive.records.record_reader import FORM


def sound_records(path: Path) -> Iterator[Member | Damage]:
    """Yield the whole, undamaged records that an index can point at, and what is missing or not to be pointed at.

    Pointed at can be WARC records that are read by offset and length alone. In an uncompressed file, a record's length
    is without the line ends behind it, as indexes give it.

    :raises ArchiveError: if the file cannot be read.
    """
    for found in walk(path):
        if isinstance(found, Damage):
            if found.lost or found.code in FORM:
                yield found
        elif found.complete and found.alone and not found.damaged:
            yield _as_indexed(found)


def whole_records(path: Path) -> Iterator[Member | Damage]:
    """Yield all whole, undamaged records, also where they have no gzip member of their own, and what is missing.

    :raises ArchiveError: if the file cannot be read.
    """
    for found in walk(path):
        if isinstance(found, Damage):
            if found.lost:
                yield found
        elif found.complete and not found.damaged:
            yield _as_indexed(found)


def sound_record(path: Path, offset: int) -> Member:
    """Return the record at an offset, as `sound_records` does; the first one, where several share a gzip member.

    :raises ArchiveError: if no whole, undamaged record begins there, or the file cannot be read.
    """
    return _as_indexed(read_member(path, offset))


def _as_indexed(record: Member) -> Member:
    if not record.gzipped and record.alone:
        record.length = len(record.head) + len(record.block)
    return record
