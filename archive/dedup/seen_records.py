"""What the dedup store keeps of the records of WARC files of any origin, and the rows not yet written to it."""

from __future__ import annotations

import sqlite3

from archive.http.http_message import MessageError
from archive.http.kept_response import KeptResponse, kept_response
from archive.records.digests import canonical, same
from archive.records.members import Member
from archive.records.record import digest
from archive.records.revisit import Revisit, Seen, is_complete, validators

_HTTP = "application/http"


def seen_in(record: Member) -> Seen | None:
    """Return what may be referred to: a complete response with status 200 whose digest is ours, and right.

    Of a revisit of such a response, only the validators count. Records larger than fit in memory are left out.
    """
    if record.type not in ("response", "revisit") or isinstance(record.block, memoryview):
        return None
    if not record.get("Content-Type").startswith(_HTTP) or not record.block.startswith(b"HTTP/"):
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


def _holds(record: Member, response: KeptResponse, payload_digest: str) -> bool:
    complete = is_complete(response, record.get("WARC-Truncated"))
    return complete and bool(response.payload) and same(digest(response.payload), payload_digest)


#: A record that holds a payload: its id, URL, date, digest, and its file.
OriginalRow = tuple[str, str, str, str, str]
#: What names a version of a page: ETag, Last-Modified, the capture's date, the id of the record that holds it.
ValidatorsRow = tuple[str, str, str, str]


class Pending:
    """Rows for the temporary tables of `archive.dedup.store`; written by the thousand, each costs a tenth."""

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
        if _is_original(seen):
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
            if _is_original(seen)
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


def _is_original(seen: Seen) -> bool:
    return seen.original_id == seen.record_id
