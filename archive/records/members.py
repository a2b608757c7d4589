"""Walks over the records of an archive file of any origin, strictly and fast.

WARC and ARC, not compressed, in gzip members or zstd frames, be they one a record, one for all, or split anywhere.

`members` is for those who rely on a file: it raises at the first byte that is not as it must be. `walk` is for those
who look into a damaged one: it says what is wrong and goes on at the next record; `sound_records` and `whole_records`
leave out what cannot be relied on. `read_member` and `sound_record` read a single record.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.files.file_kind import START, holds_files, likely_kind, other_format
from archive.files.inflate import GZIP_MAGIC
from archive.files.plain_file import PlainFile, opened
from archive.files.zstd_frame import is_zstd
from archive.records.arc_reader import ARC, WARC, grammar_of
from archive.records.compressed import CONVERT, GzipMembers, Walk, ZstdFrames
from archive.records.record_reader import FORM, Block, Damage, Member, plain_records

__all__ = [
    "Block",
    "Damage",
    "DamagedError",
    "Member",
    "as_indexed",
    "members",
    "read_member",
    "sound_record",
    "sound_records",
    "walk",
    "what_it_is",
    "whole_records",
]

_EMPTY_GZIP: Final = "a gzip file of nothing"
#: Maximum number of damages held back until the first record comes.
_PATIENCE: Final = 1000


class DamagedError(ArchiveError):
    """A file is not what it must be from an offset on; everything in front of it is sound."""

    def __init__(self, path: Path, damage: Damage):
        super().__init__(f"{path}: at {damage.offset}: {damage.message}")


def members(path: Path) -> Iterator[Member]:
    """Yield the records of a file in order; each must be whole and, in a gzipped file, a member of its own.

    :raises DamagedError: where the first damage begins, after all records in front of it.
    :raises ArchiveError: if the file cannot be read.
    """
    for found in walk(path):
        if isinstance(found, Damage):
            raise DamagedError(path, found)
        yield found


def read_member(path: Path, offset: int) -> Member:
    """Return the WARC record that begins at an offset; the rest of the file need not be sound.

    :raises DamagedError: if no whole record begins there.
    :raises ArchiveError: if the file cannot be read.
    """
    nothing = Damage(offset, 0, "garbage", "no record begins here")
    with opened(path) as file:
        packed = GzipMembers(file)
        records = Walk(packed).records(offset) if packed.begins(offset) else plain_records(file, offset, WARC)
        found = next((each for each in records if isinstance(each, Member) or each.lost), nothing)
    if isinstance(found, Damage):
        raise DamagedError(path, found)
    return found


def walk(path: Path) -> Iterator[Member | Damage]:
    """Yield all records that can be read and all damage, in the order in which they lie in the file.

    Damage comes before the records that it concerns.

    :raises ArchiveError: if the file cannot be read.
    """
    with opened(path) as file:
        yield from _named(file)


def _named(file: PlainFile) -> Iterator[Member | Damage]:
    """Yield what a file holds; where that is no record at all, say what the file is instead."""
    size, start = len(file), file[:START]
    if not size:
        yield Damage(0, 0, "empty-file", "the file is empty")
        return
    packed, inside = _inside(file, start)
    # Of a compressed package, the records that happen to show are only some of those in it.
    if (format_ := other_format(inside)) and (not packed or holds_files(inside)):
        yield Damage(0, size, "format-unknown", f"this is no WARC file but {packed}{format_}")
        return
    held: list[Damage] | None = []
    for found in _records(file, start):
        if held is not None:
            if isinstance(found, Damage) and found.code in ("garbage", "padding") and len(held) < _PATIENCE:
                held.append(found)
                continue
            yield from held
            held = None
        yield found
    if held:
        kind = _kind(file, start)
        code = "empty-file" if kind == _EMPTY_GZIP else "format-unknown"
        yield Damage(0, size, code, f"no record is in this file, it is {kind}")


def what_it_is(path: Path) -> str:
    """Say what a file is, by how it begins.

    :raises ArchiveError: if it cannot be read.
    """
    with opened(path) as file:
        return _kind(file, file[:START])


def _kind(file: PlainFile, start: bytes) -> str:
    packed, inside = _inside(file, start)
    if is_zstd(start) and not holds_files(inside):
        return "zstd-compressed, a .warc.zst file perhaps"
    if packed and not inside:
        return _EMPTY_GZIP
    grammar = grammar_of(inside, None)
    if grammar is not None:
        return f"{packed}{'ARC' if grammar is ARC else 'WARC'}"
    return packed + (other_format(inside) or likely_kind(inside))


def _inside(file: PlainFile, start: bytes) -> tuple[str, bytes]:
    """Return how a file is compressed, in words to put in front, and how its content begins."""
    if start.startswith(GZIP_MAGIC):
        return "gzip of ", GzipMembers(file).start()
    if is_zstd(start):
        return "zstd of ", ZstdFrames(file).start()
    return "", start


def _records(file: PlainFile, start: bytes) -> Iterator[Member | Damage]:
    if is_zstd(start):
        yield Damage(0, 0, "format-convert", f"the file is zstd-compressed: {CONVERT}", lost=False)
        yield from Walk(ZstdFrames(file)).records()
    elif is_gzip(file):
        yield from Walk(GzipMembers(file)).records()
    elif grammar_of(start, WARC) is ARC:
        yield Damage(0, 0, "format-convert", f"the file is ARC: {CONVERT}", lost=False)
        yield from plain_records(file, 0, ARC)
    else:
        yield from plain_records(file, 0, WARC)


def is_gzip(file: PlainFile) -> bool:
    """Return whether a file is gzipped, also where its first bytes are lost."""
    if file[:2] == GZIP_MAGIC[:2]:
        return True
    return grammar_of(file[:START], None) is None and GzipMembers(file).next(0) < len(file)


def sound_records(path: Path) -> Iterator[Member | Damage]:
    """Yield the whole, undamaged records that an index can point at, and what is missing or not to be pointed at.

    Pointed at can be WARC records that are read by offset and length alone; lengths are those of `as_indexed`.

    :raises ArchiveError: if the file cannot be read.
    """
    for found in walk(path):
        if isinstance(found, Damage):
            if found.lost or found.code in FORM:
                yield found
        elif found.complete and found.alone and not found.damaged:
            yield as_indexed(found)


def whole_records(path: Path) -> Iterator[Member | Damage]:
    """Yield all whole, undamaged records, also where they have no gzip member of their own, and what is missing.

    :raises ArchiveError: if the file cannot be read.
    """
    for found in walk(path):
        if isinstance(found, Damage):
            if found.lost:
                yield found
        elif found.complete and not found.damaged:
            yield as_indexed(found)


def sound_record(path: Path, offset: int) -> Member:
    """Return the record at an offset, as `sound_records` does; the first one, where several share a gzip member.

    :raises ArchiveError: if no whole, undamaged record begins there, or the file cannot be read.
    """
    return as_indexed(read_member(path, offset))


def as_indexed(record: Member) -> Member:
    """Give a record the length that an index says: in an uncompressed file without the line ends behind it."""
    if not record.gzipped and record.alone:
        record.length = len(record.head) + len(record.block)
    return record
