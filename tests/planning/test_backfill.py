"""A source's past, fetched from the command line: all that is of the days wanted, little else, nothing twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbot.planning.backfill.cursors import Cursor, Cursors
from newsbot.planning.backfill.window import Window, read_window
from newsbot.state.state import State
from tests.harness.crawl_play import Play, Run
from tests.harness.pages import make_spider
from tests.harness.whole_state import assert_rebuilt
from tests.replica.faults import Status
from tests.replica.newspaper import Newspaper
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

ARTICLES = 120
SITES = {site.name: site for site in sites(articles=ARTICLES)}
#: Lists of these tell the date of each article: printed beside it, in its address, in a sitemap.
TELLING = ("baoquangninh", "haiduongtv")


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=ARTICLES, now=NOW) as replica:
        yield replica


def day_of(site: Newspaper, index: int) -> date:
    return site.headline(index).moment.date()


def some_days(site: Newspaper) -> Window:
    """Days in the past of a source, with a fifth of its articles."""
    # The lists of Yên Mỹ's portal of 2025 are in no order here.
    step, start = (3, 1) if site.name == "yenmy" else (1, 0)
    days = sorted(day_of(site, index) for index in range(start, ARTICLES, step))
    return Window(days[len(days) // 2], days[len(days) * 7 // 10])


def told(window: Window) -> list[str]:
    since, until = window.names()
    return ["-a", f"since={since}", *(["-a", f"until={until}"] if until else [])]


def wanted(site: Newspaper, window: Window) -> set[str]:
    return {
        story.key
        for story in site.stories
        if story.kind == "article" and window.since <= day_of(site, story.index) <= (window.until or NOW.date())
    }


def articles_asked(source: str, run: Run) -> dict[str, int]:
    """How often each article was asked for; redirects count, too."""
    spider = make_spider(source)
    asked: dict[str, int] = {}
    for address, times in run.asked.items():
        if article := spider.article_id(f"https://{address}"):
            asked[article] = max(asked.get(article, 0), times)
    return asked


@pytest.mark.parametrize("source", SITES)
def test_all_articles_of_the_days_are_fetched(source: str, replica: Replica, tmp_path: Path) -> None:
    site, play = SITES[source], Play(replica, source, tmp_path)
    window = some_days(site)
    run = play.run(NOW, *told(window))
    lines = [line["id"] for line in run.lines]
    assert run.status == 0 or (source == "yenmy" and "no layout fitted" in run.output), run.output
    assert wanted(site, window) <= set(lines)
    assert len(lines) == len(set(lines))
    assert set(articles_asked(source, run).values()) == {1}
    if source in TELLING:
        near = Window(window.since, (window.until or NOW.date()) + timedelta(days=3))  # a sitemap tells last changes
        assert set(lines) <= wanted(site, near)
    assert f"newsbot: {source}: backfill: all {run.stats['newsbot/backfill/lists']} lists done" in run.output


def test_days_without_an_end(replica: Replica, tmp_path: Path) -> None:
    site, play = SITES["baosonla"], Play(replica, "baosonla", tmp_path)
    window = Window(some_days(site).since, None)
    assert wanted(site, window) <= {line["id"] for line in play.run(NOW, *told(window)).lines}


def test_what_is_known_is_not_fetched_again(replica: Replica, tmp_path: Path) -> None:
    source = "baoquangninh"
    site, play = SITES[source], Play(replica, source, tmp_path)
    window = some_days(site)
    (until, since) = (window.until or NOW.date()), window.since
    first = play.run(NOW, *told(Window(since + (until - since) / 2, until)))
    second = play.run(NOW, *told(window))
    assert not articles_asked(source, first).keys() & articles_asked(source, second).keys()
    assert wanted(site, window) <= {line["id"] for line in [*first.lines, *second.lines]}


def test_pages_far_back_are_found_by_halving(tmp_path: Path) -> None:
    """Among 250 pages of a section, a day: whether the list prints dates, or tells none."""
    with Replica(articles=50_000, now=NOW) as replica:
        for source, section, most in (("haiduongtv", "nong-nghiep", 25), ("suckhoemoitruong", "kinh-te", 30)):
            site = next(site for site in sites(articles=50_000) if site.name == source)
            lanes = range(len(site.lanes)) if source == "haiduongtv" else (0,)
            day = site.lanes[0].era.moment(18_000).date()
            run = Play(replica, source, tmp_path / source).run(
                NOW, *told(Window(day, day)), "-a", f"sections={section}"
            )
            number = [row.slug for row in site.lanes[0].sections].index(section)
            stories = [
                site.stories[rank * len(site.lanes) + lane]
                for lane in lanes
                for rank in range(number, 50_000 // len(site.lanes), len(site.lanes[0].sections))
                if site.lanes[lane].era.moment(rank).date() == day
            ]
            truth = {story.key for story in stories if story.kind == "article"}
            assert run.status == 0, run.output
            assert len(truth) > 10
            assert truth <= {line["id"] for line in run.lines}
            assert len([1 for address in run.asked if section in address]) <= most


def table(path: Path, query: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def due_and_lists(play: Play) -> list[dict[str, Any]]:
    """What the state tells a crawl to look at."""
    query = "SELECT * FROM resources WHERE kind <> 'article' OR next_check IS NOT NULL ORDER BY key"
    return table(play.data / "state.sqlite", query)


def test_looking_for_news_goes_on_as_if_nothing_had_been(replica: Replica, tmp_path: Path) -> None:
    source = "suckhoemoitruong"
    play = Play(replica, source, tmp_path)
    play.run(NOW, "-a", "max_pages=1")
    before = due_and_lists(play)
    assert {row["kind"] for row in before} == {"article", "section"}
    assert play.run(NOW + timedelta(minutes=5), *told(some_days(SITES[source]))).lines
    assert due_and_lists(play) == before  # old articles are not looked at again, either
    quiet = play.run(NOW + timedelta(minutes=30))
    assert (quiet.status, quiet.lines) == (0, []), quiet.output
    assert quiet.requests <= 12


@pytest.mark.parametrize("source", ["haiduongtv", "suckhoemoitruong", "baoquangninh"])
def test_the_state_rebuilt_from_its_captures_is_the_same(source: str, replica: Replica, tmp_path: Path) -> None:
    play = Play(replica, source, tmp_path)
    play.run(NOW, *told(some_days(SITES[source])))
    assert_rebuilt(play, f"sqlite:///{tmp_path}/rebuilt.sqlite")


def test_a_run_that_was_told_to_end_goes_on_where_it_was(replica: Replica, tmp_path: Path, state_url: str) -> None:
    """In every kind of database."""
    source = "baosonla"
    site, play = SITES[source], Play(replica, source, tmp_path, state_url)
    window = some_days(site)
    first = play.run(NOW, *told(window), "-s", "CLOSESPIDER_PAGECOUNT=30")
    assert " lists done" in first.output
    assert "all " not in first.output.splitlines()[-1]
    second = play.run(NOW, *told(window))
    assert second.status == 0
    assert wanted(site, window) <= {line["id"] for line in [*first.lines, *second.lines]}
    third = play.run(NOW, *told(window))
    assert (third.status, third.asked, third.lines) == (0, {}, []), third.output
    twice = articles_asked(source, first).keys() & articles_asked(source, second).keys()
    assert not twice & {line["id"] for line in first.lines}


def test_pages_of_each_list(replica: Replica, tmp_path: Path) -> None:
    """Told to read two pages of each list, a run reads two, and the next run the two that follow."""
    play = Play(replica, "haiduongtv", tmp_path)
    words = ("-a", "since=2000-01-01", "-a", "sections=thoi-su", "-a", "max_pages=2")
    pages = [sorted(address for address in play.run(NOW, *words).asked if "thoi-su" in address) for _ in range(2)]
    assert [[address.rpartition("/")[2] for address in found] for found in pages] == [
        ["thoi-su", "trang-2.html"],
        ["trang-3.html", "trang-4.html"],
    ]


def test_a_list_that_cannot_be_read_is_left_for_another_run(replica: Replica, tmp_path: Path) -> None:
    source = "haiduongtv"
    site, play = SITES[source], Play(replica, source, tmp_path)
    window = some_days(site)
    replica.set_faults(Status("haiduongtv.vn/thoi-su*", status=500), Status("haiduongtv.vn/sitemap*", status=500))
    first = play.run(NOW, *told(window), "-s", "RETRY_TIMES=0")
    assert first.status == 1
    assert "https://haiduongtv.vn/thoi-su: HTTP 500" in first.output
    replica.set_faults()
    second = play.run(NOW, *told(window))
    assert second.status == 0, second.output
    assert wanted(site, window) <= {line["id"] for line in [*first.lines, *second.lines]}
    assert not any("/nong-nghiep" in address and ".html" not in address for address in second.asked)  # was done


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("since=yesterday",), "-a since must be a day such as 2019-01-31, not 'yesterday'"),
        (("since=2019-02-30",), "-a since must be a day such as 2019-01-31, not '2019-02-30'"),
        (("since=2019-01-01", "until=20201231"), "-a until must be a day such as 2019-01-31, not '20201231'"),
        (("since=2019-01-01", "until=2018-12-31"), "-a until=2018-12-31 lies before -a since=2019-01-01"),
        (("since=2099-01-01",), "-a since=2099-01-01 lies in the future"),
        (("until=2019-01-01",), "-a until says where a backfill ends: -a since must say where it begins"),
    ],
)
def test_wrong_days(arguments: tuple[str, ...], why: str, replica: Replica, tmp_path: Path) -> None:
    run = Play(replica, "haiduongtv", tmp_path).run(NOW, *(word for each in arguments for word in ("-a", each)))
    assert (run.status, run.asked) == (2, {})
    assert [line for line in run.output.splitlines() if line.startswith("newsbot: haiduongtv:")] == [
        f"newsbot: haiduongtv: {why}"
    ]


def test_cursors_of_other_days_are_others(state_url: str) -> None:
    """In every kind of database."""
    state = State(state_url)
    earlier, later = (
        Cursors(state, "a", window)
        for since, until in (("2019-01-01", None), ("2020-01-01", "2020-12-31"))
        if (window := read_window(since, until, NOW.date()))
    )
    row = Cursor("a", "2019-01-01", "", "https://a.vn/tin", "section", "https://a.vn/tin?page=2", 2, done_at="2026")
    earlier.put([row])
    done = row._replace(next_url=None, next_page=3)
    earlier.put([row._replace(next_page=9), done])
    assert (earlier.all(), later.all()) == ({"https://a.vn/tin": done}, {})
    assert done.is_done
    assert not row.is_done
    state.close()
