"""Captures whose payload the archive already holds: what they refer to, and what their records say (R19-R22)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple, Protocol

from archive.exchange.exchange import Exchange
from archive.exchange.http_message import StoredResponse, headers

IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

_ETAG = re.compile(r'(?:W/)?("[^"]*")')


class Original(NamedTuple):
    """The response record that holds a payload."""

    record_id: str
    url: str
    date: str
    payload_digest: str


class Validators(NamedTuple):
    """What a site names a version of a page by; empty where it does not. Of an ETag the part that may be compared."""

    etag: str
    last_modified: str


class Seen(NamedTuple):
    """A complete answer with status 200, as later captures may refer to it; ``original_id`` has its payload."""

    record_id: str
    url: str
    date: str
    payload_digest: str
    size: int
    validators: Validators
    original_id: str


class Revisit(NamedTuple):
    """A revisit record: where it is, and the id of the record it refers to."""

    record_id: str
    url: str
    date: str
    original_id: str
    file: str
    offset: int


class Originals(Protocol):
    """What a crawl may refer to."""

    def with_payload(self, payload_digest: str, size: int) -> Original | None:
        """Return a record that holds a payload, given its size in bytes."""

    def with_validators(self, url: str, etags: Collection[str], last_modified: str) -> Original | None:
        """Return the record that holds what a URL's newest capture with one of these ETags, or this date, gave."""


class Reference(NamedTuple):
    """Why and to what a revisit record refers."""

    profile: str
    original: Original

    def fields(self) -> list[tuple[str, str]]:
        """Return the header fields that only a revisit record has."""
        # The block is cut off behind the HTTP head; a 304 has nothing that could be cut off.
        truncated = [("WARC-Truncated", "length")] if self.profile == IDENTICAL else []
        return [
            ("WARC-Profile", self.profile),
            ("WARC-Refers-To", self.original.record_id),
            ("WARC-Refers-To-Target-URI", self.original.url),
            ("WARC-Refers-To-Date", self.original.date),
            *truncated,
        ]


def is_complete(response: StoredResponse, truncated: str | None) -> bool:
    """Return whether a response may be referred to, or refer: an answer with status 200 and nothing missing."""
    return response.status == 200 and bool(response.complete or (response.complete is None and not truncated))


def reference(
    exchange: Exchange, response: StoredResponse, payload_digest: str, originals: Originals
) -> Reference | None:
    """Return what a response can refer to; None if its record must hold it."""
    original = None
    if response.status == 304:
        request = bytes(exchange.request).partition(b"\r\n\r\n")[0]
        conditions = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in headers(request)}
        etags = [validators(response).etag or etag for etag in _ETAG.findall(conditions.get("if-none-match", ""))]
        # A date sent beside ETags does not count (RFC 9110, 13.1.3).
        since = "" if "if-none-match" in conditions else conditions.get("if-modified-since", "")
        original = originals.with_validators(exchange.url, etags, since) if etags or since else None
        return Reference(NOT_MODIFIED, original) if original else None
    if is_complete(response, exchange.truncated):
        original = originals.with_payload(payload_digest, len(response.payload))
    return Reference(IDENTICAL, original) if original else None


def validators(response: StoredResponse) -> Validators:
    """Return a response's validators."""
    etag = _ETAG.fullmatch(response.field(b"etag").decode("latin-1"))
    return Validators(etag[1] if etag else "", response.field(b"last-modified").decode("latin-1"))
