"""Adds to a package the records that its revisits, and its pages, refer to, wherever in the archive they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.plain_file import read_ranges
from archive.records.dates import index_time
from archive.records.members import Member, members, read_member, sound_record
from archive.records.revisit import claim
from archive.replay.originals import FoundOriginal, OriginalSearch
from archive.requisites.page_info import PREFIX, captures_of, described_page
from archive.wacz.contents import Contents, Held
from archive.wacz.selection import Taken

#: The packaged file for what is taken from WARC files that are not in the package themselves.
NAME: Final = "originals.warc.gz"
#: What it is called where a package has it that was made of one.
_NAMES: Final = re.compile(r"originals(-\d+)?\.warc\.gz", re.ASCII)


def is_added(name: str) -> bool:
    """Return whether a file is called as a package calls what it was given for its own files to refer to.

    >>> is_added("originals.warc.gz"), is_added("originals-2.warc.gz"), is_added("wget.warc.gz")
    (True, True, False)
    """
    return _NAMES.fullmatch(name) is not None


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
        self._collection = collection
        self._knows_pages = any(collection.index.with_prefix(PREFIX))
        self._search = OriginalSearch(collection, files, thorough=True)

    def find(self, *, borrow: bool = True) -> None:
        """Look for the originals of the package's revisits, and for what its pages consist of.

        :param borrow: whether to take along those that the package lacks; else that is no problem.
        """
        for revisit in self._contents.revisits():
            member = read_member(Path(revisit.source), revisit.source_offset)
            original: tuple[str, str] | None = None
            if _names_nothing(member):
                # A 304 response that names nothing: the response before it has its text.
                if last := self._contents.last(revisit.url, revisit.date):
                    self._contents.refer(revisit, last.source, last.source_offset)
                    original = last.url, last.date
            elif held := self._contents.named(claim(member)):
                self._contents.refer(revisit, held.source, held.source_offset)
                original = held.url, held.date
            elif borrow:
                original = self._borrow_original(revisit, member)
            if borrow and original and not self._contents.knows_page(revisit.url, revisit.date):
                self._add_page(*original)
        if borrow:
            for page in self._contents.pages():
                if page.type == "response":
                    self._add_page(page.url, page.date)
            self._borrow_requisites()

    def _borrow_original(self, revisit: Held, member: Member) -> tuple[str, str] | None:
        """Take along the records through which a revisit leads to its payload; returns URL and date of the last."""
        trail = self._trail(member)
        if not trail:
            what = "what this revisit refers to is not in the archive"
            self.problems.append(f"{revisit.url} of {revisit.date}: {what}")
            return None
        self._borrow(trail)
        self._contents.refer(revisit, str(trail[-1].path), trail[-1].record.offset)
        return trail[-1].record.url, trail[-1].record.get("WARC-Date")

    def _borrow_requisites(self) -> None:
        """Take along what pages consist of: a style sheet may have been captured long before the page."""
        for wanted in self._contents.lacking():
            found = self._search.record(wanted.record_id, wanted.url, wanted.date)
            needed = [found] if found else []
            if found and found.record.type == "revisit" and not _names_nothing(found.record):
                trail = self._trail(found.record)
                needed = [found, *trail] if trail else []
            self._borrow(needed)
            if not needed:
                what = f"{wanted.url} of {wanted.date}, which it consists of, is not in the archive"
                self.problems.append(f"{wanted.page}: {what}")

    def _add_page(self, url: str, date: str) -> None:
        """Take along what is known of a page's requisites, if the package does not have it."""
        if not self._knows_pages or self._contents.knows_page(url, date):
            return
        moment = index_time(date)
        for entry in self._collection.index.captures(f"{PREFIX}{url}", moment, moment):
            path = self._collection.path(entry.filename)
            with suppress(ArchiveError):  # reported by whoever reads the file itself
                record = sound_record(path, entry.offset)
                if described_page(record) == url and record.get("WARC-Date") == date:
                    self._contents.add_page(url, date, captures_of(record.block))
                    self._contents.borrow(str(path), entry.offset)

    def _trail(self, revisit: Member) -> list[FoundOriginal]:
        """Return the records through which a revisit leads to its payload; none if it does not."""
        trail = list(self._search.trail(revisit))
        return trail if trail and trail[-1].record.type != "revisit" and trail[-1].certain else []

    def _borrow(self, records: Iterable[FoundOriginal]) -> None:
        """Take along records that the package lacks."""
        for found in records:
            place = str(found.path), found.record.offset
            if not self._contents.holds(*place):
                self._contents.borrow(*place)

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


def _names_nothing(revisit: Member) -> bool:
    """Return whether a revisit of a 304 response does not say which capture it is about."""
    wanted = claim(revisit)
    return wanted.is_not_modified and not wanted.is_named
