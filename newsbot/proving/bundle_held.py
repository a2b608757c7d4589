"""The records that a package holds: which of them are bound to a signed file, and what the others are there for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.index.cdxj import is_indexed
from archive.records.members import Member, members, read_member
from archive.replay.originals import Resolver
from archive.requisites.page_info import captures_of, described_page
from newsbot.proving.bundle_records import RecordPlaces
from newsbot.proving.checked import Checked

#: Maximum number of records in a package: a page and what it needs have a few hundred.
_MOST: Final = 100_000
#: Addresses named of what is not bound.
_NAMED: Final = 3

Place = tuple[Path, int]


class _Held(NamedTuple):
    """A record, which is read again when it is looked at: a package may hold many large ones."""

    path: Path
    offset: int
    record_id: str
    type: str
    url: str
    date: str
    #: The record of the exchange that this one describes.
    of: str
    is_shown: bool

    @property
    def place(self) -> Place:
        return self.path, self.offset

    def read(self) -> Member:
        return read_member(self.path, self.offset)


class HeldRecords:
    """The records of a package's WARC files, which are read once.

    :raises ArchiveError: if a file is damaged, or holds too many.
    """

    def __init__(self, warcs: Collection):
        self._all: list[_Held] = []
        self._by_id: dict[str, _Held] = {}
        for path in warcs.files():
            for member in members(path):
                if len(self._all) == _MOST:
                    raise ArchiveError(f"the package holds more than {_MOST} records")
                held = _held(path, member)
                self._all.append(held)
                if held.type != "warcinfo":
                    self._by_id.setdefault(held.record_id, held)

    def record(self, record_id: str) -> tuple[Path, Member]:
        """Return the record with an id.

        :raises ArchiveError: if there is none.
        """
        if record_id not in self._by_id:
            raise ArchiveError(f"the package has no record {record_id}")
        held = self._by_id[record_id]
        return held.path, held.read()

    def lacking(self, captures: Iterable[str]) -> Iterator[Checked]:
        """Say of the first of some records that is not there that it is not."""
        for record_id in captures:
            if record_id not in self._by_id:
                yield Checked("capture", False, f"the package has no record {record_id}")
                return

    def checks(self, places: RecordPlaces, captures: Sequence[str], resolver: Resolver) -> Iterator[Checked]:
        """Check that the package holds records of signed files, and what else a page needs to be shown; nothing more.

        :param captures: ids of the records that the line was read from.
        :param resolver: of the same files.
        """
        loose = []
        for held in self._all:
            found = places.check(held.path, held.read())
            if found.holds is False:
                yield found
            elif found.holds is None:
                loose.append(held)
        if not loose:
            return
        of_line = self._of_line(captures, resolver)
        is_bound = not any(held.place in of_line for held in loose)
        needed = self._needed(captures, resolver, with_exchanges=not is_bound)
        own = {held.url for held in map(self._by_id.get, captures) if held}
        strange, others = [], []
        for held in loose:
            is_annotation = held.type == "metadata" and not is_bound
            stands_in = held.is_shown and held.url in own and held.place not in of_line and not is_annotation
            if stands_in or held.place not in needed:
                strange.append(held)
            elif held.is_shown and held.place not in of_line:
                others.append(held)
        for held in sorted(strange, key=lambda held: held.type != "response")[:1]:
            what = f"{held.type} record {held.url} in archive/{held.path.name} at {held.offset}"
            yield Checked("package", False, f"the {what} is not part of what was proven")
        if others:
            urls = ", ".join(held.url for held in others[:_NAMED])
            said = f"{len(others)} records that the page needs to be shown are bound to no signed file: {urls}"
            yield Checked("in its file", None, f"{said}{', …' if len(others) > _NAMED else ''}")

    def _of_line(self, captures: Iterable[str], resolver: Resolver) -> set[Place]:
        """Return where the records are that the line was read from, and those to which they lead."""
        found = [held for held in map(self._by_id.get, captures) if held]
        return {held.place for held in found} | {place for held in found for place in _trail(resolver, held)}

    def _needed(self, captures: Iterable[str], resolver: Resolver, *, with_exchanges: bool) -> set[Place]:
        """Return where the records are that pages consist of, beginning with those of the line.

        :param with_exchanges: whether also those that describe exchanges and files; these are bound where the
            line's own records are.
        """
        by_place = {held.place: held for held in self._all}
        pages = _pages(self._all)
        exchanges: dict[str, list[_Held]] = {}
        for held in self._all:
            if held.of and with_exchanges:
                exchanges.setdefault(held.of, []).append(held)
        needed = {held.place for held in self._all if held.type == "warcinfo" or (with_exchanges and not held.url)}
        waiting = [held for held in map(self._by_id.get, captures) if held]
        while waiting:
            held = waiting.pop()
            if held.place in needed:  # from another page
                continue
            needed.add(held.place)
            waiting += exchanges.get(held.record_id, ())
            waiting += pages.get((held.url, held.date), ())
            waiting += [by_place[place] for place in _trail(resolver, held) if place in by_place]
            record = held.read()
            if described_page(record):
                named = (self._by_id.get(record_id) for _, record_id in captures_of(record.block).values())
                waiting += [each for each in named if each]
        return needed


def _held(path: Path, member: Member) -> _Held:
    names = ("Record-ID", "Date", "Concurrent-To")
    record_id, date, of = (member.get(f"WARC-{name}") for name in names)
    return _Held(path, member.offset, record_id, member.type, member.url, date, of, is_indexed(member))


def _pages(records: Iterable[_Held]) -> dict[tuple[str, str], list[_Held]]:
    """Return the records that say what a page consists of, by its address and time."""
    found: dict[tuple[str, str], list[_Held]] = {}
    for held in records:
        if held.type == "resource" and (url := described_page(held.read())):
            found.setdefault((url, held.date), []).append(held)
    return found


def _trail(resolver: Resolver, held: _Held) -> list[Place]:
    if held.type != "revisit":
        return []
    return [(found.path, found.record.offset) for found in resolver.trail(held.read())]
