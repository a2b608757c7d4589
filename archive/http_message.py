"""A raw HTTP/1.x response, taken apart and turned into the form a WARC record keeps.

What is kept differs from the wire in three cases only: interim 1xx responses in front, chunk framing inside, and bytes
beyond the end. Each is written down as a *wire recipe* from which ``wire_form`` rebuilds the exact bytes (WARC_RULES,
section 6, option C+): a list of steps over the stored block, where a positive number copies that many bytes, a negative
one skips them, and a string (latin-1) inserts bytes that the block does not hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

Recipe = list[int | str]

_HEAD_END = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d+\.\d+ (\d+)(?: [^\n]*)?\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_TRAILERS = re.compile(rb"(?:[^\r\n][^\n]*\n)*\r?\n")
_RENAMED = b"X-Orig-"


class MessageError(ValueError):
    """The bytes do not begin with a complete HTTP response head."""


class Head(NamedTuple):
    """The head of the final response: where it lies in the raw bytes, and what frames the body."""

    start: int
    end: int
    status: int


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response as a WARC record keeps it: ``block`` is head and payload, the payload begins at ``payload_start``.

    ``recipe`` is None where the block is the wire's bytes exactly. ``complete`` says whether the framing was
    satisfied (a body that ends with the connection counts as complete).
    """

    block: bytes
    payload_start: int
    status: int
    recipe: Recipe | None
    complete: bool

    @property
    def payload(self) -> memoryview:
        return memoryview(self.block)[self.payload_start :]


def find_head(raw: bytes) -> Head:
    """Return the head of the final response, past all interim (1xx) ones.

    >>> find_head(b"HTTP/1.1 103 Early Hints\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\n\\r\\n")
    Head(start=28, end=47, status=200)

    :raises MessageError: if no complete head is there, or it is not HTTP/1.x.
    """
    start = 0
    while True:
        status_line = _STATUS_LINE.match(raw, start)
        if not status_line:
            raise MessageError("the answer does not begin with an HTTP status line")
        ending = _HEAD_END.search(raw, status_line.end() - 1)
        if not ending:
            raise MessageError("the answer ends inside its head")
        status = int(status_line[1])
        if not 100 <= status < 200:
            return Head(start, ending.end(), status)
        start = ending.end()


def headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """Return the name and value of each header line that has a colon, in order; folded lines are joined.

    >>> headers(b"HTTP/1.1 200 OK\\r\\nServer : nginx\\r\\nX: a\\r\\n  b\\r\\nno colon\\r\\n\\r\\n")
    [(b'Server', b'nginx'), (b'X', b'a  b')]
    """
    parts = (line.partition(b":") for line in _FOLD.sub(b"", head).split(b"\n")[1:])
    return [(name.strip(), value.strip()) for name, colon, value in parts if colon]


def stored_form(raw: bytes, method: str = "GET") -> StoredResponse:
    """Take the raw bytes of one response apart and return what a WARC record keeps of them.

    :param raw: all bytes received for one request.
    :param method: the request's method; an answer to HEAD has no body.
    :raises MessageError: as `find_head`.
    """
    start, end, status = find_head(raw)
    head = raw[start:end]
    fields = [(name.lower(), value) for name, value in headers(head)]
    if method == "HEAD" or status in (204, 304):
        payload, body_end, complete, steps = b"", end, True, Recipe()
    elif encodings := [value for name, value in fields if name == b"transfer-encoding"]:
        if encodings[0].lower() != b"chunked":
            return _verbatim(raw, start, end, status, complete=False)
        payload, body_end, complete, steps = _dechunk(raw, end)
        return _chunked(raw, Head(start, end, status), payload, body_end, complete, steps)
    else:
        lengths = {part.strip() for name, value in fields if name == b"content-length" for part in value.split(b",")}
        if len(lengths) != 1 or not (text := lengths.pop()).isdigit():
            return _verbatim(raw, start, end, status, complete=not lengths)
        body_end = min(end + int(text[:18]), len(raw))
        payload, complete = raw[end:body_end], body_end == end + int(text[:18])
    if start == 0 and body_end == len(raw):
        return StoredResponse(raw, end, status, None, complete)
    block = head + payload
    recipe: Recipe = [_text(raw[:start]), len(block), _text(raw[body_end:])]
    return StoredResponse(block, len(head), status, _tidy(recipe), complete)


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


def _verbatim(raw: bytes, start: int, end: int, status: int, *, complete: bool) -> StoredResponse:
    """Keep everything behind the head as the body: its end is where the connection ended."""
    block = raw[start:] if start else raw
    recipe: Recipe | None = [_text(raw[:start]), len(block)] if start else None
    return StoredResponse(block, end - start, status, recipe, complete)


def _dechunk(raw: bytes, position: int) -> tuple[bytes, int, bool, Recipe]:
    """Decode chunks from ``position``: the payload, where the body ends, whether it is whole, and the recipe's steps.

    Where the framing breaks, the rest stays undecoded: it goes into the recipe, not into the payload.
    """
    data: list[bytes] = []
    steps: Recipe = []
    literal_from = position
    while size_line := _CHUNK_SIZE.match(raw, position):
        size = int(size_line[1], 16)
        if size == 0:
            trailers = _TRAILERS.match(raw, size_line.end())
            body_end = trailers.end() if trailers else len(raw)
            steps.append(_text(raw[literal_from:body_end]))
            return b"".join(data), body_end, trailers is not None, steps
        chunk = raw[size_line.end() : size_line.end() + size]
        data.append(chunk)
        steps += [_text(raw[literal_from : size_line.end()]), len(chunk)]
        literal_from = position = size_line.end() + len(chunk)
        if raw.startswith(b"\r\n", position):
            position += 2
        else:
            break
    steps.append(_text(raw[literal_from:]))
    return b"".join(data), len(raw), False, steps


def _chunked(raw: bytes, head: Head, payload: bytes, body_end: int, complete: bool, steps: Recipe) -> StoredResponse:
    """Put a de-chunked payload under a head that no longer claims to frame it."""
    recipe: Recipe = [_text(raw[: head.start])]
    new_head: list[bytes] = []
    unchanged = 0
    for line in raw[head.start : head.end].splitlines(keepends=True):
        name = line.partition(b":")[0].strip().lower()
        stale = name == b"content-length" and line.partition(b":")[2].strip() != b"%d" % len(payload)
        if stale or name == b"transfer-encoding":
            new_head.append(_RENAMED)
            recipe += [unchanged, -len(_RENAMED)]
            unchanged = 0
        new_head.append(line)
        unchanged += len(line)
    recipe += [unchanged, *steps, _text(raw[body_end:])]
    stored_head = b"".join(new_head)
    return StoredResponse(stored_head + payload, len(stored_head), head.status, _tidy(recipe), complete)


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
