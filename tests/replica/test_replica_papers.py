"""Small papers of the replica: a declaration becomes a site."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.harness.replica_asking import follow, get
from tests.replica.markup import ink
from tests.replica.news import Story
from tests.replica.papers import small_papers
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.papers.small_paper import SmallPaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.sites import NOW, all_sites


class DemoPages(Pages):
    def article(self, story: Story) -> str:
        head = f"<h1>{ink(story.title, story.traps)}</h1><time>{story.published_printed}</time>"
        return self.document(story.title, story.urls[0], f"{head}<p>{story.sapo}</p>{''.join(self.text(story))}")


DEMO = Paper(
    name="baodemo", outlet="Báo Demo", host="baodemo.vn", leads=("baodemo.com.vn",), mirrors=("m.baodemo.vn",),
    robots=None,
    ages=(
        Age(pages=DemoPages, layout="demo", sections="kinh-te kinh-te/cho", quiet="the-thao", top=9_000,
            feed="/rss/{section}.rss", sitemap="days", article="/{section}/{slug}-{id}.htm", also=("/tin-{id}.htm",)),
        Age(pages=DemoPages, layout="demo-2019", sections="xa-hoi doi-song", home="http://cu.baodemo.vn", top=2_000_000,
            is_hexadecimal=True, article="/{moment:%Y%m}/{slug}-{id}/", sitemap="files",
            newest=datetime(2019, 12, 1, tzinfo=HANOI), oldest=datetime(2012, 1, 1, tzinfo=HANOI)),
        Age(pages=DemoPages, layout="demo-2011", sections="tin", home="http://www.baodemo.info.vn",
            article="/tin/{slug}.aspx", newest=datetime(2011, 12, 1, tzinfo=HANOI),
            oldest=datetime(2009, 1, 1, tzinfo=HANOI)),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def demo() -> SmallPaper:
    return SmallPaper(DEMO, 60, 1, NOW)


def test_every_article_stands_at_its_addresses(demo: SmallPaper) -> None:
    for story in demo.stories:
        for url in story.urls:
            page = follow(demo, url).body.decode()
            assert story.title.replace("&", "&amp;") in page
            assert all(source in page for source, _ in story.images)
    forms = [story.urls[0].replace(story.id, "ID") for story in demo.stories[:3]]
    assert forms[0].startswith("https://baodemo.vn/kinh-te/") and forms[0].endswith("-ID.htm")
    assert forms[1].startswith("http://cu.baodemo.vn/2019") and len(demo.stories[1].id) == 7
    assert forms[2] == "http://www.baodemo.info.vn/tin/ID.aspx"


def test_lists_lead_through_all_articles(demo: SmallPaper) -> None:
    for home, section, lane in (
        ("https://baodemo.vn", "/kinh-te/cho", 0), ("http://cu.baodemo.vn", "/xa-hoi", 1),
        ("http://www.baodemo.info.vn", "/tin", 2),
    ):  # fmt: skip
        pages = "".join(get(demo, f"{home}{section}?page={page}").body.decode() for page in (1, 2, 3, 4))
        stories = [story for story in demo.stories if story.urls[0].startswith(home) and f"/{story.section[-1]}" != ""]
        listed = [story for story in stories if f'"{story.urls[0].removeprefix(home)}"' in pages]
        assert {story.index % 3 for story in listed} == {lane}
        assert len(listed) >= 10
        assert get(demo, f"{home}{section}?page=99").status == 404
        assert section in get(demo, f"{home}/").body.decode()


def test_hosts_and_files(demo: SmallPaper) -> None:
    assert dict(get(demo, "http://baodemo.com.vn/a?b").headers)["Location"] == "https://baodemo.vn/a?b"
    assert dict(get(demo, "http://www.baodemo.vn/").headers)["Location"] == "https://baodemo.vn/"
    assert get(demo, "https://m.baodemo.vn/the-thao").body == get(demo, "https://baodemo.vn/the-thao").body
    assert get(demo, "https://baodemo.vn/robots.txt").status == 404
    assert get(demo, "https://baodemo.vn/rss/kinh-te/cho.rss").body.count(b"<item>") == 10
    assert get(demo, "https://baodemo.vn/xa-hoi").status == 404


def test_sitemaps_by_day_say_when_the_index_was_made(demo: SmallPaper) -> None:
    index = get(demo, "https://baodemo.vn/sitemap.xml").body.decode()
    assert index.count(f"<lastmod>{NOW.isoformat()}</lastmod>") == index.count("<sitemap>") > 15
    newest = demo.headline(0)
    day = get(demo, f"https://baodemo.vn/sitemap-article-{newest.moment:%Y-%m-%d}.xml").body.decode()
    assert f"<loc>{newest.url}</loc><lastmod>{newest.moment.isoformat()}</lastmod>" in day
    assert get(demo, "https://baodemo.vn/sitemap-article-1999-01-01.xml").status == 404


def test_all_sites_are_the_same_at_every_start_and_share_no_host() -> None:
    first, second = all_sites(), all_sites()
    hosts = [host for site in first for host in site.hosts]
    assert len({*hosts}) == len(hosts)
    for site, other in zip(first, second, strict=True):
        assert [site.stories[index] for index in (0, 1, 39)] == [other.stories[index] for index in (0, 1, 39)]
    request = Request("GET", "https", first[-1].hosts[0], "/")
    assert first[-1].reply(request) == second[-1].reply(request)


def test_small_papers_have_names_of_their_own() -> None:
    names = [site.name for site in small_papers(3, 1, NOW)]
    assert len({*names}) == len(names)
