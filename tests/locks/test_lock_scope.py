"""A lock is held for the moment that needs it, and what goes wrong inside it is not blamed on it."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from archive.dedup import Dedup
from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.manifest import Manifest
from archive.index.index import Index
from archive.index.index_runs import IndexRuns
from newsbot.health.telling.notifications import within
from newsbot.locks.archive_lock import archive_lock
from newsbot.locks.source_lock import LockedError, SourceLock, failure_status
from newsbot.state.state import State
from newsbot.state.versions import Version, Versions


def is_free(path: Path) -> bool:
    """Whether nobody holds a lock on a file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_the_dedup_store_opens_while_another_process_writes_the_manifest(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)  # as the manifest has it
    opening = Thread(target=lambda: Dedup(tmp_path / "dedup.sqlite", tmp_path / "warc").close(), daemon=True)
    opening.start()
    opening.join(30)
    waits = opening.is_alive()
    os.close(descriptor)
    assert not waits


def test_the_manifest_is_not_locked_while_files_are_read(tmp_path: Path) -> None:
    (folder := tmp_path / "warc").mkdir()
    (path := folder / "a.warc.gz").write_bytes(b"content")
    free: list[bool] = []

    class Asked(dict[str, str]):
        def get(self, key: str, default: object = None) -> None:  # type: ignore[override]
            free.append(is_free(tmp_path))

    manifest = Manifest(folder)
    manifest.add(path, digests=Asked(another=""))
    assert free == [True]
    known = manifest.digests()
    path.write_bytes(b"another content")
    manifest.add(path)
    assert manifest.digests() == known, "what a file was at first stays"
    manifest.add(path, changed=True)
    assert manifest.digests() != known


def test_the_index_is_not_locked_while_warcs_are_parsed(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.add(["first.warc.gz"], [b'test,a)/ 2026 {"filename": "first.warc.gz"}'])
    free: list[bool] = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            free.append(is_free(tmp_path / "lock"))
            yield b'test,a)/%d 2026 {"filename": "second.warc.gz"}' % number

    index.add(["second.warc.gz"], lines())
    assert free == [True] * 3
    assert len(list(index.lines())) == 4


def test_what_goes_wrong_under_a_lock_is_named_by_its_own_cause(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError, match="pipe"), archive_lock(tmp_path, rewriting=True):
        raise BlockingIOError(errno.EAGAIN, "the pipe is full")
    refused = pytest.raises(ArchiveError, match=r"cannot change the index: .*runs\.json: No space left")
    with refused, IndexRuns(tmp_path).locked():
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "runs.json"))
    locked = pytest.raises(LockedError, match="another process")
    with archive_lock(tmp_path, rewriting=False), locked, archive_lock(tmp_path, rewriting=True):
        pass


@pytest.mark.parametrize("name", ["archive.rewriting.lock", "baosonla.lock"])
def test_a_lock_does_not_follow_a_link(tmp_path: Path, name: str) -> None:
    (victim := tmp_path / "victim").write_text("precious")
    (tmp_path / name).symlink_to(victim)
    with pytest.raises((OSError, ArchiveError), match=r"(?i)symbolic links"):
        if name == "baosonla.lock":
            SourceLock(tmp_path, "baosonla").acquire()
        else:
            with archive_lock(tmp_path, rewriting=True):
                pass
    assert victim.read_text() == "precious"


def test_a_lock_says_for_how_long_it_has_been_held(tmp_path: Path) -> None:
    with SourceLock(tmp_path, "baosonla") as lock:
        with pytest.raises(LockedError) as fresh:
            SourceLock(tmp_path, "baosonla").acquire()
        taken = lock.path.stat().st_mtime - 13 * 3600
        os.utime(lock.path, (taken, taken))
        with pytest.raises(LockedError, match="for 13 hours") as old:
            SourceLock(tmp_path, "baosonla").acquire()
    assert [failure_status(error.value, 12 * 3600) for error in (fresh, old)] == [75, 1]


def test_a_file_that_is_not_finished_is_not_left_behind(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ArchiveError("the source is torn")

    (path := tmp_path / "file").write_bytes(b"before")
    with pytest.raises(ArchiveError, match="torn"):
        replace_file(path, chunks())
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("file", b"before")]


def test_what_fails_is_not_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        within(sys.maxsize / 1e12, lambda: 1 // 0, 5)


def test_moved_articles_are_one_transaction(tmp_path: Path) -> None:
    state = State(f"sqlite:///{tmp_path}/state.sqlite")
    versions = [Version(f"a:{number}", 1, "a", f"{number}", "", "2026") for number in range(50)]
    Versions(state).add(versions)
    commits: list[object] = []
    note = commits.append
    event.listen(Engine, "commit", note)
    try:
        Versions(state).move(version._replace(url=f"https://a.test/{version.id}") for version in versions)
    finally:
        event.remove(Engine, "commit", note)
    assert len(commits) == 1
    assert {version.url for version in Versions(state).latest(["a:7", "a:9"]).values()} == {
        "https://a.test/a:7",
        "https://a.test/a:9",
    }
    state.close()
