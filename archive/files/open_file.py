"""Files under a name that says they are not finished, held by a lock that lives exactly as long as their writer."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

#: What a file's name ends with until it is closed.
OPEN = ".open"
#: Names tried before giving up; one more is needed only when a recovery looks at the new file in that very moment.
_ATTEMPTS = 10


def create(name: Callable[[], Path]) -> tuple[int, Path]:
    """Create a new file for writing, lock it, make its name durable, and return its descriptor and path.

    :param name: gives a path ending in `OPEN`, a new one with each call.
    :raises OSError: if the file system refuses, or cannot lock.
    """
    for _ in range(_ATTEMPTS):
        path = name()
        make_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            if hold(descriptor, path):
                sync_folder(path.parent)
                return descriptor, path
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        os.close(descriptor)
    raise OSError(0, "other processes take every new file for their own")


def open_to_write(path: Path) -> BinaryIO:
    """Open a file for writing from its beginning, as the umask says who may read it; never one that a link leads to.

    :raises OSError: if the file system refuses.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    return open(os.open(path, flags, 0o666), "wb")  # noqa: PTH123  # a descriptor has no path; the caller's


def hold(descriptor: int, path: Path) -> bool:
    """Lock an open file unless another process holds it; also false if the path no longer leads to it.

    The kernel gives the lock up when its holder ends, however it ends. Between creating a file and locking it, a
    recovery may have removed or finished it: hence the second question.

    :raises OSError: if the file system cannot lock.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def finish(path: Path) -> Path:
    """Give a synced file its final name, durably, and return that."""
    final = path.with_name(path.name.removesuffix(OPEN))
    path.rename(final)
    sync_folder(final.parent)
    return final


def remove(path: Path) -> None:
    """Remove a file that holds nothing, durably."""
    path.unlink()
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it, durably."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    :raises OSError: if the file system refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
