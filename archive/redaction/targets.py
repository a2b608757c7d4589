"""Finds the records of a collection that a redaction is about."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archive.beside import UnreadError, archives_in, files_beside
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.index.cdxj import IndexEntry, read_line
from archive.records.digests import USUAL, canonical, computed, views
from archive.records.members import Damage, Member, sound_record, walk
from archive.records.record import digest
from archive.records.record_reader import bare
from archive.records.revisit import claim
from archive.records.run_record import is_own_file
from archive.replay.originals import FoundOriginal, OriginalSearch


def record_key(record: Member) -> str:
    """Return what tells a record from all others, in any file; an id alone may be there twice, or not at all."""
    own = record.get("WARC-Record-ID") or digest(record.block)
    return " ".join((own, record.type, record.get("WARC-Date"), record.url))


@dataclass(frozen=True)
class Target:
    """A record: where it is, and what it is."""

    path: Path
    record: Member

    @property
    def key(self) -> str:
        return record_key(self.record)

    @property
    def record_id(self) -> str:
        return self.record.get("WARC-Record-ID")

    @property
    def url(self) -> str:
        return self.record.url

    @property
    def date(self) -> str:
        return self.record.get("WARC-Date")

    @property
    def payload_digest(self) -> str:
        return self.record.get("WARC-Payload-Digest")

    @property
    def is_revisit(self) -> bool:
        return self.record.type == "revisit"

    def payload(self) -> bytes:
        """Return the payload of a response; nothing of a record that holds none."""
        return bytes(next(iter(views(self.record)), b""))

    @property
    def digests(self) -> set[str]:
        """What other records may call the payload: the digest that is given, and those that crawlers use."""
        if self.is_revisit:
            return {canonical(self.payload_digest)} - {""}
        return (self.computed_digests | {canonical(self.payload_digest)}) - {""}

    @property
    def computed_digests(self) -> set[str]:
        """Digests of what the record itself holds, whatever it says."""
        return {str(computed(algorithm, view)) for algorithm in USUAL for view in views(self.record)}


class Finder:
    """Looks records up in the index, which must be up to date.

    :raises ArchiveError: from every method, if the index or a record cannot be read.
    """

    def __init__(self, collection: Collection):
        self._collection = collection
        self.search = OriginalSearch(collection, thorough=True)
        #: Files with revisits that cannot be written anew as they are.
        self._only_read: set[Path] = set()

    def of_url(self, url: str) -> list[Target]:
        """Return all captures of exactly this URL, in the order of time."""
        entries = (entry for entry in self._collection.index.captures(url) if bare(entry.url) == url)
        return sorted(map(self._target, entries), key=_order)

    def with_digests(self, digests: Several[str]) -> list[Target]:
        """Return all captures of any URL whose payload has one of these digests, in the order of time."""
        wanted = {canonical(digest) for digest in digests if digest}
        entries = (read_line(line) for line in self._collection.index.lines()) if wanted else ()
        holding = (entry for entry in entries if canonical(entry.digest) in wanted)
        return sorted(map(self._target, holding), key=_order)

    def referring_to(self, targets: Several[Target]) -> list[tuple[Target, list[Target]]]:
        """Return the revisits whose way to their payload leads through one of some records, in the order of time.

        Each list stands beside the record that holds the payload, which need not be one of those.
        """
        keys = {target.key for target in targets}
        originals: dict[str, Target] = {}
        found: dict[str, dict[str, Target]] = {}
        for revisit in self._may_refer_to(targets):
            wanted = claim(revisit.record)
            if wanted.is_not_modified and not wanted.is_named:
                continue  # it names nothing, and needs nothing
            trail = list(self.search.trail(revisit.record))
            if not trail or not trail[-1].certain or trail[-1].record.type == "revisit":
                continue  # was not found before, either
            if keys.isdisjoint(map(_key, trail)):
                continue
            if revisit.path in self._only_read:
                raise ArchiveError(
                    f"{revisit.path} holds a capture of {revisit.url} that has its body from what is to go, in "
                    "a form that is only read here: `scrapy convert` it and put it elsewhere, then redact"
                )
            if (key := _key(trail[-1])) not in originals:
                originals[key] = Target(trail[-1].path, _whole(trail[-1]))
            found.setdefault(key, {})[revisit.key] = revisit
        return [(originals[each], sorted(own.values(), key=_order)) for each, own in found.items()]

    def _may_refer_to(self, targets: Several[Target]) -> Iterator[Target]:
        """Yield revisits with the digest or the URL of a record, and those that name one; without a store all."""
        digests = {digest for target in targets for digest in target.digests}
        urls = {target.url for target in targets}
        store = self._collection.dedup
        for line in self._collection.index.lines():
            entry = read_line(line)
            if entry.is_revisit and (
                store is None or not entry.digest or canonical(entry.digest) in digests or bare(entry.url) in urls
            ):
                yield self._target(entry)
        for target in targets:
            for known in store.referring_to(target.record_id) if store and target.record_id else ():
                path = self._collection.path(known.file)
                yield Target(path, sound_record(path, known.offset))
        for revisit in self._not_indexed():
            wanted = claim(revisit.record)
            named = wanted.url in urls or wanted.own_url in urls or wanted.record_id
            if store is None or not wanted.digest or named or canonical(wanted.digest) in digests:
                yield revisit

    def _not_indexed(self) -> Iterator[Target]:
        """Yield revisits that the index need not know: in files of other crawlers, and in those beside."""
        for path in self._collection.files():
            if not is_own_file(path):
                yield from (Target(path, record) for record in _revisits(path))
        for path in files_beside(self._collection):
            with suppress(UnreadError), archives_in(path) as archives:  # whoever looks for the page itself names it
                for each in archives:
                    own = OriginalSearch(files=[each])
                    for record in _revisits(each):
                        if each == path and not _is_only_read(path):
                            yield Target(path, record)
                        elif own.original(record) is None:
                            self._only_read.add(path)
                            yield Target(path, record)

    def _target(self, entry: IndexEntry) -> Target:
        path = self._collection.path(entry.filename)
        return Target(path, sound_record(path, entry.offset))


def _whole(hop: FoundOriginal) -> Member:
    """Return a record on the way of a revisit with its block."""
    return sound_record(hop.path, hop.record.offset)


def _key(hop: FoundOriginal) -> str:
    return record_key(hop.record if hop.record.get("WARC-Record-ID") else _whole(hop))


def _revisits(path: Path) -> Iterator[Member]:
    records = (found for found in walk(path) if isinstance(found, Member))
    return (each for each in records if each.type == "revisit" and each.complete and not each.damaged)


def _is_only_read(path: Path) -> bool:
    return any(isinstance(found, Damage) and found.code == "format-convert" for found in walk(path))


def _order(target: Target) -> tuple[str, str, int]:
    return target.date, target.path.name, target.record.offset
