"""The records of a WARC file that can be relied on, and read again by offset and length alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.records.members import Damage, Member, read_member, walk


def sound_records(path: Path) -> Iterator[Member | Damage]:
    """Yield the whole, undamaged records that an index can point at, and all damage, in the order of the file.

    In an uncompressed file, a record's length is without the line ends behind it, as indexes give it.

    :raises ArchiveError: if the file cannot be read.
    """
    for found in walk(path):
        if isinstance(found, Damage):
            yield found
        elif found.complete and found.alone and not found.damaged:
            yield _as_indexed(found)


def sound_record(path: Path, offset: int) -> Member:
    """Return the record at an offset, as `sound_records` does.

    :raises ArchiveError: if no whole, undamaged record begins there, or the file cannot be read.
    """
    return _as_indexed(read_member(path, offset))


def _as_indexed(record: Member) -> Member:
    if not record.gzipped:
        record.length = len(record.head) + len(record.block)
    return record
