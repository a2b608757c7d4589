"""The processes that share a check end with it."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import pytest

from archive.processes import processes


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
