"""What failed in a crawl has failed in a rebuild, too: answers that were cut off, or that came whole and were refused,
are no articles, and are asked for again as soon."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.harness.crawl_play import Play
from tests.harness.durability import lines
from tests.harness.whole_state import assert_rebuilt
from tests.replica.faults import LongHeader, Refuse, Reset, Status, Truncate
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

SOURCE = "haiduongtv"
SITE = next(site for site in sites(articles=12) if site.name == SOURCE)
STORIES = [story for story in SITE.stories if story.kind == "article"]


def address(number: int) -> str:
    return f"haiduongtv.vn/*-{STORIES[number].key.partition(':')[2]}.html"


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Articles that fail when they are new, or when they are looked at again, each in its own way; then all is well."""
    with Replica(articles=12, now=NOW) as replica:
        play = Play(replica, SOURCE, tmp_path_factory.mktemp("data"))
        replica.set_faults(
            Truncate(address(0), share=0.8), Reset(address(1), at="body"), Reset(address(2), at="before"),
            Status(address(3), status=500), Truncate(address(4), share=0.8, times=1),
            LongHeader(address(9)),
        )  # fmt: skip
        first = play.run(NOW)
        assert len(first.lines) == len(STORIES) - 5
        edited = {STORIES[number].index: ("body", 1) for number in (5, 6, 7, 10)}
        replica.set_newsroom(SOURCE, Newsroom(edited=edited, changed=NOW + timedelta(hours=1)))  # type: ignore[arg-type]
        replica.set_faults(
            Truncate(address(5), share=0.9), Reset(address(6), at="before"), Status(address(7), status=503),
            LongHeader(address(10)),
        )  # fmt: skip
        second = play.run(NOW + timedelta(hours=2))
        assert sorted(line["id"] for line in second.lines) == sorted(story.key for story in (*STORIES[:4], STORIES[9]))
        replica.set_faults(Refuse(address(8)))
        third = play.run(NOW + timedelta(hours=12))
        assert sorted(line["version"] for line in third.lines) == [2, 2, 2, 2]
        yield play


def test_lines(play: Play) -> None:
    done = play.scrapy("rebuild", *map(str, sorted((play.data / "warc").glob("*.warc.gz"))))
    named = [line for line in done.stderr.splitlines() if line.startswith("rebuild:")]
    assert [line.endswith("a wall stands in place of the article") for line in named] == [True], done.stderr
    assert done.returncode == 0
    live, rebuilt = (
        "".join(path.read_text() for path in sorted((play.data / folder / SOURCE).iterdir()))
        for folder in ("articles", "rebuilt")
    )
    assert rebuilt == live


@pytest.mark.parametrize("number", [5, 10])
def test_lines_after_a_redaction(number: int, play: Play, tmp_path: Path) -> None:
    """With its last version gone, an article is as it was before: not as an answer has it that failed."""
    other = Play(play.replica, SOURCE, Path(shutil.copytree(play.data, tmp_path / "data")))
    (last,) = [line for line in lines(other.data) if line["id"] == STORIES[number].key and line["version"] == 2]
    done = other.scrapy(
        "redact",
        last["url"],
        f"--record={last['capture']['record_id']}",
        "--reason=court order",
        "--by=The editor",
        "--yes",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    expected = [line for line in lines(play.data) if line["capture"]["record_id"] != last["capture"]["record_id"]]
    assert [(line["id"], line["version"], line["content_digest"]) for line in lines(other.data)] == [
        (line["id"], line["version"], line["content_digest"]) for line in expected
    ]


def test_state(play: Play, tmp_path: Path) -> None:
    assert_rebuilt(play, f"sqlite:///{tmp_path}/rebuilt.sqlite")
