"""Reads the HTTP message in a record of any origin, whose length the record tells, not the HTTP head in it.

Crawlers store bodies without their chunks or with them, decoded or not, cut off or whole, under heads that go on
telling what was sent. So a body is the rest of its block, whatever Content-Length and Transfer-Encoding say; only what
really is chunks, to its end, is taken out of them. On the wire the head rules: `archive.http.http_message`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from archive.files.inflate import Gathered
from archive.http.http_message import (
    HEAD_END,
    LONGEST_HEAD,
    MOST_CHUNKS,
    MessageError,
    content_length,
    find_head,
    lowered,
    transfer_codings,
)

_REQUEST_LINE: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\r\n]+ HTTP/\d\.\d\r?\n")
_CHUNK_SIZE: Final = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]{0,4096})?\r?\n")
#: What may follow the last chunk: trailers and a blank line; some crawlers leave out the end of it.
_TRAILERS: Final = re.compile(rb"(?:[^\r\n][^\n]*\n)*(?:\r?\n?)?")


@dataclass(slots=True)
class KeptMessage:
    """A message in a record's block; ``body`` is all that follows the head, ``payload`` is that without chunks."""

    head: bytes
    #: 0 for a request.
    status: int
    #: Names in lower case and values of the head's fields, in order.
    fields: list[tuple[bytes, bytes]]
    body: memoryview
    #: Whether the head says that the body is chunked.
    says_chunked: bool = False
    #: The body without its chunks; None where it has none.
    unchunked: memoryview | None = field(default=None, repr=False)

    @property
    def payload(self) -> memoryview:
        return self.body if self.unchunked is None else self.unchunked

    @property
    def complete(self) -> bool | None:
        """Whether the payload is as long as the head says; None if it does not say."""
        if self.unchunked is not None:
            return True
        length = None if self.says_chunked else content_length(self.fields)
        return None if length is None else len(self.body) == length

    def values(self, name: bytes) -> list[bytes]:
        """Return the parts, in lower case, of the comma-separated values of a field."""
        values = (value for given, value in self.fields if given == name)
        return [part.strip().lower() for value in values for part in value.split(b",") if part.strip()]


def kept_response(block: bytes | memoryview) -> KeptMessage:
    r"""Take the response in a record's block apart.

    >>> bytes(kept_response(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nwhole").payload)
    b'whole'
    >>> kept_response(b"http/1.1 204\r\n\r\n").status, kept_response(b"HTTP/2 404\r\n\r\n").status
    (204, 404)
    >>> bytes(kept_response(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n").payload)
    b'ab'

    :raises MessageError: if it does not begin with the head of an HTTP response.
    """
    window = bytes(block[:LONGEST_HEAD])
    start, end, status = find_head(window)
    head = window[start:end]
    fields = lowered(head)
    body = memoryview(block)[end:]
    chunked = transfer_codings(fields)[-1:] == [b"chunked"]
    return KeptMessage(head, status, fields, body, chunked, unchunked(body) if chunked else None)


def kept_request(block: bytes | memoryview) -> KeptMessage:
    """Take the request in a record's block apart.

    :raises MessageError: if it does not begin with the head of an HTTP request.
    """
    window = bytes(block[:LONGEST_HEAD])
    ending = HEAD_END.search(window)
    if not _REQUEST_LINE.match(window) or not ending:
        raise MessageError("the block does not begin with an HTTP request head")
    head = window[: ending.end()]
    return KeptMessage(head, 0, lowered(head), memoryview(block)[ending.end() :])


def unchunked(body: memoryview) -> memoryview | None:
    """Return a body without its chunks; None unless it is chunks from its beginning to its end, and not too many.

    What does not fit into memory goes to a temporary file.
    """
    count, last = 0, -1
    for chunk in islice(_chunks(body), MOST_CHUNKS + 1):
        count, last = count + 1, len(chunk)
    if last or count > MOST_CHUNKS:
        return None
    if count <= 2:
        return next(_chunks(body))
    gathered = Gathered()
    for chunk in _chunks(body):
        gathered.add(chunk)
    return memoryview(gathered.content())


def _chunks(body: memoryview) -> Iterator[memoryview]:
    """Yield each chunk's data, that of the last one empty if the framing reaches the end of the body."""
    position = 0
    while size_line := _CHUNK_SIZE.match(body, position):
        start = size_line.end()
        stop = start + int(size_line[1], 16)
        if start == stop:
            if _TRAILERS.fullmatch(body, start):
                yield body[start:start]
            return
        if stop > len(body):
            return
        yield body[start:stop]
        ending = bytes(body[stop : stop + 2])
        position = stop + (2 if ending == b"\r\n" else 1)
        if ending != b"\r\n" and ending[:1] != b"\n":
            return
