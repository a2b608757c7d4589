"""Reads files: whole, in parts, or sliced and searched without holding them in memory."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from archive.errors import os_errors

_STEP: Final = 1 << 18
_CHUNK: Final = 1 << 20
#: Bytes up to which a part counts as short, and that are read for one.
_SHORT: Final = 1 << 13
_WINDOW: Final = 1 << 14
#: Maximum size of a file that is read whole, if nothing else is said, and of a line; in bytes.
_MOST: Final = 1 << 28
_LONGEST: Final = 1 << 26


class PlainFile:
    """An open file of known size; like bytes where a walk over records needs it.

    Every method raises OSError if the file cannot be read.
    """

    def __init__(self, file: int):
        self.file = file
        self._size = os.fstat(file).st_size
        #: What was read last for a short part, and where it begins: the next one mostly lies near.
        self._window, self._begin = b"", 0

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        if stop - start > _SHORT:
            return read_at(self.file, start, stop - start)
        if start < self._begin or stop > self._begin + len(self._window):
            self._begin, self._window = start, read_at(self.file, start, _WINDOW)
        return self._window[start - self._begin : max(start, stop) - self._begin]

    def matches(self, pattern: re.Pattern[bytes], start: int, longest: int) -> Iterator[tuple[int, bytes]]:
        """Yield each offset from ``start`` on at which a pattern matches, with ``longest`` bytes from there on.

        Each byte is read once, however many matches there are; no match may be longer than ``longest``.
        """
        position = start
        while position < self._size:
            data = read_at(self.file, position, _STEP + longest)
            for found in pattern.finditer(data):
                if found.start() < _STEP:
                    yield position + found.start(), data[found.start() : found.start() + longest]
            position += _STEP


def read_at(file: int, offset: int, count: int) -> bytes:
    """Return the bytes of a range of a file, fewer where the file ends before it does."""
    data = os.pread(file, count, offset)
    while 0 < len(data) < count and (more := os.pread(file, count - len(data), offset + len(data))):
        data += more
    return data


def read_range(file: int, offset: int, length: int) -> Iterator[bytes]:
    """Yield the bytes of a range of a file, piece by piece.

    :raises OSError: if it cannot be read, or the file ends before the range does.
    """
    end = offset + length
    while offset < end:
        chunk = os.pread(file, min(_CHUNK, end - offset), offset)
        if not chunk:
            raise OSError(os.EX_IOERR, "the file has become shorter while it was read")
        yield chunk
        offset += len(chunk)


def open_regular(path: Path, most: int | None = None) -> BufferedReader:
    """Open a file that somebody may have put another thing in place of: a pipe, a device, a file without an end.

    :param most: maximum size in bytes; None for any.
    :raises OSError: if it cannot be opened, is no regular file, or is larger.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if most is not None and found.st_size > most:
            raise OSError(errno.EFBIG, f"it has {found.st_size} bytes, which is more than {most}", str(path))
        return open(descriptor, "rb")  # noqa: PTH123  # a descriptor has no path; the file is its caller's
    except OSError:
        os.close(descriptor)
        raise


def read_regular(path: Path, most: int) -> bytes:
    """Return the content of a file, with the same errors as `open_regular`."""
    with open_regular(path, most) as file:
        return file.read(most)


def lines_in(file: BufferedReader, longest: int = _LONGEST) -> Iterator[bytes]:
    """Yield the lines of a file from where it stands, with their line feeds.

    :param longest: maximum length of one in bytes.
    :raises OSError: if one is longer, or the file cannot be read.
    """
    while line := file.readline(longest + 1):
        if len(line) > longest:
            raise OSError(errno.EFBIG, f"it has a line of more than {longest} bytes", str(file.name))
        yield line


def content_of(path: Path, most: int = _MOST) -> bytes:
    """Return the bytes of a file; none where there is no such file.

    :param most: maximum size in bytes.
    :raises ArchiveError: if it cannot be read, is no regular file, or is larger.
    """
    with os_errors(f"cannot read {path}"), suppress(FileNotFoundError):
        return read_regular(path, most)
    return b""


@contextmanager
def opened(path: Path) -> Iterator[PlainFile]:
    """Give a file, opened.

    :raises ArchiveError: if it cannot be opened, or not be read meanwhile.
    """
    with os_errors(f"{path}"), path.open("rb", buffering=0) as file:
        yield PlainFile(file.fileno())


def read_ranges(path: Path, ranges: list[tuple[int, int]]) -> Iterator[bytes]:
    """Yield the bytes of parts of a file.

    :raises ArchiveError: if the file cannot be read, or has become shorter.
    """
    with opened(path) as file:
        for offset, length in ranges:
            yield from read_range(file.file, offset, length)
