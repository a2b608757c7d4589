"""A capture: the record in which a response is kept, as seen by whoever reads the response."""

from __future__ import annotations

from dataclasses import dataclass


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
