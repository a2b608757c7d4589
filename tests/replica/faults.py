"""Faults that the replica injects, by a glob over host and path: what goes wrong on the real web, on demand.

Each fault works on `times` requests after the first `skip` that match (None: on all), in the order they are given: the
first that replaces the answer wins, those that disturb the wire add up. The pattern is compared with `host/path` and
with `host/path?query`.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal
from urllib.parse import quote, unquote, unquote_to_bytes

from tests.replica.request import Request
from tests.replica.site import RawReply, Reply

RECEIVE_TIME = 0.05  # seconds a client gets to read what came before a reset, which would else throw it away


@dataclass(frozen=True, slots=True)
class Fault:
    """What all faults share; by itself it does nothing."""

    kind: ClassVar[str] = ""
    where: str
    times: int | None = None
    skip: int = 0

    def matches(self, request: Request) -> bool:
        """Whether the request's address fits the pattern.

        >>> Fault("*.vn/thoi-su*").matches(Request("GET", "https", "baosonla.vn", "/thoi-su/1.html"))
        True
        """
        match = _compiled(self.where).match
        return bool(match(request.host + request.path) or match(request.host + request.target))

    def replace(self, request: Request) -> Reply | RawReply | None:
        """An answer in place of the site's, or None to leave it alone."""
        return None

    def disturb(self, wire: RawReply) -> RawReply:
        """The answer as it shall go over the wire."""
        return wire


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """Any status instead of the page; also written as the bare number."""

    kind: ClassVar[str] = "status"
    status: int = 500
    retry_after: str = ""  # seconds or an HTTP date

    def replace(self, request: Request) -> Reply:
        headers = [("Content-Type", "text/html; charset=utf-8")]
        if self.retry_after:
            headers.append(("Retry-After", self.retry_after))
        return Reply(self.status, headers=tuple(headers), body=b"<h1>%d</h1>\n" % self.status)


@dataclass(frozen=True, slots=True)
class Instead(Fault):
    """Another body, or a redirect, instead of the page; see `instead`."""

    kind: ClassVar[str] = "instead"
    status: int = 200
    type: str = "text/html"
    location: str = ""
    body: str = ""  # percent-encoded, as an option of the command line can have it

    def replace(self, request: Request) -> Reply:
        location = (("Location", unquote(self.location)),) if self.location else ()
        return Reply(self.status, headers=(("Content-Type", self.type), *location), body=unquote_to_bytes(self.body))


def instead(where: str, body: str | bytes = "", *, status: int = 200, type: str = "text/html", to: str = "") -> Instead:
    """The fault that gives a body, or a redirect to an address, in place of a page."""
    return Instead(where, status=status, type=type, location=quote(to), body=quote(body))


@dataclass(frozen=True, slots=True)
class RedirectLoop(Fault):
    """A redirect that never arrives: `?loop=1`, `?loop=2`, ... and back to the start after `hops` (0: ever on)."""

    kind: ClassVar[str] = "redirect-loop"
    hops: int = 2

    def replace(self, request: Request) -> Reply:
        last = re.fullmatch(r"loop=(\d{1,9})", request.query)
        hop = int(last[1]) + 1 if last else 1
        location = request.path if self.hops and hop >= self.hops else f"{request.path}?loop={hop}"
        return Reply(302, headers=(("Location", location), ("Content-Type", "text/html")), body=b"<p>moved</p>\n")


@dataclass(frozen=True, slots=True)
class Refuse(Fault):
    """The connection is closed without a byte; a pattern for a whole host (`HOST/*`) also ends the TLS handshake."""

    kind: ClassVar[str] = "refuse"

    def replace(self, request: Request) -> RawReply:
        return RawReply((), "close")


@dataclass(frozen=True, slots=True)
class Delay(Fault):
    """Nothing for some seconds, then the answer."""

    kind: ClassVar[str] = "delay"
    seconds: float = 1.0

    def disturb(self, wire: RawReply) -> RawReply:
        return RawReply((self.seconds, *wire.chunks), wire.then)


@dataclass(frozen=True, slots=True)
class Truncate(Fault):
    """An orderly close after a share of the body, although the head declared all of it."""

    kind: ClassVar[str] = "truncate"
    share: float = 0.5

    def disturb(self, wire: RawReply) -> RawReply:
        head, body = parts(wire)
        return RawReply((*pauses(wire), head + body[: int(len(body) * self.share)]), "close")


@dataclass(frozen=True, slots=True)
class Reset(Fault):
    """A TCP reset before the answer, after its headers, or in the middle of its body."""

    kind: ClassVar[str] = "reset"
    at: Literal["before", "headers", "body"] = "before"

    def disturb(self, wire: RawReply) -> RawReply:
        head, body = parts(wire)
        kept = {"before": b"", "headers": head, "body": head + body[: len(body) // 2]}[self.at]
        return RawReply((*pauses(wire), kept, RECEIVE_TIME) if kept else (), "reset")


@dataclass(frozen=True, slots=True)
class Drip(Fault):
    """The answer in small pieces with a pause after each."""

    kind: ClassVar[str] = "drip"
    bytes: int = 100
    every: float = 0.1

    def disturb(self, wire: RawReply) -> RawReply:
        whole = b"".join(parts(wire))
        steps = [step for at in range(0, len(whole), self.bytes) for step in (whole[at : at + self.bytes], self.every)]
        return RawReply((*pauses(wire), *steps), wire.then)


@dataclass(frozen=True, slots=True)
class LongHeader(Fault):
    """The whole answer, with a header line that is longer than clients read."""

    kind: ClassVar[str] = "long-header"
    bytes: int = 60_000

    def disturb(self, wire: RawReply) -> RawReply:
        head, body = parts(wire)
        line = b"X-Trace: ".ljust(self.bytes, b"0") + b"\r\n"
        return RawReply((*pauses(wire), head.removesuffix(b"\r\n") + line + b"\r\n" + body), wire.then)


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))


def parts(wire: RawReply) -> tuple[bytes, bytes]:
    """Head with its blank line, and what follows it, the pauses left out."""
    whole = b"".join(chunk for chunk in wire.chunks if isinstance(chunk, bytes))
    head, blank, body = whole.partition(b"\r\n\r\n")
    return head + blank, body


def pauses(wire: RawReply) -> tuple[float, ...]:
    """The pauses before the first byte: a delay stays one when another fault cuts the answer."""
    first = next((at for at, chunk in enumerate(wire.chunks) if isinstance(chunk, bytes)), len(wire.chunks))
    return tuple(chunk for chunk in wire.chunks[:first] if not isinstance(chunk, bytes))
