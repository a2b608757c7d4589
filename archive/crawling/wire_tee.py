"""The wire tee: Scrapy's HTTP/1.1 download, with the bytes of every exchange kept as they pass.

It sits on the connection's protocol, below Twisted's parser and all of Scrapy's middlewares, and inside TLS. What it
uses of Scrapy 2.19 and Twisted is private; ``archive.crawling.self_test`` proves at start that it still works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, Final
from urllib.parse import urldefrag

from cryptography.hazmat.primitives.serialization import Encoding
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    _BindAddressAgent,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ScrapyAgent,
)
from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.web._newclient import ParseError
from twisted.web.http import _ChunkedTransferDecoder, maxChunkSizeLineLength
from twisted.web.http_headers import Headers, InvalidHeaderName

from archive.http.exchange import Exchange
from archive.http.http_message import LONGEST_HEAD, MOST_CHUNKS, MOST_LINES
from archive.http.request_secrets import without_user

#: How far a response's head, framing and excess may go beyond the size allowed for its body, in bytes.
_HEAD_ROOM = 1 << 20
#: Size in bytes from which a response is large.
LARGE: Final = 4 << 20


class Room:
    """Back-pressure: one large response at a time; other connections are paused, and time out as slow ones do."""

    def __init__(self) -> None:
        self._inside: object | None = None
        #: Connections that wait, and how each is resumed.
        self._waiting: dict[object, Callable[[], object]] = {}

    def enter(self, who: object, pause: Callable[[], object], go_on: Callable[[], object]) -> None:
        """Let a connection's response grow, or pause it until there is room."""
        if self._inside is None:
            self._inside = who
        elif self._inside is not who and who not in self._waiting:
            self._waiting[who] = go_on
            pause()

    def leave(self, who: object) -> None:
        """Take note that a connection's response has ended."""
        self._waiting.pop(who, None)
        if self._inside is who:
            self._inside = next(iter(self._waiting), None)
            if self._inside is not None:
                self._waiting.pop(self._inside)()


class ExchangeHeaders(Headers):
    """Request headers that carry, down to the connection, where to keep the exchanges they cause.

    Twisted hands headers through to the protocol, by way of ``copy``; a request may cause two exchanges, since the pool
    repeats one that a kept-alive connection lost.
    """

    exchanges: list[Exchange]
    new_exchange: Callable[[], Exchange]
    limit: int
    room: Room

    def copy(self) -> ExchangeHeaders:
        twin = super().copy()
        twin.exchanges, twin.new_exchange, twin.limit = self.exchanges, self.new_exchange, self.limit
        twin.room = self.room
        return twin


class _TeeTransport:
    """Forwards to the real transport and keeps what is written while an exchange is under way."""

    def __init__(self, transport: Any):
        self._transport = transport
        self.sent: bytearray | None = None

    def write(self, data: bytes) -> None:
        if self.sent is not None:
            self.sent += data
        self._transport.write(data)

    def writeSequence(self, chunks: list[bytes]) -> None:
        self.write(b"".join(chunks))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _TolerantChunks(_ChunkedTransferDecoder):
    """Reads chunk sizes with white space behind them (RFC 9112, 7.1.1), as browsers do; limits their number."""

    _chunks = 0

    def _dataReceived_CHUNK_LENGTH(self) -> bool:
        end = self._buffer.find(b"\r\n", 0, maxChunkSizeLineLength)
        size = bytes(self._buffer[: max(end, 0)]).partition(b";")[0]
        if size.endswith((b" ", b"\t")):
            self._buffer[: len(size)] = size.rstrip(b" \t")
            self._start = 0
        whole = super()._dataReceived_CHUNK_LENGTH()
        self._chunks += whole
        if self._chunks > MOST_CHUNKS:
            raise ParseError(f"more than {MOST_CHUNKS} chunks", b"")
        return whole


class _TolerantParser(_LenientHTTPClientParser):
    """Reads responses whose header names are not valid, as browsers do; the archive keeps the line as it came."""

    _transferDecoders = {b"chunked": _TolerantChunks}
    _lines = 0
    _bytes = 0

    def lineReceived(self, line: bytes) -> None:
        self._lines += 1
        self._bytes += len(line) + 2
        if self._lines > MOST_LINES or self._bytes > LONGEST_HEAD:
            raise ParseError(f"a head of more than {MOST_LINES} lines or {LONGEST_HEAD} bytes", b"")
        super().lineReceived(line)

    def headerReceived(self, name: bytes, value: bytes) -> None:
        with suppress(InvalidHeaderName):
            super().headerReceived(name.strip(), value)


