"""What was read of records, remembered on disk: each is unpacked and hashed once, however many revisits may mean it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from pathlib import Path
from typing import Final, NamedTuple

from archive.errors import ArchiveError
from archive.records.digests import DigestError, computed, read_digest, views
from archive.records.members import Member, sound_record
from archive.records.record_reader import parse_head
from archive.replay.record_table import Place, RecordTable

#: The fields by which one record is told from another, in the order of the table's last columns.
_TELLING: Final = ("WARC-Type", "WARC-Record-ID", "WARC-Target-URI", "WARC-Date", "WARC-Payload-Digest")
_TABLES: Final = """
CREATE TABLE records (number INTEGER PRIMARY KEY, file BLOB, offset INTEGER, inner INTEGER, state TEXT,
    head BLOB, identity TEXT, copy BLOB, place INTEGER, type TEXT, record_id TEXT, url TEXT, date TEXT, digest TEXT);
CREATE UNIQUE INDEX records_by_place ON records (file, offset, inner, state);
CREATE TABLE payloads (number INTEGER, algorithm TEXT, digests TEXT, PRIMARY KEY (number, algorithm)) WITHOUT ROWID;
"""
_GLIMPSE: Final = """
SELECT number, identity, copy, place, type, record_id, url, date, digest FROM records
    WHERE file = ? AND offset = ? AND inner = ? AND state = ?
"""


class Glimpse(NamedTuple):
    """A record with nothing but the fields by which it is told from others."""

    place: Place
    #: Where it can be read by itself; its offset there is that of the record.
    path: Path
    record: Member
    identity: str
    #: Of its row.
    number: int


class RecordMemory:
    """Remembers what records say, and the digests of what they hold; of blocks it has the one read last alone."""

    def __init__(self, table: RecordTable):
        self._table = table
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES + "BEGIN;")
        self._last: tuple[Place, Member] | None = None

    def glimpse(self, place: Place) -> Glimpse:
        """Return what a record says of itself.

        :raises ArchiveError: if there is no whole, undamaged record, or the file cannot be read.
        """
        key = os.fsencode(place.file), place.offset, place.inner, _state(place.file)
        row = self._database.execute(_GLIMPSE, key).fetchone()
        if row is None:
            path, offset = self._table.readable(place)
            record = self._read(place, path, offset)
            told = zlib.compress(record.head, 1), identity(record), os.fsencode(path), offset
            values = (*key, *told, *map(record.get, _TELLING))
            self._database.execute(f"INSERT INTO records VALUES (NULL{',?' * len(values)})", values)  # noqa: S608
            row = self._database.execute(_GLIMPSE, key).fetchone()
        number, own_identity, copy, offset, *telling = row
        record = Member(offset, 0, b"", [*zip(_TELLING, telling, strict=True)], b"", complete=True)
        return Glimpse(place, Path(os.fsdecode(copy)), record, own_identity, number)

    def fits(self, glimpse: Glimpse, digest: str) -> bool | None:
        """Return whether a digest is that of what a record holds; None if it cannot be read.

        :raises ArchiveError: if the record cannot be read any more.
        """
        try:
            wanted = read_digest(digest)
        except DigestError:
            return None
        key = glimpse.number, wanted.algorithm
        row = self._database.execute("SELECT digests FROM payloads WHERE number = ? AND algorithm = ?", key).fetchone()
        if row is None:
            record = self.whole(glimpse.place, glimpse.path, glimpse.record.offset)
            row = (" ".join(str(computed(wanted.algorithm, view)) for view in views(record)),)
            self._database.execute("INSERT INTO payloads VALUES (?,?,?)", (*key, *row))
        return str(wanted) in row[0].split(" ")

    def with_head(self, glimpse: Glimpse) -> Member:
        """Return a record with all fields, without its block."""
        ((packed,),) = self._database.execute("SELECT head FROM records WHERE number = ?", (glimpse.number,))
        head = zlib.decompress(packed)
        return Member(glimpse.record.offset, 0, head, parse_head(head), b"", complete=True)

    def whole(self, place: Place, path: Path, offset: int) -> Member:
        """Return the record of a place, which can be read at an offset of a file.

        :raises ArchiveError: if it cannot be read any more.
        """
        return self._last[1] if self._last and self._last[0] == place else self._read(place, path, offset)

    def _read(self, place: Place, path: Path, offset: int) -> Member:
        self._last = None  # before the next takes memory
        record = sound_record(path, offset)
        self._last = place, record
        return record

    def let_go(self) -> None:
        """Drop the block of the record read last."""
        self._last = None


def identity(record: Member) -> str:
    """Return what tells a record from others: its id; without one, a digest of its head."""
    return record.get("WARC-Record-ID") or f"sha256:{hashlib.sha256(record.head).hexdigest()}"


def _state(path: Path) -> str:
    """Return what changes with a file.

    :raises ArchiveError: if it is not there.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"
