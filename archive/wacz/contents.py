"""What a package holds, while it is made: kept in a temporary database on disk, whatever its size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from archive.index.cdxj import IndexEntry
from archive.records.dates import index_time
from archive.records.digests import canonical
from archive.records.members import Member
from archive.records.revisit import Claim, bare

_TABLE = """
CREATE TABLE records (
    record_id TEXT PRIMARY KEY, type TEXT, url TEXT, date TEXT, status TEXT, mime TEXT,
    file TEXT, offset INTEGER, length INTEGER, source TEXT, source_offset INTEGER,
    digest TEXT, time TEXT) WITHOUT ROWID;
CREATE INDEX records_by_url ON records (url, date);
CREATE INDEX records_by_digest ON records (digest, date);
CREATE INDEX records_by_place ON records (source, source_offset);
CREATE TABLE originals (record_id TEXT PRIMARY KEY, source TEXT, source_offset INTEGER) WITHOUT ROWID;
CREATE TABLE borrowed (source TEXT, source_offset INTEGER, PRIMARY KEY (source, source_offset)) WITHOUT ROWID;
"""


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


class Contents:
    """The captures of a package."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLE + "BEGIN;")

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget what is noted meanwhile, if there is an error."""
        self._database.execute("SAVEPOINT noted")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK TO noted")
            raise
        finally:
            self._database.execute("RELEASE noted")

    def add(self, member: Member, entry: IndexEntry, source: str, source_offset: int) -> None:
        """Add a capture; one that is there already stays as it is.

        :param entry: its index line in the package.
        """
        url, date = bare(member.get("WARC-Target-URI")), member.get("WARC-Date")
        row = Held(
            member.get("WARC-Record-ID") or f"{source}:{source_offset}", member.type, url, date, entry.status,
            entry.mime, entry.filename, entry.offset, entry.length, source, source_offset,
            canonical(entry.digest), entry.timestamp,
        )  # fmt: skip
        self._database.execute("INSERT OR IGNORE INTO records VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", row)

    def get(self, record_id: str) -> Held | None:
        """Return the capture with a record id."""
        row = self._database.execute("SELECT * FROM records WHERE record_id = ?", (record_id,)).fetchone()
        return Held(*row) if row else None

    def first(self, url: str) -> Held | None:
        """Return the earliest response of a URL with status 200."""
        row = self._database.execute(
            "SELECT * FROM records WHERE url = ? AND type = 'response' AND status = '200' ORDER BY date", (url,)
        ).fetchone()
        return Held(*row) if row else None

    def last(self, url: str, date: str) -> Held | None:
        """Return the last response of a URL with status 200 before a moment."""
        row = self._database.execute(
            "SELECT * FROM records WHERE url = ? AND type = 'response' AND status = '200' AND date <= ? "
            "ORDER BY date DESC LIMIT 1",
            (url, date),
        ).fetchone()
        return Held(*row) if row else None

    def holds(self, source: str, source_offset: int) -> bool:
        """Return whether the package has a record."""
        query = "SELECT 1 FROM records WHERE source = ? AND source_offset = ?"
        return self._database.execute(query, (source, source_offset)).fetchone() is not None

    def original(self, held: Held) -> Held | None:
        """Return the capture in the package that has a revisit's payload, as noted by `refer`."""
        row = self._database.execute(
            "SELECT r.* FROM originals o JOIN records r ON r.source = o.source AND r.source_offset = o.source_offset "
            "WHERE o.record_id = ?",
            (held.record_id,),
        ).fetchone()
        return Held(*row) if row else None

    def refer(self, held: Held, source: str, source_offset: int) -> None:
        """Note which record has the payload of a revisit in the package."""
        self._database.execute(
            "INSERT OR REPLACE INTO originals VALUES (?,?,?)", (held.record_id, source, source_offset)
        )

    def named(self, wanted: Claim) -> Held | None:
        """Return the response in the package that a revisit means, if what is noted here tells it."""
        found = self.get(wanted.record_id) if wanted.record_id else None
        if found is None and wanted.url and wanted.date:
            found = self._response("url = ? AND time = ?", wanted.url, index_time(wanted.date))
        if found is None and wanted.digest and not wanted.is_named:
            found = self._response("digest = ?", canonical(wanted.digest))
        fits = found is not None and (not wanted.digest or found.digest == canonical(wanted.digest))
        return found if fits and found is not None and found.type != "revisit" else None

    def _response(self, condition: str, *values: str) -> Held | None:
        query = f"SELECT * FROM records WHERE {condition} AND type = 'response' ORDER BY date LIMIT 1"  # noqa: S608
        row = self._database.execute(query, values).fetchone()
        return Held(*row) if row else None

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
        """Note a record of another file that the package needs; False if it is noted already."""
        done = self._database.execute("INSERT OR IGNORE INTO borrowed VALUES (?, ?)", (source, source_offset))
        return done.rowcount > 0

    def borrowed(self) -> Iterator[tuple[str, int]]:
        """Yield path and offset of the records noted, file by file in the order of offsets."""
        yield from self._database.cursor().execute("SELECT source, source_offset FROM borrowed ORDER BY 1, 2")

    def _captures(self, condition: str) -> Iterator[Held]:
        rows = self._database.cursor().execute(
            f"SELECT r.* FROM records r WHERE {condition} ORDER BY r.date, r.record_id"  # noqa: S608
        )
        return (Held(*row) for row in rows)
