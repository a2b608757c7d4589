"""The records of one exchange: request, response or revisit, metadata."""

from __future__ import annotations

import json

from archive.http.exchange import Exchange
from archive.http.http_message import MessageError, StoredResponse, check_head, stored_form
from archive.http.request_secrets import redact, without_user
from archive.records.record import FIELDS, NewRecord, digest, new_record, new_record_id, warc_fields
from archive.records.revisit import Originals, Reference, Seen, is_complete, reference, validators

_REQUEST = "application/http;msgtype=request"
_RESPONSE = "application/http;msgtype=response"
_compact = json.JSONEncoder(separators=(",", ":")).encode


def exchange_records(
    exchange: Exchange,
    warcinfo_id: str,
    response_id: str,
    redacted: frozenset[bytes] = frozenset(),
    originals: Originals | None = None,
) -> list[NewRecord]:
    """Return the records of one exchange: request, response, metadata, in the order in which they are written.

    Where no HTTP response was had, the metadata record says why, and what bytes came are kept in a further one.

    :param response_id: the record id the response shall have.
    :param redacted: names of request headers, in lower case, whose values are not kept.
    :param originals: what the response may refer to instead of holding it; None for nothing.
    """
    request, blanked = redact(bytes(exchange.request), redacted)
    notes: list[tuple[str, object]] = [
        ("capture-method", "wire"),
        ("via", without_user(exchange.via or "")),
        ("hopsFromSeed", exchange.hops),
        ("fetchTimeMs", exchange.milliseconds),
        ("redacted-in-request", ", ".join(blanked)),
        *exchange.tls.items(),
        ("error", without_user(exchange.error or "")),
    ]
    builder = _Builder(exchange, warcinfo_id, response_id, originals)
    members = [builder.request(request)] if request else []
    raw = bytes(exchange.response)
    try:
        response = stored_form(raw, exchange.method)
        check_head(response)
    except MessageError as reason:
        unread = [builder.unreadable(raw)] if raw else []
        if raw:
            notes.append(("unreadable-answer", reason))
        return [*members, builder.metadata(notes), *unread]
    notes.append(("charset", _charset(response)))
    if response.recipe is not None:
        notes.append(("wire-recipe", _compact(response.recipe)))
    return [*members, builder.response(response), builder.metadata(notes)]


class _Builder:
    """Builds the records of one exchange, linked to each other."""

    def __init__(self, exchange: Exchange, warcinfo_id: str, response_id: str, originals: Originals | None):
        self._exchange = exchange
        self._warcinfo_id = warcinfo_id
        self._response_id = response_id
        self._originals = originals
        self._date = exchange.warc_date
        self._request_id = new_record_id()
        #: What the metadata belongs to: the response, or the request where nothing came back.
        self._principal_id = self._request_id if exchange.request else None

    def request(self, block: bytes) -> NewRecord:
        payload = block.partition(b"\r\n\r\n")[2]
        concurrent = self._response_id if self._exchange.response else None
        fields = self._fields(self._request_id, concurrent, payload_digest=digest(payload))
        return new_record("request", fields, _REQUEST, block)

    def response(self, response: StoredResponse) -> NewRecord:
        payload_digest = digest(response.payload)
        self._principal_id = self._response_id
        referred = reference(self._exchange, response, payload_digest, self._originals) if self._originals else None
        seen = self._seen(response, payload_digest, referred)
        if referred:
            fields = self._fields(self._response_id, self._request_id, payload_digest=referred.original.payload_digest)
            block = response.block[: response.payload_start]
            return new_record("revisit", fields + referred.fields(), _RESPONSE, block, seen)
        truncated = None if response.complete else self._exchange.truncated
        fields = self._fields(self._response_id, self._request_id, payload_digest=payload_digest, truncated=truncated)
        return new_record("response", fields, _RESPONSE, response.block, seen)

    def _seen(self, response: StoredResponse, payload_digest: str, referred: Reference | None) -> Seen | None:
        if not response.payload or not is_complete(response, self._exchange.truncated):
            return None
        record_id, url, date = self._response_id, self._exchange.url, self._date
        original_id = referred.original.record_id if referred else record_id
        size = len(response.payload)
        return Seen(record_id, url, date, payload_digest, size, validators(response), original_id)

    def metadata(self, notes: list[tuple[str, object]]) -> NewRecord:
        record_id = new_record_id()
        fields = self._fields(record_id, self._principal_id)
        return new_record("metadata", fields, FIELDS, warc_fields(notes))

    def unreadable(self, raw: bytes) -> NewRecord:
        """Keep bytes that are no HTTP response where no reader can take them for one."""
        fields = self._fields(self._response_id, self._principal_id, truncated=self._exchange.truncated)
        return new_record("metadata", fields, "application/octet-stream", raw)

    def _fields(
        self, record_id: str, concurrent_to: str | None, *, payload_digest: str = "", truncated: str | None = None
    ) -> list[tuple[str, str]]:
        fields = (
            ("WARC-Record-ID", record_id),
            ("WARC-Date", self._date),
            ("WARC-Target-URI", self._exchange.url),
            ("WARC-IP-Address", self._exchange.ip),
            ("WARC-Concurrent-To", concurrent_to),
            ("WARC-Warcinfo-ID", self._warcinfo_id),
            ("WARC-Truncated", truncated),
            ("WARC-Payload-Digest", payload_digest),
        )
        return [(name, value) for name, value in fields if value]


def _charset(response: StoredResponse) -> str:
    """Return the charset that the Content-Type header names, or an empty string."""
    content_type = next((value for name, value in response.fields if name == b"content-type"), b"")
    return content_type.lower().partition(b"charset=")[2].strip(b"\"' ;").decode("ascii", "replace")
