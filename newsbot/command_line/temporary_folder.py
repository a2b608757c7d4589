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
#: Held as long as a folder is used. Nothing without it is removed, whatever its name.
_LOCK: Final = ".in-use"
#: Seconds: a younger lock may not be held yet.
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
        Finalize(None, shutil.rmtree, (folder, True), exitpriority=_LAST)  # in this process alone
        try_lock(open_to_lock(folder / _LOCK))  # until the last process that shares the descriptor has ended
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _remove_abandoned(around: Path) -> None:
    """Remove this user's folders that no process holds."""
    for folder in around.glob(f"{_PREFIX}*"):
        lock = folder / _LOCK
        with suppress(OSError):  # gone meanwhile, another user's, or on a file system without locks
            is_ours = not folder.is_symlink() and folder.stat().st_uid == os.geteuid()
            if not is_ours or not lock.is_file() or time() - lock.lstat().st_mtime < _YOUNG:
                continue
            descriptor = open_to_lock(lock)
            try:
                if try_lock(descriptor):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
