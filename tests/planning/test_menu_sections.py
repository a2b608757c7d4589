"""Sections that only a paper's menu names: asked for when they are new, then as other lists are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.spidermiddlewares.httperror import HttpError
from selectolax.lexbor import LexborHTMLParser
from twisted.python.failure import Failure

from archive.clock import set_clock
from newsbot.cms.mediatech import MediaTechSpider
from newsbot.fetching.outcomes import Outcomes
from newsbot.lists.addresses import Addresses
from newsbot.lists.menu import MOST_SECTIONS, menu_sections
from newsbot.planning.backfill.lists import lists_of
from newsbot.planning.backfill.window import Window
from newsbot.planning.crawl_state import CrawlState
from newsbot.spider import NewsSpider
from newsbot.state.resources import Resource, Resources
from newsbot.state.state import State
from tests.harness.pages import load, make_spider, reply
from tests.harness.walk import Walk
from tests.replica.sites import sites

HOME = "https://thu.vn/"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Menu(MediaTechSpider):
    name = "menu"
    province = ""
    allowed_domains = ["thu.vn"]
    sections = ("kinh-te",)
    sections_from_menu = True


class Haiduongtv(MediaTechSpider):
    """The real site, of which nothing is known but its address."""

    name = "haiduongtv"
    province = "Hải Dương"
    allowed_domains = load("haiduongtv").allowed_domains
    sections_from_menu = True


def front(*paths: str) -> str:
    links = "".join(f"<a href='{path}'>x</a>" for path in paths)
    return f"<nav>{links}</nav><a href='/mua-to-1001.html'>y</a>"


def asked(spider: NewsSpider, page: str, url: str = HOME) -> list[str]:
    """The lists that a page of a list leads to."""
    found = spider.parse_section(reply(url, page, date="2026-11-22T04:00:00.000000Z"))
    return [request.url for request in found if "list" in request.meta]


def test_all_articles_of_a_site_are_found_from_its_address_alone() -> None:
    (site,) = (each for each in sites(articles=80) if each.name == "haiduongtv")
    walk = Walk(make_spider(Haiduongtv), site).run()
    complete = {id for id, article in walk.articles.items() if article.body}
    assert complete == {story.key for story in site.stories if story.kind == "article"}
    assert not [url for url in walk.asked if "/print/" in url or "rss" in url]


def test_only_the_front_page_is_asked_for_its_menu() -> None:
    page = front("/", "/kinh-te/", "/xa-hoi", "/the-thao", "/xa-hoi/")
    assert asked(make_spider(Menu), page) == [f"{HOME}xa-hoi", f"{HOME}the-thao"], "kinh-te is listed"
    assert asked(make_spider(Menu), page, f"{HOME}kinh-te") == []
    assert asked(make_spider(Menu, sections="kinh-te"), page) == []


@pytest.mark.parametrize(
    "href",
    [
        *(
            "/rss",
            "/lien-he.html",
            "/thong-tin-quang-cao",
            "/dang-nhap",
            "/tim-kiem?q=a",
            "/xa-hoi?page=2",
            "/english/",
        ),
        *(
            "//b.vn/xa-hoi",
            "http://127.0.0.1/xa-hoi",
            "http://thu.vn.b.vn/xa-hoi",
            "javascript:go()",
            "mailto:a@thu.vn",
        ),
        *(
            "/mua-to-1001.html",
            "/a/b/c/d",
            "/anh.jpg",
            "/%00",
            f"/{'x' * 500}",
            "http://[::1",
            "/a%2f..%2fb",
            "mailto:a@thu.vn",
        ),
    ],
)
def test_what_is_no_section(href: str) -> None:
    page = LexborHTMLParser(front("/xa-hoi", "/the-thao", "/du-lich", href))
    addresses = Addresses(["thu.vn"], MediaTechSpider.article_url)
    assert menu_sections(page, HOME, addresses) == [f"{HOME}{each}" for each in ("xa-hoi", "the-thao", "du-lich")]


@pytest.mark.parametrize(
    ("page", "sections"),
    [
        ("<nav><a href='/tin-tuc'>x</a><a href='/van-ban'>x</a></nav>", ["tin-tuc", "van-ban"]),
        ("<div class='menu'><a href='/tin-tuc'>x</a></div>", ["tin-tuc"]),
        (f"<nav><a href='/chu-de'>x</a></nav><header>{'<a href=/a1>x</a><a href=/a2>x</a>'}</header>", ["a1", "a2"]),
        ("<nav><a href='/rss'>x</a></nav><p><a href='/tin-tuc'>x</a></p>", []),
    ],
    ids=["two", "one", "a strip beside it", "none"],
)
def test_a_small_portal_has_a_small_menu(page: str, sections: list[str]) -> None:
    addresses = Addresses(["thu.vn"], MediaTechSpider.article_url)
    assert menu_sections(LexborHTMLParser(page), HOME, addresses) == [f"{HOME}{each}" for each in sections]


def test_a_menu_without_end_is_cut() -> None:
    page = LexborHTMLParser(front(*(f"/muc-{number}" for number in range(10_000))))
    assert len(menu_sections(page, HOME, Addresses(["thu.vn"], MediaTechSpider.article_url))) == MOST_SECTIONS


@pytest.fixture
def resources(tmp_path: Path):
    state = State(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield Resources(state)
    state.close()


def known(*paths: str, hours: float) -> list[Resource]:
    """Sections that bring nothing of their own, due so many hours from now."""
    due = (NOW + timedelta(hours=hours)).isoformat()
    return [
        Resource(
            f"{HOME}{path}", "menu", "section", f"{HOME}{path}", status=200, step=3, next_check=due, checked_at=due
        )
        for path in paths
    ]


def test_known_ones_are_asked_for_when_their_time_has_come_two_at_a_time(resources: Resources) -> None:
    resources.put([*known("xa-hoi", "the-thao", "du-lich", hours=-1), *known("phap-luat", hours=5)])
    spider = make_spider(Menu)
    spider.crawl_state = CrawlState("menu", resources)
    try:
        set_clock(NOW)
        found = asked(spider, front("/xa-hoi", "/the-thao", "/du-lich", "/phap-luat"))
    finally:
        set_clock(None)
    assert len(found) == 2
    assert set(found) < {f"{HOME}{path}" for path in ("xa-hoi", "the-thao", "du-lich")}


def test_a_backfill_walks_what_runs_for_news_have_found(resources: Resources) -> None:
    resources.put(known("xa-hoi", "kinh-te/", hours=1))
    spider = make_spider(Menu, since="2026-01-01")
    spider.crawl_state = CrawlState("menu", resources)
    lists = lists_of(spider, Window(date(2026, 1, 1), None), NOW.date())
    assert [each.url for each in lists] == [f"{HOME}kinh-te", f"{HOME}xa-hoi"]


def test_a_section_that_is_not_there_is_no_failure_and_is_left_alone_for_a_while(resources: Resources) -> None:
    spider = make_spider(Menu)
    spider.crawl_state = CrawlState("menu", resources)
    page = front("/xa-hoi", "/the-thao", "/du-lich")
    (request,) = (each for each in [*spider.parse_section(reply(HOME, page))] if each.url == f"{HOME}xa-hoi")
    outcomes = Outcomes.from_crawler(spider.crawler)
    outcomes.process_response(request, reply(request.url, "", status=404))
    assert spider.crawler.stats.get_value("newsbot/failed") is None

    failure = Failure(HttpError(reply(request.url, "", status=404)))
    failure.request = request
    assert [*spider.list_failed(failure)] == []
    spider.crawl_state.close(1, complete=True)
    again = make_spider(Menu)
    again.crawl_state = CrawlState("menu", resources)
    assert set(asked(again, page)) == {f"{HOME}the-thao", f"{HOME}du-lich"}
