"""Reads one gzip member of a file, with where it ends and what is wrong with it.

Read with ``pread`` and not mapped into memory: a failing disk then gives an error instead of killing the process.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any, Final

from isal import isal_zlib

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
#: Content beyond this many bytes goes to a temporary file, not into memory.
IN_MEMORY: Final = 64 << 20
#: Bytes of content that are judged before more is unpacked: no head of a record is longer (1 MiB).
JUDGED: Final = 1 << 20
#: Larger content that is over `DENSE` times as large as its compressed form is not read: it is a decompression bomb.
DENSE_FROM: Final = 256 << 20
DENSE: Final = 200
#: Bytes unpacked at a time.
STEP: Final = 1 << 20
_FIRST_CHUNK: Final = 1 << 14
_LARGEST_CHUNK: Final = 1 << 19
_GZIP_WINDOW: Final = 31
_TRAILER: Final = 8
#: Number of pieces that are joined to one, so that tiny ones do not cost many times their size.
_MANY: Final = 1000

#: What a member holds: bytes, or a mapped temporary file where it is large.
Content = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Inflated:
    """A gzip member; ``end`` is the first offset behind it, as far as it could be followed.

    ``fault`` names what is wrong: ``torn`` (the file ends inside), ``crc`` (checksum or length do not fit the content,
    which was read to its end), ``deflate`` (the compressed data is broken), ``refused`` (by its beginning, the rest was
    not unpacked), ``dense`` (larger than `DENSE_FROM` and `DENSE` times as large as its data); empty if all is well.
    """

    content: Content
    end: int
    fault: str = ""


def takes_all(start: bytes) -> bool:
    return True


def inflate(file: int, offset: int, takes: Callable[[bytes], bool] = takes_all) -> Inflated:
    """Decompress the gzip member at an offset of an open file.

    :param takes: tells of a member of more than `JUDGED` bytes, by as many or more of its first, whether it is wanted.
    :raises OSError: if the file cannot be read.
    """
    decompressor = isal_zlib.decompressobj(_GZIP_WINDOW)
    gathered = Gathered(takes)
    position, size = offset, _FIRST_CHUNK
    pending = b""
    try:
        while not decompressor.eof:
            at_end = False
            if not pending:
                pending = os.pread(file, size, position)
                at_end = not pending
                position += len(pending)
                size = min(4 * size, _LARGEST_CHUNK)
            data = decompressor.decompress(pending, STEP)
            pending = decompressor.unconsumed_tail
            if at_end and not data and not decompressor.eof:
                return Inflated(gathered.content(), position, "torn")
            gathered.add(data, position - len(pending) - offset)
    except RefusedError as refused:
        return Inflated(b"", position - len(pending), refused.fault)
    except isal_zlib.IsalError:  # type: ignore[misc]  # its stub calls it an instance
        return _inflate_broken(file, offset, takes)
    return Inflated(gathered.content(), position - len(decompressor.unused_data))


def _inflate_broken(file: int, offset: int, takes: Callable[[bytes], bool]) -> Inflated:
    """Unpack a damaged member up to the fault."""
    head = header_length(os.pread(file, _FIRST_CHUNK, offset))
    if not head:
        return Inflated(b"", offset, "deflate")
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
    gathered = Gathered(takes)
    crc = 0
    position = offset + head
    while not decompressor.eof:
        # The smaller the step, the more comes out before the fault.
        chunk = os.pread(file, 64, position)
        if not chunk:
            return Inflated(gathered.content(), position, "torn")
        try:
            data = decompressor.decompress(chunk)
        except zlib.error:
            return Inflated(gathered.content(), position, "deflate")
        crc = zlib.crc32(data, crc)
        try:
            gathered.add(data, position + len(chunk) - offset)
        except RefusedError as refused:
            return Inflated(b"", position, refused.fault)
        position += len(chunk)
    position -= len(decompressor.unused_data)
    trailer = os.pread(file, _TRAILER, position)
    expected = crc.to_bytes(4, "little") + (gathered.size & 0xFFFFFFFF).to_bytes(4, "little")
    fault = "torn" if len(trailer) < _TRAILER else "" if trailer == expected else "crc"
    return Inflated(gathered.content(), position + len(trailer), fault)


def header_length(data: bytes) -> int:
    """Return the length of a gzip header (RFC 1952), 0 if it is none or goes on behind the data."""
    if len(data) < 10 or not data.startswith(GZIP_MAGIC) or data[3] & 0xE0:
        return 0
    flags, position = data[3], 10
    if flags & 4:
        position += 2 + int.from_bytes(data[10:12], "little")
    for flag in (8, 16):
        if flags & flag:
            position = data.find(b"\0", position) + 1
            if not position:
                return 0
    if flags & 2:
        position += 2
    return position if position <= len(data) else 0


class RefusedError(Exception):
    """Data is not wanted: ``fault`` says why, as in `Inflated`."""

    def __init__(self, fault: str):
        super().__init__(fault)
        self.fault = fault


@dataclass(slots=True)
class Gathered:
    """Data as it comes in; more than `IN_MEMORY` goes to a temporary file."""

    #: Tells by the first `JUDGED` bytes, or more, whether data that is longer is wanted.
    takes: Callable[[bytes], bool] = takes_all
    size: int = 0
    _pieces: list[bytes | memoryview] = field(default_factory=list)
    #: How many of the pieces have been joined from `_MANY`.
    _joined: int = 0
    _file: IO[Any] | None = None

    def add(self, data: bytes | memoryview, packed: int = 0) -> None:
        """Take more data.

        :param packed: bytes of the compressed data that it came from, with all that was taken before; 0 for none.
        :raises RefusedError: if none of it is wanted.
        """
        before, self.size = self.size, self.size + len(data)
        is_judged = self.takes is not takes_all and before <= JUDGED < self.size
        if is_judged and not self.takes(b"".join([*self._pieces, data])):
            raise RefusedError("refused")
        if packed and self.size > max(DENSE_FROM, DENSE * packed):
            if self._file:
                self._file.close()
            raise RefusedError("dense")
        if self._file is None and self.size > IN_MEMORY:
            self._file = TemporaryFile()  # noqa: SIM115  # lives as long as its mapping
            self._file.writelines(self._pieces)
            self._pieces.clear()
        if self._file:
            self._file.write(data)
        else:
            self._keep(data)

    def _keep(self, data: bytes | memoryview) -> None:
        self._pieces.append(data)
        if len(self._pieces) - self._joined > _MANY:
            self._pieces[self._joined :] = [b"".join(self._pieces[self._joined :])]
            self._joined += 1

    def content(self) -> Content:
        if self._file is None:
            return b"".join(self._pieces)
        self._file.flush()
        mapping = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        self._file.close()
        return mapping
