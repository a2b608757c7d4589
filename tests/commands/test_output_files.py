"""What commands are told to write does not take the place of what should stay."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.harness.commands import Done, run_scrapy
from tests.harness.warc_making import gz, record, warcinfo

PRECIOUS = b"not to be written\n"
OWN = (
    "warc/a.warc.gz", "warc/new", "articles/yenmy/new.jsonl", "chain/entries.jsonl", "chain/signing-key.pem",
    "index/runs.json", "runs/new", "receipts/new", "state.sqlite", "state.sqlite-wal", "dedup.sqlite",
    "manifest-sha256.txt", "README.md", "retired.jsonl", "acknowledged.jsonl", "do-not-fetch.txt", "key",
)  # fmt: skip
ORDERS = ("index export OUT --force", "wacz IN -o OUT --force", "prove a:1 --bundle OUT --force", "report --output OUT")


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("archived")
    (data / "warc").mkdir()
    (data / "warc" / "a.warc.gz").write_bytes(gz(warcinfo(), record("resource", b"a")))
    assert ordered("index rebuild", data).returncode == 0
    return data


@pytest.fixture
def data(archived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(archived, tmp_path / "data"))


def ordered(words: str, data: Path, out: Path | None = None, source: Path | None = None) -> Done:
    source = source or data / "warc" / "a.warc.gz"
    key = ["-s", f"SIGNING_KEY={data / 'key'}"]
    return run_scrapy(*words.replace("OUT", str(out)).replace("IN", str(source)).split(), *key, data=data)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "locks" not in path.parts}


@pytest.mark.parametrize("words", ORDERS)
def test_the_archives_own_places_are_refused(data: Path, words: str) -> None:
    link = data.with_name("link")
    link.symlink_to(data / "warc")
    before = contents(data)
    for out in [*(data / name for name in OWN), link / "a.warc.gz"]:
        done = ordered(words, data, out)
        assert done.returncode == 2, out
        assert done.stderr == f"newsbot: {words.split()[0]}: {out} is a place of the archive's own: name another\n"
    assert contents(data) == before


@pytest.mark.parametrize("words", ["savefixture yenmy IN", "repair IN", "convert IN"])
def test_folders_of_the_archive_are_refused(data: Path, words: str) -> None:
    for name in ("articles", "chain", "index"):
        done = ordered(f"{words} --output OUT", data, data / name)
        assert (done.returncode, "a place of the archive's own" in done.stderr) == (2, True), done.stderr
    assert not (data / "articles").exists()


def test_what_is_there_is_replaced_when_told(data: Path) -> None:
    (out := data.parent / "all.cdxj").write_bytes(PRECIOUS)
    done = ordered("index export OUT", data, out)
    assert (done.returncode, out.read_bytes()) == (2, PRECIOUS)
    assert done.stderr == f"newsbot: index: {out} is there already: name another file, or say --force\n"
    assert ordered("index export OUT --force", data, out).returncode == 0
    assert b'"filename": "a.warc.gz"' in out.read_bytes()
    assert ordered("index export OUT", data, data / "all.cdxj").returncode == 0


def test_a_package_is_not_put_in_place_of_what_it_is_made_of(tmp_path: Path) -> None:
    (warc := tmp_path / "a.warc.gz").write_bytes(content := gz(warcinfo(), record("resource", b"a")))
    done = ordered("wacz IN -o OUT --force", tmp_path / "data", warc, warc)
    assert (done.returncode, warc.read_bytes()) == (2, content)


@pytest.mark.parametrize("words", ORDERS)
def test_a_pipe_is_no_place_for_a_file(data: Path, words: str) -> None:
    os.mkfifo(pipe := data.parent / "pipe")
    done = ordered(words, data, pipe)
    assert (done.returncode, pipe.is_fifo()) == (2, True)
    assert done.stderr == f"newsbot: {words.split()[0]}: {pipe} is no regular file\n"


def test_a_state_is_not_made_in_another_database(data: Path) -> None:
    before = contents(data)
    for name in ("dedup.sqlite", "warc/state.sqlite", "index/new.sqlite"):
        done = ordered(f"rebuildstate --output sqlite:///{data / name}", data)
        assert (done.returncode, "a place of the archive's own" in done.stderr) == (2, True), done.stderr
    assert contents(data) == before
    (data / "emptied.sqlite").touch()
    for name in ("state.sqlite", "new.sqlite", "emptied.sqlite"):
        assert ordered(f"rebuildstate --output sqlite:///{data / name}", data).returncode == 0
        assert (data / name).exists()
