"""Adds to a package the records that its revisits refer to, wherever in the archive they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.plain_file import read_ranges
from archive.records.members import Member, members, read_member
from archive.records.revisit import claim
from archive.replay.originals import OriginalSearch
from archive.wacz.contents import Contents, Held
from archive.wacz.selection import Taken

#: The packaged file for what is taken from WARC files that are not in the package themselves.
NAME: Final = "originals.warc.gz"


class AddedOriginals:
    """A WARC file of single records, each file's under a copy of its warcinfo.

    :param files: those of the package, which need not be the collection's.
    """

    def __init__(self, contents: Contents, collection: Collection, files: Iterable[Path]):
        self.name = NAME
        self.size = 0
        #: What refers to nothing in the archive, in words.
        self.problems: list[str] = []
        self._contents = contents
        self._search = OriginalSearch(collection, files, thorough=True)

    def find(self, *, borrow: bool = True) -> None:
        """Look for the originals of the package's revisits.

        :param borrow: whether to take along those that the package lacks; else that is no problem.
        """
        for revisit in self._contents.revisits():
            member = read_member(Path(revisit.source), revisit.source_offset)
            wanted = claim(member)
            if wanted.is_not_modified and not wanted.is_named:
                # A 304 response that names nothing: the response before it has its text.
                if last := self._contents.last(revisit.url, revisit.date):
                    self._contents.refer(revisit, last.source, last.source_offset)
            elif held := self._contents.named(wanted):
                self._contents.refer(revisit, held.source, held.source_offset)
            elif borrow:
                self._borrow(revisit, member)

    def _borrow(self, revisit: Held, member: Member) -> None:
        """Take along the records through which a revisit leads to its payload."""
        trail = list(self._search.trail(member))
        if not trail or trail[-1].record.type == "revisit" or not trail[-1].certain:
            what = "what this revisit refers to is not in the archive"
            self.problems.append(f"{revisit.url} of {revisit.date}: {what}")
            return
        for found in trail:
            place = str(found.path), found.record.offset
            if not self._contents.holds(*place):
                self._contents.borrow(*place)
        self._contents.refer(revisit, *place)

    def __iter__(self) -> Iterator[Taken]:
        """Yield the records taken: of each file its warcinfo, then the originals."""
        self.size = 0
        for source, places in groupby(self._contents.borrowed(), key=itemgetter(0)):
            path = Path(source)
            originals = (read_member(path, offset) for _, offset in places)
            for member in chain([_warcinfo(path)], originals):
                yield Taken(member, path, self.size)
                self.size += member.length

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the packaged file."""
        for taken in self:
            yield from read_ranges(taken.path, [(taken.member.offset, taken.member.length)])


def _warcinfo(path: Path) -> Member:
    """Return the record that opens a file.

    :raises ArchiveError: if there is none.
    """
    first = next(members(path), None)
    if first is None:
        raise ArchiveError(f"{path} holds no record")
    return first
