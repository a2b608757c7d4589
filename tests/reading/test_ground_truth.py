"""Every article of the replica, read: each field must be what the site's author meant, whatever the page did to it."""

from __future__ import annotations

from datetime import datetime

import pytest

from newsbot.items import Article
from newsbot.reading.page_kinds import PageKind
from newsbot.spider import NewsSpider
from newsbot.vietnamese.provinces import current_province
from tests.harness.pages import fetch, make_spider
from tests.harness.story_truth import truth
from tests.replica.news import Story
from tests.replica.newspaper import Newspaper
from tests.replica.sites import sites

NEWEST = 60
SITES = {site.name: site for site in sites(articles=200)}
CASES = [
    pytest.param(site, story, id=f"{name}-{story.index}")
    for name, site in SITES.items()
    for story in site.stories[:NEWEST]
]


@pytest.fixture(scope="module")
def spiders() -> dict[str, NewsSpider]:
    return {name: make_spider(name) for name in SITES}


@pytest.mark.parametrize(("site", "story"), CASES)
def test_article(site: Newspaper, story: Story, spiders):
    spider = spiders[site.name]
    found = spider.read_page(fetch(site, story.urls[0]))
    if story.kind == "gone":
        assert found is PageKind.GONE
        return
    if story.kind == "wall":
        assert found is PageKind.WALL
        return
    assert isinstance(found, Article)
    expected = truth(story)
    assert {name: getattr(found, name) for name in expected} == expected
    assert found.province == current_province(spider.province) if spider.province else found.province is None
    assert (found.published_raw is None) == (found.published_at is None)
    assert _moment(found.modified_at) == _moment(story.modified_at)


@pytest.mark.parametrize("name", SITES)
def test_every_address_of_a_story_is_the_story(name: str, spiders):
    ids: dict[str, int] = {}
    for story in SITES[name].stories[:NEWEST]:
        for url in (*story.urls, f"{story.urls[0]}?utm_source=zalo", f"{story.urls[0]}#binh-luan"):
            assert spiders[name].article_id(url) == story.key, url
        assert ids.setdefault(story.key, story.index) == story.index
        others = [other for other, spider in spiders.items() if other != name and spider.article_id(story.urls[0])]
        assert not others


def test_all_layouts_are_met():
    met = {(name, story.layout) for name, site in SITES.items() for story in site.stories[:NEWEST]}
    assert {name: sum(source == name for source, _ in met) for name in SITES} == {
        "yenmy": 3, "baosonla": 2, "haiduongtv": 2, "baohaiduong": 2, "suckhoemoitruong": 2, "baoquangninh": 2,
    }  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
