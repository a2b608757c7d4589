"""Pages are told apart by the signs of the system that made them."""

from __future__ import annotations

import pytest

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
