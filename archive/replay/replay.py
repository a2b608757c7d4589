"""Reads the responses of any WARC again, as Scrapy would have had them from the site; of ours also what failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scrapy import Request
from scrapy.http import Headers, Response, TextResponse
from scrapy.utils._download_handlers import make_response

from archive.errors import ArchiveError
from archive.exchange.capture import Capture
from archive.exchange.http_message import MessageError, headers
from archive.exchange.kept_response import kept_response
from archive.records.dates import usual_date
from archive.records.members import Damage, DamagedError, Member, read_member
from archive.records.record import FIELDS, digest
from archive.records.sound_records import whole_records
from archive.replay.resolving import Resolver, UnresolvedError

_HTTP = "application/http"


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


def exchanges(path: Path, max_bytes: int, resolver: Resolver | None = None) -> Iterator[Response | Failed | Skipped]:
    """Yield what the crawl had of each exchange in a file; the parameters are those of `responses`.

    A response that was cut off is one that the crawl had, if the record that describes its exchange is there and names
    no error. Other crawlers do not say so: what they cut off is no whole page.
    """
    sequence = 0
    resolver = resolver or Resolver(files=[path])
    held: tuple[Member, Response | Skipped] | None = None
    for found in whole_records(path):
        if isinstance(found, Member) and _names_error(found):
            held = None
            yield Failed(_url(found), found.get("WARC-Date"))
            continue
        if held is not None:
            yield held[1] if _is_note(found) else _cut_off(path, *held)
            held = None
        if isinstance(found, Damage):
            yield Skipped(path, found.offset, found.message)
        elif _is_response(found):
            sequence += 1
            response = _read(path, sequence, found, max_bytes, resolver)
            if found.type == "response" and found.get("WARC-Truncated"):
                held = found, response
            else:
                yield response
    if held is not None:
        yield _cut_off(path, *held)


def _cut_off(path: Path, record: Member, response: Response | Skipped) -> Response | Skipped:
    """Return what is made of a response that another crawler cut off: a page is none, and said to be missing."""
    if isinstance(response, Skipped) or response.status >= 300 or not isinstance(response, TextResponse):
        return response
    reason = " ".join(record.get("WARC-Truncated").split())[:40]
    return Skipped(path, record.offset, f"{_url(record)[:300]} was cut off by its crawler (WARC-Truncated: {reason})")


def response_of(path: Path, record: Member, resolver: Resolver) -> Response:
    """Return the response that a single record of a file holds, as `responses` would.

    :raises ArchiveError: if it holds none, or refers to a capture that is not to be had.
    """
    try:
        return _response(_capture(path, 1, record), record, resolver)
    except Exception as error:  # nothing is written here, and a record's bytes are anybody's
        raise ArchiveError(f"{path}: at {record.offset}: {_reason(error)}") from error


def crawl_had(path: Path, record: Member) -> bool:
    """Return whether the crawl had the response that a record of a file holds, and not a part before it failed.

    :raises ArchiveError: if the file cannot be read.
    """
    if record.type == "revisit" or not record.get("WARC-Truncated"):
        return True
    try:
        note = read_member(path, record.offset + record.length)
    except DamagedError:  # of another crawler, or the end of the file
        return False
    return _is_note(note) and not _names_error(note)


def _is_response(record: Member) -> bool:
    if record.type == "revisit" and not record.block:
        return True  # its original has the head, too
    return record.type in ("response", "revisit") and record.get("Content-Type").lower().startswith(_HTTP)


def _is_note(found: Member | Damage) -> bool:
    """Return whether a record describes an exchange as `archive.records.exchange_records` does."""
    if isinstance(found, Damage) or found.type != "metadata" or found.get("Content-Type") != FIELDS:
        return False
    return bool(found.get("WARC-Target-URI")) and b"capture-method: " in bytes(found.block[: 1 << 16])


def _names_error(record: Member) -> bool:
    """Return whether a record describes an exchange that failed (`archive.records.exchange_records`)."""
    if record.type != "metadata" or record.get("Content-Type") != FIELDS or not record.get("WARC-Target-URI"):
        return False
    return b"\r\nerror: " in bytes(record.block)


def _url(record: Member) -> str:
    return record.get("WARC-Target-URI").removeprefix("<").removesuffix(">")


def _read(path: Path, sequence: int, record: Member, max_bytes: int, resolver: Resolver) -> Response | Skipped:
    if len(record.block) > max_bytes:
        return Skipped(path, record.offset, f"its block of {len(record.block)} bytes is longer than {max_bytes}")
    try:
        return _response(_capture(path, sequence, record), record, resolver)
    except Exception as error:  # nothing is written here: whatever a record does to its reader costs that record alone
        return Skipped(path, record.offset, _reason(error))


def _reason(error: Exception) -> str:
    expected = isinstance(error, ArchiveError | MessageError | UnresolvedError | ValueError)
    return str(error) if expected else f"{type(error).__name__}: {error}"


def _capture(path: Path, sequence: int, record: Member) -> Capture:
    is_revisit = record.type == "revisit"
    return Capture(
        sequence,
        url=_url(record),
        date=usual_date(record.get("WARC-Date")),
        record_id=record.get("WARC-Record-ID"),
        # Of a revisit the record is cut off, the response was not.
        truncated=None if is_revisit else record.get("WARC-Truncated") or None,
        file=path.name.removesuffix(".open"),
        offset=record.offset,
        length=record.length,
    )


def _response(capture: Capture, record: Member, resolver: Resolver) -> Response:
    """Return the response that a record's block holds, or begins.

    :raises MessageError: if the block does not begin with an HTTP response head.
    :raises UnresolvedError: if it is a revisit of what is not to be had.
    """
    if record.type == "revisit":
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
