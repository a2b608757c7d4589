"""The replica's sites that no spider reads yet: whole, and true to what is known of them."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from tests.harness.replica_asking import follow, get, page, page_html
from tests.replica.sites import unread_sites
from tests.replica.traps import TRAPS

UNREAD = {site.name: site for site in unread_sites(articles=40)}
#: What marks the pages of each system.
_MARKS = {
    "baodienbienphu": ("editor-content", "article-sapo"),
    "baocantho": ("content-fck", 'id="txtnewsid"', "pubdate", "tag_item"),
    "baolaocai": ("zce-content-body", "cms-title", "cms-date", "cmsConfig"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_the_truth_is_printed(name: str) -> None:
    site = UNREAD[name]
    for story in site.stories:
        html = unescape(page_html(page(site, story)))
        for part in (story.title, story.sapo, *story.paragraphs[3:], story.byline or "", story.published_printed or ""):
            assert part in html
        assert all(source in html for source, _ in story.images)
        assert all(mark in html for mark in _MARKS[name])
        assert {*story.traps} <= {*TRAPS}
        assert len({follow(site, url, Cookie="D1N=9f2c4e").body for url in story.urls}) == 1


@pytest.mark.parametrize("name", ["baocantho", "baolaocai"])
def test_lists_lead_to_articles(name: str) -> None:
    site = UNREAD[name]
    home = f"https://{site.hosts[0]}"
    addresses = [f"{home}/", f"{home}/tin-moi.html"]
    addresses += [f"{home}/{row.slug}/{page}" for row in site.lanes[0].sections for page in ("", "?p=2", "?p=3")]
    html = unescape("".join(page_html(get(site, url)) for url in addresses))
    listed = {*re.findall(r'href="(?:https://[a-z.]+)?(/[^"]*)"', html)}
    assert len(listed & {urlsplit(story.urls[0]).path for story in site.stories}) >= 18


def test_feeds() -> None:
    assert b"<item>" in get(UNREAD["baocantho"], "https://baocantho.com.vn/rss/cate/kinh-te/").body
    assert b"<item>" in get(UNREAD["baolaocai"], "https://baolaocai.vn/rss/home.rss").body


def test_lists_that_are_json() -> None:
    site = UNREAD["baodienbienphu"]
    assert b"/tin-bai/" not in get(site, "https://baodienbienphu.vn/tin-tuc/kinh-te").body
    assert get(site, "https://baodienbienphu.vn/").body.count(b"/tin-bai/") >= 12
    api = "https://api-dienbien.baodienbienphu.vn/api/web/"
    menu = json.loads(get(site, f"{api}menu-get-list").body)
    assert menu["status"] == 1
    found = set()
    for row in menu["data"]["list"]:
        reply = get(site, f"{api}article-get-news-by-category-slug?category_slug={row['menu_slug']}&limit=100")
        assert dict(reply.headers)["Access-Control-Allow-Origin"] == "https://baodienbienphu.vn"
        for entry in json.loads(reply.body)["data"]["list"]:
            found.add("/".join(("", entry["article_type_slug"], entry["category_slug"], entry["article_slug"])))
    assert found == {urlsplit(story.urls[0]).path for story in site.stories}
    nothing = get(site, f"{api}article-get-news-by-category-slug?category_slug=khong-co&limit=9")
    assert json.loads(nothing.body) == {"status": 0, "data": {"list": []}}
