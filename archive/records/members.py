"""The one strict and fast walk over the records of a WARC file, gzipped or not, of any origin.

`members` is for whoever relies on a file: it raises at the first byte that is not as it must be. `walk` is for whoever
looks into a damaged one: it says what is wrong and goes on at the next record. `read_member` reads a single record.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from isal import isal_zlib

from archive.errors import ArchiveError
from archive.files.inflate import GZIP_MAGIC, inflate
from archive.files.plain_file import PlainFile
from archive.records.record_reader import Block, Damage, Member, gap, plain_records, records_in

__all__ = ["Block", "Damage", "DamagedError", "Member", "check_members", "members", "read_member", "walk"]

#: As much of a member's start as shows whether it holds a record.
_PROBE: Final = 1 << 10
_FAULTS: Final = {
    "torn": ("gzip-torn", "the file ends inside this gzip member"),
    "crc": ("gzip-crc", "the checksum or length of this gzip member does not fit its content"),
    "deflate": ("gzip-data", "the compressed data of this gzip member is broken"),
}


class DamagedError(ArchiveError):
    """A file is not what it must be from ``offset`` on; everything in front of it is sound."""

    def __init__(self, path: Path, damage: Damage):
        super().__init__(f"{path}: at {damage.offset}: {damage.message}")
        self.path = path
        self.offset = damage.offset
        self.damage = damage


def members(path: Path) -> Iterator[Member]:
    """Yield the records of a file in order; each must be whole and, in a gzipped file, a member of its own.

    :raises DamagedError: where the first damage begins, after all records in front of it.
    :raises ArchiveError: if the file cannot be read.
    """
    for found in walk(path):
        if isinstance(found, Damage):
            raise DamagedError(path, found)
        yield found


def check_members(path: Path) -> int:
    """Return how many records a file holds.

    :raises DamagedError: where the first damage begins.
    :raises ArchiveError: if the file cannot be read.
    """
    return sum(1 for _ in members(path))


def read_member(path: Path, offset: int) -> Member:
    """Return the record that begins at an offset; the rest of the file need not be sound.

    :raises DamagedError: if no whole record begins there.
    :raises ArchiveError: if the file cannot be read.
    """
    nothing = Damage(offset, 0, "garbage", "no record begins here")
    try:
        with path.open("rb", buffering=0) as file:
            descriptor = file.fileno()
            if os.pread(descriptor, len(GZIP_MAGIC), offset) == GZIP_MAGIC:
                records = _gzip_member(descriptor, offset)[0]
            else:
                records = plain_records(PlainFile(descriptor, os.fstat(descriptor).st_size), offset)
            found = next(records, nothing)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error
    if isinstance(found, Damage):
        raise DamagedError(path, found)
    return found


def walk(path: Path) -> Iterator[Member | Damage]:
    """Yield all records that can be read and all damage, in the order in which they lie in the file.

    Damage comes before the records that it concerns.

    :raises ArchiveError: if the file cannot be read.
    """
    try:
        with path.open("rb", buffering=0) as file:
            descriptor = file.fileno()
            plain = PlainFile(descriptor, os.fstat(descriptor).st_size)
            if not len(plain):
                yield Damage(0, 0, "empty-file", "the file is empty")
            elif is_gzip(plain):
                yield from _gzip_records(plain)
            else:
                yield from plain_records(plain)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error


def is_gzip(file: PlainFile) -> bool:
    """Return whether a file is gzipped, also where its first bytes are lost."""
    return file[:2] == GZIP_MAGIC[:2] or (file[:5] != b"WARC/" and _next_gzip_record(file, 0) < len(file))


def _gzip_records(file: PlainFile) -> Iterator[Member | Damage]:
    position, size = 0, len(file)
    while position < size:
        if file[position : position + len(GZIP_MAGIC)] != GZIP_MAGIC:
            resumed = _next_gzip_record(file, position)
            yield gap(file, position, resumed)
            position = resumed
            continue
        records, position = _gzip_member(file.file, position)
        yield from records


def _gzip_member(file: int, offset: int) -> tuple[Iterator[Member | Damage], int]:
    """Return what the gzip member at an offset holds, its own damage first, and the offset at which to go on."""
    inflated = inflate(file, offset)
    if not inflated.fault:
        return records_in(inflated.content, offset, inflated.end - offset, damaged=False), inflated.end
    end = inflated.end
    if inflated.fault != "crc":
        end = _next_gzip_record(PlainFile(file, os.fstat(file).st_size), offset + 1)
    code, message = _FAULTS[inflated.fault]
    damage = Damage(offset, end - offset, code, message)
    return _behind(damage, records_in(inflated.content, offset, end - offset, damaged=True)), end


def _behind(damage: Damage, records: Iterator[Member | Damage]) -> Iterator[Member | Damage]:
    yield damage
    yield from records


def _next_gzip_record(file: PlainFile, start: int) -> int:
    """Return where, from ``start`` on, the next gzip member with a record begins; the file's size if none does."""
    position = file.find(GZIP_MAGIC, start)
    while position >= 0:
        if _holds_record(file[position : position + _PROBE]):
            return position
        position = file.find(GZIP_MAGIC, position + 1)
    return len(file)


def _holds_record(data: bytes) -> bool:
    try:
        return isal_zlib.decompressobj(31).decompress(data, 16).startswith(b"WARC/")
    except isal_zlib.IsalError:  # type: ignore[misc]  # its stub calls it an instance
        return False
