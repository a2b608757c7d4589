"""Puts a site's reply on the wire: encoding, framing, and the headers a server adds."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from http import HTTPStatus

from tests.replica.incoming import Incoming
from tests.replica.site import Encoding, Ending, RawReply, Reply

CHUNK = 4096  # bytes of body in one chunk of a chunked answer
_NO_BODY = frozenset((204, 304))


@dataclass(frozen=True, slots=True)
class Framed:
    """An answer ready but for the moment's date; what the server keeps for the next request of the same page."""

    before_date: bytes
    after_date: bytes
    dated: bool
    then: Ending

    def at(self, date: bytes) -> RawReply:
        """The answer as sent at a moment, given in the form of the Date header."""
        line = b"Date: %s\r\n" % date if self.dated else b""
        return RawReply((b"".join((self.before_date, line, self.after_date)),), self.then)

    @property
    def size(self) -> int:
        return len(self.before_date) + len(self.after_date)


def frame(reply: Reply, incoming: Incoming) -> Framed:
    """The bytes of a reply for the client that asked, with its body encoded only if the client offered to decode it."""
    given = {name.lower() for name, _ in reply.headers}
    headers = [] if "server" in given else [("Server", "nginx")]
    headers += reply.headers
    body, bodiless = reply.body, reply.status in _NO_BODY or 100 <= reply.status < 200
    if reply.encoding and not bodiless and "content-encoding" not in given:
        if "vary" not in given:
            headers.append(("Vary", "Accept-Encoding"))
        if offers(incoming.accept_encoding, reply.encoding):
            body = _encode(body, reply.encoding)
            headers.append(("Content-Encoding", reply.encoding))
    framing = reply.framing
    if framing == "chunked" and incoming.request.version == "HTTP/1.0":
        framing = "close"  # HTTP/1.0 knows no chunks
    if not bodiless:
        if framing == "chunked" and "transfer-encoding" not in given:
            headers.append(("Transfer-Encoding", "chunked"))
        elif framing == "length" and "content-length" not in given:
            headers.append(("Content-Length", str(len(body))))
    keep = incoming.keep_alive and (bodiless or framing != "close")
    if "connection" not in given:
        headers.append(("Connection", "keep-alive" if keep else "close"))
    if bodiless or incoming.request.method == "HEAD":
        body = b""
    elif framing == "chunked":
        body = _in_chunks(body)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return Framed(
        before_date=_status_line(reply),
        after_date=lines.encode("latin-1") + b"\r\n" + body,
        dated="date" not in given,
        then="keep" if keep else "close",
    )


def offers(accept_encoding: str, encoding: str) -> bool:
    """Whether an Accept-Encoding header takes an encoding.

    >>> offers("br, gzip;q=0.5", "gzip"), offers("gzip;q=0", "gzip"), offers("*", "gzip"), offers("", "gzip")
    (True, False, True, False)
    """
    for part in accept_encoding.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in (encoding, "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _status_line(reply: Reply) -> bytes:
    reason = reply.reason
    if reason is None:
        reason = HTTPStatus(reply.status).phrase if reply.status in HTTPStatus._value2member_map_ else ""
    return f"HTTP/1.1 {reply.status} {reason}\r\n".encode("latin-1")


def _encode(body: bytes, encoding: Encoding) -> bytes:
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else zlib.compress(body, 6)


def _in_chunks(body: bytes) -> bytes:
    """The body in chunks of one size, with the last chunk.

    >>> _in_chunks(b"abc")
    b'3\\r\\nabc\\r\\n0\\r\\n\\r\\n'
    """
    chunks = (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
