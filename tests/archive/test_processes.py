"""The processes that share a check end with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from archive.processes import processes
from tests.project import ROOT


def nothing() -> None:
    """What a process does before its work."""


def work(folder: str) -> None:
    Path(folder, "begun").touch()
    sleep(20)
    Path(folder, "ended").touch()


def test_processes_end_in_the_middle_of_their_work_when_it_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), processes(1, nothing) as pool:
        pool.submit(work, str(tmp_path))
        while not (tmp_path / "begun").exists():
            sleep(0.01)
        raise KeyboardInterrupt
    assert not (tmp_path / "ended").exists()


def is_imported(name: str) -> bool:
    return name in sys.modules


#: Prints whether a process has what its parent imported, and who has started it.
_SCRIPT = """
import errno, os, signal, sys
from functools import partial
from archive.processes import Task, fork_from_here, processes
from tests.archive.test_processes import is_imported, nothing

def start():
    with processes(1, nothing) as pool:
        starter = pool.submit(os.getppid).result()
        print(pool.submit(is_imported, "wave").result(), "itself" if starter == os.getpid() else "server")
    return starter

def no_fork():
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

if __name__ == "__main__":
    import wave

    if "no fork" in sys.argv:
        os.fork = no_fork
    if "fork" in sys.argv:
        fork_from_here()
    starter = start()
    if "kill" in sys.argv:
        os.kill(starter, signal.SIGKILL)
        start()
        with processes(1, nothing) as pool:
            os.kill(pool.submit(os.getppid).result(), signal.SIGKILL)
            print(Task(pool, "a task", partial(is_imported, "wave")).result())
"""


def said_by(folder: Path, *words: str, **environment: str) -> tuple[str, str]:
    script = folder / "script.py"
    script.write_text(_SCRIPT)
    done = subprocess.run(
        [sys.executable, script, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["kill"], "False server\nFalse server\nFalse\n", id="by a server that is started anew"),
        pytest.param(
            ["fork", "kill"], "True server\nFalse server\nFalse\n", id="by one that is forked here, then anew"
        ),
        pytest.param(["fork", "no fork"], "False server\n", id="by one that is started anew, since none can be forked"),
    ],
)
def test_processes_have_what_was_imported_where_they_are_forked(words: list[str], said: str, tmp_path: Path) -> None:
    assert said_by(tmp_path, *words) == (said, "")


def test_processes_start_where_no_socket_can_be_made(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 100)
    long.mkdir()
    assert said_by(tmp_path, "fork", TMPDIR=str(long)) == ("False itself\n", "")


_LARGE = """
from archive.processes import processes
from tests.archive.test_processes import large, nothing

if __name__ == "__main__":
    with processes(2, nothing) as pool:
        results = [pool.submit(large) for _ in range(100)]
        results[3].result()
        raise SystemExit(7)
"""


def large() -> bytes:
    return bytes(50_000_000)


def test_a_command_ends_whose_processes_are_ended_while_they_send_results(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_LARGE)
    done = subprocess.run(
        [sys.executable, script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (7, b"")
