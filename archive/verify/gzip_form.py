"""Gzip members that hold the right content in the wrong bytes.

Not every bit of a gzip member matters to its content: its header's time stamp, the bits behind the last code, one of
two ways to say the same. A flipped bit there harms nobody, but shows that the disk or a copy is not to be trusted. What
this package wrote is made again and compared.
"""

from __future__ import annotations

from typing import Final

from archive.files.gzip_member import gzip_member
from archive.files.inflate import IN_MEMORY
from archive.files.plain_file import read_at
from archive.records.members import Member

#: So many members in a row that are not as ours are another program's.
_PATIENCE: Final = 8


class GzipForm:
    """Compares the members of an open file with what our writer makes of their content.

    A file counts as ours if most of its members are; another program's, or another version's, has none.
    """

    def __init__(self, file: int):
        self._file = file
        self._same = 0
        self._different: list[int] = []

    def add(self, record: Member) -> None:
        """Compare one member."""
        foreign = not self._same and len(self._different) >= _PATIENCE
        if foreign or record.length > IN_MEMORY or len(record.block) > IN_MEMORY:
            return
        made = gzip_member(b"".join((record.head, record.block, b"\r\n\r\n")))
        if made == read_at(self._file, record.offset, record.length):
            self._same += 1
        else:
            self._different.append(record.offset)

    def altered(self) -> list[int]:
        """Return the offsets of members that were written here, but not as they are now."""
        return self._different if self._same > len(self._different) else []
