"""What a crawl has noted for the dedup store, and not yet written there: rows by the thousand cost a tenth of each."""

from __future__ import annotations

import sqlite3

from archive.records.revisit import Revisit, Seen

#: A record that holds a payload: its id, URL, date, digest, and its file.
OriginalRow = tuple[str, str, str, str, str]
#: What names a version of a page: ETag, Last-Modified, the capture's date, the id of the record that holds it.
ValidatorsRow = tuple[str, str, str, str]


class Pending:
    """Rows for the temporary tables of `archive.dedup.store`, found by what is asked for there."""

    def __init__(self) -> None:
        self._seen: list[tuple[Seen, str, int]] = []
        self._revisits: list[Revisit] = []
        self._by_id: dict[str, OriginalRow] = {}
        self._by_digest: dict[str, list[OriginalRow]] = {}
        self._by_url: dict[str, list[ValidatorsRow]] = {}

    def __len__(self) -> int:
        return len(self._seen) + len(self._revisits)

    def add(self, seen: Seen, file: str, offset: int) -> None:
        self._seen.append((seen, file, offset))
        if _holds(seen):
            row = seen.record_id, seen.url, seen.date, seen.payload_digest, file
            self._by_id[seen.record_id] = row
            self._by_digest.setdefault(seen.payload_digest, []).append(row)
        if any(seen.validators):
            self._by_url.setdefault(seen.url, []).append((*seen.validators, seen.date, seen.original_id))

    def add_revisit(self, revisit: Revisit) -> None:
        self._revisits.append(revisit)

    def original(self, record_id: str) -> list[OriginalRow]:
        """Return the record with an id."""
        return [self._by_id[record_id]] if record_id in self._by_id else []

    def with_payload(self, payload_digest: str) -> list[OriginalRow]:
        """Return the records that hold a payload."""
        return self._by_digest.get(payload_digest, [])

    def validators_of(self, url: str) -> list[ValidatorsRow]:
        """Return what names the versions of a page."""
        return self._by_url.get(url, [])

    def write(self, database: sqlite3.Connection) -> None:
        """Insert all into the temporary tables."""
        originals = (
            (seen.record_id, seen.url, seen.date, seen.payload_digest, seen.size, file, offset)
            for seen, file, offset in self._seen
            if _holds(seen)
        )
        validators = (
            (seen.url, *seen.validators, seen.date, seen.original_id, file)
            for seen, file, _ in self._seen
            if any(seen.validators)
        )
        database.execute("BEGIN")
        database.executemany("INSERT OR REPLACE INTO temp.originals VALUES (?,?,?,?,?,?,?)", originals)
        database.executemany("INSERT INTO temp.validators VALUES (?,?,?,?,?,?)", validators)
        database.executemany("INSERT OR REPLACE INTO temp.revisits VALUES (?,?,?,?,?,?)", self._revisits)
        database.execute("COMMIT")


def _holds(seen: Seen) -> bool:
    return seen.original_id == seen.record_id
