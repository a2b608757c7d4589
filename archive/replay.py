"""Reads the responses of any WARC again, as Scrapy would have had them from the site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from scrapy import Request
from scrapy.http import Headers, Response
from scrapy.utils._download_handlers import make_response
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.capture import Capture
from archive.errors import ArchiveError
from archive.http_message import MessageError, headers, stored_form
from archive.records import digest

_HTTP = "application/http"


class Skipped(NamedTuple):
    """A response record that cannot be read, and why."""

    file: Path
    offset: int
    reason: str


def responses(path: Path, max_bytes: int) -> Iterator[Response | Skipped]:
    """Yield the HTTP responses of a WARC file, gzipped or not, in the order of their records.

    Each has its `Capture` in ``response.meta["capture"]``, with offset and length in the file as it is, and a payload
    digest computed from what was read. Bodies are still content-encoded, as they were on the wire. Chunked bodies that
    a crawler stored with their framing are decoded.

    :param max_bytes: records whose block is longer are skipped, not read.
    :raises ArchiveError: if the file cannot be opened or is no WARC, or where a damaged part begins.
    """
    sequence = 0
    try:
        with path.open("rb") as stream:
            records = ArchiveIterator(stream, no_record_parse=True)
            for record in records:
                if record.rec_type != "response" or not (record.content_type or "").startswith(_HTTP):
                    continue
                # The iterator tells where a record lies only by reading to its end: the block comes first.
                too_long = record.length > max_bytes
                block = b"" if too_long else record.raw_stream.read()
                offset, length = records.get_record_offset(), records.get_record_length()
                sequence += 1
                capture = _capture(path, sequence, record, offset, length)
                if too_long:
                    yield Skipped(path, offset, f"its block of {record.length} bytes is longer than {max_bytes}")
                    continue
                if len(block) < record.length:
                    yield Skipped(path, offset, f"it ends after {len(block)} of {record.length} bytes")
                    continue
                try:
                    yield _response(capture, block)
                except MessageError as error:
                    yield Skipped(path, offset, str(error))
    except (OSError, EOFError) as error:
        raise ArchiveError(f"{path}: {error.strerror or error if isinstance(error, OSError) else error}") from error
    except ArchiveLoadFailed as error:
        raise ArchiveError(f"{path}: {str(error).strip().splitlines()[0]}") from error


def _capture(path: Path, sequence: int, record: Any, offset: int, length: int) -> Capture:
    head = record.rec_headers
    return Capture(
        sequence,
        url=(head.get_header("WARC-Target-URI") or "").strip("<>"),
        date=head.get_header("WARC-Date") or "",
        record_id=head.get_header("WARC-Record-ID") or "",
        truncated=head.get_header("WARC-Truncated"),
        file=path.name.removesuffix(".open"),
        offset=offset,
        length=length,
    )


def _response(capture: Capture, block: bytes) -> Response:
    """Return the response that a record's block holds.

    :raises MessageError: if the block does not begin with an HTTP response head.
    """
    stored = stored_form(block)
    capture.payload_digest = digest(stored.payload)
    fields = Headers()
    for name, value in headers(stored.block[: stored.payload_start]):
        fields.appendlist(name, value)
    try:
        response = make_response(capture.url, stored.status, fields, bytes(stored.payload))
        response.request = Request(capture.url, meta={"capture": capture})
    except ValueError as error:
        raise MessageError(f"{capture.url!r} is no URL: {error}") from error
    return response