class TeeProtocol(_LenientHTTP11ClientProtocol):
    """One connection; it serves one request at a time, so what passes belongs to that request."""

    _exchange: Exchange | None = None
    _limit = 0
    _tls: dict[str, str] | None = None
    #: One for all pages, and one for what they need to be shown: a page waits for none of that.
    ROOM: ClassVar = Room()
    REQUISITES_ROOM: ClassVar = Room()
    _room = ROOM

    def makeConnection(self, transport: Any) -> None:
        super().makeConnection(_TeeTransport(transport))

    def request(self, request: Any) -> Deferred[Any]:
        headers = request.headers
        if not isinstance(headers, ExchangeHeaders):
            return super().request(request)
        self._exchange = exchange = headers.new_exchange()
        headers.exchanges.append(exchange)
        self._limit, self._room = headers.limit, headers.room
        transport = self.transport
        transport.sent = exchange.request
        exchange.ip = transport.getPeer().host.partition("%")[0]
        response = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _TolerantParser
        return response

    def dataReceived(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is not None:
            if exchange.overflowed:
                return
            if not exchange.response:
                self._tls = handshake(self.transport) if self._tls is None else self._tls
                exchange.tls = self._tls
            exchange.response += data
            if self._limit and len(exchange.response) > self._limit:
                exchange.overflowed = True
                self.transport.abortConnection()
                return
            if len(exchange.response) > LARGE:
                self._room.enter(self, self.transport.pauseProducing, self.transport.resumeProducing)
        super().dataReceived(data)
        if self._state == "QUIESCENT" and self._exchange is exchange:
            # The response is complete; what a site sends beyond it belongs to no exchange.
            self._exchange = None
            self._room.leave(self)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._room.leave(self)
        super().connectionLost(reason)


class TeeFactory(_LenientHTTP11ClientFactory):
    """Builds connections that keep what passes, for the pool whose ``_factory`` it is."""

    def buildProtocol(self, addr: Any) -> TeeProtocol:
        return TeeProtocol(self._quiescentCallback)


class TeeAgent(_ScrapyAgent):
    """Downloads one request; ``exchanges`` holds what it caused on the wire, the last being the one that counts.

    ``endpoints`` makes an endpoint factory out of Twisted's standard one; proxies are reached without it.
    """

    def __init__(self, *, endpoints: Callable[[Any], Any], **options: Any):
        super().__init__(**options)
        self.exchanges: list[Exchange] = []
        self._endpoints = endpoints

    def _get_agent(self, request: Request, timeout: float) -> Any:
        agent = super()._get_agent(request, timeout)
        if type(agent) is _BindAddressAgent:
            agent._endpointFactory = self._endpoints(agent._endpointFactory)
        plain_request = agent.request
        maxsize = request.meta.get("download_maxsize", self._maxsize)

        def tee_request(method: bytes, uri: bytes, headers: Headers, body: Any) -> Deferred[Any]:
            carrier = ExchangeHeaders(dict(headers.getAllRawHeaders()))
            carrier.exchanges = self.exchanges
            carrier.new_exchange = lambda: new_exchange(request)
            carrier.limit = maxsize + _HEAD_ROOM if maxsize else 0
            carrier.room = TeeProtocol.REQUISITES_ROOM if "requisite" in request.meta else TeeProtocol.ROOM
            return plain_request(method, uri, carrier, body)

        agent.request = tee_request
        return agent


def new_exchange(request: Request) -> Exchange:
    """Begin an exchange for a Scrapy request, as of now."""
    redirects = request.meta.get("redirect_times", 0)
    referer = request.headers.get("Referer")
    via = (
        request.meta["redirect_urls"][-1]
        if redirects
        else request.meta.get("via") or (referer or b"").decode("latin-1")
    )
    hops = request.meta.get("hops") or "L" * request.meta.get("depth", 0)
    hops = "P" if request.url.endswith("/robots.txt") else hops
    return Exchange(wire_url(request), request.method, via=via, hops=hops + "R" * redirects)


def wire_url(request: Request) -> str:
    """Return the URL that is asked for: no fragment, no password, and nothing that a WARC-Target-URI may not hold.

    >>> wire_url(Request("https://me:pw@a.test/b?c=d#e"))
    'https://a.test/b?c=d'
    """
    return without_user(urldefrag(request.url)[0]).replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")


def handshake(transport: Any) -> dict[str, str]:
    """Return what a TLS handshake agreed on; nothing for a connection without TLS."""
    try:
        certificate = transport.getPeerCertificate()
    except AttributeError:
        return {}
    connection = transport.getHandle()
    encoded = certificate.to_cryptography().public_bytes(Encoding.DER)
    return {
        "tls-version": connection.get_protocol_version_name(),
        "tls-cipher": connection.get_cipher_name() or "",
        "tls-certificate-sha256": hashlib.sha256(encoded).hexdigest(),
    }
