"""How a revisit record finds its original: the one search that verify, rebuild, wacz, redact and retire share.

In this order: the record that it names, by id or by URL and date; a record with the payload digest that it gives; for
an answer 304 that names nothing, the last answer 200 of its URL. Digests are compared by what they say, not by how
they are written, and computed where a record gives none. A revisit may also name another revisit: that leads on.
"""

from __future__ import annotations

import shutil
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Collection as Several
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Final, NamedTuple

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.inflate import gzip_member
from archive.http.http_message import MessageError
from archive.http.kept_response import kept_response
from archive.index.cdxj import IndexEntry, cdxj_line, read_line
from archive.index.index import Index
from archive.records.dates import index_time
from archive.records.digests import DigestError, canonical, computed, fits, read_digest, same
from archive.records.members import Block, Member
from archive.records.revisit import Claim, bare, claim
from archive.records.sound_records import sound_record, sound_records, whole_records

#: Types of records that hold a payload.
HOLDING: Final = frozenset({"response", "resource"})
#: So many records are looked at for one claim and one way to find them: more of one URL and second, or one digest, are
#: made to make us look.
_MOST: Final = 200
#: Revisits that lead from one to the next.
_LONGEST_CHAIN: Final = 10
_TABLES: Final = """
CREATE TABLE digests (digest TEXT, file TEXT, offset INTEGER, inner INTEGER, time TEXT);
CREATE INDEX digests_by_digest ON digests (digest, time);
CREATE TABLE records (record_id TEXT, url TEXT, time TEXT, file TEXT, offset INTEGER, inner INTEGER);
CREATE INDEX records_by_id ON records (record_id);
CREATE INDEX records_by_url ON records (url, time);
CREATE TABLE unpacked (file TEXT, offset INTEGER, inner INTEGER, copy TEXT, place INTEGER,
    PRIMARY KEY (file, offset, inner)) WITHOUT ROWID;
"""


class Place(NamedTuple):
    """Where a record is; ``inner`` is its place in a gzip member that it shares, or -1 if it can be read by itself."""

    file: Path
    offset: int
    inner: int = -1


class FoundOriginal(NamedTuple):
    """A record to which a revisit refers; not ``certain`` where it should be that one, but its payload is another.

    ``path`` and the record's offset lead to it: in a copy, where it cannot be read by itself in the file it is from.
    """

    path: Path
    record: Member
    certain: bool = True
    #: Where it really is, if that is a copy.
    origin: Place | None = None

    @property
    def file(self) -> Path:
        """The file that it is in."""
        return self.origin.file if self.origin else self.path

    @property
    def offset(self) -> int:
        """Where in that file it is: of several in a gzip member, where that begins."""
        return self.origin.offset if self.origin else self.record.offset


def views(record: Member) -> list[Block]:
    """Return what the payload digest of a record may be over; nothing for one that has no payload of its own."""
    if record.type not in HOLDING:
        return []
    try:
        return [*kept_response(record.block).views]
    except MessageError:
        return [record.block]


def says_chunked(record: Member) -> bool:
    """Return whether the HTTP head in a record says that the body comes in chunks."""
    try:
        return kept_response(record.block).says_chunked
    except MessageError:
        return False


def has_payload(record: Member, digest: str) -> bool | None:
    """Return whether a record has a payload of a digest; None if that cannot be told.

    Of another crawler's record, its own word is enough: it may count a payload as nobody else does.
    """
    if record.type not in HOLDING:
        return False
    says_so = same(record.get("WARC-Payload-Digest"), digest)
    is_ours = canonical(digest).startswith("sha256:")
    if says_so and not is_ours:
        return True
    fit = fits(digest, views(record))
    return False if fit is None and says_so else fit


