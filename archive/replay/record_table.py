"""Where the records of many files are, by id, by URL and date, and by digest: in a temporary database on disk."""

from __future__ import annotations

import shutil
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Final, NamedTuple

from archive.errors import ArchiveError
from archive.files.deflate import gzip_member
from archive.index.cdxj import read_line
from archive.index.index import Index
from archive.records.dates import index_time
from archive.records.digests import HOLDING, canonical, computed, views
from archive.records.members import Member, whole_records

#: Maximum number of places looked up for one claim in one way: more records of one URL and second, or of one digest,
#: are there to keep us busy.
MOST: Final = 200
#: What indexes say and what reading tells are kept apart: what has been read must not change what the indexes answer.
_TABLES: Final = """
CREATE TABLE indexed (digest TEXT, file TEXT, offset INTEGER, inner INTEGER, time TEXT);
CREATE INDEX indexed_by_digest ON indexed (digest, time);
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


class RecordTable:
    """Places of records of those types that hold a payload or refer to one."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES + "BEGIN;")
        self._folder: Path | None = None
        #: Algorithms of which the digests of all records were computed.
        self._computed: set[str] = set()

    def folder(self) -> Path:
        """Return a temporary folder that is removed with the table."""
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="archive-index-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def add_index(self, index: Index, path_of: Callable[[str], Path]) -> None:
        """Add the records of an index that have a digest there."""
        entries = (read_line(line) for line in index.lines())
        self._database.executemany(
            "INSERT INTO indexed VALUES (?,?,?,-1,?)",
            (
                (canonical(entry.digest), str(path_of(entry.filename)), entry.offset, entry.timestamp)
                for entry in entries
                if entry.digest and not entry.is_revisit
            ),
        )

    def read(self, files: Callable[[], Iterable[Path]], algorithm: str) -> None:
        """Add the records of files, once for each algorithm.

        :param files: always returns the same files.
        :param algorithm: of the digests to compute where records give none; empty for no digests.
        """
        if algorithm not in self._computed:
            is_first = not self._computed
            self._computed.add(algorithm)
            for path in files():
                self._read_file(path, algorithm, is_first)

    def _read_file(self, path: Path, algorithm: str, is_first: bool) -> None:
        for record in whole_records(path):
            if not isinstance(record, Member) or record.type not in (*HOLDING, "revisit"):
                continue
            place, time = (str(path), record.offset, _inner(record)), index_time(record.get("WARC-Date"))
            if is_first:
                row = (record.get("WARC-Record-ID"), record.url, time, *place)
                self._database.execute("INSERT INTO records VALUES (?,?,?,?,?,?)", row)
            if not algorithm or record.type not in HOLDING:
                continue
            stated = canonical(record.get("WARC-Payload-Digest"))
            is_stated = stated.startswith(f"{algorithm}:")
            digests = [stated] if is_stated else [str(computed(algorithm, view)) for view in views(record)]
            rows = ((each, *place, time) for each in digests)
            self._database.executemany("INSERT INTO digests VALUES (?,?,?,?,?)", rows)

    def indexed(self, digest: str) -> list[Place]:
        """Return the records of which an index says that they have a payload digest, the earliest first."""
        return self._places("indexed WHERE digest = ? ORDER BY time", canonical(digest))

    def with_digest(self, digest: str) -> list[Place]:
        """Return the records that were read, with a payload digest, the earliest first."""
        return self._places("digests WHERE digest = ? ORDER BY time", canonical(digest))

    def with_id(self, record_id: str) -> list[Place]:
        return self._places("records WHERE record_id = ?", record_id)

    def of_capture(self, url: str, date: str) -> list[Place]:
        """Return the records of a URL and a WARC-Date to the second."""
        return self._places("records WHERE url = ? AND time = ?", url, index_time(date))

    def _places(self, query: str, *values: str) -> list[Place]:
        select = f"SELECT file, offset, inner FROM {query} LIMIT {MOST}"  # noqa: S608  # of our own words
        rows = self._database.execute(select, values).fetchall()
        return [Place(Path(file), offset, inner) for file, offset, inner in rows]

    def readable(self, place: Place) -> tuple[Path, int]:
        """Return file and offset at which a record can be read by itself, in a copy if need be.

        :raises ArchiveError: if it is not there any more, or its file cannot be read.
        """
        if place.inner < 0:
            return place.file, place.offset
        file = str(place.file)
        query = "SELECT copy, place FROM unpacked WHERE file = ? AND offset = ? AND inner = ?"
        if self._database.execute("SELECT 1 FROM unpacked WHERE file = ? LIMIT 1", (file,)).fetchone() is None:
            copy = self.folder() / f"own-{len([*self.folder().iterdir()])}.warc.gz"
            rows = ((file, *found, str(copy), at) for found, at in write_alone(place.file, copy))
            self._database.executemany("INSERT OR IGNORE INTO unpacked VALUES (?,?,?,?,?)", rows)
        row = self._database.execute(query, (file, place.offset, place.inner)).fetchone()
        if row is None:
            raise ArchiveError(f"{file} was changed")
        return Path(row[0]), row[1]


def _inner(record: Member) -> int:
    return -1 if record.alone else record.inner


def write_alone(path: Path, copy: Path) -> Iterator[tuple[tuple[int, int], int]]:
    """Write the records that share a gzip member, or are not in WARC form, to where each can be read by itself.

    The first warcinfo record comes first, whatever it is in. Yields place in the file (offset, inner) and offset in the
    copy of each of the others; nothing is written if there are none.

    :raises ArchiveError: if the file cannot be read.
    """
    with ExitStack() as opened:
        file: IO[bytes] | None = None
        warcinfo = b""
        for found in whole_records(path):
            if not isinstance(found, Member):
                continue
            is_warcinfo = found.type == "warcinfo"
            if not warcinfo and is_warcinfo:
                warcinfo = gzip_member(found.as_bytes())
            if is_warcinfo or found.alone or found.type not in (*HOLDING, "revisit"):
                continue
            if file is None:
                file = opened.enter_context(copy.open("wb"))
                file.write(warcinfo)
            at = file.tell()
            file.write(gzip_member(found.as_bytes()))
            file.flush()
            yield (found.offset, _inner(found)), at
