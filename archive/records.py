"""WARC/1.1 records: one exchange becomes a request, a response and a metadata record, each a gzip member of its own.

The records are serialised by warcio around a finished block, never through its HTTP layer, which would normalise what
the site sent (WARC_RULES, section 2). Digests are sha256 in lowercase hex over the stored bytes (R16).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import uuid4

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.exchange import Exchange
from archive.gzip_member import gzip_member
from archive.http_message import MessageError, StoredResponse, headers, stored_form
from archive.request_secrets import redact, without_user

_FIELDS = "application/warc-fields"


class _VerbatimWriter(WARCWriter):
    """Writes records as they are: their digests are given, or not wanted."""

    def ensure_digest(self, record: ArcWarcRecord, block: bool = True, payload: bool = True) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Member:
    """One record, serialised and compressed, ready to be appended to a WARC file."""

    record_type: str
    record_id: str
    data: bytes
    payload_digest: str = ""


def digest(data: bytes | memoryview) -> str:
    """Return the labelled digest that records and articles carry.

    >>> digest(b"")
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return f"sha256:{sha256(data).hexdigest()}"


def new_record_id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def member(record_type: str, fields: list[tuple[str, str]], content_type: str, block: bytes) -> bytes:
    """Serialise one record as one gzip member.

    :param fields: the WARC header fields but for type, content type, length and block digest.
    """
    named = [("WARC-Type", record_type), *fields, ("WARC-Block-Digest", digest(block))]
    head = StatusAndHeaders("", named, protocol="WARC/1.1")
    record = ArcWarcRecord("warc", record_type, head, BytesIO(block), None, content_type, len(block))
    record.payload_length = len(block)
    buffer = BytesIO()
    _VerbatimWriter(buffer, gzip=False, warc_version="1.1").write_record(record)
    return gzip_member(buffer.getbuffer())


def warc_fields(pairs: list[tuple[str, object]]) -> bytes:
    r"""Return an ``application/warc-fields`` block; empty values are left out, line breaks become spaces.

    >>> warc_fields([("via", "http://a.test/"), ("error", "cut\r\noff"), ("operator", "")])
    b'via: http://a.test/\r\nerror: cut off\r\n'
    """
    lines = (f"{name}: {' '.join(str(value).split())}\r\n" for name, value in pairs if value not in (None, ""))
    return "".join(lines).encode()


def warcinfo(filename: str, date: str, pairs: list[tuple[str, object]]) -> tuple[str, bytes]:
    """Return the record id and the gzip member of the record that opens a file."""
    record_id = new_record_id()
    fields = [("WARC-Record-ID", record_id), ("WARC-Date", date), ("WARC-Filename", filename)]
    return record_id, member("warcinfo", fields, _FIELDS, warc_fields(pairs))


def configuration(warcinfo_id: str, date: str, settings: dict[str, Any]) -> bytes:
    """Return a metadata record that holds the settings the crawl ran with."""
    block = json.dumps(settings, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()
    fields = [("WARC-Record-ID", new_record_id()), ("WARC-Date", date), ("WARC-Warcinfo-ID", warcinfo_id)]
    return member("metadata", fields, "application/json", block)


def exchange_members(
    exchange: Exchange, warcinfo_id: str, response_id: str, redacted: frozenset[bytes] = frozenset()
) -> list[Member]:
    """Return the records of one exchange: request, response, metadata, in the order in which they are written.

    Where no HTTP response was had, the metadata record says why, and what bytes came are kept in a further one.

    :param response_id: the record id the response shall have.
    :param redacted: names of request headers, in lower case, whose values are not kept.
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
    builder = _Builder(exchange, warcinfo_id, response_id)
    members = [builder.request(request)] if request else []
    raw = bytes(exchange.response)
    try:
        response = stored_form(raw, exchange.method)
    except MessageError as reason:
        unread = [builder.unreadable(raw)] if raw else []
        if raw:
            notes.append(("unreadable-answer", reason))
        return [*members, builder.metadata(notes), *unread]
    notes.append(("charset", _charset(response)))
    if response.recipe is not None:
        notes.append(("wire-recipe", json.dumps(response.recipe, separators=(",", ":"))))
    return [*members, builder.response(response), builder.metadata(notes)]


class _Builder:
    """Builds the records of one exchange, linked to each other."""

    def __init__(self, exchange: Exchange, warcinfo_id: str, response_id: str):
        self._exchange = exchange
        self._warcinfo_id = warcinfo_id
        self._response_id = response_id
        self._request_id = new_record_id()
        #: What the metadata belongs to: the response, or the request where nothing came back.
        self._principal_id = self._request_id if exchange.request else None

    def request(self, block: bytes) -> Member:
        payload = block.partition(b"\r\n\r\n")[2]
        concurrent = self._response_id if self._exchange.response else None
        fields = self._fields(self._request_id, concurrent, payload_digest=digest(payload))
        return Member("request", self._request_id, member("request", fields, "application/http;msgtype=request", block))

    def response(self, response: StoredResponse) -> Member:
        payload_digest = digest(response.payload)
        self._principal_id = self._response_id
        truncated = None if response.complete else self._exchange.truncated
        fields = self._fields(self._response_id, self._request_id, payload_digest=payload_digest, truncated=truncated)
        data = member("response", fields, "application/http;msgtype=response", response.block)
        return Member("response", self._response_id, data, payload_digest)

    def metadata(self, notes: list[tuple[str, object]]) -> Member:
        record_id = new_record_id()
        fields = self._fields(record_id, self._principal_id)
        return Member("metadata", record_id, member("metadata", fields, _FIELDS, warc_fields(notes)))

    def unreadable(self, raw: bytes) -> Member:
        """Keep bytes that are no HTTP response where no reader can take them for one."""
        fields = self._fields(self._response_id, self._principal_id, truncated=self._exchange.truncated)
        return Member("metadata", self._response_id, member("metadata", fields, "application/octet-stream", raw))

    def _fields(
        self, record_id: str, concurrent_to: str | None, *, payload_digest: str = "", truncated: str | None = None
    ) -> list[tuple[str, str]]:
        exchange = self._exchange
        fields = [
            ("WARC-Record-ID", record_id),
            ("WARC-Date", exchange.warc_date),
            ("WARC-Target-URI", exchange.url),
            ("WARC-IP-Address", exchange.ip),
            ("WARC-Concurrent-To", concurrent_to),
            ("WARC-Warcinfo-ID", self._warcinfo_id),
            ("WARC-Truncated", truncated),
            ("WARC-Payload-Digest", payload_digest),
        ]
        return [(name, value) for name, value in fields if value]


def _charset(response: StoredResponse) -> str:
    """Return the charset that the Content-Type header names, or an empty string."""
    for name, value in headers(response.block[: response.payload_start]):
        if name.lower() == b"content-type":
            return value.lower().partition(b"charset=")[2].strip(b"\"' ;").decode("ascii", "replace")
    return ""