class OriginalSearch:
    """Looks for originals in a collection, and in the files at hand.

    :param files: WARC files to look in, besides those of the collection; indexed for the purpose when first needed.
    :param thorough: whether to read the whole collection, once, before something is taken for missing; the files at
        hand are read in any case.
    :raises ArchiveError: from every method, if an index or the dedup store cannot be read.
    """

    def __init__(self, collection: Collection | None = None, files: Iterable[Path] = (), *, thorough: bool = False):
        self._collection = collection
        #: By the names that they have in the index made of them: two files may have one name.
        self._files = {f"{number}/{path.name}": path for number, path in enumerate(files)}
        self._thorough = thorough
        self._local: Index | None = None
        self._table = _new_table()
        self._made: Path | None = None
        #: Whether the table has the digests that the indexes give.
        self._has_index = False
        #: Algorithms of which the digests of all records were computed.
        self._computed: set[str] = set()

    def original(self, revisit: Member, without: Several[str] = ()) -> FoundOriginal | None:
        """Return the record that has a revisit's payload, or had it: not of an answer 304 that names nothing known.

        :param without: ids of records that do not count.
        """
        return next((found for found in self.trail(revisit, without) if found.record.type != "revisit"), None)

    def trail(self, revisit: Member, without: Several[str] = ()) -> Iterator[FoundOriginal]:
        """Yield the records through which a revisit leads to its original; the last one holds it, if it is there."""
        seen = {_identity(revisit), *without}
        for _ in range(_LONGEST_CHAIN):
            found = self.find(claim(revisit), seen)
            if found is None:
                return
            yield found
            if found.record.type != "revisit":
                return
            revisit = found.record
            seen.add(_identity(revisit))

    def find(self, wanted: Claim, without: Several[str] = ()) -> FoundOriginal | None:
        """Return the record that a claim means."""
        lesser: list[FoundOriginal] = []
        for found in self._candidates(wanted):
            record = found.record
            if (identity := _identity(record)) in without or identity == wanted.own_id:
                continue
            named = names(wanted, record)
            if record.type == "revisit":
                alike = not wanted.digest or same(record.get("WARC-Payload-Digest"), wanted.digest)
                lesser += [found] if alike and (named or wanted.is_not_modified) else []
                continue
            fit = has_payload(record, wanted.digest) if wanted.digest else None
            if fit and wanted.is_named and not named:
                # Another than the one meant: what it says of itself is not enough then.
                fit = fits(wanted.digest, views(record))
            if fit or (fit is None and (named or wanted.is_not_modified)):
                if fit or not wanted.record_id or record.get("WARC-Record-ID") == wanted.record_id:
                    return found
                lesser.append(found)  # of two captures of one second, the id tells which is meant
                continue
            if named or not wanted.digest:
                lesser.append(found._replace(certain=False))
        return min(lesser, key=lambda found: not found.certain, default=None)

    def _candidates(self, wanted: Claim) -> Iterator[FoundOriginal]:
        """Yield the records that may be meant, each once, the likeliest first."""
        seen: set[Place] = set()
        for place in self._places(wanted):
            if place in seen or not place.file.exists():
                continue
            seen.add(place)
            try:
                path, offset = (place.file, place.offset) if place.inner < 0 else self._copy(place)
                record = sound_record(path, offset)
            except ArchiveError:
                continue  # damaged; said by whoever reads the file itself
            if record.type in HOLDING or record.type == "revisit":
                yield FoundOriginal(path, record, origin=None if place.inner < 0 else place)

    def _copy(self, place: Place) -> tuple[Path, int]:
        """Return where a record can be read by itself that cannot in the file it is from.

        :raises ArchiveError: if it is not there any more.
        """
        file = str(place.file)
        query = "SELECT copy, place FROM unpacked WHERE file = ? AND offset = ? AND inner = ?"
        if self._table.execute("SELECT 1 FROM unpacked WHERE file = ? LIMIT 1", (file,)).fetchone() is None:
            copy = self._folder() / f"own-{len([*self._folder().iterdir()])}.warc.gz"
            rows = ((file, *found, str(copy), at) for found, at in write_alone(place.file, copy))
            self._table.executemany("INSERT OR IGNORE INTO unpacked VALUES (?,?,?,?,?)", rows)
        row = self._table.execute(query, (file, place.offset, place.inner)).fetchone()
        if row is None:
            raise ArchiveError(f"{file} was changed")
        return Path(row[0]), row[1]

    def _folder(self) -> Path:
        """Return the folder for what is made to be looked into."""
        if self._made is None:
            self._made = Path(mkdtemp(prefix="archive-index-"))
            weakref.finalize(self, shutil.rmtree, self._made, ignore_errors=True)
        return self._made

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

    def _by_digest(self, digest: str) -> Iterator[Place]:
        """Yield the records that an index gives a digest of, the earliest first."""
        if not self._has_index:
            self._has_index = True
            for index, path_of in self._indexes():
                entries = (read_line(line) for line in index.lines())
                self._table.executemany(
                    "INSERT INTO digests VALUES (?,?,?,-1,?)",
                    (
                        (canonical(entry.digest), str(path_of(entry.filename)), entry.offset, entry.timestamp)
                        for entry in entries
                        if entry.digest and not entry.is_revisit
                    ),
                )
        yield from self._with_digest(digest)

    def _with_digest(self, digest: str) -> list[Place]:
        return self._rows("digests WHERE digest = ? ORDER BY time", canonical(digest))

    def _rows(self, query: str, *values: str) -> list[Place]:
        select = f"SELECT file, offset, inner FROM {query} LIMIT {_MOST}"  # noqa: S608  # of our own words
        rows = self._table.execute(select, values).fetchall()
        return [Place(Path(file), offset, inner) for file, offset, inner in rows]

    def _read_all(self, wanted: Claim) -> Iterator[Place]:
        """Yield what only the records themselves tell: ids, digests that they do not give, what no index has."""
        try:
            algorithm = read_digest(wanted.digest).algorithm if wanted.digest else ""
        except DigestError:
            algorithm = ""
        if algorithm not in self._computed:
            self._computed.add(algorithm)
            for path in self._all_files():
                self._read_file(path, algorithm)
        if wanted.record_id:
            yield from self._rows("records WHERE record_id = ?", wanted.record_id)
        if wanted.url and wanted.date:
            yield from self._rows("records WHERE url = ? AND time = ?", wanted.url, index_time(wanted.date))
        if algorithm:
            yield from self._with_digest(wanted.digest)

    def _read_file(self, path: Path, algorithm: str) -> None:
        is_first = len(self._computed) == 1
        for record in whole_records(path):
            if not isinstance(record, Member) or record.type not in (*HOLDING, "revisit"):
                continue
            place, time = (str(path), record.offset, _inner(record)), index_time(record.get("WARC-Date"))
            if is_first:
                url, record_id = bare(record.get("WARC-Target-URI")), record.get("WARC-Record-ID")
                self._table.execute("INSERT INTO records VALUES (?,?,?,?,?,?)", (record_id, url, time, *place))
            if not algorithm or record.type not in HOLDING:
                continue
            stated = canonical(record.get("WARC-Payload-Digest"))
            if stated.startswith(f"{algorithm}:"):
                found = [stated]
            else:
                found = [str(computed(algorithm, view)) for view in views(record)]
            rows = ((each, *place, time) for each in found)
            self._table.executemany("INSERT INTO digests VALUES (?,?,?,?,?)", rows)

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
            folder = self._folder()
            for name, path in [*self._files.items()]:
                unpacked = folder / f"{len(self._files)}.warc.gz"
                for _ in write_alone(path, unpacked):
                    self._files[f"{name} unpacked"] = unpacked
            self._local = Index(folder / "index")
            lines = (line for name, path in self._files.items() for line in _lines(path, name))
            self._local.add([*self._files], lines)
        yield self._local, self._files.__getitem__


