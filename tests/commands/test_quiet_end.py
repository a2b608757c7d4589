"""Commands whose output, files or machine give out end in one line or none, with a status that says so."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.harness.commands import command_line
from tests.harness.foreign_warc import record, write
from tests.project import ROOT


def run(shell: str, *words: str | Path, unbuffered: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command, which is "$@" in a line of shell."""
    return subprocess.run(
        ["bash", "-c", shell, "bash", *command_line(*map(str, words))],
        cwd=ROOT,
        env=os.environ | {"NEWSBOT_CONFIG": "", "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def warcs(tmp_path: Path) -> list[Path]:
    return [write(tmp_path / f"{name}.warc.gz", [record("warcinfo", b"", type="a/b")]) for name in "ab"]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["--help"], ["list"]])
def test_output_that_nobody_reads_ends_a_command_quietly(words: list[str], unbuffered: str) -> None:
    done = run('("$@"; echo $? >&2) | true', *words, unbuffered=unbuffered)
    assert done.stderr == "141\n"


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_ends_no_command(warcs: list[Path], stream: str) -> None:
    done = run(f'"$@" {stream}', "verify", *warcs)
    assert (done.returncode, done.stderr) == (1, ""), "both have a record of the same id, and that is all"


@pytest.mark.parametrize("words", [["list"], ["settings", "--get", "BOT_NAME"]])
def test_output_that_cannot_be_written_is_told(words: list[str]) -> None:
    done = run('exec "$@" > /dev/full', *words)
    assert (done.returncode, done.stderr) == (3, "newsbot: standard output: No space left on device\n")


@pytest.mark.parametrize("command", ["verify", "rebuild"])
def test_too_few_open_files_are_one_line(warcs: list[Path], tmp_path: Path, command: str) -> None:
    output = [f"--output={tmp_path / 'out'}"] if command == "rebuild" else []
    done = run('ulimit -n 16; exec "$@"', command, "--jobs=2", *output, *warcs)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 3
    assert line.startswith("newsbot: ")
    assert line.endswith("Too many open files (ulimit -n says how many)")


@pytest.mark.parametrize("command", ["verify", "rebuild", "wacz", "convert", "inspect"])
def test_a_name_that_is_too_long_for_a_file_is_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "articles" / "yenmy").mkdir(parents=True)
    done = run(f'NEWSBOT_DATA={tmp_path} exec "$@"', command, "a" * 300)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, line[-21:]) == (2, "…: File name too long")
