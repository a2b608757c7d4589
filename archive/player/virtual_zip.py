"""A ZIP file that is never written: its members are bytes in memory, or files, read when a part is asked for."""

from __future__ import annotations

import os
import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

from archive.errors import ArchiveError
from archive.files.plain_file import opened, read_at

#: From here on numbers do not fit into the fields of a usual ZIP file (APPNOTE 4.4.1.4).
_ZIP64: Final = 0xFFFF_FFFF
_MOST_MEMBERS: Final = 0xFFFF
_OLD, _NEW = 20, 45
_NAME_IS_UTF8: Final = 0x800
#: 1 January 1980, the earliest day that ZIP knows: equal files give equal bytes.
_TIME, _DATE = 0, 0x21
_REGULAR_FILE: Final = 0o100644 << 16
_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END: Final = struct.Struct("<4sHHHHLLH")
_END_64: Final = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR: Final = struct.Struct("<4sLQL")
_LONG_SIZES: Final = struct.Struct("<HHQQ")
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class ZipMember:
    """A file in a ZIP file, stored as it is: its content is bytes, or a file of which ``size`` bytes are read."""

    name: str
    content: bytes | Path
    size: int
    #: Of the file.
    inode: int = 0

    def is_here(self) -> bool:
        """Return whether the file is still there, and no other has taken its place."""
        if isinstance(self.content, bytes):
            return True
        try:
            stat = os.stat(self.content)  # noqa: PTH116  # a path that may be a link
        except OSError:
            return False
        return stat.st_ino == self.inode and stat.st_size >= self.size

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a range.

        A file is opened anew for each piece, however slowly they are taken: what has been taken out of it meanwhile is
        not sent, and nothing keeps it on the disk.

        :raises ArchiveError: if the file cannot be read, or is not what it was.
        """
        if isinstance(self.content, bytes):
            yield self.content[start:end]
            return
        while start < end:
            size = min(_CHUNK, end - start)
            with opened(self.content) as file:
                chunk = read_at(file.file, start, size) if os.fstat(file.file).st_ino == self.inode else b""
            if len(chunk) < size:
                raise ArchiveError(f"{self.content}: it has been replaced, or has become shorter")
            yield chunk
            start += size


class _Part(NamedTuple):
    member: ZipMember
    size: int


class VirtualZip:
    """A ZIP file over members, which must not change meanwhile; its size is known before any is read.

    :param checksums: the CRC-32 of members by name; those that are not in it are 0, which players do not look at, but
        all that unpack do. Size and places do not depend on them.
    """

    def __init__(self, members: Sequence[ZipMember], checksums: Mapping[str, int]):
        parts: list[_Part] = []
        central: list[bytes] = []
        offset = 0
        for member in members:
            checksum = checksums.get(member.name, 0)
            head = _local_head(member, checksum)
            parts += [_in_memory(head), _Part(member, member.size)]
            central.append(_central_head(member, checksum, offset))
            offset += len(head) + member.size
        tail = b"".join(central) + _end(len(members), sum(map(len, central)), offset)
        self._parts = [*parts, _in_memory(tail)]
        self._starts = [0, *accumulate(part.size for part in self._parts)]
        self.size = self._starts[-1]

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a range.

        :raises ArchiveError: if a file cannot be read, or is not what it was.
        """
        number = bisect_right(self._starts, start) - 1
        while start < end and number < len(self._parts):
            (member, size), begins = self._parts[number], self._starts[number]
            stop = min(end, begins + size)
            if stop > start:
                yield from member.chunks(start - begins, stop - begins)
                start = stop
            number += 1


def of_file(name: str, path: Path) -> ZipMember:
    """Return a member that is a file as long as it is now.

    :raises OSError: if there is no such file.
    """
    stat = os.stat(path)  # noqa: PTH116  # a path that may be a link
    return ZipMember(name, path, stat.st_size, stat.st_ino)


def _in_memory(content: bytes) -> _Part:
    return _Part(ZipMember("", content, len(content)), len(content))


def _local_head(member: ZipMember, checksum: int) -> bytes:
    name, is_long = member.name.encode(), member.size >= _ZIP64
    extra = _LONG_SIZES.pack(1, 16, member.size, member.size) if is_long else b""
    size = _ZIP64 if is_long else member.size
    version = _NEW if is_long else _OLD
    fields = (version, _NAME_IS_UTF8, 0, _TIME, _DATE, checksum, size, size, len(name), len(extra))
    return _LOCAL.pack(b"PK\3\4", *fields) + name + extra


def _central_head(member: ZipMember, checksum: int, offset: int) -> bytes:
    name = member.name.encode()
    # Only what does not fit stands in the extra field, in this order (APPNOTE 4.5.3).
    long = [member.size, member.size] if member.size >= _ZIP64 else []
    long += [offset] if offset >= _ZIP64 else []
    extra = struct.pack(f"<HH{len(long)}Q", 1, 8 * len(long), *long) if long else b""
    size, version = min(member.size, _ZIP64), _NEW if long else _OLD
    fields = (3 << 8 | version, version, _NAME_IS_UTF8, 0, _TIME, _DATE, checksum, size, size, len(name), len(extra))
    return _CENTRAL.pack(b"PK\1\2", *fields, 0, 0, 0, _REGULAR_FILE, min(offset, _ZIP64)) + name + extra


def _end(count: int, size: int, offset: int) -> bytes:
    """Return what ends a ZIP file: first the long form of it, if one of the numbers needs that."""
    long = b""
    if count >= _MOST_MEMBERS or max(size, offset) >= _ZIP64:
        long = _END_64.pack(b"PK\6\6", _END_64.size - 12, 3 << 8 | _NEW, _NEW, 0, 0, count, count, size, offset)
        long += _LOCATOR.pack(b"PK\6\7", 0, offset + size, 1)
    few, small, near = min(count, _MOST_MEMBERS), min(size, _ZIP64), min(offset, _ZIP64)
    return long + _END.pack(b"PK\5\6", 0, 0, few, few, small, near, 0)
