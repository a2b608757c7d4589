"""WARC files as plain records, for tests: read with warcio, without any interpretation of HTTP."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from archive.http_message import Recipe


@dataclass(frozen=True)
class Record:
    """One record; `fields` in order, with the names as written."""

    fields: list[tuple[str, str]]
    block: bytes
    offset: int
    length: int

    def __getitem__(self, name: str) -> str:
        return self.get(name) or ""

    def get(self, name: str) -> str | None:
        return next((value for field, value in self.fields if field == name), None)

    @property
    def type(self) -> str:
        return self["WARC-Type"]

    def notes(self) -> dict[str, str]:
        """The pairs of an application/warc-fields block."""
        lines = self.block.decode().split("\r\n")
        return {name: value for name, _, value in (line.partition(": ") for line in lines) if name}


@dataclass
class Exchange:
    """The records of one exchange; the metadata is always there."""

    request: Record | None
    response: Record | None
    metadata: Record
    unreadable: Record | None = None

    @property
    def recipe(self) -> Recipe | None:
        written = self.metadata.notes().get("wire-recipe")
        return json.loads(written) if written else None


def read_records(path: Path) -> list[Record]:
    """All records of a WARC; each must be a gzip member of its own, at the offset the reader tells."""
    data = path.read_bytes()
    records = []
    with path.open("rb") as stream:
        iterator = ArchiveIterator(stream, no_record_parse=True)
        for record in iterator:
            block = record.raw_stream.read()
            offset, length = iterator.get_record_offset(), iterator.get_record_length()
            assert block in gzip.decompress(data[offset : offset + length])
            records.append(Record(record.rec_headers.headers, block, offset, length))
    return records


def read_exchanges(path: Path) -> Iterator[Exchange]:
    """The exchanges of a file, put together from records that stand side by side."""
    request = response = None
    exchange: Exchange | None = None
    for record in read_records(path):
        if record.type == "request":
            request, response = record, None
        elif record.type == "response":
            response = record
        elif record["Content-Type"] == "application/octet-stream":
            assert exchange is not None
            exchange.unreadable = record
        elif record.get("WARC-Target-URI"):
            if exchange is not None:
                yield exchange
            exchange = Exchange(request, response, record)
            request = response = None
    if exchange is not None:
        yield exchange
