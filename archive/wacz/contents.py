"""What a package holds, while it is made: kept in a temporary database on disk, whatever its size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from archive.index.cdxj import Entry
from archive.records.members import Member

_TABLE = """
CREATE TABLE records (
    record_id TEXT PRIMARY KEY, type TEXT, url TEXT, date TEXT, status TEXT, mime TEXT,
    file TEXT, offset INTEGER, length INTEGER, source TEXT, source_offset INTEGER,
    refers_to TEXT, refers_to_url TEXT, refers_to_date TEXT) WITHOUT ROWID;
CREATE INDEX records_by_url ON records (url, date);
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
    #: Of a revisit: id, URL and date of the record that has its payload; empty where it does not say.
    refers_to: str
    refers_to_url: str
    refers_to_date: str


class Contents:
    """The captures of a package."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLE + "BEGIN;")

    def close(self) -> None:
        self._database.close()

    def add(self, member: Member, entry: Entry, source: str, source_offset: int) -> None:
        """Add a capture; one that is there already stays as it is.

        :param entry: its index line in the package.
        """
        url, date = member.get("WARC-Target-URI").strip("<>"), member.get("WARC-Date")
        row = Held(
            member.get("WARC-Record-ID") or f"{source}:{source_offset}", member.type, url, date, entry.status,
            entry.mime, entry.filename, entry.offset, entry.length, source, source_offset,
            member.get("WARC-Refers-To"), member.get("WARC-Refers-To-Target-URI").strip("<>"),
            member.get("WARC-Refers-To-Date"),
        )  # fmt: skip
        self._database.execute("INSERT OR IGNORE INTO records VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", row)

    def get(self, record_id: str) -> Held | None:
        """Return the capture with a record id."""
        row = self._database.execute("SELECT * FROM records WHERE record_id = ?", (record_id,)).fetchone()
        return Held(*row) if row else None

    def at(self, url: str, date: str) -> Held | None:
        """Return the response with a URL and WARC-Date."""
        row = self._database.execute(
            "SELECT * FROM records WHERE url = ? AND date = ? AND type = 'response'", (url, date)
        ).fetchone()
        return Held(*row) if row else None

    def first(self, url: str) -> Held | None:
        """Return the earliest response of a URL with status 200."""
        row = self._database.execute(
            "SELECT * FROM records WHERE url = ? AND type = 'response' AND status = '200' ORDER BY date", (url,)
        ).fetchone()
        return Held(*row) if row else None

    def original(self, held: Held) -> Held | None:
        """Return the capture in the package that has a revisit's payload."""
        found = self.get(held.refers_to) if held.refers_to else None
        return found if found else self.at(held.refers_to_url, held.refers_to_date)

    def pages(self) -> Iterator[Held]:
        """Yield all captures of HTML pages with status 200, in the order of time."""
        return self._captures(
            "(r.status = '200' AND r.mime IN ('text/html', 'application/xhtml+xml'))"
            " OR (r.type = 'revisit' AND r.status IN ('200', '304'))"
        )

    def orphans(self) -> Iterator[Held]:
        """Yield the revisits whose originals are not in the package."""
        return self._captures(
            "r.type = 'revisit' AND NOT EXISTS (SELECT 1 FROM records o WHERE o.record_id = r.refers_to)"
            " AND NOT EXISTS (SELECT 1 FROM records o WHERE o.url = r.refers_to_url AND o.date = r.refers_to_date"
            " AND o.type = 'response')"
        )

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
