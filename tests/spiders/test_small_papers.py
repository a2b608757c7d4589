"""The small papers of the replica, each read with the spider of its name. A new paper adds its declaration, no test."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import pytest

from newsbot.items import Article
from newsbot.reading.joined_pages import joined
from newsbot.reading.page_kinds import PageKind
from tests.harness.pages import SPIDERS, fetch, load, make_spider
from tests.harness.story_truth import truth
from tests.replica.papers import small_papers
from tests.replica.request import Request
from tests.replica.sites import NOW
from tests.replica.traps import TRAPS

#: Stories of each design that are read: ten go through all traps and bylines.
TURNS = 10
#: Articles that a front page names at least.
FEW = 6
PAPERS = {site.name: site for site in small_papers(40, 1, NOW)}
READ = [name for name in PAPERS if name in SPIDERS]


@pytest.mark.parametrize("name", READ)
def test_every_article_is_read_as_it_was_meant(name: str) -> None:
    site, spider = PAPERS[name], make_spider(name)
    for story in site.stories[: TURNS * len(site.lanes)]:
        assert {*story.traps} <= {*TRAPS}
        found = spider.read_page(fetch(site, story.urls[0]))
        if story.kind in ("gone", "wall"):
            assert found is {"gone": PageKind.GONE, "wall": PageKind.WALL}[story.kind]
            continue
        assert isinstance(found, Article)
        further = [spider.read_further_page(fetch(site, url)) for url in found.further_pages]
        assert len(further) == (2 if "split" in story.traps else 0)
        if further:
            found = joined(found, further)
        expected = truth(story)
        assert {name: getattr(found, name) for name in expected} == expected, story.urls[0]
        if story.modified:
            assert found.modified_at and datetime.fromisoformat(found.modified_at) == story.modified


@pytest.mark.parametrize("name", READ)
def test_every_address_of_an_article_is_the_article(name: str) -> None:
    site = PAPERS[name]
    for story in site.stories[: TURNS * len(site.lanes)]:
        assert {load(name).article_id(url) for url in story.urls} == {story.key}
        assert not [other for other in SPIDERS if other != name and load(other).article_id(story.urls[0])]


@pytest.mark.parametrize("name", READ)
def test_the_lists_of_the_source_are_there_and_name_its_articles(name: str) -> None:
    site, spider = PAPERS[name], make_spider(name)
    named = set()
    for url, (parse, _) in spider.lists().items():
        parts = urlsplit(url)
        assert parts.hostname in site.hosts, url
        target = site.moved(Request("GET", parts.scheme, parts.hostname, parts.path, parts.query)) or url
        response = fetch(site, target)
        assert response.status == 200, url
        if parse == spider.parse_section:
            named |= {
                address.article for address in spider.read_addresses(response, spider.read_section(response).links)
            }
    assert len(named) >= FEW


def test_no_host_has_two_papers() -> None:
    hosts = [host for site in PAPERS.values() for host in site.hosts]
    assert len({*hosts}) == len(hosts)
