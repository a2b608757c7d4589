"""The processes that share a check end with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
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


#: Prints whether a process has what its parent imported, before and after the server that forks them was killed.
_SCRIPT = """
import os, signal, sys
from archive.processes import fork_from_here, processes
from tests.archive.test_processes import is_imported, nothing

if __name__ == "__main__":
    import wave

    if sys.argv[1:]:
        fork_from_here()
    with processes(1, nothing) as pool:
        print(pool.submit(is_imported, "wave").result())
        server = pool.submit(os.getppid).result()
    os.kill(server, signal.SIGKILL)
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
    with processes(1, nothing) as pool:
        print(pool.submit(is_imported, "wave").result())
"""


@pytest.mark.parametrize(("words", "said"), [((), "False\nFalse\n"), (("fork",), "True\nFalse\n")])
def test_processes_have_what_was_imported_where_they_are_forked_and_start_without_it(
    words: Sequence[str], said: str, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT)
    done = subprocess.run(
        [sys.executable, script, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == (said, "")
