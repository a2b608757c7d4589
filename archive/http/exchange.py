"""One HTTP exchange as it went over the wire, and the capture that points at its record."""

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


@dataclass(slots=True)
class Capture:
    """Points at the response record of one exchange.

    Known at once: ``sequence``, ``url``, ``date``, ``record_id``, ``truncated``. The rest is filled in when the record
    has been written; only when the archive has reported ``sequence`` as synced may it be published.
    """

    #: Order of completion within the run, from 1.
    sequence: int
    #: WARC-Target-URI: the URL on the wire, without fragment.
    url: str
    #: WARC-Date: when the request was sent.
    date: str
    #: WARC-Record-ID with its angle brackets.
    record_id: str
    #: WARC-Truncated reason; None for a complete response.
    truncated: str | None = None
    #: Name of the WARC file, without folder.
    file: str = ""
    #: Where the record's gzip member begins in the file, and its length there, in bytes.
    offset: int = -1
    length: int = -1
    payload_digest: str = ""

    def pointer(self) -> dict[str, str | int]:
        """Return what an article line says of its capture."""
        return {
            "file": self.file,
            "offset": self.offset,
            "length": self.length,
            "record_id": self.record_id,
            "payload_digest": self.payload_digest,
        }
