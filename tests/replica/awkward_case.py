"""What an awkward response is, and the few ways the lists of them are written down."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.replica.request import Request
from tests.replica.site import Ending, RawReply

HOST = "awkward.test"
PAGE = "<!doctype html><meta charset=utf-8><title>Báo thử</title><p>Một trang để thử, viết bằng tiếng Việt.\n".encode()
OK = b"HTTP/1.1 200 OK"
HTML = b"Content-Type: text/html; charset=utf-8"

Outcome = Literal[
    "complete",  # a whole response
    "cut",  # the connection ends in an orderly way before the declared end
    "reset",  # the connection is reset before the end
    "slow",  # does not end within awkward_endings.SLOW seconds
    "malformed",  # the framing of the body breaks
    "not-http",  # no HTTP response at all
]
Answer = Callable[[Request], RawReply]


@dataclass(frozen=True, slots=True)
class Awkward:
    """One awkward response: how to ask for it, and what comes of it.

    `status` is that of the final response, None where there is none. `payload` is the body after the transfer coding is
    taken off, as far as it comes, and before the content coding is. `decoded` is what a browser shows of it, None where
    a client cannot decode it or need not. `then` is what the server does to the connection afterwards.
    """

    name: str
    what: str
    answer: Answer
    status: int | None
    payload: bytes | None
    decoded: bytes | None
    outcome: Outcome
    target: str
    host: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def url(self) -> str:
        """The address by plain HTTP; https works as well."""
        return f"http://{self.host}{self.target}"

    @property
    def then(self) -> Ending:
        return self.answer(self.request()).then

    def request(self, scheme: str = "http") -> Request:
        """The request that gets it."""
        path, _, query = self.target.partition("?")
        return Request(self.method, scheme, self.host, path, query, (("Host", self.host), *self.headers), self.body)

    def wire(self) -> bytes:
        """Every byte the server sends for `request()`."""
        return b"".join(chunk for chunk in self.answer(self.request()).chunks if isinstance(chunk, bytes))


def awkward(
    name: str,
    what: str,
    reply: RawReply | bytes | Answer,
    *,
    status: int | None = 200,
    payload: bytes | None = PAGE,
    decoded: bytes | Literal["payload"] | None = "payload",
    outcome: Outcome = "complete",
    target: str = "",
    host: str = HOST,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
) -> Awkward:
    """One awkward response with what most of them share left out."""
    answer = _always(RawReply((reply,)) if isinstance(reply, bytes) else reply)
    shown = payload if decoded == "payload" else decoded
    return Awkward(
        name, what, answer, status, payload, shown, outcome, target or f"/{name}", host, method, headers, body
    )  # fmt: skip


def _always(reply: RawReply | Answer) -> Answer:
    return (lambda _: reply) if isinstance(reply, RawReply) else reply


def head(*lines: bytes) -> bytes:
    """Status line and header lines as a head with its blank line.

    >>> head(b"HTTP/1.1 204 No Content", b"A: b")
    b'HTTP/1.1 204 No Content\\r\\nA: b\\r\\n\\r\\n'
    """
    return b"\r\n".join((*lines, b"", b""))


def page(*lines: bytes, status: bytes = OK, body: bytes = PAGE) -> bytes:
    """An HTML response with its length and further header lines."""
    return head(status, HTML, *lines, b"Content-Length: %d" % len(body)) + body


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """One chunk of a chunked body; of no data: the last chunk, without the blank line after it."""
    return b"%x%s\r\n" % (len(data), extension) + (data + b"\r\n" if data else b"")


def zipped(data: bytes) -> bytes:
    """The same gzip bytes at every call."""
    return gzip.compress(data, 6, mtime=0)
