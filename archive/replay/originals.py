"""How a revisit record finds its original: the one search that verify, rebuild, wacz, redact and retire share.

In this order: the record that it names, by id or by URL and date; a record with the payload digest that it gives; for
a 304 response that names nothing, the last 200 response of its URL. Digests are compared by what they say, not by how
they are written, and computed where a record gives none. A revisit may also name another revisit: that leads on.
What is found depends on the files and the collection alone, not on what was looked for before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Collection as Several
from enum import Enum, auto
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.lock import locked
from archive.http.http_message import MessageError
from archive.http.kept_message import kept_response
from archive.index.cdxj import IndexEntry, indexed
from archive.index.index import Index
from archive.records.dates import index_time
from archive.records.digests import HOLDING, DigestError, has_payload, read_digest, same
from archive.records.members import Member
from archive.records.record_reader import bare
from archive.records.revisit import Claim, claim
from archive.replay.record_memory import Glimpse, RecordMemory, identity
from archive.replay.record_table import MOST, Place, RecordTable, write_alone

#: The shortest HTTP head.
_NOT_MODIFIED: Final = b"HTTP/1.1 304 Not Modified\r\n\r\n"
#: Maximum number of revisits that lead from one to the next.
_LONGEST_CHAIN: Final = 10


class _Fit(Enum):
    """How far a record is what a claim means."""

    #: It is.
    BEST = auto()
    #: It is unless there is a better one.
    CERTAIN = auto()
    #: It should be, but its payload is another.
    UNCERTAIN = auto()
    NONE = auto()


class FoundOriginal(NamedTuple):
    """A record to which a revisit refers; not ``certain`` where it should be that one, but its payload is another.

    ``path`` and the record's offset lead to it: in a copy, where it cannot be read by itself in the file it is from.
    ``record`` has all its fields; its block only as `OriginalSearch.original` returns it.
    """

    path: Path
    record: Member
    certain: bool = True
    #: Where it really is, if that is a copy.
    origin: Place | None = None

    @property
    def place(self) -> Place:
        return self.origin or Place(self.path, self.record.offset)

    @property
    def file(self) -> Path:
        """The file that it is in."""
        return self.place.file

    @property
    def offset(self) -> int:
        """Where in that file it is: of several in a gzip member, where that begins."""
        return self.place.offset


class OriginalSearch:
    """Looks for originals in a collection, and in the files at hand.

    :param files: WARC files to look in, besides those of the collection; indexed for the purpose when first needed.
    :param thorough: whether to read the whole collection, once, before something is taken for missing; the files at
        hand are read in any case.
    :param shared: a folder for the index of the files, which is made once for all who are given the same.
    :raises ArchiveError: from every method, if an index or the dedup store cannot be read.
    """

    def __init__(
        self,
        collection: Collection | None = None,
        files: Iterable[Path] = (),
        *,
        thorough: bool = False,
        shared: Path | None = None,
    ):
        self._collection, self._shared = collection, shared
        #: By the names that they have in the index made of them: two files may have one name.
        self._files = {f"{number}/{path.name}": path for number, path in enumerate(files)}
        self._thorough = thorough
        self._local: Index | None = None
        self._table = RecordTable()
        #: Whether the table has the digests that the indexes give.
        self._has_index = False

    @cached_property
    def _memory(self) -> RecordMemory:
        return RecordMemory(self._table)  # most searches look for nothing

    def original(self, revisit: Member, without: Several[str] = ()) -> FoundOriginal | None:
        """Return the record that has a revisit's payload, or had it: none for a 304 response that names nothing known.

        :param without: ids of records that do not count.
        """
        found = self._end(revisit, without)
        return found if found and found.certain else None

    def trail(self, revisit: Member, without: Several[str] = ()) -> Iterator[FoundOriginal]:
        """Yield the records through which a revisit leads to its original; the last one holds it, if it is there."""
        for found in self._trail(revisit, without):
            self._memory.let_go()
            yield found
        self._memory.let_go()

    def _trail(self, revisit: Member, without: Several[str]) -> Iterator[FoundOriginal]:
        seen = {identity(revisit), *without}
        for _ in range(_LONGEST_CHAIN):
            found = self._find(claim(revisit), seen)
            if found is None:
                return
            yield found
            if found.record.type != "revisit":
                return
            revisit = found.record
            seen.add(identity(revisit))

    def _end(self, revisit: Member, without: Several[str] = ()) -> FoundOriginal | None:
        """Return the record that is no revisit to which a revisit leads, even if it has another payload.

        It has its block if it is the one meant.
        """
        found = next((found for found in self._trail(revisit, without) if found.record.type != "revisit"), None)
        try:
            if found and found.certain:
                found = found._replace(record=self._memory.whole(found.place, found.path, found.record.offset))
        except ArchiveError:
            found = None  # it was there a moment ago
        self._memory.let_go()
        return found

    def record(self, record_id: str, url: str, date: str) -> FoundOriginal | None:
        """Return the record with an id that was captured at a URL and moment, be it a revisit or not."""
        wanted = Claim(record_id, url, date, "", "", "", "", is_not_modified=False)
        candidates = self._candidates(wanted)
        found = next((each for each in candidates if each.record.get("WARC-Record-ID") == record_id), None)
        self._memory.let_go()
        return self._found(found) if found else None

    def find(self, wanted: Claim, without: Several[str] = ()) -> FoundOriginal | None:
        """Return the record that a claim means."""
        found = self._find(wanted, without)
        self._memory.let_go()
        return found

    def _find(self, wanted: Claim, without: Several[str]) -> FoundOriginal | None:
        second: tuple[Glimpse, bool] | None = None  # the best of those that do not quite fit, and whether it is certain
        for found in self._candidates(wanted):
            if found.identity in without or found.identity == wanted.own_id:
                continue
            fit = self._fit(wanted, found)
            if fit is _Fit.BEST:
                return self._found(found)
            if fit is _Fit.CERTAIN and not (second and second[1]):
                second = found, True
            elif fit is _Fit.UNCERTAIN and not second:
                second = found, False
        return self._found(second[0])._replace(certain=second[1]) if second else None

    def _fit(self, wanted: Claim, found: Glimpse) -> _Fit:
        record = found.record
        named = wanted.names(record)
        if record.type == "revisit":
            alike = not wanted.digest or same(record.get("WARC-Payload-Digest"), wanted.digest)
            return _Fit.CERTAIN if alike and (named or wanted.is_not_modified) else _Fit.NONE
        held = partial(self._memory.fits, found)
        try:
            fit = has_payload(record, wanted.digest, held) if wanted.digest else None
            if fit and wanted.is_named and not named:
                # Another than the one meant: what it says of itself is not enough then.
                fit = held(wanted.digest)
        except ArchiveError:
            return _Fit.NONE  # as what is damaged
        if fit or (fit is None and (named or wanted.is_not_modified)):
            # Of two captures of one second, the id tells which is meant.
            is_meant = fit or not wanted.record_id or record.get("WARC-Record-ID") == wanted.record_id
            return _Fit.BEST if is_meant else _Fit.CERTAIN
        return _Fit.UNCERTAIN if named or not wanted.digest else _Fit.NONE

    def _found(self, glimpse: Glimpse) -> FoundOriginal:
        origin = None if glimpse.place.inner < 0 else glimpse.place
        return FoundOriginal(glimpse.path, self._memory.with_head(glimpse), origin=origin)

    def _candidates(self, wanted: Claim) -> Iterator[Glimpse]:
        """Yield the records that may be meant, each once, the likeliest first."""
        seen: set[Place] = set()
        for place in self._places(wanted):
            if place in seen:
                continue
            seen.add(place)
            try:
                found = self._memory.glimpse(place)
            except ArchiveError:
                continue  # gone, or damaged: reported by whoever reads the file itself
            if found.record.type in HOLDING or found.record.type == "revisit":
                yield found

    def _places(self, wanted: Claim) -> Iterator[Place]:
        # Who is not thorough may look into the archive beside a crawl, and opens no store for that.
        if wanted.record_id and self._thorough and self._collection and self._collection.dedup:
            for file, offset in self._collection.dedup.places(wanted.record_id):
                yield Place(self._collection.path(file), offset)
        for index, path_of in self._indexes():
            for entry in _by_url(index, wanted):
                yield Place(path_of(entry.filename), entry.offset)
        if wanted.digest:
            yield from self._by_digest(wanted.digest)
        if wanted.is_named or wanted.digest:
            yield from self._read_all(wanted)

    def _by_digest(self, digest: str) -> list[Place]:
        """Return the records that an index gives a digest of, the earliest first."""
        if not self._has_index:
            self._has_index = True
            for index, path_of in self._indexes():
                self._table.add_index(index, path_of)
        return self._table.indexed(digest)

    def _read_all(self, wanted: Claim) -> Iterator[Place]:
        """Yield what only the records themselves tell: ids, digests that they do not give, what no index has."""
        try:
            algorithm = read_digest(wanted.digest).algorithm if wanted.digest else ""
        except DigestError:
            algorithm = ""
        self._table.read(self._all_files, algorithm)
        if wanted.record_id:
            yield from self._table.with_id(wanted.record_id)
        if wanted.url and wanted.date:
            yield from self._table.of_capture(wanted.url, wanted.date)
        if algorithm:
            yield from self._table.with_digest(wanted.digest)

    def _all_files(self) -> list[Path]:
        own = self._collection.files() if self._thorough and self._collection else []
        return sorted({*own, *(path for path in self._files.values() if path.exists())})

    def _indexes(self) -> Iterator[tuple[Index, Callable[[str], Path]]]:
        """Yield the indexes there are, each with what tells where a file that it names is."""
        if self._collection:
            yield self._collection.index, self._collection.path
        if not self._files:
            return
        if self._local is None:
            folder = self._shared or self._table.folder()
            with locked(folder / "lock"):
                self._local = self._index_in(folder)
        yield self._local, self._files.__getitem__

    def _index_in(self, folder: Path) -> Index:
        """Return an index of the files, made anew unless it is there."""
        index, done = Index(folder / "index"), folder / "files.json"
        if done.exists():
            self._files = {name: Path(path) for name, path in json.loads(done.read_bytes()).items()}
            return index
        for name, path in [*self._files.items()]:
            unpacked = folder / f"{len(self._files)}.warc.gz"
            for _ in write_alone(path, unpacked):
                self._files[f"{name} unpacked"] = unpacked
        # Damage is reported by whoever reads the files themselves.
        lines = (line for name, path in self._files.items() for _, line in indexed(path, [], name))
        index.add([*self._files], lines)
        replace_file(done, [json.dumps({name: str(path) for name, path in self._files.items()}).encode()])
        return index


class UnresolvedError(Exception):
    """What a revisit record refers to is not to be had; the message says why."""


class Resolver(OriginalSearch):
    """Resolves revisit records to the payloads that they refer to."""

    def payload(self, revisit: Member) -> bytes:
        """Return the payload of a revisit record, still content-encoded; that of a 304 is empty, as it was sent.

        :raises UnresolvedError: if it cannot be found.
        """
        if claim(revisit).is_not_modified:
            return b""
        original = self._record(revisit)
        try:
            return bytes(kept_response(original.block).payload)
        except MessageError:
            return bytes(original.block)

    def head(self, revisit: Member) -> bytes:
        """Return the HTTP head for a revisit record that has none of its own: its original's, since that is the same.

        :raises UnresolvedError: if it cannot be found.
        :raises MessageError: if its original has none.
        """
        if claim(revisit).is_not_modified:
            return _NOT_MODIFIED
        return kept_response(self._record(revisit).block).head

    def _record(self, revisit: Member) -> Member:
        wanted = claim(revisit)
        if not (wanted.is_named or wanted.digest):
            raise UnresolvedError("it does not say what it refers to")
        found = self._end(revisit)
        if found is None or not found.certain:
            reason = "has another payload" if found else "is not here"
            raise UnresolvedError(f"it refers to a capture that {reason}: {wanted}")
        return found.record


def _by_url(index: Index, wanted: Claim) -> Iterator[IndexEntry]:
    """Yield the records of the URL and moment named; else those of the URL, with the digest wanted, or before it."""
    url, moment = wanted.url or wanted.own_url, index_time(wanted.date)
    if wanted.url and moment:
        entries = index.captures(url, moment, moment)
        yield from (entry for entry in islice(entries, MOST) if bare(entry.url) == url)
        return
    before = index_time(wanted.own_date)
    for entry in islice(index.nearest(url, moment or before), MOST):
        if bare(entry.url) != url:
            continue
        earlier = entry.timestamp <= before
        if wanted.is_not_modified:
            likely = earlier and entry.status == "200"
        else:
            likely = same(entry.digest, wanted.digest) if wanted.digest else earlier
        if likely or (wanted.record_id and not entry.is_revisit):
            yield entry
