"""Parses a raw HTTP/1.x response and converts it to the form that a WARC record keeps.

What is kept differs from the wire in four cases only: interim 1xx responses in front, bare line feeds in the head,
chunk framing inside, and bytes beyond the end. Each is written down as a *wire recipe* from which ``wire_form`` makes
the exact bytes again: a list of steps over the stored block, where a positive number copies that many bytes, a negative
one skips them, and a string (latin-1) inserts bytes that the block does not hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

Recipe = list[int | str]

#: Maximum bytes of a head, lines in it, and chunks of a body. A response beyond these limits is stored as opaque bytes.
LONGEST_HEAD = 1 << 20
MOST_LINES = 5_000
MOST_CHUNKS = 250_000

HEAD_END = re.compile(rb"\n\r?\n")
#: Crawlers that speak HTTP/2 or 3 write it as ``HTTP/2 200``; some sites write it in lower case, which clients take.
_STATUS_LINE = re.compile(rb"HTTP/\d+(?:\.\d+)? (\d{1,9})(?: [^\n]*)?\r?\n", re.IGNORECASE)
_FOLD = re.compile(rb"\n[ \t]")
_FOLDED = re.compile(rb"\r?\n(?=[ \t])")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_TRAILERS = re.compile(rb"(?:[^\r\n][^\n]*\n)*\r?\n")
_RENAMED = b"X-Orig-"


class MessageError(ValueError):
    """The bytes do not begin with a complete HTTP response head."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response as a WARC record keeps it: ``block`` is head and payload, the payload begins at ``payload_start``.

    ``recipe`` is None where the block is the wire's bytes exactly. ``complete`` says whether the framing was satisfied;
    it is None where the body ends with the connection, and nobody can tell.
    """

    block: bytes
    payload_start: int
    status: int
    recipe: Recipe | None
    complete: bool | None
    #: Names in lower case and values of the head's fields, in order, under their names on the wire.
    fields: list[tuple[bytes, bytes]]

    @property
    def payload(self) -> memoryview:
        return memoryview(self.block)[self.payload_start :]


def find_head(raw: bytes) -> tuple[int, int, int]:
    """Return where the head of the final response begins and ends, past all interim (1xx) ones, and its status.

    >>> find_head(b"HTTP/1.1 103 Early Hints\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\n\\r\\n")
    (28, 47, 200)

    :raises MessageError: if no complete head is there, or it is not HTTP.
    """
    start = 0
    while True:
        status_line = _STATUS_LINE.match(raw, start)
        if not status_line:
            raise MessageError("the answer does not begin with an HTTP status line")
        ending = HEAD_END.search(raw, status_line.end() - 1)
        if not ending:
            raise MessageError("the answer ends inside its head")
        status = int(status_line[1])
        if not 100 <= status < 200:
            return start, ending.end(), status
        start = ending.end()


def headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """Return the name and value of each header line that has a colon, in order; folded lines are joined.

    >>> headers(b"HTTP/1.1 200 OK\\r\\nServer : nginx\\r\\nX: a\\r\\n  b\\r\\nno colon\\r\\n\\r\\n")
    [(b'Server', b'nginx'), (b'X', b'a  b')]
    """
    if _FOLD.search(head):
        head = _FOLDED.sub(b"", head)
    lines = (line.partition(b":") for line in head.split(b"\n")[1:])
    return [(name.strip(), value.strip()) for name, colon, value in lines if colon]


def lowered(head: bytes) -> list[tuple[bytes, bytes]]:
    """Return the fields of a head as `headers` does, with their names in lower case."""
    return [(name.lower(), value) for name, value in headers(head)]


def content_length(fields: list[tuple[bytes, bytes]]) -> int | None:
    """Return how long the body is by Content-Length; None if that is not there, no number, or several.

    :param fields: with names in lower case.
    """
    values = (value for name, value in fields if name == b"content-length")
    lengths = {part.strip() for value in values for part in value.split(b",")}
    numbers = {int(length.lstrip(b"0")[:18] or b"0") if length.isdigit() else None for length in lengths}
    return numbers.pop() if len(numbers) == 1 else None


def transfer_codings(fields: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the codings, in lower case, that a head's first Transfer-Encoding names; a further one does not count.

    The last of them is the framing. No client reads what others there are in front: the crawl fails on them.

    >>> transfer_codings([(b"transfer-encoding", b"gzip, Chunked")])
    [b'gzip', b'chunked']

    :param fields: with names in lower case.
    """
    first = next((value for name, value in fields if name == b"transfer-encoding"), b"")
    return [coding.strip() for coding in first.lower().split(b",") if coding.strip()]


def check_head(response: StoredResponse) -> None:
    """Refuse a head that no crawl reads.

    :raises MessageError: if it is longer than `LONGEST_HEAD`, or has more than `MOST_LINES`.
    """
    if response.payload_start > LONGEST_HEAD:
        raise MessageError(f"its head is longer than {LONGEST_HEAD} bytes")
    if response.block.count(b"\n", 0, response.payload_start) > MOST_LINES:
        raise MessageError(f"its head has more than {MOST_LINES} lines")


