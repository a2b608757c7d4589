"""Takes one exchange out of a WARC file, verbatim, as a small WARC of its own."""

from __future__ import annotations

from pathlib import Path

from archive.errors import ArchiveError
from archive.records.members import Member, walk

_RECORD_END = b"\r\n\r\n"


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
    return b"".join(_verbatim(record) for record in (request, response) if record is not None)


def _belong_together(request: Member, response: Member) -> bool:
    """Whether one names the other; crawlers differ in which of the two does."""
    return response.get("WARC-Record-ID") in _companions(request) or request.get("WARC-Record-ID") in _companions(
        response
    )


def _companions(record: Member) -> set[str]:
    return {value for name, value in record.fields if name.lower() == "warc-concurrent-to"}


def _verbatim(record: Member) -> bytes:
    return b"".join((record.head, record.block, _RECORD_END))
