"""Sixty days of a paper, crawled once a day: all that happened is found on its day, and nothing else is told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from newsbot.health.history import read_reports
from newsbot.health.run_report import RunReport
from newsbot.planning.schedule import read_date
from tests.harness import sixty_days
from tests.harness.crawl_play import Play, Run, rows
from tests.harness.durability import lines
from tests.harness.sixty_days import (
    ARTICLES,
    DAYS,
    DOWN,
    EMPTY,
    EVENTS,
    OTHER,
    OTHER_HELD,
    OUTAGES,
    PAPER,
    REDESIGN,
    REFUSING,
    at,
)
from tests.harness.whole_state import assert_rebuilt
from tests.replica.faults import Fault, Refuse, Status
from tests.replica.newsroom import Move
from tests.replica.server import Replica

_FAULTS: dict[int, tuple[Fault, ...]] = {
    DOWN: (Status("*", status=503),),
    REFUSING: (Refuse("*haiduongtv*/*"),),
    EMPTY: (Status("haiduongtv.vn/*-5????.html", status=404), Status("haiduongtv.vn/*-60000.html", status=404)),
}


@dataclass
class Past:
    """The runs by day, and what they have left."""

    data: Path
    play: Play
    runs: dict[int, Run] = field(default_factory=dict)
    other_runs: dict[int, Run] = field(default_factory=dict)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    data = tmp_path_factory.mktemp("data")
    with Replica(articles=ARTICLES, now=at(1)) as replica:
        past = Past(data, Play(replica, PAPER.name, data))
        other = Play(replica, OTHER.name, data)
        for day in range(1, DAYS + 1):
            replica.set_now(at(day))
            replica.set_newsroom(PAPER.name, sixty_days.newsroom(day))
            replica.set_faults(*_FAULTS.get(day, ()))
            past.runs[day] = past.play.run(at(day))
            if day in OTHER_HELD:
                replica.set_newsroom(OTHER.name, sixty_days.other_newsroom(day))
                past.other_runs[day] = other.run(at(day).replace(minute=59))
        replica.set_faults()
        yield past


Told = tuple[str, int, str, str | None]


def told(run: Run) -> list[Told]:
    return sorted((line["id"], line["version"], line["change"], line["duplicate_of"]) for line in run.lines)


def expected() -> dict[int, list[Told]]:
    """What each day's run has to tell of the paper: article, version, change, first printing."""
    days: dict[int, list[Told]] = defaultdict(list)
    for story in PAPER.stories:
        if story.kind == "article":
            first = sixty_days.first_printing(story)
            days[sixty_days.is_found_first(story.index)].append((story.key, 1, "new", first))
    versions = Counter({event.story: 1 for event in EVENTS})
    for event in sorted(EVENTS, key=lambda event: event.found):
        if event.change:
            versions[event.story] += 1
            days[event.found].append((PAPER.stories[event.story].key, versions[event.story], event.change, None))
    return {day: sorted(lines) for day, lines in days.items()}


def test_every_event_is_told_on_its_day_once(past: Past) -> None:
    wanted = expected()
    assert len(past.runs) == DAYS
    for day, run in past.runs.items():
        assert told(run) == wanted.get(day, []), f"day {day}:\n{run.said}"


def test_the_other_source_repeats_or_is_repeated(past: Past) -> None:
    for day, run in past.other_runs.items():
        wanted = [
            (story.key, 1, "new", sixty_days.first_printing(story))
            for story in OTHER.stories
            if story.index >= OTHER_HELD[day] and sixty_days.other_appears(story.index) == day
            if story.kind == "article" and story.index % 4 == 0
        ]
        assert told(run) == sorted(wanted), f"day {day}:\n{run.said}"
    firsts = [line["duplicate_of"] for run in past.other_runs.values() for line in run.lines if line["duplicate_of"]]
    assert len(firsts) == 7


def test_lines_say_what_the_pages_said_on_their_day(past: Past) -> None:
    index = {story.key: story.index for story in PAPER.stories}
    assert sum(len(run.lines) for run in past.runs.values()) > DAYS
    for day, run in past.runs.items():
        newsroom = sixty_days.newsroom(day)
        for line in run.lines:
            assert at(day) <= read_date(line["fetched_at"]) < at(day + 1), f"day {day}: {line['id']}"
            story = sixty_days.reads(PAPER, newsroom, index[line["id"]])
            read = (line["title"], line["sapo"], line["body"], line["published_at"])
            assert read == (story.title, story.sapo, story.body, story.published_at), f"day {day}: {line['id']}"
            if line["change"] != "removed":  # that has the text of its last version
                assert (line["layout"] is None) == (day >= REDESIGN), f"day {day}: {line['id']}"


def test_versions_have_no_holes(past: Past) -> None:
    versions: dict[str, list[int]] = defaultdict(list)
    for line in lines(past.data):
        versions[line["id"]].append(line["version"])
    assert max(map(len, versions.values())) > 1
    assert all(numbers == [*range(1, len(numbers) + 1)] for numbers in versions.values()), versions


def test_moved_articles_are_known_at_their_new_address(past: Past) -> None:
    moves = [event for event in EVENTS if isinstance(event.what, Move)]
    assert len(moves) == 4
    for event in moves:
        story = sixty_days.reads(PAPER, sixty_days.newsroom(DAYS), event.story)
        query = f"SELECT url FROM article_versions WHERE id = '{story.key}' ORDER BY version DESC LIMIT 1"
        assert rows(past.play.state_url, query) == [(story.urls[0],)], f"moved on day {event.day}"


def test_the_new_design_is_told_on_its_day_and_never_else(past: Past) -> None:
    raised = {day: report.raised for day, report in enumerate(reports(past), 1)}
    assert [day for day, alarms in raised.items() if "generic" in alarms] == [REDESIGN]
    assert [day for day, run in past.runs.items() if run.status and day <= REDESIGN] == [REDESIGN]
    assert "no layout fitted" in past.runs[REDESIGN].said


def test_an_outage_is_told_and_nothing_is_taken_for_removed(past: Past) -> None:
    told = reports(past)
    for day, alarm in zip(OUTAGES, ("errors", "errors", "vanished"), strict=True):
        assert past.runs[day].status == 1, f"day {day}"
        assert alarm in told[day - 1].alarms, f"day {day}: {past.runs[day].said}"


def test_rebuild_tells_the_same(past: Past) -> None:
    done = past.play.scrapy("rebuild", "--jobs=2", *map(str, sorted((past.data / "warc").glob("*.warc.gz"))))
    assert done.returncode == 0, done.stdout + done.stderr
    for source in (PAPER.name, OTHER.name):
        live, rebuilt = (
            "".join(path.read_text() for path in sorted((past.data / folder / source).iterdir()))
            for folder in ("articles", "rebuilt")
        )
        assert rebuilt == live, source


def test_the_state_rebuilt_from_captures_equals_the_live_one(past: Past, tmp_path: Path) -> None:
    assert_rebuilt(past.play, f"sqlite:///{tmp_path}/rebuilt.sqlite")


def test_everything_is_sound_at_the_end(past: Past) -> None:
    done = past.play.scrapy("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def reports(past: Past) -> list[RunReport]:
    return read_reports(past.data / "runs", PAPER.name).runs
