"""What a package holds while it is being made, in a temporary database on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from archive.index.cdxj import IndexEntry
from archive.records.dates import index_time
from archive.records.digests import canonical
from archive.records.members import Member
from archive.records.revisit import Claim

_TABLE = """
CREATE TABLE records (
    record_id TEXT PRIMARY KEY, type TEXT, url TEXT, date TEXT, status TEXT, mime TEXT,
    file TEXT, offset INTEGER, length INTEGER, source TEXT, source_offset INTEGER,
    digest TEXT, time TEXT) WITHOUT ROWID;
CREATE INDEX records_by_url ON records (url, date);
CREATE INDEX records_by_digest ON records (digest, date);
CREATE INDEX records_by_place ON records (source, source_offset);
CREATE TABLE originals (record_id TEXT PRIMARY KEY, source TEXT, source_offset INTEGER) WITHOUT ROWID;
CREATE TABLE pages (url TEXT, date TEXT, PRIMARY KEY (url, date)) WITHOUT ROWID;
CREATE TABLE requisites (record_id TEXT PRIMARY KEY, url TEXT, date TEXT, page TEXT) WITHOUT ROWID;
CREATE TABLE borrowed (source TEXT, source_offset INTEGER, PRIMARY KEY (source, source_offset)) WITHOUT ROWID;
"""
#: A condition for responses that gave a page, and a query for the earliest response.
_WELL = "type = 'response' AND status = '200'"
_EARLIEST = "r WHERE {} AND type = 'response' ORDER BY date"


class Held(NamedTuple):
    """A response or revisit record in the package: where it is there, and where it was taken from."""

    record_id: str
    type: str
    url: str
    date: str
    status: str
    mime: str
    file: str
    offset: int
    length: int
    #: Path of the file it was taken from, and its offset there.
    source: str
    source_offset: int
    #: Its payload's digest, in one spelling.
    digest: str
    #: Its date as in an index.
    time: str


class Wanted(NamedTuple):
    """A record that a page consists of, as the page's ``urn:pageinfo:`` record names it."""

    record_id: str
    url: str
    date: str
    #: URL of such a page.
    page: str


