"""One connection from the browser to its recording proxy: CONNECT, then TLS, then requests one after another.

The browser is the peer, but what it sends is made by pages: all is bounded, and what is not understood is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import urldefrag, urlsplit

from scrapy.utils.defer import deferred_from_coro
from twisted.internet.protocol import Factory, Protocol, connectionDone
from w3lib.url import safe_url_string

from archive.browser.peer import is_own

#: Bytes of a request's head.
LONGEST_HEAD: Final = 64 << 10
#: Connections to one door at a time; Chromium opens 32 to a proxy.
MOST_CONNECTIONS: Final = 64
#: What describes the wire between the site and the crawl, not the page; and what would have the browser report, or
#: wait for a password.
_OF_THE_WIRE: Final = frozenset(
    {
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade",
        "content-length", "alt-svc", "report-to", "reporting-endpoints", "nel", "www-authenticate",
        "proxy-authenticate",
    }
)  # fmt: skip


class Asked(NamedTuple):
    """What the browser asks for."""

    method: str
    #: As the crawl asks for it.
    url: str
    #: In their order; names as the browser writes them.
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        """Return the value of a header, given in lower case; empty if there is none."""
        return next((value for each, value in self.headers if each.lower() == name), "")

    @property
    def has_body(self) -> bool:
        """Whether a body follows the head."""
        return bool(self.header("transfer-encoding")) or self.header("content-length") not in ("", "0")


class Reply(NamedTuple):
    """What the browser is answered: decoded, whatever it was on the wire."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def to_bytes(self) -> bytes:
        r"""Return the answer as HTTP/1.1, framed by its length.

        >>> Reply(200, (("Content-Type", "text/css"), ("Transfer-Encoding", "chunked")), b"a{}").to_bytes()
        b'HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 3\r\n\r\na{}'
        """
        known = {each.value: each.phrase for each in HTTPStatus}
        # That a proxy wants a password would be taken for this proxy's word.
        status = 403 if self.status == 407 else self.status
        lines = [f"HTTP/1.1 {status} {known.get(status, '')}"]
        lines += [f"{name}: {value}" for name, value in self.headers if _is_passed_on(name, value)]
        has_no_body = self.status in (204, 304)
        lines += [] if has_no_body else [f"Content-Length: {len(self.body)}"]
        head = "\r\n".join(lines) + "\r\n\r\n"
        return head.encode("latin-1", "replace") + (b"" if has_no_body else self.body)


def _is_passed_on(name: str, value: str) -> bool:
    return name.lower() not in _OF_THE_WIRE and not any(sign in name + value for sign in "\r\n\0")


#: An answer that the browser takes for a failure; a page's script cannot tell why.
REFUSED: Final = Reply(502)
#: An answer to which the browser goes on to show what it shows.
STAY: Final = Reply(204)

Answering = Callable[[Asked], Awaitable[Reply]]


class DoorFactory(Factory):
    """Makes the connections of one door: a port of loopback, open as long as its page is.

    :param answer: gives the answer to a request.
    """

    def __init__(self, answer: Answering, tls: Any):
        self.answer = answer
        self.tls = tls
        self.connections: set[DoorConnection] = set()
        self._listener: Any = None

    def open(self) -> str:
        """Listen on a free port and return the proxy's address."""
        from twisted.internet import reactor

        self._listener = reactor.listenTCP(0, self, interface="127.0.0.1")
        return f"http://127.0.0.1:{self._listener.getHost().port}"

    def close(self) -> None:
        """Listen no more, and close all connections at once."""
        if self._listener is not None:
            self._listener.stopListening()
            self._listener = None
        for connection in tuple(self.connections):
            connection.transport.abortConnection()

    @property
    def is_closed(self) -> bool:
        return self._listener is None

    def buildProtocol(self, addr: Any) -> DoorConnection | None:
        """Let the browser in, and no other user of this machine."""
        is_wanted = self._listener is not None and len(self.connections) < MOST_CONNECTIONS
        return DoorConnection(self) if is_wanted and is_own(addr.port, self._listener.getHost().port) else None


