"""What the dedup store keeps of the records of WARC files of any origin."""

from __future__ import annotations

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
