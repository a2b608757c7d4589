"""`scrapy qa` beside a crawl, where a part of the archive is not there, told to stop, and on a disk that fails."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from time import sleep

import pytest

from tests.harness.commands import against, options, said_by, scrapy, start, wait_until
from tests.harness.durability import assert_verified, lines
from tests.harness.processes import chromium, descendants, running
from tests.harness.qa_archive import SOURCE, asked_of_the_next_crawl, picture, remove, score
from tests.harness.warc_making import collection
from tests.replica.faults import Delay
from tests.replica.server import Replica
from tests.replica.sites import NOW

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium")


def files(data: Path) -> set[str]:
    return {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}


def test_a_crawl_of_the_same_source_goes_on(data: Path) -> None:
    published = len(lines(data))
    faults = [Delay("*baosonla.vn/*/*.html*", seconds=2.0)]
    with Replica(articles=8, now=NOW, faults=faults) as playing:
        words = against(playing, DATA_DIR=str(data), REQUISITES="all", BROWSER="never")
        crawling = start("crawl", SOURCE, *words, environment=os.environ | playing.environment)
        wait_until("its file", lambda: [*(data / "warc").glob("*.open")])
        said = said_by("qa", "--source", SOURCE, "--sample", "3", data=data)
        assert crawling.wait() == 0, crawling.said()
    assert f"{SOURCE}: 3 of 3 pages replay" in said
    assert len(lines(data)) > published
    assert_verified(data)


def test_a_page_waits_for_what_another_crawl_is_writing(data: Path) -> None:
    """Crawls share what pages need: a page may name a record of a file that another has not finished."""
    url = picture(data)
    (entry,) = collection(data).index.captures(url)
    path = data / "warc" / entry.filename
    record = path.read_bytes()[entry.offset : entry.offset + entry.length]
    remove(data, url)
    prefix, time, _, host, _ = path.name.removesuffix(".warc.gz").split("-")
    other = path.with_name(f"{prefix}-{time}-00001-{host}-0123abcd.warc.gz")
    unfinished = other.with_name(f"{other.name}.open")
    unfinished.write_bytes(record)
    there = len(lines(data))
    for _ in range(2):  # the second time it has its final name, and the index does not know it yet
        said = said_by("qa", "--source", SOURCE, "--sample", "20", data=data)
        assert f"{SOURCE}: {there - 1} of {there - 1} pages replay ({there} looked up)" in said
        assert said.endswith("; 1 lack what a crawl may just be writing: they come another time\n")
        assert (score(data)["waiting"], url in asked_of_the_next_crawl(data)) == (1, False)
        if unfinished.exists():
            unfinished.rename(other)
    said_by("index", "rebuild", data=data)
    said = said_by("qa", "--source", SOURCE, "--new", data=data)
    assert f"{SOURCE}: 1 of 1 pages replay" in said, "what waited counts as not looked at"


def test_without_an_index_nothing_is_called_missing(data: Path) -> None:
    shutil.rmtree(data / "index")
    said = said_by("qa", "--source", SOURCE, data=data, status=3)
    assert said.startswith(f"{SOURCE}: no pages to look at\nqa: no index leads to 1 WARC files, such as {SOURCE}-")
    assert said.endswith("their pages were left out; `scrapy index rebuild` makes it again\n")
    assert not (data / "qa").exists()


def test_files_without_lines_are_one_line(data: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(data / "warc", bare / "warc")
    (next((bare / "warc").glob("*.gz"))).rename(bare / "warc" / "another-crawler.warc.gz")
    (bare / "warc" / "package.wacz").write_bytes(b"PK")
    before = files(bare)
    said = said_by("qa", data=bare)
    where = f"no article lines are in {bare / 'articles'}"
    assert said == f"no pages to look at: {where} (`scrapy rebuild` makes them of WARC files)\n"
    assert files(bare) - before == {"locks/archive.rewriting.lock"}


def test_what_has_left_is_not_looked_at_and_the_score_stays(data: Path, tmp_path: Path) -> None:
    said_by("qa", "--sample", "1", data=data)
    found = score(data)
    wanted = asked_of_the_next_crawl(data)
    assert found["opened"] == 1
    said_by("retire", "--before=2100-01-01", "--to", tmp_path / "old", "--yes", data=data)
    assert said_by("qa", data=data) == "no pages to look at\n"
    assert score(data) == found
    assert asked_of_the_next_crawl(data) == wanted


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_twice_it_says_so_once(data: Path, how: signal.Signals) -> None:
    command = start("qa", "--sample", "20", environment=os.environ | {"NEWSBOT_DATA": str(data)})
    wait_until("a browser", lambda: chromium(command.pid))
    family = descendants(command.pid)
    for _ in range(5):
        if command.is_running():
            command.kill(how)
        sleep(0.02)
    assert (command.wait(), command.said()) == (-signal.SIGINT, "newsbot: interrupted\n")
    wait_until("the end of the browser", lambda: not running(family))
    assert not (data / "qa").exists()


def test_a_disk_that_fails_leaves_the_score_before(data: Path, tmp_path: Path) -> None:
    said_by("qa", "--source", SOURCE, "--sample", "1", data=data)
    before = (data / "qa" / f"{SOURCE}.json").read_bytes()
    disk = {"folder": str(data), "notes": str(tmp_path / "notes"), "mode": "fail-from", "at": 5}
    command = start("qa", "--source", SOURCE, "--new", *options({"DATA_DIR": str(data)}), disk=disk)
    assert command.wait() == 3, command.said()
    assert f"qa: cannot write {data / 'qa' / SOURCE}.json: Input/output error" in command.said()
    assert (data / "qa" / f"{SOURCE}.json").read_bytes() == before
    assert json.loads(before)["opened"] == 1
    there = len(lines(data))
    ended, said = scrapy("qa", "--source", SOURCE, "--new", data=data)
    assert (ended, f"{SOURCE}: {there - 1} of {there - 1} pages replay" in said) == (0, True), (
        "none counts as looked at"
    )
