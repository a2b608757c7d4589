"""HTTP records: framing headers against the body that is kept, encoding headers against its first bytes."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.exchange.http_message import MessageError, StoredResponse, find_head, headers, stored_form
from archive.records.members import Member
from archive.verify.rules import Problem

_LONGEST_HEAD: Final = 1 << 20
_REQUEST_LINE: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\r\n]+ HTTP/\d\.\d\r?\n")
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_SAMPLE: Final = 1 << 10


@dataclass(slots=True)
class HttpView:
    """The HTTP message in a record's block: where its payload begins and what its head says."""

    payload_start: int
    #: 0 for a request.
    status: int
    fields: list[tuple[bytes, bytes]]
    #: The payload without chunks, where the block keeps them.
    unchunked: StoredResponse | None = None

    def values(self, name: bytes) -> list[bytes]:
        """Return the parts, in lower case, of the comma-separated values of a header."""
        values = (value for field, value in self.fields if field.lower() == name)
        return [part.strip().lower() for value in values for part in value.split(b",") if part.strip()]


def is_http(record: Member) -> bool:
    """Return whether a record should hold an HTTP message.

    The scheme matters, too: a response to ``dns:`` or ``ftp:`` is none.
    """
    return record.type in ("request", "response", "revisit") and record.get("Content-Type").lower().startswith(
        "application/http"
    )


def view_http(record: Member) -> HttpView:
    """Take the head of the HTTP message in a record's block apart.

    :raises MessageError: if the block does not begin with one.
    """
    window = bytes(record.block[:_LONGEST_HEAD])
    if record.type == "request":
        ending = _BLANK_LINE.search(window)
        if not _REQUEST_LINE.match(window) or not ending:
            raise MessageError("the block does not begin with an HTTP request head")
        return HttpView(ending.end(), 0, headers(window[: ending.end()]))
    head = find_head(window)
    view = HttpView(head.end, head.status, headers(window[head.start : head.end]))
    if record.type == "response" and view.values(b"transfer-encoding")[:1] == [b"chunked"]:
        view.unchunked = stored_form(bytes(record.block))
    return view


def check_body(record: Member, view: HttpView) -> Iterator[Problem]:
    """Check a response's body against the headers that frame and encode it.

    Whether an empty body is the answer to a HEAD request is not known here.
    """
    size = len(record.block) - view.payload_start
    truncated = bool(record.get("WARC-Truncated"))
    if view.status in (204, 304):
        if size:
            yield "http-length", f"a response with status {view.status} has a body of {size} bytes"
        return
    if view.unchunked is not None:
        if not view.unchunked.complete and not truncated:
            yield "http-chunked", "the body is not whole chunks, though Transfer-Encoding says so"
    elif not view.values(b"transfer-encoding"):
        yield from _length(view, size, truncated)
    yield from _encoding(record, view)


def payload_of(record: Member, view: HttpView) -> memoryview:
    """Return the payload: without chunks where the block keeps them."""
    if view.unchunked is not None:
        return view.unchunked.payload
    return memoryview(record.block)[view.payload_start :]


def _length(view: HttpView, size: int, truncated: bool) -> Iterator[Problem]:
    lengths = set(view.values(b"content-length"))
    if len(lengths) != 1 or not (said := lengths.pop()).isdigit():
        return
    if size != int(said[:18]) and not (truncated and size < int(said[:18])):
        yield "http-length", f"Content-Length is {said.decode()}, but the body has {size} bytes"


def _encoding(record: Member, view: HttpView) -> Iterator[Problem]:
    start = bytes(payload_of(record, view)[:_SAMPLE])
    if not start:
        return
    codings = [coding for coding in view.values(b"content-encoding") if coding != b"identity"]
    coding = codings[-1].decode("latin-1") if codings else ""
    if coding and not _fits(coding, start):
        yield "http-encoding", f"Content-Encoding is {coding}, but the body begins with {start[:16]!r}"
    elif not coding and start.startswith((_GZIP, _ZSTD)) and view.values(b"content-type")[:1] != []:
        kind = view.values(b"content-type")[0]
        if kind.startswith((b"text/", b"application/json", b"application/xhtml")):
            yield "http-encoding", f"the body is compressed, but no Content-Encoding says so: {start[:16]!r}"


def _fits(coding: str, start: bytes) -> bool:
    """Return whether a body may begin so under a content coding; an unknown coding fits anything.

    >>> [_fits(coding, b"<!DOCTYPE html><html>") for coding in ("gzip", "br", "deflate", "zstd", "aes128gcm")]
    [False, False, False, False, True]
    """
    if coding in ("gzip", "x-gzip"):
        return start.startswith(_GZIP[: len(start)])
    if coding == "zstd":
        return start.startswith(_ZSTD[: len(start)])
    if coding == "deflate":
        return _inflates(start, zlib.MAX_WBITS) or _inflates(start, -zlib.MAX_WBITS)
    if coding == "br":
        # Brotli has no mark; but what it gives does not look like the start of a document.
        return not start.lstrip().startswith((b"<", b"{", b"["))
    return True


def _inflates(start: bytes, window: int) -> bool:
    try:
        zlib.decompressobj(window).decompress(start)
    except zlib.error:
        return False
    return True
