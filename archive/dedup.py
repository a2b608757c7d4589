"""Deduplication: which payloads the archive holds, in an SQLite database that can be made again from the WARC files.

Other crawls see what a WARC file holds only after `commit`, which is for files that are closed and have their name.
Until then only the crawl that writes the file sees it, in a temporary database that vanishes with the crawl.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError, DamagedCacheError, os_errors
from archive.files.atomic import sync_folder
from archive.files.lock import locked
from archive.http.http_message import MessageError
from archive.http.kept_message import KeptMessage, kept_response
from archive.records.digests import canonical, same
from archive.records.members import Member
from archive.records.record import digest
from archive.records.revisit import Original, Revisit, Seen, is_complete, validators

_VERSION = 1
#: SQLite's codes for a file that is damaged, or no database (SQLITE_CORRUPT, SQLITE_NOTADB).
_DAMAGED = (11, 26)
_MENDS = "it is removed, the next crawl or `scrapy index rebuild` makes it again"
_TABLES = """
CREATE TABLE IF NOT EXISTS originals (
    record_id TEXT PRIMARY KEY, url TEXT, date TEXT, digest TEXT, size INTEGER, file TEXT, offset INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS originals_by_digest ON originals (digest);
CREATE INDEX IF NOT EXISTS originals_by_file ON originals (file);
CREATE TABLE IF NOT EXISTS validators (
    url TEXT, etag TEXT, last_modified TEXT, date TEXT, original_id TEXT, file TEXT);
CREATE INDEX IF NOT EXISTS validators_by_url ON validators (url);
CREATE INDEX IF NOT EXISTS validators_by_file ON validators (file);
CREATE TABLE IF NOT EXISTS revisits (
    record_id TEXT PRIMARY KEY, url TEXT, date TEXT, original_id TEXT, file TEXT, offset INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS revisits_by_original ON revisits (original_id);
CREATE INDEX IF NOT EXISTS revisits_by_file ON revisits (file);
CREATE TABLE IF NOT EXISTS files (file TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_ORIGINALS = "SELECT record_id, url, date, digest, file FROM originals"
#: The tables that hold what is in a file, and how a row is added to each.
_ADD = {
    "originals": "INSERT OR REPLACE INTO originals VALUES (?,?,?,?,?,?,?)",
    "validators": "INSERT INTO validators VALUES (?,?,?,?,?,?)",
    "revisits": "INSERT OR REPLACE INTO revisits VALUES (?,?,?,?,?,?)",
}


class Dedup:
    """The database of one folder of WARC files.

    :param folder: where the WARC files are; what is in a file that is gone is not referred to.
    :param min_bytes: smaller payloads are stored each time.
    :raises ArchiveError: from every method, if the database cannot be opened, read or written; the message names it.
    """

    def __init__(self, path: Path, folder: Path, min_bytes: int = 1024):
        self._path = path
        self._folder = folder
        self._min_bytes = max(1, min_bytes)
        with self._errors_named():
            #: What this crawl has added, in one transaction that never ends.
            self._own = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._own.executescript(_TABLES + "BEGIN;")
            path.parent.mkdir(parents=True, exist_ok=True)
            with locked(_lock_of(path)):
                self._database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
                self._prepare()

    def close(self) -> None:
        self._database.close()
        self._own.close()

    def with_payload(self, payload_digest: str, size: int) -> Original | None:
        """Return a record that holds a payload, the oldest there is."""
        if size < self._min_bytes:
            return None
        rows = self._seen_by_crawl(f"{_ORIGINALS} WHERE digest = ?", payload_digest)
        return self._first_there(sorted(rows, key=lambda row: row[2]))

    def with_validators(self, url: str, etags: Collection[str], last_modified: str) -> Original | None:
        """Return the record that holds what a URL's newest capture with one of these ETags, or this date, gave."""
        rows = self._seen_by_crawl("SELECT etag, last_modified, date, original_id FROM validators WHERE url = ?", url)
        for etag, modified, _, original_id in sorted(rows, key=lambda row: row[2], reverse=True):
            if etag in etags if etags else modified == last_modified:
                return self._first_there(self._seen_by_crawl(f"{_ORIGINALS} WHERE record_id = ?", original_id))
        return None

    def add(self, seen: Seen, file: str, offset: int) -> None:
        """Add what a file holds; others see it after `commit`."""
        with self._adding():
            if seen.original_id == seen.record_id:
                original = seen.record_id, seen.url, seen.date, seen.payload_digest, seen.size, file, offset
                self._own.execute(_ADD["originals"], original)
            if any(seen.validators):
                version = seen.url, *seen.validators, seen.date, seen.original_id, file
                self._own.execute(_ADD["validators"], version)

    def add_revisit(self, revisit: Revisit) -> None:
        """Add a revisit record that a file holds; others see it after `commit`."""
        with self._adding():
            self._own.execute(_ADD["revisits"], revisit)

    def forget(self, file: str) -> None:
        """Drop what was added of a file since its last `commit`."""
        with self._adding():
            _delete(self._own, file)

    def commit(self, file: str) -> None:
        """Publish what was added of a file, in place of what was known of it before.

        :raises ArchiveError: also if something of what was added is lost: the file stays unknown, for the next crawl.
        """
        with self._changing():
            self._check_kept()
            _delete(self._database, file)
            for table, addition in _ADD.items():
                added = self._own.execute(f"SELECT * FROM {table} WHERE file = ?", (file,))  # noqa: S608
                self._database.executemany(addition, added)
            self._database.execute("INSERT OR REPLACE INTO files VALUES (?)", (file,))
        self.forget(file)

    def remove(self, file: str) -> None:
        """Drop a file; what refers into it is not touched, see `references`."""
        with self._changing():
            _delete(self._database, file)
            self._database.execute("DELETE FROM files WHERE file = ?", (file,))

    def files(self) -> set[str]:
        """Return the names of the WARC files whose content is known."""
        return {file for (file,) in self._rows("SELECT file FROM files")}

    def references(self) -> list[tuple[str, str, int]]:
        """Return which files hold revisits of records of which others: file, file and offset of the original."""
        return self._rows(
            "SELECT DISTINCT r.file, o.file, o.offset FROM revisits r "
            "JOIN originals o ON o.record_id = r.original_id WHERE r.file <> o.file"
        )

    def revisited(self) -> list[tuple[str, str, str]]:
        """Return which files hold revisits of which captures in others: file, URL and WARC-Date."""
        return self._rows(
            "SELECT DISTINCT r.file, o.url, o.date FROM revisits r "
            "JOIN originals o ON o.record_id = r.original_id WHERE r.file <> o.file"
        )

    def resolved_revisits(self) -> dict[str, int]:
        """Return how many revisits of each file refer to a record that is known."""
        rows = self._rows(
            "SELECT r.file, count(*) FROM revisits r JOIN originals o ON o.record_id = r.original_id GROUP BY r.file"
        )
        return {str(row[0]): int(row[1]) for row in rows}

    def places(self, record_id: str) -> list[tuple[str, int]]:
        """Return file and offset of the record with an id, if it is one that may be referred to, or a revisit."""
        return self._rows(
            "SELECT file, offset FROM originals WHERE record_id = ?1 "
            "UNION ALL SELECT file, offset FROM revisits WHERE record_id = ?1",
            record_id,
        )

    def referring_to(self, record_id: str) -> list[Revisit]:
        """Return the revisit records that refer to a record."""
        rows = self._rows("SELECT * FROM revisits WHERE original_id = ?1 ORDER BY file, offset", record_id)
        return [Revisit(*row) for row in rows]

    def _prepare(self) -> None:
        """Make a new database ready. SQLite does not wait when two processes do that at once: the caller sees to it."""
        execute = self._database.execute
        execute("PRAGMA journal_mode=WAL")
        execute("PRAGMA synchronous=NORMAL")
        (version,) = execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            remove_database(self._path)
            raise DamagedCacheError(f"{self._path} was written by another version: {_MENDS}")
        if not version:
            self._database.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
            execute(f"PRAGMA user_version={_VERSION}")

    def _first_there(self, rows: list[tuple[Any, ...]]) -> Original | None:
        """Return the first record whose file is still there, be it under its name or being written by this crawl."""
        for *original, file in rows:
            if (self._folder / file).exists() or (self._folder / f"{file}.open").exists():
                return Original(*original)
        return None

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._errors_named():
            return self._database.execute(query, values).fetchall()

    def _seen_by_crawl(self, query: str, value: str) -> list[tuple[Any, ...]]:
        """Return what this crawl has added and what all crawls see."""
        with self._errors_named():
            return [row for database in (self._own, self._database) for row in database.execute(query, (value,))]

    @contextmanager
    def _adding(self) -> Iterator[None]:
        """Add to what this crawl has added: all of it is dropped where that fails, as SQLite does on a full disk."""
        with self._errors_named():
            self._check_kept()
            try:
                yield
            except sqlite3.Error:
                with suppress(sqlite3.Error):
                    self._own.execute("ROLLBACK")
                raise

    def _check_kept(self) -> None:
        """Refuse to go on where what this crawl has added was dropped: the rest of it is not what its files hold."""
        if not self._own.in_transaction:
            raise ArchiveError(f"{self._path}: what was to be added to it is lost, the temporary database had failed")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._errors_named():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled it back already, and is the error to name
                    self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                remove_database(self._path)
                raise DamagedCacheError(f"{self._path} was damaged ({error}): {_MENDS}") from error
            raise ArchiveError(f"{self._path}: {error}") from error
        except OSError as error:
            raise ArchiveError(f"{self._path}: {error.strerror}") from error


def remove_database(path: Path) -> None:
    """Remove the store: every crawl makes one that is not there from the WARC files."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def replace_database(path: Path, new: Path) -> None:
    """Put a store that nobody has open in the place of another.

    Who has that open goes on with it: what a crawl still adds to it is missing here, and taken in by the next one.

    :raises ArchiveError: if the file system fails.
    """
    with locked(_lock_of(path)), os_errors(f"cannot replace {path}"):
        remove_database(path)  # its log would be taken for that of the new one
        new.replace(path)
        sync_folder(path.parent)


def remove_unfinished(path: Path) -> None:
    """Remove a store that was not to be finished, with its lock."""
    remove_database(path)
    _lock_of(path).unlink(missing_ok=True)


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _delete(database: sqlite3.Connection, file: str) -> None:
    for table in _ADD:
        database.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608


def seen_in(record: Member) -> Seen | None:
    """Return what may be referred to: a complete response with status 200 whose digest is ours, and right.

    Of a revisit of such a response, only the validators count. Records larger than fit in memory are left out.
    """
    if record.type not in ("response", "revisit") or isinstance(record.block, memoryview):
        return None
    if not record.get("Content-Type").startswith("application/http") or not record.block.startswith(b"HTTP/"):
        return None
    is_revisit = record.type == "revisit"
    try:
        response = kept_response(record.block)
    except MessageError:
        return None
    payload_digest = record.get("WARC-Payload-Digest")
    original_id = record.get("WARC-Refers-To") if is_revisit else record.get("WARC-Record-ID")
    wanted = bool(original_id) and response.status == 200 if is_revisit else _holds(record, response, payload_digest)
    if not wanted:
        return None
    record_id, date, size = record.get("WARC-Record-ID"), record.get("WARC-Date"), len(response.payload)
    return Seen(record_id, record.url, date, canonical(payload_digest), size, validators(response), original_id)


def revisit_in(record: Member, file: str) -> Revisit | None:
    """Return what a revisit record refers to; None for other records, and where it names no record."""
    if record.type != "revisit" or not (original_id := record.get("WARC-Refers-To")):
        return None
    record_id, date = record.get("WARC-Record-ID"), record.get("WARC-Date")
    return Revisit(record_id, record.url, date, original_id, file, record.offset)


def _holds(record: Member, response: KeptMessage, payload_digest: str) -> bool:
    complete = is_complete(response, record.get("WARC-Truncated"))
    return complete and bool(response.payload) and same(digest(response.payload), payload_digest)
