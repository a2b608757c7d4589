"""What somebody has put into the data folder, or lets others read: links, modes, passwords."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.manifest import Manifest
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


def replace(folder: Path) -> None:
    replace_file(folder / "index", [b"new"])


@pytest.mark.parametrize(
    ("name", "write"), [("yenmy.lock", lock), ("manifest-sha256.txt", add_to_manifest), ("index.tmp", replace)]
)
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(PRECIOUS)
    (folder / name).symlink_to(elsewhere)
    with pytest.raises((ArchiveError, OSError)):
        write(folder)
    assert elsewhere.read_bytes() == PRECIOUS


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
