"""Which payloads the archive holds, and where: an SQLite database beside the WARC files, which can be made again.

Other crawls see what a WARC file holds only after `commit`, which is for files that are closed and have their name.
Until then it is kept in temporary tables, which only the crawl that writes the file sees, and which vanish with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.dedup.seen_records import Pending
from archive.errors import ArchiveError, DamagedCacheError
from archive.files.lock import locked
from archive.records.revisit import Original, Revisit, Seen

_VERSION = 1
#: SQLite's codes for a file that is damaged, or no database (SQLITE_CORRUPT, SQLITE_NOTADB).
_DAMAGED = (11, 26)
_MENDS = "it is removed, the next crawl or `scrapy index rebuild` makes it again"
_TABLES = """
CREATE TABLE IF NOT EXISTS {schema}.originals (
    record_id TEXT PRIMARY KEY, url TEXT, date TEXT, digest TEXT, size INTEGER, file TEXT, offset INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS {schema}.originals_by_digest ON originals (digest);
CREATE INDEX IF NOT EXISTS {schema}.originals_by_file ON originals (file);
CREATE TABLE IF NOT EXISTS {schema}.validators (
    url TEXT, etag TEXT, last_modified TEXT, date TEXT, original_id TEXT, file TEXT);
CREATE INDEX IF NOT EXISTS {schema}.validators_by_url ON validators (url);
CREATE INDEX IF NOT EXISTS {schema}.validators_by_file ON validators (file);
CREATE TABLE IF NOT EXISTS {schema}.revisits (
    record_id TEXT PRIMARY KEY, url TEXT, date TEXT, original_id TEXT, file TEXT, offset INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS {schema}.revisits_by_original ON revisits (original_id);
CREATE INDEX IF NOT EXISTS {schema}.revisits_by_file ON revisits (file);
CREATE TABLE IF NOT EXISTS {schema}.files (file TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_ORIGINAL = "record_id, url, date, digest, file"
_CONTENT = ("originals", "validators", "revisits")
#: Maximum number of records held in memory before they are written together.
_MAX_PENDING = 1000


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
        self._pending = Pending()
        with self._errors_named():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
            with locked(path.with_name(f"{path.name}.lock")):
                self._prepare()

    def close(self) -> None:
        self._database.close()

    def with_payload(self, payload_digest: str, size: int) -> Original | None:
        """Return a record that holds a payload, the oldest there is."""
        if size < self._min_bytes:
            return None
        rows = self._rows(_seen_by_crawl(_ORIGINAL, "originals WHERE digest = ?1") + "ORDER BY date", payload_digest)
        if pending := self._pending.with_payload(payload_digest):
            rows = sorted([*rows, *pending], key=lambda row: row[2])
        return self._first_there(rows)

    def with_validators(self, url: str, etags: Collection[str], last_modified: str) -> Original | None:
        """Return the record that holds what a URL's newest capture with one of these ETags, or this date, gave."""
        columns = "etag, last_modified, date, original_id"
        rows = self._rows(_seen_by_crawl(columns, "validators WHERE url = ?1") + "ORDER BY date DESC", url)
        if pending := self._pending.validators_of(url):
            rows = sorted([*rows, *pending], key=lambda row: row[2], reverse=True)
        for etag, modified, _, original_id in rows:
            if etag in etags if etags else modified == last_modified:
                originals = self._rows(_seen_by_crawl(_ORIGINAL, "originals WHERE record_id = ?1"), original_id)
                return self._first_there([*self._pending.original(original_id), *originals])
        return None

    def add(self, seen: Seen, file: str, offset: int) -> None:
        """Add what a file holds; others see it after `commit`."""
        self._pending.add(seen, file, offset)
        self._write_pending(_MAX_PENDING)

    def add_revisit(self, revisit: Revisit) -> None:
        """Add a revisit record that a file holds; others see it after `commit`."""
        self._pending.add_revisit(revisit)
        self._write_pending(_MAX_PENDING)

    def forget(self, file: str) -> None:
        """Drop what was added of a file since its last `commit`."""
        self._write_pending()
        with self._errors_named():
            self._delete("temp", file)

    def commit(self, file: str) -> None:
        """Publish what was added of a file, in place of what was known of it before."""
        self._write_pending()
        with self._changing():
            self._delete("main", file)
            for table in _CONTENT:
                query = f"INSERT OR REPLACE INTO main.{table} SELECT * FROM temp.{table} WHERE file = ?"  # noqa: S608
                self._database.execute(query, (file,))
            self._database.execute("INSERT OR REPLACE INTO main.files VALUES (?)", (file,))
            self._delete("temp", file)

    def remove(self, file: str) -> None:
        """Drop a file; what refers into it is not touched, see `dependants`."""
        with self._changing():
            self._delete("main", file)
            self._database.execute("DELETE FROM main.files WHERE file = ?", (file,))

    def files(self) -> set[str]:
        """Return the names of the WARC files whose content is known."""
        return {file for (file,) in self._rows("SELECT file FROM main.files")}

    def dependants(self, file: str) -> list[Revisit]:
        """Return the revisit records, in any file, that refer into a file: without it, they cannot be replayed."""
        rows = self._rows(
            "SELECT r.* FROM main.revisits r JOIN main.originals o ON o.record_id = r.original_id WHERE o.file = ?1 "
            "ORDER BY r.file, r.offset",
            file,
        )
        return [Revisit(*row) for row in rows]

    def references(self) -> list[tuple[str, str, int]]:
        """Return which files hold revisits of records of which others: file, file and offset of the original."""
        return self._rows(
            "SELECT DISTINCT r.file, o.file, o.offset FROM main.revisits r "
            "JOIN main.originals o ON o.record_id = r.original_id WHERE r.file <> o.file"
        )

    def resolved_revisits(self) -> dict[str, int]:
        """Return how many revisits of each file refer to a record that is known."""
        rows = self._rows(
            "SELECT r.file, count(*) FROM main.revisits r JOIN main.originals o ON o.record_id = r.original_id "
            "GROUP BY r.file"
        )
        return {str(row[0]): int(row[1]) for row in rows}

    def places(self, record_id: str) -> list[tuple[str, int]]:
        """Return file and offset of the record with an id, if it is one that may be referred to, or a revisit."""
        return self._rows(
            "SELECT file, offset FROM main.originals WHERE record_id = ?1 "
            "UNION ALL SELECT file, offset FROM main.revisits WHERE record_id = ?1",
            record_id,
        )

    def referring_to(self, record_id: str) -> list[Revisit]:
        """Return the revisit records that refer to a record."""
        rows = self._rows("SELECT * FROM main.revisits WHERE original_id = ?1 ORDER BY file, offset", record_id)
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
            self._database.executescript(f"BEGIN IMMEDIATE; {_TABLES.format(schema='main')} COMMIT;")
            execute(f"PRAGMA user_version={_VERSION}")
        self._database.executescript(_TABLES.format(schema="temp"))

    def _first_there(self, rows: list[tuple[Any, ...]]) -> Original | None:
        """Return the first record whose file is still there, be it under its name or being written by this crawl."""
        for *original, file in rows:
            if (self._folder / file).exists() or (self._folder / f"{file}.open").exists():
                return Original(*original)
        return None

    def _write_pending(self, most: int = 1) -> None:
        """Write what waits in memory, if it is as much."""
        if len(self._pending) >= most:
            with self._errors_named():
                self._pending.write(self._database)
            self._pending = Pending()

    def _delete(self, schema: str, file: str) -> None:
        for table in _CONTENT:
            self._database.execute(f"DELETE FROM {schema}.{table} WHERE file = ?", (file,))  # noqa: S608

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._errors_named():
            return self._database.execute(query, values).fetchall()

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


def _seen_by_crawl(columns: str, query: str) -> str:
    """Return a query over what this crawl has added and what all crawls see."""
    return f"SELECT {columns} FROM temp.{query} UNION ALL SELECT {columns} FROM main.{query} "  # noqa: S608
