"""Records that no compression makes smaller are stored in their gzip members, which any reader of gzip takes."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from random import Random

import pytest
from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator

from archive.files.deflate import gzip_member, is_gzip_member_of
from archive.records.members import Member, members
from archive.verify.file import verify_file
from tests.harness.warc_making import exchange, record, response, warcinfo, write

PICTURE = b"\xff\xd8\xff\xe0" + Random(1).randbytes(200_000)


def as_igzip_has_it(content: bytes) -> bytes:
    """A member as it was written before anything was stored."""
    compressor = isal_zlib.compressobj(3, isal_zlib.DEFLATED, 31)
    return compressor.compress(content) + compressor.flush()


def rules(path: Path) -> list[str]:
    return [finding.rule for finding in verify_file(path).findings]


def test_a_picture_stands_in_the_file_as_it_was_sent(tmp_path: Path) -> None:
    path = write(tmp_path, [exchange("/a.jpg", response(PICTURE)), exchange("/a.html", response())])
    data = path.read_bytes()
    assert PICTURE[70_000:130_000] in data, "in one of the blocks, of 65,535 bytes"
    assert len(data) < 1.01 * len(PICTURE) + 4_000
    with path.open("rb") as file:
        payloads = [each.content_stream().read() for each in ArchiveIterator(file) if each.rec_type == "response"]
    assert payloads[0] == PICTURE
    assert rules(path) == []
    assert all(isinstance(each, Member) and each.alone for each in members(path))


@pytest.mark.parametrize("size", [0, 1, 2_047, 2_048, 2_049, 67_582, 67_583, 67_584, 133_118, 133_119, 300_000])
def test_of_any_size(size: int) -> None:
    content = Random(size).randbytes(size)
    member = gzip_member(content)
    assert gzip.decompress(member) == content
    assert len(member) <= 1.01 * len(as_igzip_has_it(content))
    unpacker = zlib.decompressobj(31)
    assert unpacker.decompress(member + b"behind") == content
    assert unpacker.unused_data == b"behind"


def test_members_written_before_count_as_ours(tmp_path: Path) -> None:
    content = [warcinfo(), *(record("resource", PICTURE[number:], content_type="image/jpeg") for number in range(3))]
    made = [*map(as_igzip_has_it, content)]
    assert all(map(is_gzip_member_of, made, content))
    path = tmp_path / "before.warc.gz"
    path.write_bytes(b"".join(made))
    assert rules(path) == []
    changed = bytearray(gzip_member(content[0]) + b"".join(made[1:]))
    changed[5] ^= 1  # its time, which matters to nobody
    path.write_bytes(changed)
    assert rules(path) == ["gzip-form"]
