"""Lists that a site gives its own scripts, in JSON: menu, then articles."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scrapy.http import Request

from newsbot.lists.json_lists import JsonList
from tests.harness.example_paper import BaoviduSpider
from tests.harness.pages import make_spider, reply
from tests.harness.walk import Walk
from tests.replica.sites import unread_sites

API = "https://api.baovidu.vn"
MENU, TIN = f"{API}/menu", f"{API}/tin?muc=kinh-te&limit=30"


class ApiSpider(BaoviduSpider):
    name = "api"
    allowed_domains = ["baovidu.vn", "api.baovidu.vn"]
    sitemaps = (MENU,)
    json_lists = (
        JsonList(
            answers="/menu$", rows="data.list", address=f"{API}/tin?muc={{slug}}&limit={{number}}", names_lists=True
        ),
        JsonList(answers=r"/tin\?", rows="rows", address="https://baovidu.vn/{muc}/{slug}-{id}.html"),
    )


def followed(url: str, answer: Any, **arguments: str) -> list[str]:
    spider = make_spider(ApiSpider, **arguments)
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return [each.url for each in spider.parse_sitemap(reply(url, text)) if isinstance(each, Request)]


def test_every_article_of_the_replica_is_found() -> None:
    (site,) = (site for site in unread_sites(articles=80) if site.name == "baodienbienphu")
    walk = Walk(make_spider("baodienbienphu"), site).run()
    assert {id for id, article in walk.articles.items() if article.body} == {
        story.key for story in site.stories if story.kind == "article"
    }


def test_a_list_is_no_article() -> None:
    spider = make_spider("baodienbienphu")
    for url in ("menu-get-list", "article-get-news-by-category-slug?category_slug=kinh-te&limit=30"):
        assert spider.article_id(f"https://api-dienbien.baodienbienphu.vn/api/web/{url}") is None
    assert spider.article_id("https://baodienbienphu.vn/tin-tuc/xa-hoi/giao-duc-y-te") is None
    assert spider.article_id("https://baodienbienphu.vn/tin-bai/xa-hoi/lua-chin-som") == "baodienbienphu:lua-chin-som"


def test_rows_mean_addresses() -> None:
    rows = [{"muc": "kinh-te", "slug": "mua-to", "id": 17, "x": [1]}, {"muc": "xa-hoi", "slug": "lũ về", "id": "18"}]
    assert followed(TIN, {"rows": rows}) == [
        "https://baovidu.vn/kinh-te/mua-to-17.html",
        "https://baovidu.vn/xa-hoi/l%C5%A9%20v%E1%BB%81-18.html",
    ]
    assert followed(MENU, {"data": {"list": [{"slug": "kinh-te"}]}}) == [TIN]


def test_a_backfill_asks_for_more() -> None:
    spider = make_spider(ApiSpider, since="2020-01-01")
    answer = reply(MENU, json.dumps({"data": {"list": [{"slug": "kinh-te"}]}}))
    assert [entry.url for entry in spider.sitemap_of(answer)] == [f"{API}/tin?muc=kinh-te&limit=1000"]


@pytest.mark.parametrize(
    "slug",
    [
        "../../x",
        "//evil.test/a",
        "a?b=1",
        "a#b",
        "@evil.test",
        "\\\\evil.test\\",
        "a\r\nHost: evil.test",
        "\x00",
        "\ud800",
    ],
)
def test_no_value_chooses_host_or_path(slug: str) -> None:
    urls = [*followed(TIN, {"rows": [{"muc": slug, "slug": "a", "id": 1}]}), *followed(MENU, menu(slug))]
    assert len(urls) == 2
    for url in urls:
        assert url.startswith(("https://baovidu.vn/", f"{API}/tin?muc="))
        assert url.count("/") == (4 if "baovidu.vn/" in url and API not in url else 3)
        assert url.isascii() and url.isprintable()


def menu(slug: object) -> dict[str, Any]:
    return {"data": {"list": [{"slug": slug}]}}


@pytest.mark.parametrize("slug", [None, "", True, 1.5, [], {}, 10**400, "x" * 301, ".."])
def test_rows_without_an_address_are_named(slug: object, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    assert followed(MENU, menu(slug)) == []
    assert f"sitemap {MENU} was not read to its end: 1 entry has no address" in caplog.text


@pytest.mark.parametrize("text", ["", "<html>", "[" * 100_000, '{"rows": [{"muc"', "9" * 5_000, '"a"', "null", "\x00"])
def test_what_is_no_such_list_is_named(text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    assert followed(TIN, text) == []
    assert f"sitemap {TIN} was not read to its end: no " in caplog.text


def test_a_list_of_such_a_host_is_one_of_today() -> None:
    spider = make_spider(ApiSpider)
    assert not spider.is_on_old_host(MENU)
    assert spider.is_on_old_host(f"{API}/other")
