"""Files and folders as a careless hand names them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.harness.commands import run_scrapy
from tests.harness.warc_making import gz, record, warcinfo


@pytest.mark.parametrize(
    "words",
    ["rebuild", "wacz", "convert", "repair", "verify", "replay", "inspect", "prove", "index export",
     "savefixture baosonla", "runspider"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_no_file(tmp_path: Path, words: str, name: str) -> None:
    done = run_scrapy(*words.split(), name, data=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"newsbot: {words.split()[0]}: {name!r} is empty: name a file or folder\n"


@pytest.mark.parametrize("words", ["rebuild --output OUT", "wacz -o OUT", "convert", "repair", "verify"])
def test_a_name_with_a_line_break_breaks_no_line(tmp_path: Path, words: str) -> None:
    path = tmp_path / "a\nb: all well.warc.gz"
    path.write_bytes(gz(warcinfo(), record("resource", b"a"))[:-9])
    done = run_scrapy(*words.replace("OUT", str(tmp_path / "out")).split(), path, data=tmp_path / "data")
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert not [line for line in said.splitlines() if line.startswith("b: all well")], said


def test_rebuild_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(pipe := folder / "a.warc.gz")
    done = run_scrapy("rebuild", pipe, "--output", tmp_path / "lines", "--jobs", "1")
    assert (done.returncode, done.stderr) == (2, f"newsbot: rebuild: neither a file nor a folder: {pipe}\n")
    assert run_scrapy("rebuild", folder, "--output", tmp_path / "lines").returncode == 2
    (folder / "b.warc.gz").write_bytes(gz(warcinfo()))
    (folder / "c.warc.gz").symlink_to(tmp_path / "nothing")
    done = run_scrapy("rebuild", folder, "--output", tmp_path / "lines", "--jobs", "1")
    assert done.returncode == 1
    assert "c.warc.gz" in done.stderr and "a.warc.gz" not in done.stderr
