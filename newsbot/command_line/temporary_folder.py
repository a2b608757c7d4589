"""One folder for all temporary files of a command, those of its processes, libraries and browser, too.

It is removed at the command's end. What a killed command leaves is removed by the next one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from multiprocessing.util import Finalize
from pathlib import Path
from time import time
from typing import Final

from archive.files.lock import open_to_lock, try_lock

_PREFIX: Final = "newsbot-command-"
#: Held as long as a folder is used. No file goes from a folder without it, whatever the folder's name.
_LOCK: Final = ".in-use"
#: Seconds: a younger folder may not have its lock yet, nor a younger lock be held.
_YOUNG: Final = 60
#: Behind what multiprocessing tidies up there.
_LAST: Final = -1000


def use_own_temporary_folder() -> None:
    """Let this process, and those that it starts, make temporary files in a folder of their own.

    Where none can be made, they go on as before: not every command needs one.
    """
    with suppress(OSError):
        around = Path(tempfile.gettempdir())
        _remove_abandoned(around)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=around))
        Finalize(None, _remove, (folder,), exitpriority=_LAST)  # in this process alone
        try_lock(open_to_lock(folder / _LOCK))  # until the last process that shares the descriptor has ended
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _remove(folder: Path) -> None:
    """Remove a folder, the lock last: it stays, for another time, while there is a file that cannot be removed."""
    with suppress(OSError):
        for each in [each for each in folder.iterdir() if each.name != _LOCK]:
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink()
        if [each.name for each in folder.iterdir()] == [_LOCK]:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(around: Path) -> None:
    """Remove this user's folders that no process holds."""
    for folder in around.glob(f"{_PREFIX}*"):
        lock = folder / _LOCK
        with suppress(OSError):  # gone meanwhile, another user's, or on a file system without locks
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            if lock.is_file():
                if _is_old(lock):
                    _remove_unheld(folder, lock)
            elif _is_old(folder):
                folder.rmdir()  # if it is empty: its command was killed before it had a lock, or after


def _is_old(path: Path) -> bool:
    return time() - path.lstat().st_mtime >= _YOUNG


def _remove_unheld(folder: Path, lock: Path) -> None:
    descriptor = open_to_lock(lock)
    try:
        if try_lock(descriptor):
            _remove(folder)
    finally:
        os.close(descriptor)
