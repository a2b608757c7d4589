"""What somebody has put into the data folder, or lets others read: links, modes, passwords."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.files.atomic import Replacement, replace_file
from archive.files.manifest import Manifest
from archive.wacz.zip_file import PackageFile
from archive.writing.recovery import recover
from archive.writing.warc_file import WarcFile
from newsbot.locks.source_lock import SourceLock
from newsbot.publishing.lines import orphans
from tests.harness.commands import clean_environment, run_scrapy

PRECIOUS = b"not to be written\n"


def lock(folder: Path) -> None:
    SourceLock(folder, "yenmy").acquire()


def add_to_manifest(folder: Path) -> None:
    (folder / "warc").mkdir()
    (folder / "warc" / "a.warc.gz").write_bytes(b"")
    Manifest(folder / "warc").add(folder / "warc" / "a.warc.gz")


@pytest.mark.parametrize(("name", "write"), [("yenmy.lock", lock), ("manifest-sha256.txt", add_to_manifest)])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(PRECIOUS)
    (folder / name).symlink_to(elsewhere)
    with pytest.raises((ArchiveError, OSError)):
        write(folder)
    assert elsewhere.read_bytes() == PRECIOUS


def packed(path: Path) -> None:
    with PackageFile(path, datetime(2026, 11, 22, tzinfo=UTC)) as package:
        package.describe({})


WRITERS = pytest.mark.parametrize("write", [lambda path: replace_file(path, [b"new"]), packed], ids=["file", "package"])


@WRITERS
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "link to nothing", "link to a pipe"])
def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path, write: Callable[[Path], None], kind: str) -> None:
    path = tmp_path / "out"
    with socket.socket(socket.AF_UNIX) as server:
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "socket":
                server.bind(str(path))
            case "folder":
                path.mkdir()
            case "link to nothing":
                path.symlink_to(tmp_path / "nothing")
            case _:
                os.mkfifo(tmp_path / "pipe")
                path.symlink_to(tmp_path / "pipe")
        before = path.lstat()
        with pytest.raises(ArchiveError, match="out: it is no regular file"):
            write(path)
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert not list(tmp_path.glob("*.tmp"))


@WRITERS
def test_a_file_of_another_name_stays(tmp_path: Path, write: Callable[[Path], None]) -> None:
    (users := tmp_path / "out.tmp").write_bytes(PRECIOUS)
    (tmp_path / "other").write_bytes(b"old")
    (tmp_path / "out").symlink_to(tmp_path / "other")
    write(tmp_path / "out")
    assert users.read_bytes() == PRECIOUS
    assert (tmp_path / "other").read_bytes() == b"old"
    write(tmp_path / ("y" * 255))
    assert sorted(path.name[:9] for path in tmp_path.iterdir()) == ["other", "out", "out.tmp", "y" * 9]


@WRITERS
def test_what_a_killed_writer_has_left_goes_and_what_is_being_written_stays(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "out"
    if not (child := os.fork()):
        Replacement(path).file.write(b"half")
        os._exit(0)
    os.waitpid(child, 0)
    assert len(list(tmp_path.glob("out.*.tmp"))) == 1
    under_way = Replacement(path)
    (mine,) = tmp_path.glob("out.*.tmp")
    write(path)
    assert list(tmp_path.glob("*.tmp")) == [mine]
    under_way.finish()
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_link_is_no_file_that_a_crawl_has_left_open(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(PRECIOUS)
    for name in ("yenmy-1-00000-host-0123abcd.warc.gz.open", "yenmy-1-0123abcd.jsonl.open"):
        (folder / name).symlink_to(elsewhere)
    assert recover(folder) == []
    assert list(orphans(folder)) == []
    assert elsewhere.read_bytes() == PRECIOUS


@pytest.mark.parametrize(("umask", "mode"), [(0o027, 0o640), (0o002, 0o664), (0o077, 0o600)])
def test_files_heed_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        file = WarcFile(tmp_path / "warc", "yenmy", 1, "0123abcd")
        Manifest(tmp_path / "warc").add(*(tmp_path / "warc").iterdir())
        replace_file(tmp_path / "index", [b"new"])
        made = [*(tmp_path / "warc").iterdir(), tmp_path / "manifest-sha256.txt", tmp_path / "index"]
        assert {path.stat().st_mode & 0o777 for path in made} == {mode}
        file.discard()
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("content", "mode", "warned"),
    [
        ("notify_urls = 'tgram://123:abc/1'\n", 0o644, True),
        ("state_url = 'postgresql://me:secret@localhost/news'\n", 0o604, True),
        ("notify_urls = 'tgram://123:abc/1'\n", 0o640, False),
    ],
)
def test_a_file_with_passwords_that_all_can_read(tmp_path: Path, content: str, mode: int, warned: bool) -> None:
    config = tmp_path / "newsbot.toml"
    config.write_text(content)
    config.chmod(mode)
    done = run_scrapy("list", environment=clean_environment() | {"NEWSBOT_CONFIG": str(config)})
    assert done.returncode == 0, done.stderr
    assert (f"newsbot: warning: {config} holds passwords, and every user can read it" in done.stderr) is warned
