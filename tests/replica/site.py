"""What a site of the replica is: hosts it answers for, and a reply to each request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from tests.replica.request import Request

Framing = Literal["length", "chunked", "close"]
Encoding = Literal["gzip", "deflate"]
Ending = Literal["keep", "close", "reset"]


@dataclass(frozen=True, slots=True)
class Reply:
    """An ordinary reply, put on the wire by the server.

    The server adds Date, Server, Content-Encoding, Content-Length or Transfer-Encoding, and Connection, each only where
    `headers` does not have it. It leaves out the body for HEAD, 1xx, 204 and 304. `encoding` is applied only if the
    client offered it. `cacheable` says that a GET of this target without conditional headers or cookies always gives
    these bytes until the clock, the sites or the faults change; the server may then keep the encoded reply.
    """

    status: int = 200
    reason: str | None = None  # None: the standard phrase
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    framing: Framing = "length"
    encoding: Encoding | None = None
    cacheable: bool = False


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply given as the very bytes to send; a float among the chunks is a pause in seconds."""

    chunks: tuple[bytes | float, ...]
    then: Ending = "keep"


class Site(Protocol):
    """A source site under its real host names; `reply` is a pure function of the request."""

    @property
    def name(self) -> str: ...

    @property
    def hosts(self) -> tuple[str, ...]: ...

    def reply(self, request: Request) -> Reply | RawReply: ...
