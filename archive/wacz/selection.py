"""Which records of which WARC files go into a package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from archive.files.plain_file import read_ranges
from archive.records.members import Member, members


@dataclass(frozen=True, slots=True)
class Period:
    """A time from ``since`` up to, but not at, ``until``: WARC-Dates or their beginnings; empty for no limit.

    >>> Period("2026-11", "2026-12").holds("2026-11-30T23:59:59Z"), Period("2026-11", "2026-12").holds("2026-12-01")
    (True, False)
    """

    since: str = ""
    until: str = ""

    def holds(self, date: str) -> bool:
        return self.since <= date and (not self.until or date < self.until)


class Taken(NamedTuple):
    """A record that goes into a package: where it is now, and the offset it will have in the packaged file."""

    member: Member
    path: Path
    offset: int


class Slice:
    """What a package takes of one WARC file: all of it, or the captures of a period with the records describing them.

    Iterate to have the records, each with its place in the packaged file; after that ``ranges`` and ``size`` are known.

    :raises ArchiveError: if the file cannot be read or is damaged.
    """

    def __init__(self, path: Path, period: Period):
        self.path = path
        self.size = 0
        #: Offset and length of each part of the file that is taken, neighbours joined.
        self.ranges: list[tuple[int, int]] = []
        self.first_date = self.last_date = ""
        self._period = period
        self._whole = period == Period() or all(
            period.holds(member.get("WARC-Date")) for member in members(path) if not _describes_file(member)
        )
        #: Name of the packaged file; a part of a file must not be taken for the file.
        self.name = path.name if self._whole else _name_of_part(path.name, period)

    def __iter__(self) -> Iterator[Taken]:
        """Yield the records taken."""
        describing: list[Member] = []
        for member in members(self.path):
            if _describes_file(member):
                describing.append(member)
                continue
            date = member.get("WARC-Date")
            if not self._period.holds(date):
                continue
            self.first_date = min(self.first_date or date, date)
            self.last_date = max(self.last_date, date)
            for each in (*describing, member):
                yield Taken(each, self.path, self._take(each))
            describing = []
        if self._whole:
            for each in describing:
                yield Taken(each, self.path, self._take(each))

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the packaged file."""
        return read_ranges(self.path, self.ranges)

    def _take(self, member: Member) -> int:
        place, self.size = self.size, self.size + member.length
        last = self.ranges[-1] if self.ranges else (0, 0)
        if sum(last) == member.offset and self.ranges:
            self.ranges[-1] = last[0], last[1] + member.length
        else:
            self.ranges.append((member.offset, member.length))
        return place


def _name_of_part(name: str, period: Period) -> str:
    """Return the name for a part of a file.

    >>> _name_of_part("a-1.warc.gz", Period("2026-11-22T03:00", ""))
    'a-1-from-2026-11-22T0300.warc.gz'
    """
    stem, dot, ending = name.partition(".warc")
    limits = (("from", period.since), ("until", period.until))
    return "-".join([stem, *(f"{word}-{date.replace(':', '')}" for word, date in limits if date)]) + dot + ending


def _describes_file(member: Member) -> bool:
    """Return whether a record is of the file, not of a capture: its warcinfo, and what follows that for the crawl."""
    return member.type == "warcinfo" or not member.get("WARC-Target-URI")
