"""A part of a file, to read large files in parts at the same time.

Where a part begins is looked for: at the first record behind a place, by how records begin. What looks like one may lie
inside another. So each part also says where the next one must begin. As long as each does begin there, and each record
lies in the file by itself, the records of the parts are those that a walk over the whole file would have found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.files.plain_file import PlainFile, opened
from archive.records.arc_reader import WARC
from archive.records.compressed import GzipMembers, Walk
from archive.records.members import Damage, Member, as_indexed
from archive.records.record_reader import FORM, plain_records

_END: Final = sys.maxsize


class FilePart:
    """The records that begin in a range of a WARC file, gzipped or not.

    :param start: offset from which on they are looked for.
    :param stop: offset behind which those begin that do not belong to it; None for the end of the file.
    :param exact: whether a record is known to begin at ``start``.
    :param strict: whether to end where it turns out that the file cannot be read in parts.
    """

    def __init__(self, path: Path, start: int = 0, stop: int | None = None, *, exact: bool = True, strict: bool = True):
        self.path, self._start, self._exact, self._strict = path, start, exact, strict
        self._stop = _END if stop is None else stop
        #: Offset of the first record found, and of the first one behind the part: the file's size if there is none.
        self.begin = self.end = start
        #: Whether all its records lie in the file by themselves, and nothing is damaged.
        self.is_regular = True

    def records(self) -> Iterator[Member | Damage]:
        """Yield its whole, undamaged records, what is missing, and the first record behind it: there it ends.

        :raises ArchiveError: if the file cannot be read.
        """
        with opened(self.path) as file:
            self.end = len(file)
            is_gzip = GzipMembers(file).begins(0)
            self.begin = self._start if self._exact else self._first(file, is_gzip)
            if self.begin >= self._stop:
                self.end = self.begin
                return
            found = Walk(GzipMembers(file)).records(self.begin) if is_gzip else plain_records(file, self.begin, WARC)
            for each in found:
                self.is_regular = self.is_regular and _is_regular(each)
                if self._strict and not self.is_regular:
                    return
                if isinstance(each, Damage):
                    if each.lost:
                        yield each
                elif self.is_behind(each):
                    self.end = each.offset
                    yield each
                    return
                elif each.complete and not each.damaged:
                    yield as_indexed(each)

    def is_behind(self, found: Member | Damage) -> bool:
        """Return whether a record begins behind the part."""
        return found.offset >= self._stop

    def _first(self, file: PlainFile, is_gzip: bool) -> int:
        return GzipMembers(file).next(self._start) if is_gzip else WARC.next(file, self._start)


def _is_regular(found: Member | Damage) -> bool:
    """Return whether what is found is a whole record by itself, or damage that costs nothing."""
    if isinstance(found, Damage):
        return not (found.lost or found.code in FORM)
    return found.alone and found.complete and not found.damaged


def has_parts(path: Path) -> bool:
    """Return whether a file looks as if it could be read in parts: it is gzipped, or plain WARC.

    :raises ArchiveError: if it cannot be read.
    """
    with opened(path) as file:
        return GzipMembers(file).begins(0) or WARC.begins(file)
