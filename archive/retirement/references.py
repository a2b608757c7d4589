"""Which WARC files hold captures of what time, and which of them need which others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from archive.collection import Collection
from archive.index.cdxj import read_line
from archive.index.index import digits
from archive.records.members import Member, read_member, walk
from archive.records.own_files import is_own_file
from archive.replay.originals import HOLDING, OriginalSearch

#: Names of archive files; what a repair or a kill left behind is in other files, too.
_ARCHIVE: Final = re.compile(r"\.w?arc(\.(gz|zst|bz2))?$", re.IGNORECASE)


@dataclass(slots=True)
class Span:
    """What the index says of a file: the times of its first and its last capture, and how many of them are revisits.

    ``unindexed`` is a file with captures that the index does not have: nobody can tell whether they are needed.
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
    """Return the span of each file; one without a single capture, or of another crawler, is read.

    :raises ArchiveError: if the index or a file cannot be read.
    """
    found = {path.name: Span() for path in collection.files()}
    for line in collection.index.lines():
        entry = read_line(line)
        if entry.filename in found:
            found[entry.filename].add(entry.timestamp, is_revisit=entry.is_revisit)
    for name, span in found.items():
        path = collection.path(name)
        if span.last and is_own_file(path):
            continue
        is_dated = bool(span.last)
        for record in walk(path):
            if not isinstance(record, Member):
                continue
            if not is_dated:
                span.add(digits(record.get("WARC-Date")), is_revisit=False)
            span.unindexed |= record.type in (*HOLDING, "revisit") and not record.alone
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
    beside = [path for path in _beside(collection) if path.name not in indexed]
    for path in (*map(collection.path, sorted(unindexed)), *beside):
        for record in walk(path):
            if isinstance(record, Member) and record.type == "revisit":
                yield path.name, record


def _beside(collection: Collection) -> list[Path]:
    """Return the archive files in the folder that are not the collection's, such as zstd: they may refer into it."""
    own = set(collection.files())
    files = sorted(collection.folder.iterdir()) if collection.folder.is_dir() else []
    return [path for path in files if path not in own and _ARCHIVE.search(path.name) and path.is_file()]
