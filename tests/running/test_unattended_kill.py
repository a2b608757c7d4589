"""A crawl of a known source may be killed at any moment, again and again: the next one goes on where it was."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest

from tests.harness.crawl_play import rows
from tests.harness.durability import assert_lines_resolve, assert_sound, assert_verified, lines
from tests.harness.known_source import AGAIN, Bench, Kind, Past, Usual, bench

#: How many crawls are killed; the suite's number is small enough to run every time.
KILLS = int(os.environ.get("NEWSBOT_KILLS", "24"))
#: Kills in a row before a crawl is left to end.
ROW: Final = 3
KINDS: Final[tuple[Kind, ...]] = ("time", "wire", "disk")
MINUTE: Final = timedelta(minutes=1)
#: When the first crawl runs that nobody kills, and when the last word is spoken of what was gone.
LEFT_ALONE: Final = AGAIN + 30 * MINUTE
SETTLED: Final = AGAIN + timedelta(hours=12)

Told = list[tuple[str, int, str, str]]


@dataclass(frozen=True)
class Undisturbed:
    """What comes of the same crawls if nobody kills any."""

    bench: Bench
    usual: Usual
    told: Told


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with bench(folder) as each:
        past = each.again(folder)
        usual = each.usual(past)
        told = what_was_told(past)
        assert {change for *_, change, _ in told} >= {"new", "headline", "body", "removed"}
        assert len(told) == len(set(told))
        for at in (LEFT_ALONE, SETTLED):
            each.crawl(past, at)
            assert what_was_told(past) == told
        yield Undisturbed(each, usual, told)


@pytest.mark.parametrize("row", range(-(-KILLS // ROW)))
def test_killed_at_any_moment(undisturbed: Undisturbed, tmp_path: Path, row: int) -> None:
    """By turns at a moment in time, at a request on the wire, in front of or within one to the disk."""
    chance, past, bench = random.Random(row), undisturbed.bench.again(tmp_path), undisturbed.bench
    crawls = 0
    while past.kills < ROW:
        bench.crawl_killed(past, AGAIN + crawls * MINUTE, undisturbed.usual, KINDS[(row + crawls) % 3], chance)
        crawls += 1
        assert crawls < 30
        assert_lines_resolve(past.data)
    bench.crawl(past, LEFT_ALONE)
    assert_whole(past)
    assert_nothing_asked_twice(past)
    assert_told(past, undisturbed.told)
    assert_state_agrees(bench, past)
    if what_was_told(past) != undisturbed.told:
        bench.crawl(past, SETTLED)
        assert what_was_told(past) == undisturbed.told


@pytest.mark.parametrize("left", [8, 20, 33])
def test_killed_when_its_last_file_has_told_its_end(undisturbed: Undisturbed, tmp_path: Path, left: int) -> None:
    """What the run would have noted at its end is noted by the next one."""
    past, bench = undisturbed.bench.again(tmp_path), undisturbed.bench
    bench.crawl_killed_late(past, AGAIN, undisturbed.usual, left)
    bench.crawl(past, LEFT_ALONE)
    assert_whole(past)
    assert_nothing_asked_twice(past)
    assert_told(past, undisturbed.told)
    assert_state_agrees(bench, past)


def what_was_told(past: Past) -> Told:
    """Every line: which version of which article, what has changed, and its text."""
    return sorted((line["id"], line["version"], line["change"], line["content_digest"]) for line in lines(past.data))


def assert_whole(past: Past) -> None:
    assert not list(past.data.rglob("*.open")) + list(past.data.rglob("*.tmp"))
    for path in (past.data / "warc").glob("*.warc.gz"):
        assert_sound(path)
    assert_lines_resolve(past.data)
    assert_verified(past.data)


def assert_nothing_asked_twice(past: Past) -> None:
    """What the archive holds of an article is not asked for again, however the crawl that asked has ended."""
    captured = past.captured()
    for earlier, later in combinations(past.asked, 2):
        assert not captured[earlier] & past.asked[later].keys(), f"captured {earlier}, asked for again {later}"


def assert_told(past: Past, told: Told) -> None:
    """All is told once; that an article is gone may be told later, since a crawl cut short is no good witness."""
    found = what_was_told(past)
    lacking = sorted(set(told) - set(found))
    assert {change for *_, change, _ in lacking} <= {"removed"}
    assert sorted([*found, *lacking]) == told


def assert_state_agrees(bench: Bench, past: Past) -> None:
    """What the state says of articles is what the archive says.

    Lists are left out: those of a run that was killed are asked again, and how often next depends on what the run had
    got down of them.
    """
    rebuilt = f"sqlite:///{past.data.parent}/rebuilt.sqlite"
    command = bench.start(past.data, LEFT_ALONE, "rebuildstate", f"--output={rebuilt}")
    assert command.wait() == 0, command.said()
    for query in (
        "SELECT * FROM article_versions ORDER BY id, version",
        "SELECT * FROM resources WHERE kind = 'article' ORDER BY key",
    ):
        live = rows(f"sqlite:///{past.data}/state.sqlite", query)
        assert live
        assert rows(rebuilt, query) == live