def _identity(record: Member) -> str:
    """Return what tells a record from others: its id; without one, its head."""
    return record.get("WARC-Record-ID") or record.head.decode("latin-1")


def _inner(record: Member) -> int:
    return -1 if record.alone else record.inner


def write_alone(path: Path, copy: Path) -> Iterator[tuple[tuple[int, int], int]]:
    """Write the records that share a gzip member, or are not in WARC form, to where each can be read by itself.

    The first warcinfo record comes first, whatever it is in. Yields place in the file (offset, inner) and offset in the
    copy of each of the others; nothing is written if there are none.
    """
    with ExitStack() as opened:
        file: IO[bytes] | None = None
        warcinfo = b""
        for found in whole_records(path):
            if not isinstance(found, Member):
                continue
            is_warcinfo = found.type == "warcinfo"
            if not warcinfo and is_warcinfo:
                warcinfo = _packed(found)
            if is_warcinfo or found.alone or found.type not in (*HOLDING, "revisit"):
                continue
            if file is None:
                file = opened.enter_context(copy.open("wb"))
                file.write(warcinfo)
            at = file.tell()
            file.write(_packed(found))
            file.flush()
            yield (found.offset, _inner(found)), at


def _packed(record: Member) -> bytes:
    return gzip_member(record.head + bytes(record.block) + b"\r\n\r\n")


def _lines(path: Path, name: str) -> Iterator[bytes]:
    """Yield the index lines of a file as far as it can be read; damage is said by whoever reads the file itself."""
    for found in sound_records(path):
        if isinstance(found, Member):
            with suppress(ValueError):  # no date
                if line := cdxj_line(found, name):
                    yield line


def _by_url(index: Index, wanted: Claim) -> Iterator[IndexEntry]:
    """Yield the records of the URL and moment named; else those of the URL, with the digest wanted, or before it."""
    url, moment = wanted.url or wanted.own_url, index_time(wanted.date)
    if wanted.url and moment:
        entries = index.captures(url, moment, moment)
        yield from (entry for entry in islice(entries, _MOST) if bare(entry.url) == url)
        return
    before = index_time(wanted.own_date)
    for entry in islice(index.nearest(url, moment or before), _MOST):
        if bare(entry.url) != url:
            continue
        earlier = entry.timestamp <= before
        if wanted.is_not_modified:
            likely = earlier and entry.status == "200"
        else:
            likely = same(entry.digest, wanted.digest) if wanted.digest else earlier
        if likely or (wanted.record_id and not entry.is_revisit):
            yield entry


def names(wanted: Claim, record: Member) -> bool:
    """Return whether a claim names a record, by id or by URL and date."""
    by_id = bool(wanted.record_id) and record.get("WARC-Record-ID") == wanted.record_id
    return by_id or _is_capture(wanted, record)


def _is_capture(wanted: Claim, record: Member) -> bool:
    if not (wanted.url and wanted.date and bare(record.get("WARC-Target-URI")) == wanted.url):
        return False
    return index_time(record.get("WARC-Date")) == index_time(wanted.date)


def _new_table() -> sqlite3.Connection:
    """Return a database in a temporary file, whatever the size of the collection."""
    table = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    table.executescript(_TABLES + "BEGIN;")
    return table
