"""An uncompressed file as something to slice and search, without holding it in memory."""

from __future__ import annotations

import os
from typing import Final

_STEP: Final = 1 << 18


class PlainFile:
    """An open file of known size; like bytes where a walk over records needs it.

    Every method raises OSError if the file cannot be read.
    """

    def __init__(self, file: int, size: int):
        self.file = file
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        return read_at(self.file, start, max(0, stop - start))

    def find(self, wanted: bytes, start: int) -> int:
        """Return the first offset from ``start`` on at which the bytes stand, or -1."""
        position = start
        while position < self._size:
            data = os.pread(self.file, _STEP, position)
            found = data.find(wanted)
            if found >= 0:
                return position + found
            if len(data) < len(wanted):
                break
            position += len(data) - len(wanted) + 1
        return -1


def read_at(file: int, offset: int, count: int) -> bytes:
    """Return the bytes of a range of a file, fewer where the file ends before it does."""
    data = os.pread(file, count, offset)
    while 0 < len(data) < count and (more := os.pread(file, count - len(data), offset + len(data))):
        data += more
    return data
