"""The database of the search index: a cache beside the archive, which is made anew when it is lost or damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, Final, Self, TypeVar

from archive.errors import ArchiveError

#: Its name in a data folder.
NAME: Final = "search.sqlite"
#: Raised when a table changes; a database of another number is made anew.
_FORMAT: Final = 1
#: Seconds to wait for another process that writes.
_PATIENCE: Final = 30.0
#: Kilobytes of the file that are held in memory: the words and rows that searches come to again and again.
_CACHE: Final = 65_536
#: What SQLite says of a file that is damaged, or is none of its own (SQLITE_CORRUPT, SQLITE_NOTADB).
_DAMAGED: Final = (11, 26)
_FILES: Final = ("", "-wal", "-shm", "-journal")
_WITHOUT: Final = "; without it, `scrapy replay FILE…` shows WARC files"
#: What to do about it, by SQLite's number: BUSY, READONLY, IOERR, FULL, CANTOPEN.
_HINTS: Final = {
    5: f": another process has been writing to it for {_PATIENCE:.0f} s",
    8: f": newsbot must be able to write in its folder{_WITHOUT}",
    10: f": is the disk full, or read-only?{_WITHOUT}",
    13: f": make room on the disk{_WITHOUT}",
    14: f": newsbot must be able to write in its folder{_WITHOUT}",
}
# A number is never used twice: the texts of a line that has gone stay in the index of words until that is made anew.
_TABLES: Final = """
CREATE TABLE files (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
    changed INTEGER NOT NULL, first TEXT NOT NULL, UNIQUE (source, name));
CREATE TABLE versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    id TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, fetched_at TEXT NOT NULL,
    day TEXT NOT NULL, version INTEGER NOT NULL, change TEXT NOT NULL, duplicate_of TEXT);
CREATE INDEX versions_of_file ON versions (file);
CREATE INDEX versions_of_article ON versions (id, version);
CREATE INDEX versions_of_url ON versions (url, fetched_at);
CREATE INDEX versions_by_time ON versions (fetched_at);
CREATE INDEX versions_of_source ON versions (source, fetched_at, id);
CREATE INDEX versions_of_day ON versions (day, source);
CREATE INDEX reprints ON versions (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE VIRTUAL TABLE plain USING fts5 (title, text, content='', tokenize='unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE exact USING fts5 (title, text, content='', tokenize='unicode61 remove_diacritics 0');
CREATE TABLE sums (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL, crc32 INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
"""

_Result = TypeVar("_Result")


class SearchDatabase:
    """An open database; its methods may be called from any thread.

    :raises ArchiveError: from every method, if it cannot be opened, read or written; the message names it.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        #: How many databases were opened, and the inode of the last.
        self._number = self._inode = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def number(self) -> int:
        """Return which of the databases it is that have stood under this path since it was opened first."""
        try:
            self.carry_out(_format)
        except DamagedDatabaseError:
            self.carry_out(_format)
        return self._number

    def read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self.carry_out(lambda connection: connection.execute(query, values).fetchall())

    def carry_out(self, work: Callable[[sqlite3.Connection], _Result], *, writing: bool = False) -> _Result:
        """Do something as a whole or not at all.

        :param writing: whether no other process may write meanwhile.
        :raises DamagedDatabaseError: if the database is damaged; it is empty then.
        """
        with self._lock, self._errors_named():
            connection = self._opened()
            with connection:  # a transaction
                if writing:
                    connection.execute("BEGIN IMMEDIATE")
                return work(connection)

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            if self._connection is not None:
                with suppress(sqlite3.Error):
                    self._connection.close()
                self._connection = None
            remove_database(self.path)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and _inode(self.path) != self._inode:
            self._connection.close()  # somebody has removed the file: what was in it is not to be shown any more
            self._connection = None
        if self._connection is None:
            self._connection = self._open()
            if _format(self._connection) not in (0, _FORMAT):
                self.clear()
                self._connection = self._open()
            with self._connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                if _format(connection) != _FORMAT:  # another process may have been here first
                    for statement in _TABLES.split(";\n"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {_FORMAT}")
            self._number += 1
            self._inode = _inode(self.path)
        return self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_PATIENCE, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        return connection

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _DAMAGED:
                self.clear()
                raise DamagedDatabaseError(f"{self.path} is damaged ({error}), and is made anew") from error
            raise ArchiveError(f"cannot use {self.path}: {error}{_HINTS.get(code, '')}") from error


def _inode(path: Path) -> int:
    """Return a file's inode; 0 if it is not there."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _format(connection: sqlite3.Connection) -> int:
    ((number,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(number)


class DamagedDatabaseError(ArchiveError):
    """The database was damaged; it has been emptied, and what it held can be read again."""


def remove_database(path: Path) -> None:
    """Remove a database with the files that SQLite keeps beside it.

    :raises ArchiveError: if the file system refuses.
    """
    for ending in _FILES:
        file = path.with_name(path.name + ending)
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise ArchiveError(f"cannot remove {file}: {error.strerror}") from error
