"""CDXJ lines, one for each indexed record. Fields and choice of records are those of cdxj-indexer.

A line is ``<key> <timestamp> <JSON>``; lines are sorted bytewise.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha1
from io import BytesIO
from json.encoder import encode_basestring_ascii as _quoted
from pathlib import Path
from typing import NamedTuple

from warcio.statusandheaders import StatusAndHeadersParser
from warcio.timeutils import iso_date_to_timestamp

from archive.http.http_message import LONGEST_HEAD
from archive.index.surt import surt
from archive.records.dates import index_time, usual_date
from archive.records.members import Block, Damage, Member, sound_records

#: Record types that are indexed, unless the block only describes another record.
_INDEXED = frozenset({"response", "revisit", "resource", "metadata"})
_NOTES = "application/warc-fields"
_MIME_END = re.compile(r"[;\s]")
#: A head with nothing odd in it, which need not be taken apart line by line.
_PLAIN_HEAD = re.compile(rb"HTTP/1\.[01] (\d+)(?: [ -~]*)?\r\n(?:[!-9;-~]+:[ -~]*\r\n)*\r\n")
_CONTENT_TYPE = re.compile(rb"\ncontent-type:([ -~]*)\r", re.IGNORECASE)
_USUAL_DATE = re.compile(r"[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)
_PARSER = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False)


class _HttpHead(NamedTuple):
    """Status code and Content-Type, as written, and where the payload begins."""

    status: str
    content_type: str | None
    end: int


class IndexEntry(NamedTuple):
    """One line, read."""

    key: str
    #: WARC-Date as 14 digits.
    timestamp: str
    url: str
    mime: str
    status: str
    digest: str
    length: int
    offset: int
    filename: str

    def line(self) -> str:
        """Return the entry as a CDXJ line."""
        fields = zip(("url", "mime", "status", "digest"), (self.url, self.mime, self.status, self.digest), strict=True)
        place = {"length": str(self.length), "offset": str(self.offset), "filename": self.filename}
        return f"{self.key} {self.timestamp} {json.dumps({n: v for n, v in fields if v} | place)}"

    @property
    def is_revisit(self) -> bool:
        return self.mime == "warc/revisit"


def cdxj_line(record: Member, filename: str) -> bytes | None:
    """Return the line of a record, without line end; None for a record that is not indexed.

    :param record: as `archive.records.members.sound_records` gives it.
    :raises ValueError: if its date is none.
    """
    if not is_indexed(record):
        return None
    record_type, url = record.type, record.url
    http = _http_head(record_type, record.block, url)
    mime: str | None = record.get("Content-Type") or None
    if record_type == "response":
        mime = http.content_type if http else None
    mime = mime and _MIME_END.split(mime, maxsplit=1)[0].strip()
    digest = record.get("WARC-Payload-Digest") or None
    if digest is None and record_type != "revisit":  # cdxj-indexer then gives the SHA-1 of the payload
        payload = record.block[http.end if http else 0 :]
        digest = f"sha1:{base64.b32encode(sha1(payload, usedforsecurity=False).digest()).decode()}"
    fields = (
        ("url", url or None),
        ("mime", "warc/revisit" if record_type == "revisit" else mime),
        ("status", http.status if http else None),
        ("digest", digest),
        ("length", str(record.length)),
        ("offset", str(record.offset)),
        ("filename", filename),
    )
    # The same as `json.dumps`, in a third of the time.
    values = ", ".join([f'"{name}": {_quoted(value)}' for name, value in fields if value is not None])
    return f"{surt(url)} {_timestamp(record.get('WARC-Date'))} {{{values}}}".encode()


def is_indexed(record: Member) -> bool:
    """Return whether a record has a line, if it has a date and can be pointed at."""
    record_type = record.type
    if record_type not in _INDEXED:
        return False
    return record_type not in ("resource", "metadata") or record.get("Content-Type") != _NOTES


def _timestamp(date: str) -> str:
    """Return a WARC-Date as 14 digits.

    :raises ValueError: if it is none.
    """
    if _USUAL_DATE.fullmatch(date):
        datetime.fromisoformat(date[:19])
        return f"{date[:4]}{date[5:7]}{date[8:10]}{date[11:13]}{date[14:16]}{date[17:19]}"
    with suppress(ValueError):
        return index_time(usual_date(date))
    try:
        return str(iso_date_to_timestamp(date))  # what cdxj-indexer takes besides
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{date!r} is no date") from error


def indexed(path: Path, damages: list[Damage], name: str = "") -> Iterator[tuple[Member, bytes]]:
    """Yield the records of a file that are indexed, with their lines, in the order of the file.

    :param damages: takes what is damaged in the file, or cannot be indexed.
    :param name: what the lines call the file, if not by its own name.
    :raises ArchiveError: if the file cannot be read.
    """
    for found in sound_records(path):
        if isinstance(found, Damage):
            damages.append(found)
            continue
        try:
            line = cdxj_line(found, name or path.name)
        except ValueError as error:
            damages.append(Damage(found.offset, found.length, "record-fields", f"not indexed: {error}"))
            continue
        if line:
            yield found, line


def read_line(line: bytes) -> IndexEntry:
    """Read a line.

    >>> read_line(b'test,a)/ 20261122030405 {"url": "http://a.test/", "length": "7", "offset": "1", "filename": "f"}')
    IndexEntry(key='test,a)/', timestamp='20261122030405', url='http://a.test/', mime='', status='', digest='', \
length=7, offset=1, filename='f')

    :raises ValueError: if it is no CDXJ line.
    """
    start = line.index(b" {")
    key, _, timestamp = line[:start].decode().rpartition(" ")
    fields = json.loads(line[start:])
    url, mime, status, digest = (fields.get(name, "") for name in ("url", "mime", "status", "digest"))
    try:
        length, offset, filename = int(fields["length"]), int(fields["offset"]), fields["filename"]
    except KeyError as missing:
        raise ValueError(f"a CDXJ line without {missing}: {line!r}") from missing
    return IndexEntry(key, timestamp, url, mime, status, digest, length, offset, filename)


def _http_head(record_type: str, block: Block, url: str) -> _HttpHead | None:
    """Return what an index says of a record's HTTP head, as warcio reads it."""
    if record_type not in ("response", "revisit") or not block or not url.startswith(("http:", "https:")):
        return None
    if plain := _PLAIN_HEAD.match(block):
        mime = _CONTENT_TYPE.search(block, 0, plain.end())
        return _HttpHead(plain[1].decode(), mime[1].strip(b" ").decode() if mime else None, plain.end())
    stream = BytesIO(block[:LONGEST_HEAD])
    head = _PARSER.parse(stream)
    return _HttpHead(head.get_statuscode(), head.get_header("Content-Type"), stream.tell())
