"""Crawls that come again: cheap when nothing is new, complete when something is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.clock import set_clock
from newsbot.planning.crawl_state import CrawlState, validators
from newsbot.planning.schedule import warc_date
from newsbot.state.resources import Resource, Resources
from newsbot.state.state import State
from tests.harness.crawl_play import Play
from tests.harness.databases import Databases
from tests.harness.pages import make_spider, reply
from tests.replica.faults import Status
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

ARTICLES = 400
NEW = 5
SITES = {site.name: site for site in sites(articles=ARTICLES)}
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=ARTICLES, now=NOW) as replica:
        yield replica


@pytest.mark.parametrize(("source", "kind"), [*((source, "sqlite") for source in SITES), ("baosonla", "postgresql")])
def test_few_requests_and_no_new_article_missed(
    source: str, kind: str, replica: Replica, databases: Databases, tmp_path: Path
) -> None:
    site, play = SITES[source], Play(replica, source, tmp_path, databases.new(kind, tmp_path))
    play.seed(site, range(NEW, ARTICLES), NOW - timedelta(days=90))
    replica.set_newsroom(source, Newsroom(held=NEW))
    assert not play.run(NOW).lines
    quiet = play.run(NOW + HALF_HOUR)
    assert (quiet.status, quiet.lines) == (0, []), quiet.output
    assert quiet.requests <= 12
    assert quiet.bytes <= 300_000
    replica.set_newsroom(source, Newsroom(changed=NOW + 1.5 * HALF_HOUR))
    busy = play.run(NOW + 2 * HALF_HOUR)
    assert busy.status == 0, busy.output
    assert {line["id"] for line in busy.lines} == {site.stories[index].key for index in range(NEW)}
    assert busy.requests <= 25
    assert busy.bytes <= 600_000
    replica.set_newsroom(source, Newsroom())


def test_what_failed_is_asked_for_again_though_its_list_has_not_changed(replica: Replica, tmp_path: Path) -> None:
    play = Play(replica, "haiduongtv", tmp_path)
    play.seed(SITES["haiduongtv"], range(1, ARTICLES), NOW - timedelta(days=90))
    story = SITES["haiduongtv"].stories[0]
    replica.set_faults(Status("haiduongtv.vn/*-60000.html", status=500))
    assert not play.run(NOW).lines
    replica.set_faults()
    run = play.run(NOW + HALF_HOUR)
    assert [line["id"] for line in run.lines] == [story.key]


def feed(*ids: int) -> str:
    links = "".join(f"<item><link>https://haiduongtv.vn/a-{number}.html</link></item>" for number in ids)
    return f"<rss>{links}</rss>"


def test_validators_that_lie_are_believed_no_more(state_url: str) -> None:
    state = State(state_url)
    resources = Resources(state)
    url, headers = "https://haiduongtv.vn/rss/news/thoi-su.rss", [("ETag", '"1"')]
    known = None
    for number, ids in enumerate(((1000,), (1000, 1001))):
        spider = make_spider("haiduongtv")
        spider.crawl_state = CrawlState("haiduongtv", resources)
        response = reply(url, feed(*ids), headers=headers)
        request = spider.list_request(url, spider.parse_feed, 0, known)
        response.meta.update(request.meta)
        found = [each.meta["article_id"] for each in spider.parse_feed(response) if "article_id" in each.meta]
        assert found == [f"haiduongtv:{ids[-1]}"]
        response.meta["article_id"] = found[0]
        spider.note_article(response)
        spider.crawl_state.close(1, complete=True)
        known = resources.get([url])[url]
        assert known.trusted == 1 - number
    assert validators(known) == {}
    state.close()


def test_a_304_is_verified_now_and_then() -> None:
    row = Resource("u", "a", "feed", "u", etag='"1"', captured_at=warc_date(NOW), checked_at=warc_date(NOW))
    try:
        set_clock(NOW + timedelta(hours=5))
        assert validators(row, verify=True) == {"If-None-Match": '"1"'}
        set_clock(NOW + timedelta(hours=7))
        assert validators(row, verify=True) == {}
    finally:
        set_clock(None)


def test_nothing_is_known_before_its_capture_is_durable(state_url: str) -> None:
    state = State(state_url)
    resources = Resources(state)
    spider = make_spider("haiduongtv")
    spider.crawl_state = CrawlState("haiduongtv", resources)
    response = reply("https://haiduongtv.vn/a-1000.html", "<p>x</p>")
    response.meta["article_id"] = "haiduongtv:1000"
    spider.note_article(response)
    spider.crawl_state.flush(0)
    assert not resources.get(["haiduongtv:1000"])
    spider.crawl_state.flush(1)
    assert resources.get(["haiduongtv:1000"])["haiduongtv:1000"].captured_at == response.meta["capture"].date
    state.close()