def stored_form(raw: bytes, method: str = "GET") -> StoredResponse:
    """Take the raw bytes of one response apart and return what a WARC record keeps of them.

    :param raw: all bytes received for one request.
    :param method: the request's method; a response to HEAD has no body.
    :raises MessageError: as `find_head`.
    """
    start, end, status = find_head(raw)
    head = raw[start:end]
    fields = lowered(head)
    body = _body(raw, end, method, status, fields)
    stored_head, head_steps = _stored_head(head, body)
    block = stored_head + body.payload
    recipe = _tidy([_text(raw[:start]), *head_steps, *body.steps, _text(raw[body.end :])])
    recipe_wanted = None if recipe == [len(block)] else recipe
    return StoredResponse(block, len(stored_head), status, recipe_wanted, body.complete, fields)


def wire_form(block: bytes, recipe: Recipe | None) -> bytes:
    """Rebuild the bytes of the wire from a stored block and its recipe.

    >>> wire_form(b"abcXdef", [3, -1, "--", 3])
    b'abc--def'

    :raises ValueError: if the recipe does not fit the block.
    """
    if recipe is None:
        return block
    parts, position = [], 0
    for step in recipe:
        if isinstance(step, str):
            parts.append(step.encode("latin-1"))
            continue
        if step > 0:
            parts.append(block[position : position + step])
        position += abs(step)
    if position != len(block):
        raise ValueError(f"the wire recipe covers {position} of {len(block)} bytes")
    return b"".join(parts)


class _Body(NamedTuple):
    """A body without its framing: where it ends in the raw bytes, whether it is whole, and the steps to rebuild it."""

    payload: bytes
    end: int
    complete: bool | None
    steps: Recipe
    chunked: bool = False


def _body(raw: bytes, start: int, method: str, status: int, fields: list[tuple[bytes, bytes]]) -> _Body:
    """Find the body as Twisted's parser does, so that the record holds what the crawl read."""
    if method == "HEAD" or status in (204, 304):
        return _Body(b"", start, True, [])
    codings = transfer_codings(fields)
    if codings[-1:] == [b"chunked"]:
        return _dechunk(raw, start)
    rest = raw[start:]
    length = content_length(fields)
    if codings or length is None:
        return _Body(rest, len(raw), None, [len(rest)])
    payload = rest[:length]
    return _Body(payload, start + len(payload), len(payload) == length, [len(payload)])


def _dechunk(raw: bytes, position: int) -> _Body:
    """Decode chunks. Where the framing breaks, the rest stays undecoded: it goes into the recipe, not the payload.

    :raises MessageError: if there are more than `MOST_CHUNKS`.
    """
    data: list[bytes] = []
    steps: Recipe = []
    literal_from = position
    while size_line := _CHUNK_SIZE.match(raw, position):
        size = int(size_line[1], 16)
        if size == 0:
            trailers = _TRAILERS.match(raw, size_line.end())
            end = trailers.end() if trailers else len(raw)
            return _Body(
                b"".join(data), end, trailers is not None, [*steps, _text(raw[literal_from:end])], chunked=True
            )
        chunk = raw[size_line.end() : size_line.end() + size]
        data.append(chunk)
        if len(data) > MOST_CHUNKS:
            raise MessageError(f"its body has more than {MOST_CHUNKS} chunks")
        steps += [_text(raw[literal_from : size_line.end()]), len(chunk)]
        literal_from = position = size_line.end() + len(chunk)
        if not raw.startswith(b"\r\n", position):
            break
        position += 2
    return _Body(b"".join(data), len(raw), False, [*steps, _text(raw[literal_from:])], chunked=True)


def _stored_head(head: bytes, body: _Body) -> tuple[bytes, Recipe]:
    """Return the head as a record keeps it, and the steps back to the wire's.

    It is the wire's but for two things: headers that would claim a framing the stored body no longer has are renamed,
    and bare line feeds become CRLF, without which some readers (FastWARC 2.0) do not find the body.
    """
    if not body.chunked and head.count(b"\n") == head.count(b"\r\n"):
        return head, [len(head)]
    parts: list[bytes] = []
    steps: Recipe = []
    # At line feeds only: ``splitlines`` would take other controls for line ends, too.
    for line in (line + b"\n" for line in head.split(b"\n")[:-1]):
        if body.chunked and _is_stale(line, len(body.payload)):
            parts.append(_RENAMED)
            steps.append(-len(_RENAMED))
        if line.endswith(b"\r\n"):
            parts.append(line)
            steps.append(len(line))
        else:
            parts.append(line[:-1] + b"\r\n")
            steps += [len(line) - 1, -1, 1]
    return b"".join(parts), steps


def _is_stale(line: bytes, size: int) -> bool:
    """Return whether a head's line tells of a framing that the payload no longer has."""
    name, _, value = line.partition(b":")
    name = name.strip().lower()
    return name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"%d" % size)


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def _tidy(recipe: Recipe) -> Recipe:
    """Drop empty steps and join neighbours of one kind."""
    tidy: Recipe = []
    for step in recipe:
        if not step:
            continue
        last = tidy[-1] if tidy else None
        joined = isinstance(last, str) if isinstance(step, str) else isinstance(last, int) and step > 0 and last > 0
        if joined:
            tidy[-1] += step  # type: ignore[operator]
        else:
            tidy.append(step)
    return tidy
