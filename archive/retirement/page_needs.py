"""Finds in which other files the records are that pages consist of, as their ``urn:pageinfo:`` records name them.

Pages are many, and most name the same style sheets: what they name is gathered first, then found in one pass over the
index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from archive.index.cdxj import IndexEntry, read_line
from archive.index.index import Index
from archive.records.dates import index_time
from archive.records.members import Member
from archive.records.record_reader import bare
from archive.requisites.page_info import captures_of, described_page


class Place(NamedTuple):
    """A record that a file needs: in which other one it is, and where."""

    file: str
    other: str
    offset: int


class _Files:
    """Names of files by captures: of most there is one, and a million need little room.

    A capture is known by its URL and second, as in an index; a number stands for both.
    """

    def __init__(self) -> None:
        self._names: dict[int, str | set[str]] = {}

    def add(self, url: str, time: str, name: str) -> None:
        key = hash((url, time))
        known = self._names.setdefault(key, name)
        if isinstance(known, set):
            known.add(name)
        elif known != name:
            self._names[key] = {known, name}

    def of(self, url: str, time: str, but: str) -> list[str]:
        """Return the files of a capture, but for one."""
        known = self._names.get(hash((url, time)), but)
        return sorted(known - {but}) if isinstance(known, set) else [known] if known != but else []


class PageNeeds:
    """Gathers what the pages in files consist of.

    :raises ArchiveError: from every method, if the index cannot be read.
    """

    def __init__(self) -> None:
        #: Files that need a capture, and those that hold a revisit of one in another file.
        self._needing, self._revisiting = _Files(), _Files()
        #: What files need of each other that is known already.
        self._known: list[Place] = []

    def add_revisit(self, file: str, url: str, date: str) -> None:
        """Note that a file holds a revisit of a capture in another: if that is a page, it needs what the page does."""
        self._revisiting.add(url, index_time(date), file)

    def add(self, file: str, record: Member) -> None:
        """Note what a ``urn:pageinfo:`` record in a file says of a page; after all calls of `add_revisit`."""
        others = self._revisiting.of(described_page(record), index_time(record.get("WARC-Date")), but=file)
        self._known += (Place(other, file, record.offset) for other in others)
        for url, (date, _) in captures_of(record.block).items():
            for each in (file, *others):
                self._needing.add(url, index_time(date), each)

    def places(self, index: Index, trail: Callable[[IndexEntry], Iterable[tuple[str, int]]]) -> Iterator[Place]:
        """Yield what each file needs of another.

        :param trail: returns file and offset of the records through which a revisit leads to its payload.
        """
        yield from self._known
        for line in index.lines():
            entry = read_line(line)
            files = self._needing.of(bare(entry.url), entry.timestamp, but=entry.filename)
            yield from (Place(file, entry.filename, entry.offset) for file in files)
            for name, offset in trail(entry) if files and entry.is_revisit else ():
                yield from (Place(file, name, offset) for file in files if file != name)
