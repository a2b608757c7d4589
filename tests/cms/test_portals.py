"""The lists and addresses of government portals and of DHCN: numbers for paths, ids in queries, portlets with pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.http import Request, Response

from newsbot.spider import NewsSpider
from tests.harness.pages import fetch, load, make_spider, reply
from tests.harness.walk import Walk
from tests.replica.news import Story
from tests.replica.papers import small_papers
from tests.replica.sites import NOW

PAPERS = {site.name: site for site in small_papers(70, 1, NOW)}


def menu(name: str, *hrefs: str) -> list[str]:
    """What the menu of a portal's front page names, as paths."""
    spider = make_spider(name)
    page = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    return [url.removeprefix(spider.home) for url in spider.read_section(reply(spider.home, page)).menu]


@pytest.mark.parametrize("name", ["sotttt", "quangninh", "laocai", "sonnptnt", "baothanhhoa", "baoninhbinh"])
def test_all_that_lists_and_their_pages_name_is_found(name: str) -> None:
    site = PAPERS[name]
    walk = Walk(make_spider(name), site).run()
    wanted = {story.key for story in site.stories if story.kind == "article"}
    assert {id for id, article in walk.articles.items() if article.body} >= wanted
    assert all(walk.spider.addresses.is_own(url) for url in walk.asked)


def test_sections_of_numbers_and_queries_are_sections() -> None:
    lists = ["4/467/27160/tin-tuc", "4/467/1283/du-lich"]
    assert menu("laocai", *(f"/{each}" for each in lists), "/4/469/1283/5/a", "/a", f"/{lists[1]}#b") == lists
    named = ("/Trang/tin-tuc.aspx?Cat=2", "/Trang/tin-tuc.aspx?Cat=3", "/So/x/Trang/tin.aspx?Cat=4", "/Trang/a.aspx")
    assert menu("quangninh", *named) == ["Trang/tin-tuc.aspx?Cat=2", "Trang/tin-tuc.aspx?Cat=3"]
    assert menu("quangninh", "//evil.test/Trang/tin-tuc.aspx?Cat=2", "/Trang/ChiTietTinTuc.aspx?Cat=2&nid=5") == []


@pytest.mark.parametrize(
    ("name", "path", "article"),
    [
        ("quangninh", "/Trang/ChiTietTinTuc.aspx?nid=124500", "124500"),
        ("quangninh", "/trang/chitiettintuc.aspx?Cat=7&NID=124500&title=lua", "124500"),
        ("quangninh", "/So/songoaivu/Trang/ChiTietTinTuc.aspx?nid=5", None),
        ("quangninh", "/Trang/ChiTietTinTuc.aspx?unid=5", None),
        ("laocai", "/4/469/27160/812000/mua-to", "812000"),
        ("laocai", "/Default.aspx?sname=ubnd&sid=4&pageid=27160&p_steering=812000", "p_steering=812000"),
        ("laocai", "/4/467/27160/tin-tuc", None),
        ("sotttt", "/dssdt/-/view_content/1811778-de-nghi-.html;jsessionid=5F2A?inheritRedirect=true", "1811778"),
        ("sotttt", "/web/guest/a/b/-/view_content/1811778", "1811778"),
        ("bacgiang", "/tin/-/asset_publisher/RcRs/content/lua-chin?redirect=%2Ftin", "lua-chin"),
        ("thainguyen", "/tin/-/asset_publisher/L0n1/content/id/700800", "700800"),
        ("sonnptnt", "/en-us/list-of-parks-c2202.html", "c2202"),
        ("sonnptnt", "/Portal/Pages/2023-2-8/Quyet-dinhAb12Cd.aspx", "2023-2-8/quyet-dinhab12cd"),
        ("sonnptnt", "/portal/pages/print.aspx?p=12009", None),
        ("baothanhhoa", "/lua-247300.htm", "247300"),
        ("baothanhhoa", "/print/5d41402abc4b2a76b9719d911017c592/247300.htm", None),
    ],
)
def test_addresses(name: str, path: str, article: str | None) -> None:
    spider = load(name)
    assert spider.article_id(f"https://{spider.allowed_domains[0]}{path}") == (article and f"{name}:{article}")


def test_a_query_that_tells_the_article_is_asked_for() -> None:
    address = load("quangninh").addresses.find(
        "http://quangninh.gov.vn/Trang/ChiTietTinTuc.aspx?Cat=7&nid=5&utm_source=x"
    )
    assert address and address.url == "https://www.quangninh.gov.vn/Trang/ChiTietTinTuc.aspx?Cat=7&nid=5"


def test_pages_of_a_portlet() -> None:
    spider, site = make_spider("sotttt", since="2020-01-01"), PAPERS["sotttt"]
    first = spider.read_section(fetch(site, "https://sotttt.hanoi.gov.vn/cong-nghe-thong-tin"))
    assert first.following and "_cur=2&" in first.following and first.last == 4
    assert spider.page_address(first.following, 7) == first.following.replace("_cur=2&", "_cur=7&")


def test_every_enciphered_text_is_opened_in_the_browser() -> None:
    """Others are left after five walls in a row that stay walls; of these the browser shows the text."""
    spider, site = make_spider("baothanhhoa"), PAPERS["baothanhhoa"]
    spider.browser_use, spider.browser = "walls", SimpleNamespace(is_there=True)  # type: ignore[assignment]
    enciphered = [story for story in site.stories if "enciphered" in story.traps]
    for story in enciphered:
        (asked,) = spider.parse_fetched(answer(spider, story))
        assert isinstance(asked, Request) and "browser" in asked.meta
        assert [*spider.parse_fetched(answer(spider, story, **asked.meta))] == []
    assert len(enciphered) > 5


def answer(spider: NewsSpider, story: Story, **meta: Any) -> Response:
    response = fetch(PAPERS[spider.name], story.urls[0])
    assert response.request is not None
    given = {"article_id": story.key, **meta, "capture": response.meta["capture"]}
    response.request = response.request.replace(meta=given)
    return response


def test_a_page_for_printing_is_asked_for_by_nobody() -> None:
    site = PAPERS["baothanhhoa"]
    page = fetch(site, site.stories[0].urls[0])
    (link,) = (each for each in make_spider("baothanhhoa").read_section(page).links if "/print/" in each)
    assert site.stories[0].paragraphs[0] not in fetch(site, link).text
    assert load("baothanhhoa").article_id(link) is None
