"""Pipes, devices and files without an end in place of an archive's files: each is named, none is waited for or read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.files.plain_file import lines_in, open_regular
from newsbot.proving.finding import find, versions_of
from newsbot.publishing.lines import lines_of
from newsbot.replaying.article_pages import article_pages
from tests.harness.chained import SOURCE, chain, faults, line_files


def sparse(path: Path) -> None:
    """Make a file of 1 TB that takes no room."""
    with path.open("wb") as file:
        file.truncate(1 << 40)


KINDS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "sparse": sparse,
}


@pytest.fixture(params=KINDS)
def put(request: pytest.FixtureRequest) -> Callable[[Path], Path]:
    def instead(path: Path) -> Path:
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        KINDS[request.param](path)
        return path

    return instead


@pytest.fixture
def data(chained_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(chained_archive, tmp_path / "data"))


@pytest.mark.parametrize("name", ["README.md", "manifest-sha256.txt", "acknowledged.jsonl", "chain/entries.jsonl"])
def test_what_all_rests_on_ends_the_check(data: Path, put: Callable[[Path], Path], name: str) -> None:
    path = put(data / name)
    with pytest.raises(ArchiveError, match=f"{path}: it (is no regular file|has 1099511627776 bytes)"):
        faults(data)
    if name.startswith("chain"):
        for read in (chain(data).head, chain(data).known, lambda: chain(data).holds(["a"])):
            with pytest.raises(ArchiveError, match=str(path)):
                read()


@pytest.mark.parametrize("name", ["signing-key.pem", "timestamps/00000001.tsr"])
def test_what_belongs_to_the_chain_is_a_fault(data: Path, put: Callable[[Path], Path], name: str) -> None:
    path = put(data / "chain" / name)
    assert path.name in {file for _, file in faults(data)}


def test_a_report_is_passed_over(data: Path, put: Callable[[Path], Path]) -> None:
    put(max((data / "runs").glob("*.json")))
    assert faults(data) == set()


def test_a_file_of_lines_is_named(data: Path, put: Callable[[Path], Path]) -> None:
    path = put(line_files(data)[0])
    articles = data / "articles"
    with pytest.raises(ArchiveError, match=str(path)):
        versions_of(articles, f"{SOURCE}:1")
    with pytest.raises(OSError, match=r"it (is no regular file|has a line)"):
        list(lines_of(path.parent, f"{SOURCE}:1"))
    with pytest.raises(ArchiveError, match=str(path)):
        list(article_pages(path.parent))
    if path.is_file():
        with pytest.raises(ArchiveError, match=str(path)):
            find(f"{path}:1", None, articles, lambda url: [])


def test_lines_may_be_so_long(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1234\n123\n12345")
    with open_regular(tmp_path / "a") as file:
        assert list(lines_in(file, 5)) == [b"1234\n", b"123\n", b"12345"]
    with open_regular(tmp_path / "a") as file, pytest.raises(OSError, match="a line of more than 4 bytes"):
        list(lines_in(file, 4))
