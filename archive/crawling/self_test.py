"""Proves before a crawl begins that the wire tee sees every byte.

The tee hangs on private parts of Scrapy and Twisted. An upgrade that moves them must stop the crawl at its start, not
leave records empty or wrong.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from twisted.internet.defer import Deferred, succeed
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.web.client import HTTPConnectionPool

from archive.crawling.wire_tee import TeeAgent, TeeFactory
from archive.errors import ArchiveError

_ANSWER = (
    b"HTTP/1.1 200 Odd  reason\r\nx-a:1\r\nX-A : 2\r\nno colon\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;x\r\nabc\r\n0\r\n\r\n"
)


class _MemoryTransport(StringTransportWithDisconnection):
    def getPeerCertificate(self) -> None:
        raise AttributeError("no TLS")


class _MemoryEndpoints:
    """Connects to nothing: what is sent stays in ``transport``."""

    _bindAddress = None

    def __init__(self) -> None:
        self.transport = _MemoryTransport()

    def endpointForURI(self, uri: Any) -> _MemoryEndpoints:
        return self

    def connect(self, factory: Any) -> Deferred[Any]:
        protocol = factory.buildProtocol(None)
        self.transport.protocol = protocol
        protocol.makeConnection(self.transport)
        return succeed(protocol)


def check_tee(crawler: Crawler) -> None:
    """Run one exchange through the tee in memory.

    :raises ArchiveError: if the tee misses a byte or Scrapy no longer goes through it.
    """
    from twisted.internet import reactor

    pool = HTTPConnectionPool(reactor, persistent=False)
    pool._factory = TeeFactory
    endpoints = _MemoryEndpoints()
    agent = TeeAgent(endpoints=lambda standard: endpoints, contextFactory=None, pool=pool, crawler=crawler)
    results: list[Any] = []
    agent.download_request(Request("http://self-test.invalid/a?b=c", headers={"X-Tee": "1"})).addBoth(results.append)
    if endpoints.transport.value():
        endpoints.transport.protocol.dataReceived(_ANSWER)
    exchange = agent.exchanges[0] if agent.exchanges else None
    body = results[0].body if results and hasattr(results[0], "body") else results
    problems = [
        problem
        for problem, found in {
            "requests do not pass through it": exchange is None,
            "it misses bytes of the request": exchange and bytes(exchange.request) != endpoints.transport.value(),
            "it misses bytes of the response": exchange and bytes(exchange.response) != _ANSWER,
            f"the response does not come out ({body!r})": body != b"abc",
        }.items()
        if found
    ]
    if problems:
        raise ArchiveError(f"the wire tee does not fit this Scrapy and Twisted: {'; '.join(problems)}")
