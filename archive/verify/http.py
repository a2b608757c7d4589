"""Checks HTTP records: framing headers against the stored body, encoding headers against what it decodes to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archive.http.http_message import content_length
from archive.http.kept_message import KeptMessage
from archive.records.members import Member
from archive.verify.encoding import undecodable
from archive.verify.rules import Problem

#: The address of a file that is compressed itself, whatever its type is said to be.
_PACKED_FILE: Final = re.compile(r"\.(gz|gzip|tgz|svgz|zst)>?($|[?#])", re.IGNORECASE)
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"


def is_http(record: Member) -> bool:
    """Return whether a record should hold an HTTP message: a response to ``dns:`` or ``ftp:`` is none."""
    is_http_type = record.get("Content-Type").lower().startswith("application/http")
    return is_http_type and record.type in ("request", "response", "revisit")


def check_body(record: Member, view: KeptMessage) -> Iterator[Problem]:
    """Check a response's body against the headers that frame and encode it.

    Whether an empty body is the response to a HEAD request is not known here.
    """
    size = len(view.body)
    truncated = bool(record.get("WARC-Truncated"))
    if view.status in (204, 304):
        if size:
            yield "http-length", f"a response with status {view.status} has a body of {size} bytes"
        return
    if view.says_chunked:
        if view.unchunked is None and not truncated:
            yield "http-chunked", "the body is not whole chunks, though Transfer-Encoding says so"
    elif not view.values(b"transfer-encoding"):
        problems = list(_length(view, size, truncated))
        yield from problems
        truncated = truncated or bool(problems)
    truncated = truncated or (view.says_chunked and view.unchunked is None)
    if view.status != 206:  # a part of an encoded body cannot be decoded
        yield from _encoding(record, view, truncated)


def check_status(record: Member, view: KeptMessage) -> Iterator[Problem]:
    """Check that a response's status is one that HTTP can have."""
    if record.type != "request" and not 100 <= view.status <= 999:
        yield "http-head", f"the status is {str(view.status)[:20]}"


def _length(view: KeptMessage, size: int, truncated: bool) -> Iterator[Problem]:
    said = content_length(view.fields)
    if said is not None and size != said and not (truncated and size < said):
        field = b", ".join(value for name, value in view.fields if name == b"content-length")
        yield "http-length", f"Content-Length is {field[:200].decode('latin-1')}, but the body has {size} bytes"


def _encoding(record: Member, view: KeptMessage, truncated: bool) -> Iterator[Problem]:
    start = bytes(view.payload[:16])
    if not start:
        return
    codings = [coding for coding in view.values(b"content-encoding") if coding != b"identity"]
    if codings:
        coding = codings[-1].decode("latin-1")
        if problem := undecodable(coding, view.payload, whole=not truncated):
            yield "http-encoding", f"Content-Encoding is {coding}, but the body begins with {start!r}: {problem}"
    elif {*view.values(b"transfer-encoding"), *view.values(b"x-orig-transfer-encoding")} - {b"chunked"}:
        return  # a coding that is said, though by a header that no client heeds
    elif start.startswith((_GZIP, _ZSTD)) and (kind := b"".join(view.values(b"content-type")[:1])):
        is_text = kind.startswith((b"text/", b"application/json", b"application/xhtml"))
        if is_text and not _PACKED_FILE.search(record.get("WARC-Target-URI")):
            yield "http-encoding", f"the body is compressed, but no Content-Encoding says so: {start!r}"
