"""One crawl a source at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsbot.locks.source_lock import LockedError, SourceLock

HOLDER = """
import sys, time
from pathlib import Path
from newsbot.locks.source_lock import SourceLock
with SourceLock(Path(sys.argv[1]), "baosonla"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=rf"process {holder.pid} holds .*baosonla\.lock"):
            SourceLock(tmp_path, "baosonla").acquire()
        with SourceLock(tmp_path, "haiduongtv"):
            pass  # another source is free
        holder.send_signal(signal.SIGKILL)
    with SourceLock(tmp_path, "baosonla") as lock:  # a killed holder leaves no lock behind
        assert lock.path.read_text() == f"{os.getpid()}\n"


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    for _ in range(2):
        with SourceLock(tmp_path / "made" / "on the way", "baosonla"), pytest.raises(LockedError):
            SourceLock(tmp_path / "made" / "on the way", "baosonla").acquire()


def test_a_lock_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        SourceLock(tmp_path / "file", "baosonla").acquire()
