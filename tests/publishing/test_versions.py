"""What happens to an article after its first line: edited, taken down, put back; and how that is told again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from newsbot.items import SCHEMA_FILE
from newsbot.publishing.lines import lines_of
from tests.harness.commands import run_scrapy
from tests.harness.crawl_play import Play, Run
from tests.harness.databases import KINDS, PASSWORD, Databases
from tests.harness.warc_reading import read_records
from tests.harness.whole_state import assert_same_state
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

ARTICLES = 40
SOURCE = "haiduongtv"
SITE = next(site for site in sites(articles=ARTICLES) if site.name == SOURCE)
# Of the layout that prints tags, and such as no other source has.
STORIES = [
    story
    for story in SITE.stories
    if story.kind == "article" and story.layout == "mediatech-nested" and not story.same_text_as
]
HEADLINE, BODY, TAGS, MISSING, GONE, FRONT, NOTICE = (story.index for story in STORIES[:7])
EDITED = {HEADLINE: ("headline", 1), BODY: ("body", 1), TAGS: ("tags", 1)}
REMOVED = {MISSING: "404", GONE: "410", FRONT: "front", NOTICE: "notice"}


@dataclass(frozen=True)
class Past:
    """A play and its runs, by what had happened before each."""

    play: Play
    first: Run
    changed: Run
    quiet: Run
    restored: Run


@pytest.fixture(scope="module", params=KINDS)
def past(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Past]:
    with Replica(articles=ARTICLES, now=NOW) as replica:
        data = tmp_path_factory.mktemp("data")
        play = Play(replica, SOURCE, data, databases.new(request.param, data))
        first = play.run(NOW)
        newsroom = Newsroom(edited=EDITED, removed=REMOVED, changed=NOW + timedelta(hours=1))  # type: ignore[arg-type]
        replica.set_newsroom(SOURCE, newsroom)
        changed = play.run(NOW + timedelta(hours=2))
        quiet = play.run(NOW + timedelta(hours=10))
        replica.set_newsroom(SOURCE, Newsroom(edited=EDITED, changed=NOW + timedelta(hours=35)))  # type: ignore[arg-type]
        yield Past(play, first, changed, quiet, play.run(NOW + timedelta(hours=40)))


def by_index(run: Run) -> dict[int, dict[str, Any]]:
    index = {story.key: story.index for story in SITE.stories}
    return {index[line["id"]]: line for line in run.lines}


def test_changes_are_typed(past: Past) -> None:
    assert past.changed.status == 0, past.changed.output
    lines = by_index(past.changed)
    assert {index: (line["version"], line["change"]) for index, line in lines.items()} == {
        HEADLINE: (2, "headline"),
        BODY: (2, "body"),
        TAGS: (2, "metadata"),
        **dict.fromkeys(REMOVED, (2, "removed")),
    }
    assert lines[HEADLINE]["title"].endswith("lần thứ 1")
    assert "bổ sung 1" in lines[TAGS]["tags"]


def test_a_tombstone_has_the_last_text_and_the_capture_that_shows_the_loss(past: Past) -> None:
    before, lines = by_index(past.first), by_index(past.changed)
    statuses = {}
    for index in REMOVED:
        line, last = lines[index], before[index]
        same = ("title", "sapo", "body", "authors", "published_at", "tags", "content_digest", "url")
        assert {name: line[name] for name in same} == {name: last[name] for name in same}
        assert line["fetched_at"] > last["fetched_at"]
        (record,) = (
            record
            for record in read_records(past.play.data / "warc" / line["capture"]["file"])
            if record["WARC-Record-ID"] == line["capture"]["record_id"]
        )
        statuses[index] = int(record.block.split()[1])
        assert record["WARC-Date"] == line["fetched_at"]
    assert statuses == {MISSING: 404, GONE: 410, FRONT: 302, NOTICE: 200}


def test_nothing_is_told_twice(past: Past) -> None:
    assert (past.quiet.status, past.quiet.lines) == (0, []), past.quiet.output
    asked = [url for url in past.quiet.asked if url.endswith(".html")]
    assert len(asked) > len(REMOVED), "published articles were looked at again"


def test_what_comes_back_is_restored(past: Past) -> None:
    lines, before = by_index(past.restored), by_index(past.first)
    assert {index: (line["version"], line["change"]) for index, line in lines.items()} == dict.fromkeys(
        REMOVED, (3, "restored")
    )
    assert all(lines[index]["body"] == before[index]["body"] for index in REMOVED)


def test_every_line_is_valid(past: Past) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    assert past.changed.lines and past.restored.lines
    for line in (*past.changed.lines, *past.restored.lines):
        validator.validate(line)


def test_rebuild_tells_the_same(past: Past) -> None:
    data = past.play.data
    done = past.play.scrapy("rebuild", *map(str, sorted((data / "warc").glob("*.warc.gz"))))
    assert done.returncode == 0, done.stdout + done.stderr
    live = "".join(path.read_text() for path in sorted((data / "articles" / SOURCE).iterdir()))
    assert "".join(path.read_text() for path in sorted((data / "rebuilt" / SOURCE).iterdir())) == live


def test_history_shows_what_has_changed(past: Past) -> None:
    body, missing = SITE.stories[BODY], SITE.stories[MISSING]
    done = past.play.scrapy("history", body.urls[-1])
    assert done.returncode == 0, done.stderr
    first, second = (line for line in done.stdout.splitlines() if line.startswith("version"))
    assert first.split()[3] == "new"
    assert second.split()[3] == "body"
    (change,) = (line for line in done.stdout.splitlines() if "{+" in line)
    assert "{+Đến lần cập nhật thứ 1, nước đã rút khỏi các xã ven sông" in change
    assert "[-" not in change
    done = past.play.scrapy("history", missing.urls[0])
    changes = [line.split()[3] for line in done.stdout.splitlines() if line.startswith("version")]
    assert changes == ["new", "removed", "restored"]


def test_history_names_the_lines_that_are_no_articles(past: Past, tmp_path: Path) -> None:
    url = SITE.stories[MISSING].urls[0]
    sound = past.play.scrapy("history", url).stdout
    shutil.copytree(past.play.data / "articles", tmp_path / "articles")
    line = by_index(past.restored)[MISSING]
    odd = [{**line, "change": 5}, {**line, "version": "3"}, {**line, "pages": "none"}, {**line, "capture": None}]
    odd += [{name: line[name] for name in line if name != lacking} for lacking in ("url", "title", "fetched_at")]
    texts = [*(json.dumps(each, ensure_ascii=False) for each in odd), json.dumps(line, ensure_ascii=False)[:-1]]
    path = tmp_path / "articles" / SOURCE / f"{SOURCE}-20250101000000000-0123abcd.jsonl"
    path.write_text("".join(f"{text}\n" for text in texts))
    done = run_scrapy("history", url, data=tmp_path)
    assert (done.returncode, done.stdout) == (1, sound)
    places = [each.partition(": this line is no article's: ")[0] for each in done.stderr.splitlines()]
    assert places == [f"history: {path}:{number}" for number in range(1, len(texts) + 1)]
    assert "it has no url\n" in done.stderr


def test_history_of_strangers(past: Past) -> None:
    assert past.play.scrapy("history", "https://example.com/a-1000.html").returncode == 2
    assert past.play.scrapy("history", "https://haiduongtv.vn/a-99999999.html").returncode == 1


def test_half_a_character_is_no_articles_id(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id":"a:\\ud800"}\n')
    assert not [*lines_of(tmp_path, "a:\ud800")]


@pytest.mark.parametrize("kind", KINDS)
def test_the_state_rebuilt_from_captures_equals_the_live_one(
    past: Past, kind: str, databases: Databases, tmp_path: Path
) -> None:
    output = databases.new(kind, tmp_path)
    done = past.play.scrapy("rebuildstate", f"--output={output}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    again = past.play.scrapy("rebuildstate", f"--output={output}")
    assert again.returncode == 2, "two states are not mixed"
    assert "holds a state already" in again.stderr
    assert PASSWORD not in again.stdout + again.stderr
    assert_same_state(past.play.state_url, output)