class Contents:
    """The captures of a package."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLE + "BEGIN;")

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Roll back what the block adds, if it raises an error."""
        self._database.execute("SAVEPOINT added")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK TO added")
            raise
        finally:
            self._database.execute("RELEASE added")

    def add(self, member: Member, entry: IndexEntry, source: str, source_offset: int) -> None:
        """Add a capture; one that is there already stays as it is.

        :param entry: its index line in the package.
        """
        url, date = member.url, member.get("WARC-Date")
        row = Held(
            member.get("WARC-Record-ID") or f"{source}:{source_offset}", member.type, url, date, entry.status,
            entry.mime, entry.filename, entry.offset, entry.length, source, source_offset,
            canonical(entry.digest), entry.timestamp,
        )  # fmt: skip
        self._database.execute("INSERT OR IGNORE INTO records VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", row)

    def get(self, record_id: str) -> Held | None:
        """Return the capture with a record id."""
        return self._first("r WHERE record_id = ?", record_id)

    def first(self, url: str) -> Held | None:
        """Return the earliest response of a URL with status 200."""
        return self._first(f"r WHERE url = ? AND {_WELL} ORDER BY date", url)

    def last(self, url: str, date: str) -> Held | None:
        """Return the last response of a URL with status 200 before a moment."""
        return self._first(f"r WHERE url = ? AND {_WELL} AND date <= ? ORDER BY date DESC", url, date)

    def holds(self, source: str, source_offset: int) -> bool:
        """Return whether the package has a record."""
        query = "SELECT 1 FROM records WHERE source = ? AND source_offset = ?"
        return self._database.execute(query, (source, source_offset)).fetchone() is not None

    def original(self, held: Held) -> Held | None:
        """Return the capture in the package that has a revisit's payload, as `refer` was told."""
        join = "r JOIN originals o ON r.source = o.source AND r.source_offset = o.source_offset"
        return self._first(f"{join} WHERE o.record_id = ?", held.record_id)

    def refer(self, held: Held, source: str, source_offset: int) -> None:
        """Note which record has the payload of a revisit in the package."""
        self._database.execute(
            "INSERT OR REPLACE INTO originals VALUES (?,?,?)", (held.record_id, source, source_offset)
        )

    def named(self, wanted: Claim) -> Held | None:
        """Return the response in the package that a revisit means, if its record id, URL and date or digest tell it."""
        found = self.get(wanted.record_id) if wanted.record_id else None
        if found is None and wanted.url and wanted.date:
            found = self._first(_EARLIEST.format("url = ? AND time = ?"), wanted.url, index_time(wanted.date))
        if found is None and wanted.digest and not wanted.is_named:
            found = self._first(_EARLIEST.format("digest = ?"), canonical(wanted.digest))
        fits = found is not None and (not wanted.digest or found.digest == canonical(wanted.digest))
        return found if fits and found is not None and found.type != "revisit" else None

    def _first(self, query: str, *values: str) -> Held | None:
        """Return the first capture that a query over the records, called ``r``, gives."""
        row = self._database.execute(f"SELECT r.* FROM records {query} LIMIT 1", values).fetchone()  # noqa: S608
        return Held(*row) if row else None

    def add_page(self, url: str, date: str, captures: Mapping[str, tuple[str, str]]) -> None:
        """Note what a page consists of.

        :param date: of the page, a WARC-Date.
        :param captures: WARC-Date and record id of each address.
        """
        self._database.execute("INSERT OR IGNORE INTO pages VALUES (?, ?)", (url, date))
        self._database.executemany(
            "INSERT OR IGNORE INTO requisites VALUES (?,?,?,?)",
            ((record_id, address, moment, url) for address, (moment, record_id) in captures.items()),
        )

    def knows_page(self, url: str, date: str) -> bool:
        """Return whether it was noted what a page consists of."""
        query = "SELECT 1 FROM pages WHERE url = ? AND date = ?"
        return self._database.execute(query, (url, date)).fetchone() is not None

    def lacking(self) -> Iterator[Wanted]:
        """Yield the records that pages consist of and the package lacks, each once."""
        query = "SELECT * FROM requisites WHERE record_id NOT IN (SELECT record_id FROM records) ORDER BY url, date"
        return (Wanted(*row) for row in self._database.cursor().execute(query))

    def pages(self) -> Iterator[Held]:
        """Yield all captures of HTML pages with status 200, in the order of time."""
        return self._captures(
            "(r.status = '200' AND r.mime IN ('text/html', 'application/xhtml+xml'))"
            " OR (r.type = 'revisit' AND r.status IN ('200', '304'))"
        )

    def revisits(self) -> Iterator[Held]:
        """Yield the revisits in the package."""
        return self._captures("r.type = 'revisit'")

    def borrow(self, source: str, source_offset: int) -> bool:
        """Note a record of another file that the package needs; False if it was there already."""
        done = self._database.execute("INSERT OR IGNORE INTO borrowed VALUES (?, ?)", (source, source_offset))
        return done.rowcount > 0

    def borrowed(self) -> Iterator[tuple[str, int]]:
        """Yield path and offset of these records, file by file in the order of offsets."""
        rows = self._database.cursor().execute("SELECT source, source_offset FROM borrowed ORDER BY 1, 2")
        # `yield from` would close the cursor with the generator, which may be after the database: writing has failed.
        return ((source, offset) for source, offset in rows)

    def _captures(self, condition: str) -> Iterator[Held]:
        rows = self._database.cursor().execute(
            f"SELECT r.* FROM records r WHERE {condition} ORDER BY r.date, r.record_id"  # noqa: S608
        )
        return (Held(*row) for row in rows)
