"""A ZIP file that is never written: what others read out of it, however large it is."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from zipfile import ZipFile

import pytest

from archive.errors import ArchiveError
from archive.player.virtual_zip import VirtualZip, ZipMember, of_file


class Opened(io.RawIOBase):
    """A virtual file as one that can be read and sought."""

    def __init__(self, virtual: VirtualZip):
        self._virtual, self._at = virtual, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._virtual.size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._virtual.size if size < 0 else min(self._virtual.size, self._at + size)
        data = b"".join(self._virtual.chunks(self._at, end))
        self._at += len(data)
        return data


def small(name: str, content: bytes) -> ZipMember:
    return ZipMember(name, content, len(content))


def test_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"from a file")
    members = [small("một/tệp.txt", b"in memory"), of_file("b", tmp_path / "a"), small("empty", b"")]
    contents = {"một/tệp.txt": b"in memory", "b": b"from a file", "empty": b""}
    virtual = VirtualZip(members, {name: zlib.crc32(content) for name, content in contents.items()})
    with ZipFile(Opened(virtual)) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == contents
    whole = b"".join(virtual.chunks(0, virtual.size))
    assert len(whole) == virtual.size
    for start in range(virtual.size):
        for end in (start, start + 1, start + 40, virtual.size):
            assert b"".join(virtual.chunks(start, end)) == whole[start:end]


def test_more_than_the_usual_form_holds(tmp_path: Path) -> None:
    """Two files of 5 GB, of which the disk has nothing, and 70,000 small ones."""
    for name in ("a", "b"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(5 << 30)
    many = [small(f"{number}", b"") for number in range(70_000)]
    large = [of_file("a", tmp_path / "a"), of_file("b", tmp_path / "b")]
    virtual = VirtualZip([*large, *many, small("last", b"the end")], {"last": zlib.crc32(b"the end")})
    with ZipFile(Opened(virtual)) as file:
        assert file.read("last") == b"the end"
        assert [file.getinfo(name).file_size for name in ("a", "b")] == [5 << 30, 5 << 30]
        assert file.getinfo("b").header_offset > 5 << 30
        assert len(file.namelist()) == 70_003
        with file.open("b") as part:
            assert part.read(9) == bytes(9)


def test_a_file_that_becomes_shorter_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(100))
    virtual = VirtualZip([of_file("a", tmp_path / "a")], {})
    (tmp_path / "a").write_bytes(bytes(50))
    with pytest.raises(ArchiveError, match="shorter"):
        list(virtual.chunks(0, virtual.size))
