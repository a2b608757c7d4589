"""WARC files as other tools write them, for tests: made by hand from records."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from archive.records.record import digest

DATE = "2026-11-22T03:04:05Z"
_WRITTEN = datetime.fromisoformat(DATE).timestamp()


def record(record_type: str, block: bytes, *, date: str = DATE, version: str = "1.1", **fields: str) -> bytes:
    """One record; ``Target_URI="…"`` is a WARC field, ``type=…`` the Content-Type."""
    named = {f"WARC-{name.replace('_', '-')}": value for name, value in fields.items() if name != "type"}
    head = {
        "WARC-Type": record_type,
        "WARC-Record-ID": f"<urn:uuid:{digest(block + date.encode() + repr(fields).encode())[7:43]}>",
        "WARC-Date": date,
        "Content-Type": fields.get("type", "application/http;msgtype=response"),
        "Content-Length": str(len(block)),
        **named,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def write(path: Path, records: Iterable[bytes]) -> Path:
    """Write records, each a gzip member of its own where the name ends in ``.gz``, as a file that is not of today."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(gzip.compress(each) if path.suffix == ".gz" else each for each in records))
    os.utime(path, (_WRITTEN, _WRITTEN))
    return path
