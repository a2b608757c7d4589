"""Revisits: captures whose payload the archive already holds, and what their records refer to."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple, Protocol

from archive.http.exchange import Exchange
from archive.http.http_message import StoredResponse, headers
from archive.http.kept_message import KeptMessage
from archive.records.dates import index_time
from archive.records.digests import is_of_nothing
from archive.records.record_reader import Member, bare

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
    """A complete response with status 200, as later captures may refer to it; ``original_id`` has its payload."""

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


class Claim(NamedTuple):
    """What a revisit record says of the record that has its payload; empty where it does not say.

    Crawlers name it by id (wget), by URL and date (Heritrix, browsertrix, this project), or not at all: then its digest
    tells (older Heritrix), or for a 304 response its own URL.
    """

    record_id: str
    url: str
    date: str
    #: Of the payload; empty for a 304 response, which has none, whatever its record says.
    digest: str
    own_id: str
    own_url: str
    own_date: str
    is_not_modified: bool

    @property
    def is_named(self) -> bool:
        return bool(self.record_id or (self.url and self.date))

    def names(self, record: Member) -> bool:
        """Return whether it names a record, by id or by URL and date."""
        if self.record_id and record.get("WARC-Record-ID") == self.record_id:
            return True
        is_of_page = self.url and self.date and record.url == self.url
        return bool(is_of_page) and index_time(record.get("WARC-Date")) == index_time(self.date)

    def __str__(self) -> str:
        named = " ".join(part for part in (self.url or self.own_url, self.date, self.record_id) if part)
        return named if self.is_named else f"{named} {self.digest}".rstrip()


def claim(revisit: Member) -> Claim:
    """Return what a revisit record says of its original."""
    digest, profile = revisit.get("WARC-Payload-Digest"), revisit.get("WARC-Profile")
    not_modified = profile.strip("<>").endswith(NOT_MODIFIED.rpartition("/")[2])
    return Claim(
        revisit.get("WARC-Refers-To"),
        bare(revisit.get("WARC-Refers-To-Target-URI")),
        revisit.get("WARC-Refers-To-Date"),
        "" if not_modified and is_of_nothing(digest) else digest,
        revisit.get("WARC-Record-ID"),
        revisit.url,
        revisit.get("WARC-Date"),
        not_modified,
    )


#: Characters of a WARC-Date to the second: finer ones are not in the order of their letters.
_SECONDS: Final = len("2026-11-22T03:04:05")


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


def is_complete(response: StoredResponse | KeptMessage, truncated: str | None) -> bool:
    """Return whether a response may be referred to, or refer: it has status 200 and nothing is missing."""
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
        return Reference(NOT_MODIFIED, original) if original and _is_earlier(original, exchange) else None
    if is_complete(response, exchange.truncated):
        original = originals.with_payload(payload_digest, len(response.payload))
    return Reference(IDENTICAL, original) if original and _is_earlier(original, exchange) else None


def _is_earlier(original: Original, exchange: Exchange) -> bool:
    """Whether a capture may refer to another: where the clock was set back meanwhile, to none of its future."""
    return original.date[:_SECONDS] <= exchange.warc_date[:_SECONDS]


def validators(response: StoredResponse | KeptMessage) -> Validators:
    """Return a response's validators."""
    fields = dict(response.fields)  # of several the last one counts
    etag = _ETAG.fullmatch(fields.get(b"etag", b"").decode("latin-1"))
    return Validators(etag[1] if etag else "", fields.get(b"last-modified", b"").decode("latin-1"))
