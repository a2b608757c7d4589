"""No captured page and no record ends a job: its neighbours are read, and no job knows a traceback."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from archive.errors import ArchiveError
from archive.wacz.selection import Period
from newsbot.configuration.folders import collection
from newsbot.replaying.answers import Source
from newsbot.replaying.captures import Reader
from newsbot.replaying.rebuild import Rebuild
from newsbot.replaying.recovery import recover_source
from newsbot.replaying.state_rebuild import StateRebuild
from newsbot.replaying.verification import Check
from newsbot.state.state import State
from newsbot.state.versions import Versions
from newsbot.upkeep.packaging.package import PackageOrder, Packaging
from tests.harness.hostile_records import BaothuSpider, address, files, good, http, page
from tests.harness.warc_making import gz, record

NAME = "baothu-20261122030405678-00001-host-0123abcd"
#: How many files are tried of each job: NEWSBOT_FUZZ=20000 for an hour by hand.
MANY = settings(
    max_examples=int(os.environ.get("NEWSBOT_FUZZ", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def project(folder: Path) -> Settings:
    given = get_project_settings()
    given.setdict({"DATA_DIR": str(folder), "STATE_URL": f"sqlite:///{folder}/state.sqlite", "LOG_LEVEL": "CRITICAL"})
    return given


def put(folder: Path, content: bytes, ending: str = ".warc.gz") -> Path:
    path = folder / "warc" / f"{NAME}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def ids(folder: Path) -> set[str]:
    """The articles that have a line."""
    lines = [line for path in folder.rglob("*.jsonl") for line in path.read_text().splitlines()]
    return {json.loads(line)["id"] for line in lines}


def rebuilt(folder: Path, content: bytes) -> tuple[set[str], list[str]]:
    path = put(folder, content)
    rebuild = Rebuild([Source.of(Crawler(BaothuSpider, project(folder)))], folder / "rebuilt", 1 << 26)
    list(rebuild.run([path]))
    rebuild.close()
    return ids(folder / "rebuilt"), rebuild.problems


@MANY
@given(content=files())
def test_rebuild(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        assert rebuilt(Path(folder), content)[0] >= {"baothu:1", "baothu:2"}


@MANY
@given(content=files())
def test_rebuildstate(content: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        path, state = put(folder, content), State("sqlite://")
        crawlers = [Crawler(BaothuSpider, project(folder))]
        rebuild = StateRebuild(crawlers, folder / "lines", 1 << 26, None, state, ())
        list(rebuild.run([path]))
        rebuild.end_runs()
        assert {"baothu:1", "baothu:2"} <= Versions(state).latest(["baothu:1", "baothu:2"]).keys()
        rebuild.close()


@MANY
@given(content=files())
def test_verify(content: bytes) -> None:
    with TemporaryDirectory() as name:
        path = put(Path(name), content)
        check = Check.of_files(project(Path(name)), [path])
        list(check.findings(1, lambda size: None))
        assert check.totals.records >= 2


@MANY
@given(content=files())
def test_wacz(content: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        path, given = put(folder, content), project(folder)
        collection(given).catch_up()
        packaging = Packaging(given, [Reader(Crawler(BaothuSpider, given))])
        try:
            outcome = packaging.write(PackageOrder([path], Period()), folder / "a.wacz")
        except ArchiveError as error:
            raise AssertionError(f"no package at all: {error}") from error
        assert outcome.pages >= 2


@MANY
@given(content=files())
def test_recover(content: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        put(folder, content)
        lines = folder / "articles" / "baothu"
        lines.mkdir(parents=True)
        (lines / "baothu-20261122030405600-0123abcd.jsonl.open").touch()
        recover_source(BaothuSpider, project(folder))
        assert ids(lines) >= {"baothu:1", "baothu:2"}
        assert not list(lines.glob("*.open"))
        for path in folder.glob("state.sqlite*"):
            path.unlink()
        shutil.rmtree(folder / "index")
        recover_source(BaothuSpider, project(folder))
        assert ids(lines) >= {"baothu:1", "baothu:2"}


ARTICLE = page("Bài báo ở giữa hai bài khác")
BAD = {
    "a coding that is a lie": (record("response", http(bytes(range(256)) * 3, b"Content-Encoding: gzip"),
                                      warc_target_uri=address(5)), "CodingError"),
    "no date": (record("response", http(ARTICLE), warc_target_uri=address(5), warc_date="tomorrow"), "is no date"),
    "no answer": (record("response", b"\x00\x01\x02", warc_target_uri=address(5)), "record at"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=list(BAD))
def test_what_is_not_read_is_named_with_its_place(bad: str, tmp_path: Path) -> None:
    first = gz(good(1, "2026-11-22T03:04:05Z"))
    content, said = BAD[bad]
    found, problems = rebuilt(tmp_path, first + gz(content, good(2, "2026-11-22T05:04:05Z")))
    assert found == {"baothu:1", "baothu:2"}
    (problem,) = problems
    assert said in problem
    assert f"{NAME}.warc.gz" in problem
    assert f"at {len(first)}" in problem


DATES = {
    "2026-11-22T04:04:05": "2026-11-22T04:04:05Z",
    "20261122040405": "2026-11-22T04:04:05Z",
    "2026-11-22T11:04:05+07:00": "2026-11-22T04:04:05Z",
    "2026-11": "2026-11-01T00:00:00Z",
}


@pytest.mark.parametrize(("date", "meant"), DATES.items())
def test_dates_in_other_forms_are_read(date: str, meant: str, tmp_path: Path) -> None:
    content = gz(record("response", http(ARTICLE), warc_target_uri=address(5), warc_date=date))
    assert rebuilt(tmp_path, content) == ({"baothu:5"}, [])
    (path,) = (tmp_path / "rebuilt").rglob("*.jsonl")
    assert json.loads(path.read_text())["fetched_at"] == meant


def test_text_under_a_coding_is_read_as_it_is(tmp_path: Path) -> None:
    block = http(ARTICLE, b"Content-Encoding: br")
    assert rebuilt(tmp_path, gz(record("response", block, warc_target_uri=address(5)))) == ({"baothu:5"}, [])
