"""A crawl may be killed at any moment, any number of times: the next start makes everything good, by itself."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest

from newsbot.locks.source_lock import SourceLock
from tests.harness.durability import (
    ARTICLE_PAGE,
    SOURCE,
    Bench,
    article_ids,
    assert_complete,
    assert_kept,
    assert_lines_resolve,
    bench,
    lines,
    synced_content,
)
from tests.replica.faults import Delay

#: How many crawls are killed; the suite's number is small enough to run every time.
KILLS = int(os.environ.get("NEWSBOT_KILLS", "24"))
CUTS = max(6, KILLS // 20)
#: Kills in a row before a crawl is left to end.
ROW = 3
IDS = article_ids()


@dataclass(frozen=True)
class Whole:
    """What a crawl takes that nobody disturbs."""

    bench: Bench
    seconds: float
    requests: int


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole")
    with bench() as each:
        started = monotonic()
        status = each.crawl(folder / "data", disk={"folder": str(folder / "data"), "notes": str(folder / "notes")})
        seconds = monotonic() - started
        assert status == 0
        assert_complete(folder / "data", IDS)
        yield Whole(each, seconds, len((folder / "notes.requests").read_text().split()))


@pytest.mark.parametrize("row", range(-(-KILLS // ROW)))
def test_killed_at_any_moment(whole: Whole, tmp_path: Path, row: int) -> None:
    """Every other kill comes at a moment in time, every other in front of, or within, something the disk is asked."""
    chance = random.Random(row)
    data = tmp_path / "data"
    safe: dict[Path, bytes] = {}
    kills, seconds, requests = 0, whole.seconds, whole.requests
    while kills < ROW:
        notes = tmp_path / f"notes-{len(list(tmp_path.iterdir()))}"
        disk = {"folder": str(data), "notes": str(notes)}
        started = monotonic()
        if chance.random() < 0.5:
            command = whole.bench.start(data, disk=disk)
            moment = started + chance.uniform(0, seconds)
            while monotonic() < moment and command.is_running():
                sleep(0.002)
            command.kill()
        else:
            command = whole.bench.start(data, disk=disk | {"mode": "kill", "at": chance.randint(1, requests)})
        status = command.wait()
        assert status in (-signal.SIGKILL, 0), command.said()
        if status:
            kills += 1
        else:  # the next finds nothing new: it takes as long as this, or less
            seconds = min(seconds, monotonic() - started)
            requests = min(requests, len(notes.with_name(f"{notes.name}.requests").read_text().split()))
        assert_lines_resolve(data)
        safe |= synced_content(notes)
    assert whole.bench.crawl(data) == 0
    assert_complete(data, IDS)
    assert_kept(safe)


@pytest.mark.parametrize("seed", range(CUTS))
def test_power_cut(whole: Whole, tmp_path: Path, seed: int) -> None:
    """What was not synced is gone or garbled, file names included; what was is there."""
    chance = random.Random(seed)
    data = tmp_path / "data"
    safe: dict[Path, bytes] = {}
    for cut in range(3):
        notes = tmp_path / f"notes-{cut}"
        disk = {"mode": "power", "at": chance.randint(1, whole.requests), "seed": chance.random()}
        command = whole.bench.start(data, disk=disk | {"folder": str(data), "notes": str(notes)})
        assert command.wait() in (-signal.SIGKILL, 0), command.said()
        safe |= synced_content(notes)
        assert_lines_resolve(data)
    assert whole.bench.crawl(data) == 0
    assert_complete(data, IDS)
    assert_kept(safe)


def test_killed_before_any_line_and_made_whole_by_another_source(whole: Whole, tmp_path: Path) -> None:
    """Whoever crawls next finishes the WARC files; the lines wait for a run that has their source to itself."""
    data = tmp_path / "data"
    unsynced = {"ARCHIVE_SYNC": "close", "ARCHIVE_MAX_BYTES": "10000000"}
    whole.bench.replica.set_faults(Delay(ARTICLE_PAGE, seconds=120, skip=4))
    command = whole.bench.start(data, settings=unsynced)
    started = monotonic()
    while sum(path.stat().st_size for path in data.glob("warc/*")) < 30_000 and monotonic() - started < 30:
        sleep(0.01)
    command.kill()
    assert command.wait() == -signal.SIGKILL
    whole.bench.replica.set_faults()
    assert lines(data) == []
    with SourceLock(data / "locks", SOURCE):
        assert whole.bench.start(data, "crawl", "yenmy").wait() == 0
        assert not list((data / "warc").glob("*.open"))
        assert not list((data / "articles" / SOURCE).glob("*.jsonl"))
    assert whole.bench.start(data, "recover").wait() == 0
    found = [line for line in lines(data) if line["source"] == SOURCE]
    assert found
    assert [line["fetched_at"] for line in found] == sorted(line["fetched_at"] for line in found)
    assert whole.bench.start(data).wait() == 0
    assert sorted(line["id"] for line in lines(data) if line["source"] == SOURCE) == IDS
    assert_lines_resolve(data)
