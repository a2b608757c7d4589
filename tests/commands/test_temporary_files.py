"""Temporary files of commands: they go with the command, and those of a killed one with the next."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time

import pytest

from archive.files.lock import locked
from tests.harness.commands import Command, start, wait_until

#: Has nothing to show.
LOOK = ("report",)


@pytest.fixture
def temporary() -> Iterator[Path]:
    with TemporaryDirectory() as folder:  # the path of a socket must be short
        yield Path(folder)


def begin(temporary: Path, data: Path, *words: str) -> Command:
    return start(*words, environment=os.environ | {"TMPDIR": str(temporary), "NEWSBOT_DATA": str(data)})


def make_old(folder: Path) -> None:
    os.utime(folder / ".in-use", (time() - 100,) * 2)


def abandoned(temporary: Path, name: str) -> Path:
    folder = temporary / name
    (folder / "inner").mkdir(parents=True)
    (folder / ".in-use").touch()
    make_old(folder)
    return folder


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_what_a_killed_command_leaves_goes_with_the_next(tmp_path: Path, temporary: Path) -> None:
    command = begin(temporary, tmp_path, "replay", "--port=0")
    wait_until("the command to make its folder", lambda: [*temporary.glob("*/.in-use")])
    command.kill()
    command.wait()
    (left,) = temporary.iterdir()
    assert begin(temporary, tmp_path, *LOOK).wait() == 0
    assert names(temporary) == {left.name}  # it may be another's that has just begun
    make_old(left)
    assert begin(temporary, tmp_path, *LOOK).wait() == 0
    assert names(temporary) == set()


def test_nothing_else_is_removed(tmp_path: Path, temporary: Path) -> None:
    gone, held = abandoned(temporary, "newsbot-command-a"), abandoned(temporary, "newsbot-command-b")
    others = abandoned(temporary, "newsbot-data")
    for name in ("newsbot-command-c", "newsbot-command-f"):
        (temporary / name).mkdir()
    lost = temporary / "newsbot-command-g"
    (lost / "inner").mkdir(parents=True)
    for old in (temporary / "newsbot-command-f", lost):
        os.utime(old, (time() - 100,) * 2)
    (temporary / "newsbot-command-d").symlink_to(others)
    (temporary / "newsbot-command-e").touch()
    kept = names(temporary) - {gone.name, "newsbot-command-f"}
    with locked(held / ".in-use"):
        assert begin(temporary, tmp_path, *LOOK).wait() == 0
    assert names(temporary) == kept
    assert names(others) == {".in-use", "inner"}
