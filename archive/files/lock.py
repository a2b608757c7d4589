"""Advisory locks (flock) between processes: the kernel releases a lock when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import os_errors
from archive.files.atomic import make_folder


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock an open file or folder; false if another process holds it. Closing the descriptor releases the lock.

    :raises OSError: if the file system cannot lock.
    """
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_to_lock(path: Path) -> int:
    """Return a descriptor of a lock file, which is made if it is not there, or of a folder; no link is followed.

    :raises OSError: if the file system refuses.
    """
    if path.is_dir():
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    make_folder(path.parent)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock of a file, which need not be there.

    :raises ArchiveError: if it cannot be opened or locked.
    """
    with os_errors(f"cannot look at the lock {path}"):
        if not path.exists():
            return False
        descriptor = open_to_lock(path)
        try:
            return not try_lock(descriptor, shared=True)
        finally:
            os.close(descriptor)


@contextmanager
def open_lock(path: Path) -> Iterator[int]:
    """Give a descriptor to lock, as `open_to_lock` does; whatever was locked is released at the end.

    :raises ArchiveError: if it cannot be opened.
    """
    with os_errors(f"cannot make the lock {path}"):
        descriptor = open_to_lock(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Hold the lock of a file or folder; wait for it while another process does.

    :param waiting: called once before waiting.
    :raises ArchiveError: if it cannot be opened or locked.
    """
    with open_lock(path) as descriptor:
        with os_errors(f"cannot lock {path}"):
            is_held = try_lock(descriptor)
            if not is_held:
                waiting()
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
