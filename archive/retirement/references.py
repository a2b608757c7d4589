"""Which WARC files hold captures of what time, and which of them need which others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archive.collection import Collection
from archive.index.cdxj import read_line
from archive.index.index import digits
from archive.records.members import Member, read_member, walk
from archive.replay.originals import HOLDING, OriginalSearch


@dataclass(slots=True)
class Span:
    """What the index says of a file: the times of its first and its last capture, and how many of them are revisits.

    ``unindexed`` is a file with captures that the index does not have: nobody can tell whether they are needed, and it
    has no times.
    """

    first: str = ""
    last: str = ""
    revisits: int = 0
    unindexed: bool = False

    def add(self, time: str, *, is_revisit: bool) -> None:
        self.first = min(self.first or time, time)
        self.last = max(self.last, time)
        self.revisits += is_revisit


class Need(NamedTuple):
    """A file holds a revisit whose original is a record of another file."""

    file: str
    original: str
    offset: int


def spans(collection: Collection) -> dict[str, Span]:
    """Return the span of each file; one without a single capture is read for its dates.

    :raises ArchiveError: if the index or a file cannot be read.
    """
    found = {path.name: Span() for path in collection.files()}
    for line in collection.index.lines():
        entry = read_line(line)
        if entry.filename in found:
            found[entry.filename].add(entry.timestamp, is_revisit=entry.is_revisit)
    for name, span in found.items():
        if not span.last:
            for record in walk(collection.path(name)):
                if isinstance(record, Member):
                    span.add(digits(record.get("WARC-Date")), is_revisit=False)
                    span.unindexed |= record.type in (*HOLDING, "revisit")
            if span.unindexed:
                span.first = span.last = ""
    return found


def needs(collection: Collection, known: dict[str, Span]) -> Iterator[Need]:
    """Yield what the files of a collection need of each other, each once or more.

    The dedup store knows it of what this archive wrote. Where it does not know a file's revisits, or not all of them
    (files of other crawlers, a store that is switched off), these are read. What may be an original counts as one.

    :raises ArchiveError: if index, store or a record cannot be read.
    """
    resolved: Counter[str] = Counter()
    if collection.dedup:
        resolved.update(collection.dedup.resolved_revisits())
        yield from (Need(*row) for row in collection.dedup.references())
    search = OriginalSearch(collection, thorough=True)
    unknown = {name for name, span in known.items() if resolved[name] < span.revisits}
    for name, revisit in _revisits(collection, unknown, {name for name, span in known.items() if span.unindexed}):
        for found in search.trail(revisit):
            if found.path.name != name and found.path.parent == collection.folder:
                yield Need(name, found.path.name, found.record.offset)


def _revisits(collection: Collection, indexed: set[str], unindexed: set[str]) -> Iterator[tuple[str, Member]]:
    """Yield the revisits of some files, with the file's name."""
    for line in collection.index.lines() if indexed else ():
        entry = read_line(line)
        if entry.is_revisit and entry.filename in indexed:
            yield entry.filename, read_member(collection.path(entry.filename), entry.offset)
    for name in sorted(unindexed):
        for record in walk(collection.path(name)):
            if isinstance(record, Member) and record.type == "revisit":
                yield name, record
