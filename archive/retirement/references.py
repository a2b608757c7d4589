"""Which WARC files hold captures of what time, and which of them need which others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archive.collection import Collection
from archive.index.cdxj import Entry, read_line
from archive.index.index import digits
from archive.records.members import Member, read_member, walk


@dataclass(slots=True)
class Span:
    """What the index says of a file: the times of its first and its last capture, and how many of them are revisits."""

    first: str = ""
    last: str = ""
    revisits: int = 0

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
    return found


def needs(collection: Collection, known: dict[str, Span]) -> Iterator[Need]:
    """Yield what the files of a collection need of each other, each once or more.

    The dedup store knows it of what this archive wrote. Where it does not know a file's revisits, or not all of them
    (files of other crawlers, a store that is switched off), these are read.

    :raises ArchiveError: if index, store or a record cannot be read.
    """
    resolved: Counter[str] = Counter()
    if collection.dedup:
        resolved.update(collection.dedup.resolved_revisits())
        yield from (Need(*row) for row in collection.dedup.references())
    unknown = {name for name, span in known.items() if resolved[name] < span.revisits}
    for line in collection.index.lines() if unknown else ():
        entry = read_line(line)
        if entry.is_revisit and entry.filename in unknown:
            original = original_of(collection, read_member(collection.path(entry.filename), entry.offset))
            if original and original.filename != entry.filename:
                yield Need(entry.filename, original.filename, original.offset)


def original_of(collection: Collection, revisit: Member) -> Entry | None:
    """Return where the record is that a revisit refers to: the one named, else one of that URL and moment."""
    url = bare(revisit.get("WARC-Refers-To-Target-URI") or revisit.get("WARC-Target-URI"))
    time = digits(revisit.get("WARC-Refers-To-Date"))
    if not time:
        return None
    best: Entry | None = None
    for entry in collection.index.captures(url, time, time):
        path = collection.path(entry.filename)
        if entry.is_revisit or bare(entry.url) != url or not path.exists():
            continue
        if read_member(path, entry.offset).get("WARC-Record-ID") == revisit.get("WARC-Refers-To"):
            return entry
        best = best or entry
    return best


def bare(url: str) -> str:
    return url.removeprefix("<").removesuffix(">")
