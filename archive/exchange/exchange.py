"""One HTTP exchange as it went over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from archive.clock import now


@dataclass(slots=True)
class Exchange:
    """The bytes of one request and of what came back, and how it ended.

    ``request`` and ``response`` are the plain bytes inside TLS, in order, with nothing added or removed.
    """

    url: str
    method: str
    started: datetime = field(default_factory=now)
    request: bytearray = field(default_factory=bytearray)
    response: bytearray = field(default_factory=bytearray)
    #: The response bytes were cut here because the capture reached its size limit.
    overflowed: bool = False
    #: The peer's address as text, without zone or port; None where no connection was made.
    ip: str | None = None
    #: What the TLS handshake agreed on: ``tls-version``, ``tls-cipher``, ``tls-certificate-sha256``.
    tls: dict[str, str] = field(default_factory=dict)
    #: Milliseconds from the first byte sent to the end of the exchange.
    milliseconds: int | None = None
    #: A WARC-Truncated reason (length, time, disconnect, unspecified); None for a complete response.
    truncated: str | None = None
    #: Why no complete response was had, in words.
    error: str | None = None
    #: The page on which the URL was found, or the URL that redirected here.
    via: str | None = None
    #: Heritrix's discovery path: L for a link, R for a redirect, P for a prerequisite such as robots.txt.
    hops: str = ""

    @property
    def size(self) -> int:
        """Bytes kept of request and response."""
        return len(self.request) + len(self.response)

    @property
    def warc_date(self) -> str:
        """The moment the request was sent, as a WARC-Date in microseconds.

        >>> Exchange("http://a.test/", "GET", datetime(2026, 11, 22, 3, 4, 5, 6)).warc_date
        '2026-11-22T03:04:05.000006Z'
        """
        return f"{self.started.isoformat(timespec='microseconds')[:26]}Z"
