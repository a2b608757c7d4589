"""Redacts, and looks for what should be gone in everything that a data folder holds."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from tests.harness.commands import said_by, scrapy


def redact(data: Path, *arguments: str, status: int = 0) -> str:
    words = ("--reason=court order 12/2026", "--by=The editor", *arguments)
    return said_by("redact", *words, data=data, status=status)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Everything in a data folder, as it is and decompressed."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        yield str(path), data
        if path.suffix == ".wacz":
            with ZipFile(path) as package:
                for name in package.namelist():
                    yield f"{path}:{name}", package.read(name)
                    yield f"{path}:{name} decompressed", _decompressed(package.read(name))
        yield f"{path} decompressed", _decompressed(data)


def _decompressed(data: bytes) -> bytes:
    """Gzip members one after the other, and gzipped bodies inside them."""
    parts = []
    while data.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(31)
        parts.append(member.decompress(data))
        data = member.unused_data
    bodies = [part[start:] for part in parts if (start := part.find(b"\x1f\x8b\x08")) >= 0]
    return b"".join(parts + [zlib.decompressobj(31).decompress(body) for body in bodies])


def assert_gone(folder: Path, *needles: bytes) -> None:
    for name, content in contents(folder):
        for needle in needles:
            assert needle not in content, (name, needle[:60])


def assert_sound(data: Path) -> None:
    status, said = scrapy("verify", data=data)
    assert status == 0, said
    for path in (data / "warc").glob("*.warc.gz"):
        subprocess.run(["/bin/gzip", "-t", path], check=True)
