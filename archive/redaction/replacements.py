"""Makes the records that replace redacted ones, and those that depended on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from archive.records.digests import fits, says_chunked, views
from archive.records.record import FIELDS, digest, member, new_record_id, warc_fields
from archive.records.record_reader import bare
from archive.redaction.targets import Target

_REFERENCES: Final = ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
#: Fields that are written anew, or that only a revisit may have.
_OWN: Final = frozenset({"warc-type", "warc-block-digest", "content-type", "content-length"})
_REVISIT: Final = frozenset({"warc-profile", *map(str.lower, _REFERENCES), "warc-truncated"})
_REVISIT_AND_DIGEST: Final = _REVISIT | {"warc-payload-digest"}
_URIS: Final = frozenset({"warc-target-uri", "warc-refers-to-target-uri", "warc-profile"})
_HTTP: Final = "application/http;msgtype=response"


def tombstone(target: Target, notes: Iterable[tuple[str, object]]) -> tuple[str, bytes]:
    """Return id and gzip member of the record that says what was here, in the place of a redacted one.

    :param notes: who redacted it, when and why.
    """
    record = target.record
    pairs = [
        ("redacted-record", target.record_id),
        ("redacted-type", record.type),
        *notes,
        ("redacted-block-digest", record.get("WARC-Block-Digest") or digest(record.block)),
        ("redacted-payload-digest", target.payload_digest),
        ("redacted-bytes", len(record.block)),
    ]
    record_id = new_record_id()
    fields = [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", target.date),
        ("WARC-Target-URI", target.url),
        ("WARC-Refers-To", target.record_id),
        ("WARC-Warcinfo-ID", record.get("WARC-Warcinfo-ID")),
    ]
    return record_id, member("metadata", [field for field in fields if field[1]], FIELDS, warc_fields(pairs))


def whole(revisit: Target, original: Target) -> bytes:
    """Return a revisit as a response record that holds its original's payload itself, in chunks if its head says so."""
    bodies = [bytes(view) for view in views(original.record)] or [b""]
    body = bodies[-1] if says_chunked(revisit.record) else bodies[0]
    fields = _without(revisit, _REVISIT)
    if not fits(revisit.payload_digest, [body, bodies[0]]):
        fields = [*_without(revisit, _REVISIT_AND_DIGEST), ("WARC-Payload-Digest", digest(bodies[0]))]
    return member("response", fields, _HTTP, bytes(revisit.record.block) + body)


def not_modified_alone(revisit: Target) -> bytes:
    """Return a revisit of a 304 response as a response record that refers to nothing."""
    fields = [*_without(revisit, _REVISIT_AND_DIGEST), ("WARC-Payload-Digest", digest(b""))]
    return member("response", fields, _HTTP, bytes(revisit.record.block))


def redirected(revisit: Target, original: Target) -> bytes:
    """Return a revisit that refers to another record with the same payload."""
    references = zip(_REFERENCES, (original.record_id, original.url, original.date), strict=True)
    fields = _without(revisit, frozenset(name.lower() for name in _REFERENCES)) + list(references)
    return member("revisit", fields, revisit.record.get("Content-Type") or _HTTP, bytes(revisit.record.block))


def _without(target: Target, names: frozenset[str]) -> list[tuple[str, str]]:
    """Return a record's fields but for some, as WARC/1.1 has them: URIs of the captures bare of brackets."""
    fields = ((name, value) for name, value in target.record.fields if name.lower() not in names | _OWN)
    return [(name, bare(value) if name.lower() in _URIS else value) for name, value in fields]
