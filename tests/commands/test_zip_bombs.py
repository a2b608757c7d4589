"""Packages that unpack to far more than they say: no command unpacks them, each names them in one line."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, BadZipFile, ZipFile

import pytest

from archive.files.packed import contents
from archive.files.zip_reading import opened_zip, read_member
from tests.harness.commands import run_scrapy

#: What a file in a package says to unpack to, and to what it does.
_SAID, _LARGE = 1000, 64 << 20


def bomb(path: Path, method: int, *, name: str = "archive/a.warc.gz") -> Path:
    """Write a package with one file that unpacks to more than it says."""
    with ZipFile(path, "w", method) as package:
        package.writestr("datapackage.json", "{}", ZIP_DEFLATED)
        package.writestr(name, bytes(_LARGE))
        package.getinfo(name).file_size = _SAID
    return path


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_what_is_neither_stored_nor_deflated_is_refused(tmp_path: Path, method: int) -> None:
    path = bomb(tmp_path / "a.wacz", method)
    why = "'archive/a.warc.gz' is neither stored nor deflated"
    for command, *options in (["prove"], ["convert"], ["rebuild", f"--output={tmp_path / 'out'}"]):
        done = run_scrapy(command, path, *options, data=tmp_path / "data")
        (said,) = done.stderr.splitlines()[:1]
        assert (str(path) in said, why in said) == (True, True), done.stderr
        assert done.returncode in (1, 3)
        assert "Traceback" not in done.stderr
    with path.open("rb") as file, pytest.raises(BadZipFile, match=why):
        next(contents(file))


def test_no_more_is_unpacked_than_a_file_says_to_have(tmp_path: Path) -> None:
    path = bomb(tmp_path / "a.wacz", ZIP_DEFLATED)
    tracemalloc.start()
    try:
        with opened_zip(path) as package, pytest.raises(BadZipFile, match="CRC"):
            read_member(package, "archive/a.warc.gz")
        assert tracemalloc.get_traced_memory()[1] < _LARGE / 8
    finally:
        tracemalloc.stop()


def test_packages_hold_so_many_files_at_most(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.wacz", "w") as package:
        for number in range(3):
            package.writestr(str(number), bytes(10))
    with opened_zip(tmp_path / "a.wacz", most_files=3, most=30) as package, pytest.raises(BadZipFile, match="10 bytes"):
        read_member(package, "1", 9)
    for limits in ({"most_files": 2}, {"most": 29}):
        with pytest.raises(BadZipFile), opened_zip(tmp_path / "a.wacz", **limits):
            pass
