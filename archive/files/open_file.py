"""Files named ``….open`` until they are finished, each locked by its writer for as long as that lives."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from archive.files.atomic import make_folder, sync_folder
from archive.files.lock import try_lock

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


def hold(descriptor: int, path: Path) -> bool:
    """Lock an open file unless another process holds it; also false if the path no longer leads to it.

    The kernel gives the lock up when its holder ends, however it ends. Between creating a file and locking it, a
    recovery may have removed or finished it: hence the second question.

    :raises OSError: if the file system cannot lock.
    """
    try:
        return try_lock(descriptor) and os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
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
