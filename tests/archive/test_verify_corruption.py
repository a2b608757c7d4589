"""Flipped bytes and cuts of a small WARC file are noticed."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from archive.records.members import members
from archive.verify.file import verify_file
from archive.verify.folder import check_index
from archive.verify.rules import FAULTS
from tests.harness.warc_making import chunked, collection, exchange, response, write

#: Bytes of a gzip member around what is compressed, at least (RFC 1952).
_HEAD, _TRAILER = 24, 8


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a file of a few KB that holds a record of each type that we write."""
    folder = tmp_path_factory.mktemp("data")
    cut_off = exchange("/cut", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nbegun", after=3)
    cut_off.truncated, cut_off.error = "disconnect", "the connection was lost"
    exchanges = [
        exchange("/", response()),
        exchange("/again", chunked(), after=1),
        exchange("/odd", b"<html>no head</html>", after=2),
        cut_off,
    ]
    path = write(folder, exchanges)
    kinds = Counter(member.type for member in members(path))
    assert set(kinds) == {"warcinfo", "metadata", "request", "response", "revisit"}
    assert path.stat().st_size < 8000
    return path


def faults(path: Path) -> list[str]:
    """The rules that a file offends by itself: without manifest, index or other files."""
    report = verify_file(path)
    unresolved = [link.rule for link in report.links]
    return [finding.rule for finding in report.findings if not finding.is_note] + unresolved


def exchange_ends(path: Path) -> list[int]:
    """Offsets at which a file could end and be whole: a cut there can be noticed only from outside."""
    found = list(members(path))
    ends = [member.offset for member in found if member.type in ("request", "warcinfo")]
    first_request = next(member.offset for member in found if member.type == "request")
    settings = next(member for member in found if member.get("Content-Type") == "application/json")
    return sorted({end for end in ends if end >= first_request} | {settings.offset, settings.offset + settings.length})


def test_sound_file(archive: Path) -> None:
    assert faults(archive) == []


def test_flipped_bytes_are_noticed(archive: Path, tmp_path: Path) -> None:
    """By turns a bit, and a change at random, without the help of the manifest; of what is compressed every fourth."""
    data = bytearray(archive.read_bytes())
    found = [(member.offset, member.offset + member.length) for member in members(archive)]
    framing = {at for start, end in found for at in (*range(start, start + _HEAD), *range(end - _TRAILER, end))}
    damaged = tmp_path / archive.name
    chance = random.Random(3)
    unnoticed = []
    for offset, byte in enumerate(data):
        if offset % 4 and offset not in framing:
            continue
        mask = chance.randrange(1, 256) if offset % 2 else 1 << chance.randrange(8)
        data[offset] = byte ^ mask
        damaged.write_bytes(data)
        if not faults(damaged):
            unnoticed.append((offset, mask))
        data[offset] = byte
    assert unnoticed == []


def test_cuts_are_noticed(archive: Path, tmp_path: Path) -> None:
    """Of every three, and at the ends of records; where a shorter file is a whole one, manifest and index notice it."""
    data = archive.read_bytes()
    damaged = tmp_path / archive.name
    index = collection(archive.parent.parent).index
    digest = collection(archive.parent.parent).manifest.digests()[archive.name]
    whole = exchange_ends(archive)
    ends = {end + more for end in (*whole, *(member.offset for member in members(archive))) for more in (-1, 0, 1)}
    for length in sorted({*range(0, len(data), 3), *ends} & {*range(len(data))}):
        damaged.write_bytes(data[:length])
        if length not in whole:
            assert faults(damaged), length
            continue
        report = verify_file(damaged, sha256=digest, indexed=True)
        assert "fixity" in {finding.rule for finding in report.findings}
        from_index = {finding.rule for finding in check_index(index, "index", [report], tmp_path)}
        assert from_index & {"index-extra", "index-missing"}, length


def test_rules_that_notice(archive: Path, tmp_path: Path) -> None:
    """Damage is called by its name, where that is clear."""
    data = archive.read_bytes()
    last = list(members(archive))[-1]
    damaged = tmp_path / archive.name
    expected = {
        data[:-1]: "gzip-torn",
        data + bytes(100): "padding",
        data[: last.offset] + b"garbage" + data[last.offset :]: "garbage",
        data[:-6] + bytes([data[-6] ^ 1]) + data[-5:]: "gzip-crc",
        data[:4] + b"\1" + data[5:]: "gzip-form",
        b"": "empty-file",
    }
    for content, rule in expected.items():
        damaged.write_bytes(content)
        assert rule in faults(damaged)
        assert set(faults(damaged)) <= set(FAULTS)
