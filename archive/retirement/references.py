"""Finds the times of the captures in each WARC file, and which files need which others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from archive.beside import UnreadError, archives_in, files_beside
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.index.cdxj import IndexEntry, is_indexed, read_line
from archive.records.dates import index_time, usual_date
from archive.records.digests import HOLDING
from archive.records.members import Damage, Member, sound_record, walk
from archive.records.run_record import is_own_file
from archive.replay.originals import OriginalSearch
from archive.requisites.page_info import PREFIX
from archive.retirement.page_needs import PageNeeds

#: Types of records whose age is that of what was captured.
_CAPTURES: Final = frozenset({*HOLDING, "revisit", "continuation", "conversion"})


class Continuation(NamedTuple):
    """A part of a record that is spread over several: the id of the first part, and where this one is."""

    origin: str
    offset: int


@dataclass(slots=True)
class FileTimes:
    """What is known of a file: the times of its first and its last capture, how many lines the index has of it.

    ``unindexed`` says why the index does not have all its captures: nobody can tell whether they are needed.
    """

    first: str = ""
    last: str = ""
    lines: int = 0
    revisits: int = 0
    unindexed: str = ""
    #: Whether this project wrote it.
    is_own: bool = False
    segments: list[Continuation] = field(default_factory=list)

    def add(self, time: str) -> None:
        self.first = min(self.first or time, time)
        self.last = max(self.last, time)


class Need(NamedTuple):
    """A file holds a revisit whose original, or a page whose requisite, is a record of another file, or a segment."""

    file: str
    original: str
    offset: int


def spans(collection: Collection, before: str = "") -> dict[str, FileTimes]:
    """Return the span of each file; one that is old, without a single capture, or of another crawler, is read.

    :param before: digits of a time: files whose captures are all older are old.
    :raises ArchiveError: if the index or a file cannot be read.
    """
    found = {path.name: FileTimes() for path in collection.files()}
    for line in collection.index.lines():
        entry = read_line(line)
        if span := found.get(entry.filename):
            span.add(entry.timestamp)
            span.lines += 1
            span.revisits += entry.is_revisit
    for name, span in found.items():
        path = collection.path(name)
        span.is_own = bool(span.last) and is_own_file(path)
        if not span.is_own or span.last < before:
            _read(path, span)
    return found


def _read(path: Path, span: FileTimes) -> None:
    """Take into a span what the records of a file tell, whatever the index knows of them."""
    is_dated, indexed = bool(span.last), 0
    for found in walk(path):
        if isinstance(found, Damage):
            if found.lost:
                span.unindexed = span.unindexed or f"damage at {found.offset}: see `scrapy verify`"
            continue
        if found.type in _CAPTURES or not is_dated:
            span.add(index_time(found.get("WARC-Date")))
        if segment := segment_of(found):
            span.segments.append(segment)
        if is_indexed(found):
            indexed += 1
            span.unindexed = span.unindexed or _why_not_indexed(found)
    if not span.unindexed and indexed != span.lines:
        span.unindexed = f"it has {span.lines} lines for {indexed} records: `scrapy index rebuild`"


def _why_not_indexed(record: Member) -> str:
    if not record.alone:
        return "records that share a gzip member: `scrapy convert` it"
    if record.damaged or not record.complete:
        return f"damage at {record.offset}: see `scrapy verify`"
    try:
        usual_date(record.get("WARC-Date"))
    except ValueError as error:
        return f"the record at {record.offset}: {error}"
    return ""


def segment_of(record: Member) -> Continuation | None:
    """Return what a record is a segment of; None for most."""
    if record.type == "continuation":
        origin = record.get("WARC-Segment-Origin-ID")
    else:
        origin = record.get("WARC-Record-ID") if record.get("WARC-Segment-Number") else ""
    return Continuation(origin, record.offset) if origin else None


def needs(collection: Collection, known: dict[str, FileTimes], unread: dict[str, str] | None = None) -> Iterator[Need]:
    """Yield what the files of a collection need of each other, and files beside it of them, each once or more.

    The dedup store knows it of what this archive wrote. A file is read where the store and the index do not tell of the
    same number of revisits (a store that is switched off, an index that has lost lines), and if another crawler wrote
    it. What may be an original counts as one.

    :param unread: takes why files beside cannot be read, by their paths in the folder.
    :raises ArchiveError: if index, store or a record cannot be read.
    """
    resolved: Counter[str] = Counter()
    pages = PageNeeds()
    if collection.dedup:
        resolved.update(collection.dedup.resolved_revisits())
        yield from (Need(*row) for row in collection.dedup.references())
        for file, url, date in collection.dedup.revisited():
            pages.add_revisit(file, url, date)
    search = OriginalSearch(collection, thorough=True)
    segments = {name: [*span.segments] for name, span in known.items() if span.segments}
    for name, span in sorted(known.items()):
        if span.is_own and not span.unindexed and collection.dedup and resolved[name] == span.revisits:
            continue
        for record in walk(collection.path(name)):
            if isinstance(record, Member) and record.type == "revisit":
                yield from _originals(collection, name, record, search, pages)
    for path in files_beside(collection):
        name = str(path.relative_to(collection.folder))
        try:
            with archives_in(path) as archives:
                for each in archives:
                    for revisit in _revisits_beside(each, segments.setdefault(name, [])):
                        yield from _originals(collection, name, revisit, search, pages)
        except UnreadError as error:
            if unread is not None:
                unread[name] = str(error)
    yield from _of_pages(collection, pages, search)
    yield from _together(segments)


def _of_pages(collection: Collection, pages: PageNeeds, search: OriginalSearch) -> Iterator[Need]:
    """Yield which files need others since pages in them, or revisits of such pages, consist of records there."""

    def trail(entry: IndexEntry) -> Iterator[tuple[str, int]]:
        with suppress(ArchiveError):  # damaged: its file stays, and nobody can show what it was
            revisit = sound_record(collection.path(entry.filename), entry.offset)
            for found in search.trail(revisit):
                if found.file.parent == collection.folder:
                    yield found.file.name, found.offset

    described = sorted((entry.filename, entry.offset) for entry in collection.index.with_prefix(PREFIX))
    for name, offset in described:
        with suppress(ArchiveError):
            pages.add(name, sound_record(collection.path(name), offset))
    yield from (Need(*place) for place in (pages.places(collection.index, trail) if described else ()))


def _revisits_beside(path: Path, segments: list[Continuation]) -> Iterator[Member]:
    """Yield the revisits of a file beside the collection, but those whose originals it holds itself.

    :param segments: takes its segments.
    """
    own = OriginalSearch(files=[path])
    for record in walk(path):
        if not isinstance(record, Member):
            continue
        if segment := segment_of(record):
            segments.append(segment)
        if record.type == "revisit" and own.original(record) is None:
            yield record


def _originals(
    collection: Collection, name: str, revisit: Member, search: OriginalSearch, pages: PageNeeds
) -> Iterator[Need]:
    for found in search.trail(revisit):
        if found.file.name != name and found.file.parent == collection.folder:
            pages.add_revisit(name, found.record.url, found.record.get("WARC-Date"))
            yield Need(name, found.file.name, found.offset)


def _together(segments: dict[str, list[Continuation]]) -> Iterator[Need]:
    """Yield that the files which hold segments of one record need each other."""
    origins: dict[str, dict[str, list[int]]] = {}
    for name, own in segments.items():
        for segment in own:
            origins.setdefault(segment.origin, {}).setdefault(name, []).append(segment.offset)
    for files in origins.values():
        for one, (other, offsets) in product(files, files.items()):
            if one != other:
                yield from (Need(one, other, offset) for offset in offsets)
