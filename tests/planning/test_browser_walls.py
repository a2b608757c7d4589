"""Walls in place of articles are opened in Chromium, and what is read there is read again from the archive."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest

from tests.harness.commands import HURRY, against, options, run_scrapy
from tests.harness.crawl_play import Play, Run, rows
from tests.harness.scripted_paper import scripted_paper
from tests.harness.small_server import small_server
from tests.harness.story_truth import truth
from tests.harness.warc_reading import read_exchanges, read_records
from tests.harness.wire_agreement import assert_agreement
from tests.replica.faults import instead
from tests.replica.news import Story
from tests.replica.papers import small_papers
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites
from tests.replica.wirelog import WireExchange, read_wire_log

pytestmark = pytest.mark.skipif(not which("chromium"), reason="no chromium")

ARTICLES = 30
#: Their walls are of all kinds that the replica has.
SOURCES = ("haiduongtv", "yenmy")
SOURCE = SOURCES[0]
#: The default, which other tests have not.
WALLS_OPEN = ("-s", "BROWSER=walls")
SITES = {site.name: site for site in sites(articles=ARTICLES)}


def walls(source: str) -> dict[str, Story]:
    """The stories behind walls, by article id."""
    return {story.key: story for story in SITES[source].stories if story.kind == "wall"}


WALLS = walls(SOURCE)


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    with Replica(articles=ARTICLES, now=NOW, wire_log=tmp_path_factory.mktemp("wire") / "log") as replica:
        yield replica


@dataclass(frozen=True)
class Crawled:
    """A crawl that opened walls."""

    play: Play
    run: Run
    walls: dict[str, Story]
    wire: list[WireExchange]

    def warcs(self) -> list[Path]:
        return sorted((self.play.data / "warc").glob("*.warc.gz"))


@pytest.fixture(scope="module", params=SOURCES)
def crawled(request: pytest.FixtureRequest, replica: Replica, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """A crawl whose archive has the cookies, too, so that it can be held against the wire."""
    play = Play(replica, request.param, tmp_path_factory.mktemp("data"))
    log = next(Path(word.partition("=")[2]) for word in replica._options if word.startswith("--wire-log"))
    before = len(read_wire_log(log))
    run = play.run(NOW, *WALLS_OPEN, "-s", "ARCHIVE_REDACT_HEADERS=", "-s", "REQUISITES=all")
    return Crawled(play, run, walls(request.param), read_wire_log(log)[before:])


def test_walls_give_lines(crawled: Crawled) -> None:
    run = crawled.run
    assert run.status == 0, run.output
    lines = {line["id"]: line for line in run.lines}
    assert crawled.walls and crawled.walls.keys() <= lines.keys()
    for key, story in crawled.walls.items():
        expected = truth(story) | {"version": 1, "change": "new"}
        assert {name: lines[key][name] for name in expected} == expected
    opened = (run.stats[name] for name in ("newsbot/walls", "newsbot/walls_opened", "browser/pages"))
    assert {*opened} == {len(crawled.walls)}
    assert "newsbot/blocked" not in run.stats and "browser/failed" not in run.stats
    assert run.stats["browser/started"] == 1


def test_rebuild_gives_the_same_lines(crawled: Crawled, tmp_path: Path) -> None:
    play = crawled.play
    done = play.scrapy("rebuild", "--output", str(tmp_path), *map(str, crawled.warcs()))
    assert done.returncode == 0, done.stderr
    assert _bytes(tmp_path) == _bytes(play.data / "articles")
    assert play.scrapy("verify").returncode == 0


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*.jsonl")))


def test_a_lost_state_is_made_again_as_it_was(crawled: Crawled, tmp_path: Path) -> None:
    again = f"sqlite:///{tmp_path}/state.sqlite"
    done = crawled.play.scrapy("rebuildstate", "--output", again)
    assert done.returncode == 0, done.stderr
    for key in crawled.walls:
        query = f"SELECT * FROM resources WHERE key = '{key}'"
        assert rows(again, query) == rows(crawled.play.state_url, query) != []


def test_every_exchange_is_that_of_the_wire(crawled: Crawled) -> None:
    exchanges = [each for path in crawled.warcs() for each in read_exchanges(path)]
    assert assert_agreement(exchanges, crawled.wire) == len(exchanges)
    by_browser = [each for each in exchanges if each.request and b"Chrome/" in each.request.block]
    assert len(by_browser) == crawled.run.stats["browser/requests"]
    asked = {each.metadata["WARC-Target-URI"] for each in by_browser}
    assert {line["url"] for line in crawled.run.lines if line["id"] in crawled.walls} <= asked


def test_what_a_wall_hid_can_be_shown(crawled: Crawled) -> None:
    records = [each for path in crawled.warcs() for each in read_records(path)]
    resources = {each["WARC-Target-URI"]: each for each in records if each.type == "resource"}
    walled = [line for line in crawled.run.lines if line["id"] in crawled.walls]
    assert walled
    for line in walled:
        for kind in ("view", "thumbnail", "text", "dom", "pageinfo"):
            found = resources[f"urn:{kind}:{line['url']}"]
            assert found["WARC-Date"] == line["fetched_at"]
        info = json.loads(found.block)
        assert info["pageid"] == line["capture"]["record_id"].strip("<>").removeprefix("urn:uuid:")
        assert any(entry["type"] == "style" for entry in info["urls"].values())


def crawl(replica: Replica, data: Path, *words: str) -> Run:
    return Play(replica, SOURCE, data).run(NOW, *WALLS_OPEN, *words)


def test_a_text_that_a_script_makes_is_kept_as_it_was_shown(replica: Replica, tmp_path: Path) -> None:
    (site,) = (site for site in small_papers(ARTICLES, 1, NOW) if site.name == "baothanhhoa")
    enciphered = [story for story in site.stories if "enciphered" in story.traps]
    play = Play(replica, site.name, tmp_path)
    run = play.run(NOW, *WALLS_OPEN)
    assert run.stats["newsbot/walls_shown"] == run.stats["newsbot/walls"] == len(enciphered) > 0
    assert not {story.key for story in enciphered} & {line["id"] for line in run.lines}
    records = [each for path in (tmp_path / "warc").glob("*.warc.gz") for each in read_records(path)]
    shown = {each["WARC-Target-URI"]: each.block for each in records if each.type == "resource"}
    for story in enciphered:
        text = shown[f"urn:text:{story.urls[0]}"].decode()
        assert all(paragraph in text for paragraph in story.paragraphs)


def test_without_a_browser_walls_stay_walls(replica: Replica, tmp_path: Path) -> None:
    run = crawl(replica, tmp_path, "-s", "BROWSER_PATH=no-such-browser")
    assert run.status == 0, run.output
    assert not WALLS.keys() & {line["id"] for line in run.lines}
    assert run.stats["newsbot/blocked"] == len(WALLS)
    assert run.stats["browser/not_installed"] is True
    assert run.output.count("Pages that need a browser are not opened: BROWSER_PATH: there is no no-such-browser") == 1


def test_a_wall_that_never_opens_is_counted_as_before(replica: Replica, tmp_path: Path) -> None:
    wall = '<html><script>document.cookie="a=b";location.reload()</script></html>'
    address = next(iter(WALLS.values())).urls[0].partition("://")[2]
    replica.set_faults(instead(f"{address}*", wall))
    try:
        run = crawl(replica, tmp_path)
    finally:
        replica.set_faults()
    assert run.stats["newsbot/blocked"] == 1
    assert run.stats.get("newsbot/walls_opened", 0) == len(WALLS) - 1
    assert "newsbot/failed" not in run.stats


def test_all_articles_in_the_browser_read_as_without(replica: Replica, tmp_path: Path) -> None:
    play = Play(replica, SOURCE, tmp_path / "data")
    run = play.run(NOW, "-s", "BROWSER=articles", "-s", "BROWSER_PAGES=2", "-a", "limit=3")
    assert run.stats["browser/pages"] == 3, run.output
    assert len(run.lines) >= 2
    stories = {story.key: story for story in SITES[SOURCE].stories}
    for line in run.lines:
        expected = truth(stories[line["id"]])
        assert {name: line[name] for name in expected} == expected
    files = map(str, sorted((play.data / "warc").glob("*.warc.gz")))
    assert play.scrapy("rebuild", "--output", str(tmp_path / "again"), *files).returncode == 0
    assert _bytes(tmp_path / "again") == _bytes(play.data / "articles")


def test_a_page_that_the_browser_cannot_open_is_asked_for_without(replica: Replica, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    run = crawl(replica, tmp_path / "data", "-s", "BROWSER=articles", "-s", f"BROWSER_PATH={broken}", "-a", "limit=4")
    assert len(run.lines) >= 3, run.output
    assert run.output.count("does not start") >= 1
    assert run.stats["browser/failed/it does not start"] == run.stats["browser/without_document"]


def test_a_list_that_scripts_fill_is_opened(tmp_path: Path) -> None:
    with small_server(scripted_paper) as server:
        settings = HURRY | {
            "BROWSER": "walls",
            "SPIDER_MODULES": "tests.harness.scripted_paper",
            "CONNECT_TO": f"baokichban.vn:80:127.0.0.1:{server.port}",
        }
        done = run_scrapy("crawl", "baokichban", *options(settings), data=tmp_path)
    (report,) = (tmp_path / "runs").glob("*.json")
    found = json.loads(report.read_text())
    assert done.returncode == 0, done.stderr
    assert (found["lines"], found["stats"]["browser/pages"]) == (2, 1)
    assert found["listings"] == {"http://baokichban.vn/tin": 2}


def test_settings_are_checked(replica: Replica, tmp_path: Path) -> None:
    words = ("crawl", SOURCE, *against(replica, BROWSER="always"))
    done = run_scrapy(*words, data=tmp_path, environment=os.environ | replica.environment)
    assert done.returncode == 2
    assert "BROWSER: 'always' is not never, walls or articles" in done.stderr
