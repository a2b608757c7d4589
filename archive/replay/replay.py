"""Reads the responses in WARC files as Scrapy would have had them from the site; in our own also what failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from scrapy import Request
from scrapy.http import Headers, Response, TextResponse
from scrapy.utils._download_handlers import make_response

from archive.errors import ArchiveError
from archive.http.exchange import Capture
from archive.http.http_message import MessageError, headers
from archive.http.kept_message import kept_response
from archive.records.dates import usual_date
from archive.records.file_part import FilePart
from archive.records.members import Damage, DamagedError, Member, read_member, walk, whole_records
from archive.records.record import FIELDS, digest
from archive.replay.originals import Resolver, UnresolvedError

_HTTP = "application/http"
#: The last hop of an exchange for what a page embeds, as Heritrix writes it; of such a one no redirect is followed.
_EMBEDDED = re.compile(rb"(?m)^hopsFromSeed: [A-Z]*E\r$")


class Skipped(NamedTuple):
    """A response record, or a damaged part of a file, that cannot be read, and why."""

    file: Path
    offset: int
    reason: str


class Failed(NamedTuple):
    """An exchange of which the crawl had no response, or none to its end."""

    url: str
    #: WARC-Date.
    date: str


def responses(path: Path, max_bytes: int, resolver: Resolver | None = None) -> Iterator[Response | Skipped]:
    """Yield the HTTP responses of a WARC file, gzipped or not, in the order of their records.

    Each has its `Capture` in ``response.meta["capture"]``, with offset and length in the file as it is, and a payload
    digest computed from what was read. Bodies are still content-encoded, as they were on the wire, and as long as the
    record says, not its HTTP head; those that are kept in chunks come without. Revisits have the body of the capture
    they refer to.

    :param max_bytes: records whose block is longer are skipped.
    :param resolver: finds what revisits refer to; None to look in this file only.
    :raises ArchiveError: if the file cannot be opened or read.
    """
    sequence = 0
    resolver = resolver or Resolver(files=[path])
    for found in whole_records(path):
        if isinstance(found, Damage):
            yield Skipped(path, found.offset, found.message)
        elif _is_response(found):
            sequence += 1
            yield _read(path, sequence, found, max_bytes, resolver)


def exchanges(
    path: Path, max_bytes: int, resolver: Resolver | None = None, part: FilePart | None = None
) -> Iterator[Response | Failed | Skipped]:
    """Yield what the crawl had of each exchange in a file; the parameters are those of `responses`.

    A response is one that the crawl had, unless the record that describes its exchange names an error: also where all
    of it came, and the crawl refused it. One that was cut off is one only if that record is there. Other crawlers do
    not say so: what they cut off is no whole page. What was asked for because a page embeds it is left out: no spider
    of ours has seen it.

    :param part: of the file, to look at no more than that.
    """
    sequence = 0
    resolver = resolver or Resolver(files=[path])
    for found, behind in _with_next(part.records() if part else whole_records(path)):
        if part and part.is_behind(found):
            return
        if isinstance(found, Damage):
            yield Skipped(path, found.offset, found.message)
        elif _names_error(found):
            if not _names_embedded(found):
                yield Failed(found.url, found.get("WARC-Date"))
        elif _is_response(found):
            sequence += 1
            note = behind if isinstance(behind, Member) and _describes(behind, found) else None
            if note is not None and (_names_error(note) or _names_embedded(note)):
                continue
            response = _read(path, sequence, found, max_bytes, resolver)
            yield response if note or not _is_cut_off(found) else _without_pages(path, found, response)


def _with_next(records: Iterable[Member | Damage]) -> Iterator[tuple[Member | Damage, Member | Damage | None]]:
    """Yield each record with the one behind it; the last one also where what is behind cannot be read."""
    last: Member | Damage | None = None
    try:
        for found in records:
            if last is not None:
                yield last, found
            last = found
    except ArchiveError:
        if last is not None:
            yield last, None
        raise
    if last is not None:
        yield last, None


def _without_pages(path: Path, record: Member, response: Response | Skipped) -> Response | Skipped:
    """Return what is made of a response that another crawler cut off: a page is none, and said to be missing."""
    if isinstance(response, Skipped) or response.status >= 300 or not isinstance(response, TextResponse):
        return response
    reason = " ".join(record.get("WARC-Truncated").split())[:40]
    return Skipped(path, record.offset, f"{record.url[:300]} was cut off by its crawler (WARC-Truncated: {reason})")


def response_of(path: Path, record: Member, resolver: Resolver) -> Response:
    """Return the response that a single record of a file holds, as `responses` would.

    :raises ArchiveError: if it holds none, or refers to a capture that is not to be had.
    """
    try:
        return _response(path, 1, record, resolver)
    except Exception as error:  # nothing is written here, and a record's bytes are anybody's
        raise ArchiveError(f"{path}: at {record.offset}: {_reason(error)}") from error


def crawl_had(path: Path, record: Member) -> bool:
    """Return whether a spider had the response that a record of a file holds, and it did not fail.

    :raises ArchiveError: if the file cannot be read.
    """
    try:
        note = read_member(path, record.offset + record.length)
    except DamagedError:  # of another crawler, or the end of the file
        return not _is_cut_off(record)
    if _describes(note, record):
        return not (_names_error(note) or _names_embedded(note))
    return not _is_cut_off(record)


def _is_cut_off(record: Member) -> bool:
    """Return whether a response was cut off; of a revisit the record always is, the response was not."""
    return record.type != "revisit" and bool(record.get("WARC-Truncated"))


def _is_response(record: Member) -> bool:
    if record.type == "revisit" and not record.block:
        return True  # its original has the head, too
    return record.type in ("response", "revisit") and record.get("Content-Type").lower().startswith(_HTTP)


def _is_note(record: Member) -> bool:
    """Return whether a record may describe an exchange, as `archive.records.exchange_records` does."""
    return record.type == "metadata" and record.get("Content-Type") == FIELDS and bool(record.get("WARC-Target-URI"))


def _describes(found: Member, record: Member) -> bool:
    """Return whether a record describes the exchange of a response."""
    is_linked = found.get("WARC-Concurrent-To") == record.get("WARC-Record-ID")
    return is_linked and _is_note(found) and b"capture-method: " in bytes(found.block[: 1 << 16])


def _names_error(record: Member) -> bool:
    """Return whether a record describes an exchange that failed."""
    return _is_note(record) and b"\r\nerror: " in bytes(record.block)


def _names_embedded(record: Member) -> bool:
    """Return whether a record describes an exchange of ours for what a page embeds (`archive.requisites`)."""
    notes = bytes(record.block[: 1 << 16])
    return _is_note(record) and b"capture-method: " in notes and bool(_EMBEDDED.search(notes))


def _read(path: Path, sequence: int, record: Member, max_bytes: int, resolver: Resolver) -> Response | Skipped:
    if len(record.block) > max_bytes:
        return Skipped(path, record.offset, f"its block of {len(record.block)} bytes is longer than {max_bytes}")
    try:
        return _response(path, sequence, record, resolver)
    except Exception as error:  # nothing is written here: whatever a record does to its reader costs that record alone
        return Skipped(path, record.offset, _reason(error))


def _reason(error: Exception) -> str:
    expected = isinstance(error, ArchiveError | MessageError | UnresolvedError | ValueError)
    return str(error) if expected else f"{type(error).__name__}: {error}"


def _response(path: Path, sequence: int, record: Member, resolver: Resolver) -> Response:
    """Return the response that a record's block holds, or begins.

    :raises MessageError: if the block does not begin with an HTTP response head.
    :raises UnresolvedError: if it is a revisit of what is not to be had.
    """
    is_revisit = record.type == "revisit"
    capture = Capture(
        sequence,
        url=record.url,
        date=usual_date(record.get("WARC-Date")),
        record_id=record.get("WARC-Record-ID"),
        # Of a revisit the record is cut off, the response was not.
        truncated=None if is_revisit else record.get("WARC-Truncated") or None,
        file=path.name.removesuffix(".open"),
        offset=record.offset,
        length=record.length,
    )
    if is_revisit:
        payload = resolver.payload(record)
        kept = kept_response(record.block or resolver.head(record))
        capture.payload_digest = record.get("WARC-Payload-Digest") or digest(payload)
    else:
        kept = kept_response(record.block)
        payload = bytes(kept.payload)
        capture.payload_digest = digest(payload)
    fields: dict[bytes, list[bytes]] = {}  # Headers.appendlist takes quadratic time
    for name, value in headers(kept.head):
        fields.setdefault(name.title(), []).append(value)
    try:
        response = make_response(capture.url, kept.status, Headers(fields), payload)
        response.request = Request(capture.url, meta={"capture": capture})
    except ValueError as error:
        raise MessageError(f"{capture.url!r} is no URL: {error}") from error
    return response


def excerpt(path: Path, record_id: str) -> bytes:
    """Return the request and the response record of an exchange, as they stand in the file but not compressed.

    A response whose request the file does not hold comes alone.

    :param record_id: of the response, with its angle brackets.
    :raises ArchiveError: if the file cannot be read or holds no such response whole.
    """
    requests: list[Member] = []
    response: Member | None = None
    for found in walk(path):
        if isinstance(found, Member) and found.complete:
            if found.type == "request":
                requests.append(found)
            elif found.type == "response" and found.get("WARC-Record-ID") == record_id:
                response = found
    if response is None:
        raise ArchiveError(f"{path}: holds no response {record_id}")
    request = next((record for record in requests if _belong_together(record, response)), None)
    return b"".join(record.as_bytes() for record in (request, response) if record is not None)


def _belong_together(request: Member, response: Member) -> bool:
    """Whether one names the other; crawlers differ in which of the two does."""
    return response.get("WARC-Record-ID") in _companions(request) or request.get("WARC-Record-ID") in _companions(
        response
    )


def _companions(record: Member) -> set[str]:
    return {value for name, value in record.fields if name.lower() == "warc-concurrent-to"}
