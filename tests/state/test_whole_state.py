"""All that a crawl writes in its state can be had again from its archive, also of what was never asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbot.fetching.do_not_fetch import NAME
from newsbot.planning.crawl_state import CrawlState
from newsbot.state.resources import Resources
from newsbot.state.state import State
from tests.harness.crawl_play import Play, Run, rows
from tests.harness.whole_state import assert_rebuilt, assert_same_state
from tests.replica.faults import Fault, RedirectLoop, Refuse, Status, Truncate, instead
from tests.replica.news import Story
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

SOURCE = "haiduongtv"
HOST = "haiduongtv.vn"
ARTICLES = 16
SITE = next(site for site in sites(articles=ARTICLES) if site.name == SOURCE)
STORIES = [story for story in SITE.stories if story.kind == "article"]
LISTED, LOOPS, ABROAD, INWARDS, KNOWN, REFUSED, NOWHERE, MAIL, CHOICES = STORIES[:9]
#: When the runs begin, in hours. In one of them robots.txt is not to be had, so that nothing is asked for.
HOURS = (0, 2, 9, 30, 31)
SILENT = 9
#: Sitemaps that an index names: robots.txt forbids one, one breaks off on its way, one is an error, one a redirect that
#: names no address.
MAPS = ("khoa/sitemap", "cut", "ill", "nowhere")


def number(story: Story) -> str:
    return story.key.partition(":")[2]


def faults(hour: int) -> list[Fault]:
    index = "".join(f"<sitemap><loc>https://{HOST}/{name}.xml</loc></sitemap>" for name in MAPS)
    forbidden = ["/khoa/", *([f"/*-{number(KNOWN)}."] if hour else [])]
    robots = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in forbidden)
    at = {story.key: f"{HOST}/*-{number(story)}.html" for story in STORIES}
    return [
        Status(f"{HOST}/robots.txt", status=503)
        if hour == SILENT
        else instead(f"{HOST}/robots.txt", robots, type="text/plain"),
        instead(f"{HOST}/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>", type="text/xml"),
        instead(f"{HOST}/cut.xml", f"<urlset>{'<url></url>' * 100}</urlset>", type="text/xml"),
        Truncate(f"{HOST}/cut.xml", share=0.5),
        Status(f"{HOST}/ill.xml", status=500),
        RedirectLoop(at[LOOPS.key]),
        instead(at[ABROAD.key], status=302, to="https://stranger.example/"),
        instead(at[INWARDS.key], status=302, to=f"https://{HOST}/khoa/a-{number(INWARDS)}.html"),
        Refuse(at[REFUSED.key]),
        instead(at[NOWHERE.key], status=302),
        instead(at[MAIL.key], status=302, to="mailto:bandoc@stranger.example"),
        instead(at[CHOICES.key], status=300),
        instead(f"{HOST}/nowhere.xml", status=302),
    ]


@dataclass(frozen=True)
class Past:
    play: Play
    runs: dict[int, Run]

    def row(self, key: str) -> tuple[Any, ...]:
        columns = "status, failures, checked_at, next_check"
        (row,) = rows(self.play.state_url, f"SELECT {columns} FROM resources WHERE key = '{key}'")
        return row

    def started(self) -> list[str]:
        return [began for (began,) in rows(self.play.state_url, "SELECT started FROM runs ORDER BY started")]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    data = tmp_path_factory.mktemp("data")
    (data / NAME).write_text(f"{LISTED.urls[-1]}\n")
    with Replica(articles=ARTICLES, now=NOW) as replica:
        past = Past(Play(replica, SOURCE, data), {})
        for hour in HOURS:
            replica.set_faults(*faults(hour))
            past.runs[hour] = past.play.run(NOW + timedelta(hours=hour))
        yield past


def test_the_state_rebuilt_is_the_same(past: Past, tmp_path: Path) -> None:
    assert past.runs[0].lines
    assert past.runs[0].stats["newsbot/not_asked_for"] == 1
    assert_rebuilt(past.play, f"sqlite:///{tmp_path}/rebuilt.sqlite")


def test_a_lost_state_is_made_again_as_it_was(past: Past, tmp_path: Path) -> None:
    again = Play(past.play.replica, SOURCE, past.play.data, f"sqlite:///{tmp_path}/again.sqlite")
    done = again.scrapy("recover", SOURCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_state(past.play.state_url, again.state_url)


@pytest.mark.parametrize("story", [LISTED, LOOPS, ABROAD, INWARDS], ids=["listed", "loops", "abroad", "inwards"])
def test_what_was_never_had_failed_when_the_runs_began(story: Story, past: Past) -> None:
    """It is asked for in the next run, then after an hour, six hours and a day."""
    status, failures, checked_at, next_check = past.row(story.key)
    assert (status, failures, checked_at) == (0, 4, past.started()[3])
    assert next_check > past.started()[4]


def test_a_known_article_that_may_not_be_asked_for_any_more_stays_known(past: Past) -> None:
    status, failures, checked_at, _ = past.row(KNOWN.key)
    assert (status, failures) == (200, 3)
    assert past.started()[0] < checked_at < past.started()[1]


def test_sitemaps_that_are_named_in_vain_are_asked_for_less_and_less(past: Past) -> None:
    for name in MAPS:
        _, failures, _, next_check = past.row(f"https://{HOST}/{name}.xml")
        assert (name, failures > 1) == (name, True)
        assert next_check > past.started()[4]


def test_a_run_is_known_to_have_noted_its_own_failures_of_lists_alone(tmp_path: Path) -> None:
    """The second run begins before the sitemap may be asked for again, and asks a moment later, as from cron."""
    resources, key = Resources(State(f"sqlite:///{tmp_path}/state.sqlite")), f"https://{HOST}/ill.xml"
    first = CrawlState(SOURCE, resources, started="2026-11-22T03:00:00.500000Z")
    first.note_list_failure(key, "sitemap", None, "")
    first.write_failures()
    second = CrawlState(SOURCE, resources, started="2026-11-22T04:00:00.400000Z")
    known = second.get([key])[key]
    assert [first.has_noted_list_failure(known), second.has_noted_list_failure(known)] == [True, False]
