"""What earlier runs have asked for: an SQLite database beside the WARC files.

A cache: without it everything is asked for once more, and what has not changed becomes revisits.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from archive.files.lock import locked
from archive.requisites.answer import Answer
from archive.requisites.requisite import Kind, Requisite

_VERSION: Final = 1
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS looks (
    url TEXT PRIMARY KEY, status INTEGER, mime TEXT, record_id TEXT, date TEXT, error TEXT, etag TEXT,
    last_modified TEXT, next_look TEXT, failures INTEGER, needs TEXT, file TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS looks_by_record ON looks (record_id);
CREATE INDEX IF NOT EXISTS looks_by_file ON looks (file);
CREATE TABLE IF NOT EXISTS wanted (url TEXT PRIMARY KEY, kind TEXT, page TEXT) WITHOUT ROWID;
"""
_INSERT: Final = "INSERT OR REPLACE INTO looks VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
#: Seconds to wait for another process.
_PATIENCE: Final = 2.0
#: SQLite's codes for a file that is damaged, or no database (SQLITE_CORRUPT, SQLITE_NOTADB).
_DAMAGED: Final = (11, 26)


class Known(NamedTuple):
    """What is known of one address."""

    answer: Answer
    etag: str = ""
    last_modified: str = ""
    #: WARC-Date before which it is not asked for again.
    next_look: str = ""
    #: How often in a row it was asked for in vain.
    failures: int = 0
    #: What it asks for itself: a style sheet's pictures, where a redirect leads.
    needs: tuple[Requisite, ...] = ()
    #: Name of the WARC file that has the record.
    file: str = ""


def database_path(settings: BaseSettings) -> Path:
    """Return where a project's database is: where REQUISITES_DATABASE says, else beside the WARC files' folder."""
    return Path(settings["REQUISITES_DATABASE"] or Path(settings["ARCHIVE_DIR"]).parent / "requisites.sqlite")


@contextmanager
def known_requisites(settings: BaseSettings) -> Iterator[KnownRequisites | None]:
    """Give a project's database, opened; None if there is none."""
    path = database_path(settings)
    if not path.exists():
        yield None
        return
    with closing(KnownRequisites(path)) as known:
        yield known


class Wanted(NamedTuple):
    """An address that the next crawl of a page's site shall ask for, whether or not it comes by that page."""

    url: str
    kind: Kind
    #: Address of the page.
    page: str


class KnownRequisites:
    """The database; damaged or of another version, it is made anew: what has met the damage raises all the same.

    :raises ArchiveError: from every method, if it cannot be opened, read or written; the message names it.
    """

    def __init__(self, path: Path):
        self._path = path
        with self._errors_named():
            path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite does not wait when two processes make a database at once.
            with locked(path.with_name(f"{path.name}.lock")):
                try:
                    self._open()
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        raise
                    self._remove()
                    self._open()

    @classmethod
    def in_memory(cls) -> Self:
        """Return an empty one that goes with the process."""
        known = cls.__new__(cls)
        known._path = Path(":memory:")
        known._open()
        return known

    def _open(self) -> None:
        # A crawl cannot do anything else meanwhile.
        self._database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            self._database.close()
            self._remove()
            self._open()
            return
        if version != _VERSION:
            self._database.executescript(f"BEGIN IMMEDIATE; {_TABLE} PRAGMA user_version={_VERSION}; COMMIT;")

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        self._database.close()

    def get(self, url: str) -> Known | None:
        """Return what is known of an address."""
        with self._errors_named(), closing(self._database.execute("SELECT * FROM looks WHERE url = ?", (url,))) as rows:
            row = rows.fetchone()
        if row is None:
            return None
        _, status, mime, record_id, date, error, etag, last_modified, next_look, failures, needs, file = row
        answer = Answer(status, mime, record_id, date, error)
        children = tuple(Requisite(*each) for each in json.loads(needs))
        return Known(answer, etag, last_modified, next_look, failures, children, file)

    def put(self, rows: Iterable[tuple[str, Known]]) -> None:
        """Write what is known of addresses, all or none: they were asked for."""
        values = [(url, *known.answer, *known[1:-2], json.dumps(known.needs), known.file) for url, known in rows]
        with self._errors_named():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany(_INSERT, values)
                self._database.executemany("DELETE FROM wanted WHERE url = ?", [value[:1] for value in values])
            except BaseException:
                self._database.rollback()
                raise
            self._database.execute("COMMIT")

    def forget(self, *, records: Iterable[str] = (), files: Iterable[str] = ()) -> None:
        """Let addresses be asked for as if they were new: the records, or WARC files, that they gave are gone."""
        with self._errors_named():
            self._database.executemany("DELETE FROM looks WHERE record_id = ?", [(each,) for each in records])
            self._database.executemany("DELETE FROM looks WHERE file = ?", [(each,) for each in files])

    def redact(self, urls: Several[str], records: Iterable[str]) -> None:
        """Forget addresses, also where others lead to them, and records; no byte of them stays in the file."""
        urls = set(urls)
        with self._errors_named():
            rows = self._database.execute("SELECT url, needs FROM looks WHERE needs <> '[]'").fetchall()
            leading = [url for url, needs in rows if any(address in urls for address, *_ in json.loads(needs))]
            self._database.executemany("DELETE FROM looks WHERE url = ?", [(each,) for each in (*urls, *leading)])
            both = [(each, each) for each in urls]
            self._database.executemany("DELETE FROM wanted WHERE url = ? OR page = ?", both)
        self.forget(records=records)
        with self._errors_named():
            self._database.execute("VACUUM")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def want(self, wanted: Iterable[Wanted]) -> None:
        """Have addresses asked for by the next crawl as if they were new: what they gave is not in the archive."""
        rows = [*wanted]
        with self._errors_named():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany("DELETE FROM looks WHERE url = ?", [(each.url,) for each in rows])
                self._database.executemany("INSERT OR REPLACE INTO wanted VALUES (?,?,?)", rows)
            except BaseException:
                self._database.rollback()
                raise
            self._database.execute("COMMIT")

    def give_up(self, url: str) -> None:
        """Have an address not asked for by the next crawl."""
        with self._errors_named():
            self._database.execute("DELETE FROM wanted WHERE url = ?", (url,))

    def wanted(self) -> list[Wanted]:
        """Return the addresses that the next crawl shall ask for."""
        with self._errors_named():
            return [Wanted(*row) for row in self._database.execute("SELECT url, kind, page FROM wanted ORDER BY url")]

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            if _is_damage(error):
                self._make_anew()
            raise ArchiveError(f"{self._path}: {error}") from error

    def _make_anew(self) -> None:
        """Put an empty database in the place of one whose damage was met only when something was looked up in it."""
        with suppress(sqlite3.Error, OSError, ArchiveError):
            self._database.close()
            with locked(self._path.with_name(f"{self._path.name}.lock")):
                self._remove()
                self._open()


def _is_damage(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
