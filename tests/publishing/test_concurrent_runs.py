"""Which text was first is decided by captures again as it was in the crawls, also where these ran at the same time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.publishing.duplicates.concurrent_runs import PAIR, ConcurrentRuns
from newsbot.publishing.duplicates.first_printings import Printing
from newsbot.publishing.publication import Publication
from newsbot.state.runs import Run, Runs
from newsbot.state.state import State
from newsbot.vietnamese.text import content_digest

DAY = "2026-11-22T"
STORY = [
    f"Đoạn {number}: Người dân xã {number * 7} đi chợ phiên từ sáng sớm, mua bán rau, vải và {number * 11} con gà."
    for number in range(1, 9)
]


MINUTES = {"a": 3, "b": 5, "c": 6}


def article(source: str, minute: int, *, same: bool = False) -> Article:
    """The story as a source prints it, or word by word."""
    body = "\n\n".join(STORY if same else [*STORY[:7], f"Tin của {source}."])
    title = "Chợ phiên" if same else f"Chợ phiên theo {source}"
    url, date = f"http://{source}.vn/1", f"{DAY}10:{minute:02}:00.000000Z"
    capture = Capture(minute, url, date, f"<urn:{source}>")
    capture.file, capture.offset, capture.length, capture.payload_digest = f"{source}-1-{source}.warc.gz", 1, 1, "x"
    return Article(
        id=f"{source}:1", source=source, url=url, title=title, body=body, language="vi", reader_version="1",
        fetched_at=date, content_digest=content_digest(title, None, body), capture=capture,
    )  # fmt: skip


class Sources:
    """Publications of several sources with one state."""

    def __init__(self, folder: Path, runs: dict[str, tuple[str, str | None]]):
        self.folder, self.state = folder, State(f"sqlite:///{folder}.sqlite")
        self.publications: dict[str, Publication] = {}
        for source, (started, finished) in runs.items():
            run = Run(source, f"{DAY}{started}:00.000000Z", source, finished and f"{DAY}{finished}:00.000000Z")
            Runs(self.state).put(run)

    def publish(
        self, found: Article, started: str, closing: dict[str, str] | None = None, *, is_part: bool = False
    ) -> str | None:
        """Publish what a run has captured; returns what it is a duplicate of."""
        publication = Publication(self.folder / found.source, found.source, self.state, is_part=is_part)
        publication.begin_run(f"{DAY}{started}:00.000000Z", closing)
        publication.add(found)
        publication.publish(99)
        self.publications[found.source] = publication
        (line,) = (self.folder / found.source).glob("*.jsonl*")
        said: str | None = json.loads(line.read_text().splitlines()[-1])["duplicate_of"]
        return said

    def closing(self, source: str) -> dict[str, str]:
        return {name: str(value) for name, value in self.publications[source].closing_pairs()}


@pytest.fixture
def crawled(tmp_path: Path) -> Iterator[Sources]:
    tmp_path.joinpath("crawled").mkdir()
    yield Sources(tmp_path / "crawled", dict.fromkeys("abc", ("10:00", None)))


@pytest.mark.parametrize("same", [False, True])
def test_a_rebuild_in_any_order_says_what_the_crawls_said(crawled: Sources, tmp_path: Path, same: bool) -> None:
    # b has captured the text after a, and is published before it.
    said = {name: crawled.publish(article(name, MINUTES[name], same=same), "10:00") for name in "bac"}
    assert said == {"b": None, "a": None, "c": "a:1"}
    closings = {name: crawled.closing(name) for name in said}
    for number, order in enumerate(permutations("abc")):
        tmp_path.joinpath(str(number)).mkdir()
        rebuilt = Sources(tmp_path / str(number), dict.fromkeys("abc", ("10:00", "10:30")))
        again = {
            name: rebuilt.publish(article(name, MINUTES[name], same=same), "10:00", closings[name]) for name in order
        }
        assert again == said, order


def test_what_an_earlier_run_has_printed_is_known_without_being_told(tmp_path: Path) -> None:
    tmp_path.joinpath("x").mkdir()
    sources = Sources(tmp_path / "x", {"a": ("09:00", "10:10"), "b": ("10:11", None)})
    assert sources.publish(article("a", 3), "09:00") is None
    assert sources.publish(article("b", 20), "10:11") == "a:1"
    told = sources.closing("b")
    assert [*told.values()] == ["none"]
    tmp_path.joinpath("y").mkdir()
    again = Sources(tmp_path / "y", {"a": ("09:00", "10:10"), "b": ("10:11", "10:40")})
    assert again.publish(article("a", 3), "09:00", {}) is None
    assert again.publish(article("b", 20), "10:11", told) == "a:1"


@pytest.mark.parametrize("closing", [None, {}, {"finish-reason": "finished"}])
def test_of_a_run_that_has_told_nothing_all_counts(crawled: Sources, closing: dict[str, str] | None) -> None:
    assert crawled.publish(article("a", 3), "10:00", closing) is None
    assert crawled.publish(article("b", 5), "10:00", closing) == "a:1"


@pytest.mark.parametrize("pair", ["none", "b:1", "b:1 x", "b:1 b:1", "b:1 a:1 c:1", "\x00 \ufffd a b c"])
def test_what_is_no_list_of_pairs_names_nothing_else(crawled: Sources, pair: str) -> None:
    crawled.publish(article("a", 3), "10:00")
    (name,) = crawled.closing("a")
    said = crawled.publish(article("b", 5), "10:00", {name: pair})
    assert said == {"b:1 a:1 c:1": "a:1"}.get(pair)


def test_after_a_redaction_the_next_is_first_whatever_the_runs_have_told(crawled: Sources, tmp_path: Path) -> None:
    said = {name: crawled.publish(article(name, MINUTES[name]), "10:00") for name in "abc"}
    assert said == {"a": None, "b": "a:1", "c": "a:1"}
    tmp_path.joinpath("left").mkdir()
    left = Sources(tmp_path / "left", dict.fromkeys("abc", ("10:00", "10:30")))
    again = [left.publish(article(name, MINUTES[name]), "10:00", crawled.closing(name), is_part=True) for name in "bc"]
    assert again == [None, "b:1"]
    tmp_path.joinpath("whole").mkdir()
    whole = Sources(tmp_path / "whole", dict.fromkeys("abc", ("10:00", "10:30")))
    assert whole.publish(article("a", 3), "10:00", crawled.closing("a")) is None
    assert whole.publish(article("c", 6), "10:00", crawled.closing("c"), is_part=True) == "a:1"


def test_a_run_with_thousands_of_duplicates_tells_of_all_that_a_record_holds(tmp_path: Path) -> None:
    """What is beyond that is decided by what is known when the captures are read again."""
    state = State(f"sqlite:///{tmp_path}/state.sqlite")
    for source in ("baosonla", "baohaiduong"):
        Runs(state).put(Run(source, f"{DAY}10:00:00.000000Z", source, f"{DAY}10:30:00.000000Z"))
    firsts = {
        f"baosonla:{9_000_000 + number}": Printing(f"baohaiduong:{number}", 1, "baohaiduong", f"{DAY}10:03:00.000000Z")
        for number in range(6000)
    }
    other = Printing("baohaiduong:x", 1, "baohaiduong", f"{DAY}10:02:00.000000Z")
    live, again = ConcurrentRuns(state), ConcurrentRuns(state)
    live.begin(f"{DAY}10:00:00.000000Z")
    for article_id, first in firsts.items():
        live.note(article_id, first)
    closing = {name: str(value) for name, value in live.closing_pairs()}
    assert len(closing[PAIR].encode()) <= 200_000
    again.begin(f"{DAY}10:00:00.000000Z", closing)
    told = [article_id for article_id in firsts if again.told(article_id)]
    assert 5000 < len(told) < 6000
    assert all(again.may_know(article_id, first) for article_id, first in firsts.items())
    assert not any(again.may_know(article_id, other) for article_id in told)
    assert all(again.may_know(article_id, other) for article_id in firsts.keys() - {*told})
    state.close()
