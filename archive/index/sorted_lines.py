"""Files of sorted lines, searched where they lie: nothing is loaded but what is looked at."""

from __future__ import annotations

import heapq
import os
import weakref
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

_PAGE: Final = 1 << 12
_CHUNK: Final = 1 << 16
#: Bytes of lines that are sorted in memory; more are sorted in parts, which are kept in temporary files.
_IN_MEMORY: Final = 32 << 20


class SortedLines:
    """A file of lines in bytewise order, each with a line feed; it may be unlinked while it is being read.

    :raises OSError: if the file cannot be opened or read, here and from every method.
    """

    def __init__(self, path: Path):
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size

    def find(self, key: bytes) -> int:
        """Return the offset of the first line that is not less than ``key``, by binary search."""

        def reaches(position: int) -> bool:
            start, line = self._line_from(position)
            return start == self.size or line >= key

        return self._line_from(bisect_left(range(self.size), True, key=reaches))[0]

    def from_offset(self, offset: int) -> Iterator[bytes]:
        """Yield the lines from a line's offset on, without line feeds."""
        rest, size = b"", _PAGE
        while chunk := os.pread(self._descriptor, size, offset):
            offset += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            size = _CHUNK

    def before_offset(self, offset: int) -> Iterator[bytes]:
        """Yield the lines in front of a line's offset, backwards, without line feeds."""
        rest = b""
        while offset > 0:
            start = max(0, offset - _PAGE)
            rest, *lines = (os.pread(self._descriptor, offset - start, start) + rest).split(b"\n")
            offset = start
            if lines:
                yield from (line for line in reversed(lines) if line)
        if rest:
            yield rest

    def _line_from(self, position: int) -> tuple[int, bytes]:
        """Return offset and content of the first line that begins at ``position`` or behind it."""
        if position > 0:
            position = self._behind_line_feed(position - 1)
        line = b""
        while chunk := os.pread(self._descriptor, _PAGE, position + len(line)):
            head, feed, _ = chunk.partition(b"\n")
            line += head
            if feed:
                break
        return position, line

    def _behind_line_feed(self, position: int) -> int:
        while chunk := os.pread(self._descriptor, _PAGE, position):
            if (found := chunk.find(b"\n")) >= 0:
                return position + found + 1
            position += len(chunk)
        return self.size


def sort_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Take in lines, whatever their number, and return them in order; all are taken in when this returns."""
    with ExitStack() as parts:
        spilled: list[IO[bytes]] = []
        gathered: list[bytes] = []
        size = 0
        for line in lines:
            gathered.append(line)
            size += len(line)
            if size > _IN_MEMORY:
                spilled.append(_spill(gathered, parts.enter_context(TemporaryFile())))
                gathered, size = [], 0
        gathered.sort()
        return _merged(spilled, gathered, parts.pop_all())


def _merged(spilled: list[IO[bytes]], gathered: list[bytes], parts: ExitStack) -> Iterator[bytes]:
    with parts:
        yield from heapq.merge(*((line.rstrip(b"\n") for line in part) for part in spilled), gathered)


def _spill(lines: list[bytes], part: IO[bytes]) -> IO[bytes]:
    lines.sort()
    part.writelines(line + b"\n" for line in lines)
    part.seek(0)
    return part
