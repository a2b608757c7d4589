"""Pages are told apart by the signs of the system that made them."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsbot.cms.detection import detect, families
from newsbot.cms.family import FamilySpider
from newsbot.reading.page import Page
from newsbot.spider import NewsSpider
from tests.harness.pages import SPIDERS, fetch, load
from tests.replica.newspaper import Newspaper
from tests.replica.sites import all_sites

PLAYED = {site.name: site for site in all_sites(articles=20) if site.name in SPIDERS}
#: Weight of a sign that no other system is known to have.
CERTAIN = 3


def looked_at(site: Newspaper) -> list[str]:
    """The front page, and the newest stories of each layout."""
    stories = [site.stories[index] for index in range(min(site.articles, 3 * len(site.lanes)))]
    return [f"https://{site.hosts[0]}/", *(story.urls[0] for story in stories if story.kind == "article")]


def has_layouts(source: type[NewsSpider], family: type[NewsSpider]) -> bool:
    """Whether a source was once on a system: it reads the designs of that."""
    return bool({*source.layouts} & {*family.layouts})


@pytest.mark.parametrize("name", PLAYED)
def test_no_page_is_taken_for_one_of_another_system(name: str) -> None:
    """A source may have pages of several systems, its own among them, which no family is to claim for sure."""
    site, source = PLAYED[name], load(name)
    own = {name for name, family in families().items() if issubclass(source, family) or has_layouts(source, family)}
    told = set()
    for url in looked_at(site):
        found = detect(url, Page.from_response(fetch(site, url)).tree)
        strangers = [each.weight for each in found if each.name not in own]
        if found and found[0].name in own:
            told.add(found[0].name)
            assert max(strangers, default=0) < found[0].weight, (url, found)
        else:
            assert max(strangers, default=0) < CERTAIN, (url, found)
    assert told or not issubclass(source, FamilySpider)


def present_families(name: str) -> set[str]:
    """The families whose design a source has today, as far as that is known and played."""
    newest = load(name).layouts[:1]
    is_played = newest and PLAYED[name].lanes[0].layout in {layout.name for layout in load(name).layouts}
    return {name for name, family in families().items() if is_played and newest[0] in family.layouts}


@pytest.mark.parametrize("name", [name for name in PLAYED if present_families(name)])
def test_the_front_page_alone_tells_the_family(name: str) -> None:
    url = f"https://{PLAYED[name].hosts[0]}/"
    found = detect(url, Page.from_response(fetch(PLAYED[name], url)).tree)
    assert found
    assert found[0].name in present_families(name)
    assert found[0].weight >= CERTAIN, found


@pytest.mark.parametrize(
    ("url", "page", "family"),
    [
        ("https://ankhe.hungyen.gov.vn/", "<ul><li><a href=/thong-bao>x</a></ul>", "hungyen"),
        ("https://baomoi.vn/", "<link rel=alternate href=/rss/xa-hoi.xml><a href=/mua-to-12345.htm>x</a>"
                               "<img src=//i.baomoi.vn/news/2621/1.jpg>", "dhcn"),
        ("https://baomoi.vn/", "<base href=//static.baomoi.vn/templates/version1/homepage/>", "fck"),
        ("https://hungyen.gov.vn.baomoi.vn/", "<a href=/thong-bao>x</a>", ""),
    ],
)  # fmt: skip
def test_little_is_enough(url: str, page: str, family: str) -> None:
    found = detect(url, LexborHTMLParser(page))
    assert [each.name for each in found if each.weight >= CERTAIN] == ([family] if family else [])
