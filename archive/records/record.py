"""WARC/1.1 records, each a gzip member of its own, and those that open a file or close a run.

A record is its fields and a finished block, put together here: warcio, which needs ten times as long for the same
bytes, would normalise what the site sent. Digests are sha256 in lowercase hex over what is stored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from archive.files.deflate import gzip_member
from archive.records.record_reader import Member
from archive.records.revisit import Seen

FIELDS = "application/warc-fields"


@dataclass(frozen=True, slots=True)
class NewRecord:
    """One record, serialised and compressed, ready to be appended to a WARC file."""

    data: bytes
    fields: list[tuple[str, str]]
    block: bytes
    #: What later captures may refer to.
    seen: Seen | None = None

    def at(self, offset: int) -> Member:
        """Return the record as one reads it who finds it at an offset."""
        return Member(offset, len(self.data), b"", self.fields, self.block, True)


def digest(data: bytes | memoryview) -> str:
    """Return the labelled digest that records and articles carry.

    >>> digest(b"")
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return f"sha256:{sha256(data).hexdigest()}"


def new_record_id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def member(record_type: str, fields: list[tuple[str, str]], content_type: str, block: bytes) -> bytes:
    """Serialise one record as one gzip member.

    :param fields: the WARC header fields but for type, content type, length and block digest.
    """
    content = ("Content-Type", content_type), ("Content-Length", str(len(block)))
    named = (("WARC-Type", record_type), *fields, ("WARC-Block-Digest", digest(block)), *content)
    head = "\r\n".join(map(": ".join, named))
    return gzip_member(b"".join((b"WARC/1.1\r\n", head.encode(), b"\r\n\r\n", block, b"\r\n\r\n")))


def new_record(
    record_type: str, fields: list[tuple[str, str]], content_type: str, block: bytes, seen: Seen | None = None
) -> NewRecord:
    """Make a record; the parameters are those of `member`."""
    named = [("WARC-Type", record_type), ("Content-Type", content_type), *fields]
    return NewRecord(member(record_type, fields, content_type, block), named, block, seen)


def warc_fields(pairs: list[tuple[str, object]]) -> bytes:
    r"""Return an ``application/warc-fields`` block; empty values are left out, line breaks become spaces.

    >>> warc_fields([("via", "http://a.test/"), ("error", "cut\r\noff"), ("operator", "")])
    b'via: http://a.test/\r\nerror: cut off\r\n'
    """
    lines = (f"{name}: {' '.join(str(value).split())}\r\n" for name, value in pairs if value not in (None, ""))
    return "".join(lines).encode()


def warcinfo(filename: str, date: str, pairs: list[tuple[str, object]]) -> tuple[str, bytes]:
    """Return the record id and the gzip member of the record that opens a file."""
    record_id = new_record_id()
    fields = [("WARC-Record-ID", record_id), ("WARC-Date", date), ("WARC-Filename", filename)]
    return record_id, member("warcinfo", fields, FIELDS, warc_fields(pairs))


def configuration(warcinfo_id: str, date: str, settings: dict[str, Any]) -> NewRecord:
    """Return a metadata record that holds the settings the crawl ran with."""
    block = json.dumps(settings, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()
    fields = [("WARC-Record-ID", new_record_id()), ("WARC-Date", date), ("WARC-Warcinfo-ID", warcinfo_id)]
    return new_record("metadata", fields, "application/json", block)


def resource_record(warcinfo_id: str, url: str, content_type: str, block: bytes, date: str) -> NewRecord:
    """Return a record of something that was no exchange."""
    fields = [
        ("WARC-Record-ID", new_record_id()),
        ("WARC-Date", date),
        ("WARC-Target-URI", url),
        ("WARC-Warcinfo-ID", warcinfo_id),
    ]
    return new_record("resource", fields, content_type, block)


def closing(warcinfo_id: str, date: str, pairs: list[tuple[str, object]]) -> bytes:
    """Return the metadata record that ends the last file of a run; of its kind alone, it describes no capture."""
    fields = [("WARC-Record-ID", new_record_id()), ("WARC-Date", date), ("WARC-Warcinfo-ID", warcinfo_id)]
    return member("metadata", fields, FIELDS, warc_fields(pairs))
