"""The records that hold what the revisits of a package refer to, wherever in the archive they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.index.index import digits
from archive.records.members import Member, members, read_member
from archive.wacz.contents import Contents, Held
from archive.wacz.selection import Taken, read_ranges

#: The packaged file for what is taken from WARC files that are not in the package themselves.
NAME: Final = "originals.warc.gz"


class Originals:
    """A WARC file of single records, each file's under a copy of its warcinfo."""

    def __init__(self, contents: Contents, collection: Collection):
        self.name = NAME
        self.size = 0
        #: What refers to nothing in the archive, in words.
        self.problems: list[str] = []
        self._contents = contents
        self._collection = collection

    def find(self) -> None:
        """Look for the originals that the package lacks."""
        for orphan in self._contents.orphans():
            found = self._locate(orphan)
            if found is None:
                self.problems.append(
                    f"{orphan.url} of {orphan.date}: what this revisit refers to is not in the archive"
                )
            else:
                self._contents.borrow(*found)

    def __iter__(self) -> Iterator[Taken]:
        """Yield the records taken: of each file its warcinfo, then the originals."""
        self.size = 0
        current = ""
        for source, offset in self._contents.borrowed():
            path = Path(source)
            for member in (*((_warcinfo(path),) if source != current else ()), read_member(path, offset)):
                yield Taken(member, path, self.size)
                self.size += member.length
            current = source

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the packaged file."""
        return (chunk for taken in self for chunk in _bytes(taken))

    def _locate(self, orphan: Held) -> tuple[str, int] | None:
        """Return path and offset of the response that a revisit refers to: the one named, else one of that moment."""
        time = digits(orphan.refers_to_date)
        best: tuple[str, int] | None = None
        for entry in self._collection.index.captures(orphan.refers_to_url, time, time):
            path = self._collection.path(entry.filename)
            if entry.is_revisit or not path.exists():
                continue
            member = read_member(path, entry.offset)
            if member.get("WARC-Record-ID") == orphan.refers_to:
                return str(path), entry.offset
            if digits(member.get("WARC-Date")) == time:
                best = best or (str(path), entry.offset)
        return best


def _warcinfo(path: Path) -> Member:
    """Return the record that opens a file.

    :raises ArchiveError: if there is none.
    """
    first = next(members(path), None)
    if first is None:
        raise ArchiveError(f"{path} holds no record")
    return first


def _bytes(taken: Taken) -> Iterator[bytes]:
    return read_ranges(taken.path, [(taken.member.offset, taken.member.length)])