class DoorConnection(Protocol):
    """Serves one request at a time."""

    def __init__(self, door: DoorFactory):
        self._door = door
        self._buffer = b""
        #: Scheme and authority of the host to which a tunnel leads; empty for a request by absolute address.
        self._origin = ""
        self._is_busy = False
        #: Whether what follows the request under way, or the last one, is no request: a body, or what is no HTTP.
        self._is_last = False

    def connectionMade(self) -> None:
        self._door.connections.add(self)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._door.connections.discard(self)

    def dataReceived(self, data: bytes) -> None:
        if self._is_last:
            return
        self._buffer += data
        if len(self._buffer) > 2 * LONGEST_HEAD:
            self.transport.abortConnection()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Take up the next request, if it is there."""
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if self._is_busy or not end:
            if len(head) > LONGEST_HEAD:
                self.transport.abortConnection()
            return
        self._buffer = rest
        asked = read_head(head, self._origin)
        if asked is None:
            self._refuse(400)
        elif asked.method == "CONNECT" and not asked.url.endswith(":80"):
            self._tunnel(asked.url)
        else:
            # A tunnel to a port without TLS is for a WebSocket.
            self._is_last = asked.has_body or bool(asked.header("upgrade")) or asked.method == "CONNECT"
            self._ask(asked)

    def _tunnel(self, origin: str) -> None:
        self._origin, self._buffer = origin, b""
        self.transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.transport.startTLS(self._door.tls)

    def _ask(self, asked: Asked) -> None:
        self._is_busy = True
        deferred_from_coro(self._door.answer(asked)).addCallbacks(self._reply, lambda failure: self._refuse(502))

    def _reply(self, reply: Reply) -> None:
        self._is_busy = False
        if self not in self._door.connections:
            return
        self.transport.write(reply.to_bytes())
        if self._is_last:
            self.transport.loseConnection()
        else:
            self._go_on()

    def _refuse(self, status: int) -> None:
        """Answer with a status alone, and close."""
        self._is_last = True
        if self in self._door.connections:
            self.transport.write(Reply(status, (("Connection", "close"),)).to_bytes())
            self.transport.loseConnection()


def read_head(head: bytes, origin: str) -> Asked | None:
    r"""Return what a request's head asks for, None if it is none; of CONNECT the URL is the origin alone.

    :param origin: of the tunnel, empty outside of one.

    >>> read_head(b"GET /a?b HTTP/1.1\r\nAccept: */*", "https://a.vn")
    Asked(method='GET', url='https://a.vn/a?b', headers=(('Accept', '*/*'),))
    >>> read_head(b"CONNECT a.vn:443 HTTP/1.1\r\nHost: a.vn", "").url
    'https://a.vn'
    >>> read_head(b"GET @b.vn/ HTTP/1.1", "https://a.vn")
    >>> [read_head(line, "") for line in (b"GET file:///etc/passwd HTTP/1.1", b"GET /", b"CONNECT a.vn:x HTTP/1.1")]
    [None, None, None]
    """
    line, *fields = head.decode("latin-1").split("\r\n")
    method, _, rest = line.partition(" ")
    target, _, version = rest.rpartition(" ")
    if version != "HTTP/1.1" or not target or (origin and not target.startswith("/")):
        return None
    named = (field.partition(":") for field in fields)
    headers = tuple((name.strip(), value.strip()) for name, _, value in named)
    if method == "CONNECT":
        authority = _authority(target)
        return Asked(method, f"https://{authority}", headers) if authority and not origin else None
    url = origin + target if origin else target
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname)
        return Asked(method, as_asked(url), headers) if is_one else None
    except ValueError:
        return None


def as_asked(url: str) -> str:
    """Return an address as the crawl asks for it, without fragment: browsers escape fewer characters.

    >>> as_asked("https://a.vn/css?family=Roboto|Lora#top")
    'https://a.vn/css?family=Roboto%7CLora'

    :raises ValueError: if it is none.
    """
    return safe_url_string(urldefrag(url)[0])


def _authority(target: str) -> str:
    host, _, port = target.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        return ""
    return host if port == "443" else target
