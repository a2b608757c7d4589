"""The replica's sites: the same at every start, whole, and as broken as they say."""

from __future__ import annotations

import gzip
import re
from datetime import datetime
from html import unescape
from unicodedata import normalize
from urllib.parse import urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.harness.replica_asking import SITES, follow, get, page, page_html, with_trap
from tests.replica.foreign import FOREIGN_URLS
from tests.replica.newspaper import Newspaper
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.sites import PAPERS, sites
from tests.replica.traps import SITE_TRAPS, TRAPS

NAMES = list(SITES)


def page_text(reply: Reply) -> str:
    """All a browser would show of a page, and its attributes' text, cleaned as a correct reader cleans it."""
    body = gzip.decompress(reply.body) if reply.body.startswith(b"\x1f\x8b") else reply.body
    tree = LexborHTMLParser(re.sub("<(_o3a_p|/_o3a_p)>", "", body.decode()))
    assert tree.body is not None
    text = normalize("NFC", tree.body.text(separator=" ")).replace("\u200b", "").replace("Ð", "Đ")
    return " ".join(text.split())


def links(site: Newspaper, base: str, reply: Reply) -> set[str]:
    """The addresses a page, a feed, a sitemap or a script's answer leads to, on the site's own hosts."""
    text = unescape(unescape(reply.body.decode()))
    found = re.findall(r'(?:href|data-url)="([^"]*)"|<(?:loc|link)>([^<]*)<|"url":"([^"]*)"', text)
    found += [(url,) for url in re.findall(r'searchUrl = "([^"]*)"', text)]
    urls = {urljoin(base, part) for parts in found for part in parts if part}
    return {url.split("#")[0] for url in urls if urlsplit(url).hostname in site.hosts}


NO_LISTS = re.compile(
    r"/print|/ads|/dich-vu|/tag/|version/mobile|\.(css|js|png|jpe?g|gif|pdf|ico|svg|woff2|webmanifest)($|\?)"
)


def crawl(site: Newspaper, start: set[str]) -> set[str]:
    """Every address reachable from some over pages that are no articles."""
    articles = {url for story in site.stories for url in story.urls}
    seen: set[str] = set()
    todo = start
    while todo:
        url = todo.pop()
        seen.add(url)
        if url in articles or NO_LISTS.search(url):
            continue
        reply = follow(site, url)
        if reply.status == 200:
            todo |= links(site, url, reply) - seen
    return seen


@pytest.mark.parametrize("name", NAMES)
class TestSite:
    def test_every_story_is_reachable(self, name: str) -> None:
        site = SITES[name]
        home = f"https://{site.hosts[0]}"
        start = {f"{home}/", f"{home}/sitemap.xml", f"{home}/rss"}
        if name == "baoquangninh":
            start.add("http://www.baoquangninh.com.vn/")
        reached = crawl(site, start)
        assert [story.index for story in site.stories if not reached & set(story.urls)] == []

    def test_every_address_of_a_story_leads_to_the_same_page(self, name: str) -> None:
        site = SITES[name]
        for story in site.stories:
            bodies = {follow(site, url, Cookie="D1N=9f2c4e").body for url in story.urls}
            assert len(bodies) == 1, story.urls
            assert get(site, story.urls[0], Cookie="D1N=9f2c4e").status == 200

    def test_addresses_and_ids_are_of_one_story(self, name: str) -> None:
        stories = SITES[name].stories
        urls = [url for story in stories for url in story.urls]
        assert len(set(urls)) == len(urls)
        assert len({story.key for story in stories}) == len(stories) == 40

    def test_each_layout_has_stories_enough(self, name: str) -> None:
        site = SITES[name]
        for lane in site.lanes:
            assert sum(story.layout == lane.layout for story in site.stories) >= 10
        assert sum(story.kind == "article" for story in site.stories) >= 34

    def test_the_truth_is_printed(self, name: str) -> None:
        site = SITES[name]
        for story in site.stories:
            if story.kind == "gone":
                continue
            reply = page(site, story)
            text = page_text(reply)
            for part in (story.title, story.sapo, *story.paragraphs, *story.section, story.byline or ""):
                assert part in text, (story.urls[0], part)
            for tag in story.tags:
                assert tag in text
            if story.published_printed:
                assert story.published_printed in text
            html = unescape(page_html(reply))
            for source, caption in story.images:
                assert source in html or urlsplit(source).path in html
                assert caption is None or caption in text

    def test_truth_is_clean_text(self, name: str) -> None:
        for story in SITES[name].stories:
            for part in (story.title, story.sapo, *story.paragraphs, *(caption or "x" for _, caption in story.images)):
                assert part == normalize("NFC", " ".join(part.split())) != ""
            assert story.made_of == "video" or 4 <= len(story.paragraphs) <= 12

    def test_dates_go_back(self, name: str) -> None:
        site = SITES[name]
        for lane in site.lanes:
            moments = [site.headline(story.index).moment for story in site.stories if story.layout == lane.layout]
            assert moments == sorted(moments, reverse=True)
            assert lane.era.oldest <= moments[-1] <= moments[0] <= site.now

    def test_the_same_arguments_give_the_same_bytes(self, name: str) -> None:
        first = SITES[name]
        (again,) = [site for site in sites(articles=40) if site.name == name]
        (other,) = [site for site in sites(articles=40, seed=2) if site.name == name]
        for story in first.stories:
            assert again.stories[story.index] == story
            assert again.reply(request(story.urls[0])) == first.reply(request(story.urls[0]))
        assert [story.title for story in other.stories] != [story.title for story in first.stories]

    def test_a_known_page_is_not_sent_again(self, name: str) -> None:
        site = SITES[name]
        story = next(story for story in site.stories if story.kind == "article")
        headers = dict(page(site, story).headers)
        again = get(site, story.urls[0], If_None_Match=headers["ETag"])
        assert (again.status, again.body) == (304, b"")
        assert get(site, story.urls[0], If_Modified_Since=headers["Last-Modified"]).status == 304
        assert get(site, story.urls[0], If_None_Match='"other"').status == 200

    def test_pages_have_the_size_of_real_ones(self, name: str) -> None:
        site = SITES[name]
        sizes = sorted(len(page_html(page(site, story))) for story in site.stories if story.kind == "article")
        assert sizes[0] > 8_000
        assert 11_000 < sizes[len(sizes) // 2] < 26_000

    def test_robots(self, name: str) -> None:
        site = SITES[name]
        reply = get(site, f"https://{site.hosts[0]}/robots.txt")
        assert reply.status == 200
        assert b"Disallow: /noi-bo/" in reply.body

    def test_pictures_and_style_sheets(self, name: str) -> None:
        site = SITES[name]
        story = next(s for s in site.stories if s.images and "dead-image" not in s.traps)
        picture = follow(site, story.images[0][0])
        assert picture.status == 200
        assert picture.body.startswith(b"\xff\xd8\xff")
        assert urlsplit(story.images[0][0]).hostname in site.hosts

    def test_lists_lead_where_nobody_may_go(self, name: str) -> None:
        site = SITES[name]
        html = get(site, f"https://{site.hosts[0]}/").body.decode()
        assert all(url in html for url in FOREIGN_URLS)

    def test_what_is_not_there(self, name: str) -> None:
        assert follow(SITES[name], f"https://{SITES[name].hosts[0]}/khong-co-trang-nay").status == 404


def request(url: str) -> Request:
    parts = urlsplit(url)
    return Request("GET", parts.scheme, parts.hostname or "", parts.path, parts.query)


# What shows that a trap is on a page: a pattern of the HTML as sent
SIGNS = {
    "stray-html-close": r"^<!DOCTYPE html>\s*<html[^>]*>\s*</html>\s*<head>",
    "nested-document": r"id=.content-detail.[\s\S]*<html><body>[\s\S]*</body></html>[\s\S]*</body>",
    "text-after-html": r"</html>\s*<(p|div)[^>]*>\w",
    "sapo-twice-cut": r"<div class='sapo'>[\s\S]*<p class=.sapo.>",
    "sapo-twice-slug": r"detail-sapo[\s\S]*\(SK&amp;MT\) - ",
    "slug-in-sapo": r"<strong><span[^>]*><span[^>]*>\(SK&amp;MT\) - ",
    "header-clock": r"31/10/2026[ ,]+08:00",
    "clock-empty": r"onecms__currentTime.></p>",
    "caption-table": r"<td class=.image_desc.>",
    "caption-wp": r"<p class=.wp-caption-text.>",
    "caption-em": r"<img[^>]*></p>\s*<p[^>]*><em>",
    "caption-figure": r"<figcaption>",
    "caption-bare-line": r"editor-image-wrapper.><img[^>]*></div>\s*<p",
    "caption-centred-em": r"<p style=.text-align:center.><em><span",
    "caption-twice": r"<img [^>]*alt=.\w",
    "author-repeated-hidden": r"vtranslate-author-translate|block-sc-title",
    "jsonld-local-and-utc": r'"datePublished": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"[\s\S]*"dateModified": "[^"]*Z"',
    "us-date-meta": r"published_time. content=.\d+/\d+/\d{4} \d+:\d\d:\d\d [AP]M",
    "mixed-entities": r"&#2[2-5]\d;[\s\S]*=\"[^\"]*&[aeiouy]\w+;",
    "twice-escaped-title": r'"headline"',
    "word-markup": r"<o:p>|<_o3a_p>",
    "word-escaped-tag": r"<_o3a_p></_o3a_p>",
    "eth-for-d": "Ð",
    "zero-width": "\u200b",
    "double-spaces": r"\w,  \w|\w  cho",
    "image-index": r">1</div>",
    "dot-leftovers": r">\. \.<",
    "zoom-control": "100%",
    "degree-sign": ">°<",
    "online-counter": "243 người đang online",
    "comment-box": r"Ý kiến bạn đọc|ký tự|tiếng việt có dấu|Gửi bình luận của bạn",
    "related-dates": r"\(\d\d/\d\d/\d{4} \d+:\d\d (SA|CH)\)",
    "related-inline": r"class=.(rl center|relates|c-box c-box-related).",
    "related-h1": r"<h1 class=.text.><a href=.#.",
    "first-h1-wrong": r"<h1[\s\S]*<h1",
    "audio-box": r"select-accent-wrap|<audio",
    "ads-in-paragraph": r"<p>[^\n]*<ins class=.ads-zone-group.|AMN_res_",
    "commented-empty-href": r"<!--.*<a href=..>.*-->",
    "src-twice": r"<img class=.. src=.[^>]* src=.",
    "unrendered-template": r"\{\{",
    "relative-og-image": r"og:image. content=./\w",
    "meta-canonical": r"<meta name=.canonical.",
    "noarchive": "noarchive",
    "soft-404": "không tồn tại",
    "soft-wall": "document.cookie",
    "dead-image": "http://anh-cu",
    "older-head": r"c-detail-head__title[\s\S]*class=.Headlines.",
    "author-beside-section": r"__cat.>[^<]*</span> <span class=.c-detail-head__author",
    "lead-picture-in-head": r"sc-longform-header-media.><figure><img data-src=",
    "lazy-picture": r"loading\.gif. data-srcset=[\s\S]*<noscript><img",
    "ad-label": r"<span>AD</span>Qu",
    "slug-bare": r">HDO - ",
    "tags-in-one-string": r"article:tag. content=.[^,\"]+,",
    "slug-bold": r"<p><strong>\(CTO\)</strong> - ",
    "lead-bold": r"singular-content.><p><strong>",
    "caption-note": r"</p>\n<p class=.note ignore.>",
    "caption-in-picture": r"<p class=.note ignore.><img [^>]*><br />",
    "base-elsewhere": r"<base href=.https://[^>]*/templates/version1/homepage/",
    "jsonld-day": r"datePublished.: .\d{4}-\d\d-\d\d\"",
    "bare-divs": r"itemprop=.articleBody.><div>",
    "refresh-later": r"http-equiv=.refresh. content=.1800",
    "canonical-by-script": r"location.href != ",
    "old-picture-paths": r"/w840/dataimages/\d{6}/original/",
    "jsonld-broken": r"/\* bài viết \*/ \{.*\};</script>",
    "raw-tag-href": r"/tag/[^\"]* [^\"]*-ptag.html",
}


@pytest.mark.parametrize("trap", sorted(set(TRAPS) - SITE_TRAPS))
def test_every_trap_is_laid(trap: str) -> None:
    pages = list(with_trap(trap))
    assert pages
    for site, story in pages:
        html = page_html(get(site, story.urls[0]))
        is_text = story.kind == story.made_of == "article"
        if trap in SIGNS and (is_text or trap in ("soft-404", "soft-wall")):
            assert re.search(SIGNS[trap], html), story.urls[0]


def test_traps_are_registered() -> None:
    assert {trap for site in SITES.values() for story in site.stories for trap in story.traps} <= set(TRAPS)


def test_bytes_as_they_arrive() -> None:
    for site, story in with_trap("gzip-unlabelled"):
        if story.kind == "article":
            reply = page(site, story)
            assert reply.body.startswith(b"\x1f\x8b")
            assert reply.encoding is None
            assert not any(name.lower() == "content-encoding" for name, _ in reply.headers)
    for site, story in with_trap("charset-only-in-meta"):
        reply = page(site, story)
        assert "charset" not in dict(reply.headers)["Content-Type"]
        assert re.search(rb"<meta[^>]*charset=.?utf-8", reply.body, re.IGNORECASE)
    for site, story in with_trap("nfd-text"):
        text = " ".join(unescape(page_html(page(site, story))).split())
        assert normalize("NFD", story.title) in text
        assert story.paragraphs[0] not in text


def test_soft_answers_are_no_articles() -> None:
    for site, story in with_trap("soft-wall"):
        reply = get(site, story.urls[0])
        assert (reply.status, story.kind) == (200, "wall")
        assert len(reply.body) < 200
    for site, story in with_trap("soft-404"):
        reply = get(site, story.urls[0])
        assert (reply.status, story.kind) == (200, "gone")
        assert story.paragraphs[0] not in reply.body.decode()


def test_absent_dates_and_bodies() -> None:
    for site, story in with_trap("no-date"):
        assert story.published_at is None
        assert f"{site.headline(story.index).moment:%d/%m/%Y}" not in page_text(page(site, story)).split("Tin ")[0]
    for _, story in with_trap("no-body"):
        assert (story.made_of, story.body) == ("video", story.sapo)


def test_syndicated_stories_say_the_same() -> None:
    pairs = list(with_trap("syndicated"))
    assert len(pairs) >= 4
    for _, story in pairs:
        ((source, index),) = story.same_text_as
        twin = SITES[source].stories[index]
        assert (twin.title, twin.sapo, twin.body) == (story.title, story.sapo, story.body)
        assert twin.same_text_as == ((story.source, story.index),)
    others = [s for site in SITES.values() for s in site.stories if not s.same_text_as]
    assert len({story.body for story in others if story.body}) == sum(bool(story.body) for story in others)


def test_titles_escaped_twice() -> None:
    pages = [(story, page_html(page(site, story))) for site, story in with_trap("twice-escaped-title")]
    marked = [html for story, html in pages if {*story.title} & {*'&"'}]
    assert marked
    assert all(re.search(r'"headline": "[^"]*&amp;(amp|quot);', html) for html in marked)


def test_ids_counted_anew() -> None:
    stories = SITES["suckhoemoitruong"].stories
    assert stories[0].id + "n" == stories[1].id


def test_a_sitemap_with_space_in_front() -> None:
    padded = get(SITES["baosonla"], "https://baosonla.vn/sitemap-articles-1.xml").body
    assert padded.lstrip().startswith(b"<?xml")
    assert padded[0:1].isspace()


def test_search_of_the_old_system() -> None:
    site = SITES["baoquangninh"]
    search = "http://www.baoquangninh.com.vn/search/select/?sort=date%20desc&q=siteid:249%20AND%20cateid:7016"
    body = get(site, f"{search}&start=2&rows=3&r=&wt=json&json.wrf=getSearchData&cp=0.5").body.decode()
    assert re.fullmatch(r"getSearchData\(\{.*\}\)", body)
    assert len(re.findall(r'"url":"/kinh-te/\d{6}/', body)) == 3
    assert re.search(r'"date":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"', body)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_million_articles(paper: type[Newspaper]) -> None:
    site = paper(1_000_000, 1, datetime.fromisoformat("2026-10-31T08:00:00+07:00"))
    for index in (999_999, 999_998, 500_001, 150_000, 28_435):
        story = site.stories[index]
        assert follow(site, story.urls[-1], Cookie="D1N=9f2c4e").status == 200
        text = page_text(page(site, story))
        assert story.kind == "gone" or story.title in text
        assert site.lanes[index % len(site.lanes)].era.oldest <= site.headline(index).moment
    deep = site.listing((0,), 1, 2_000)
    assert len(deep) == site.page_size == 50
    with pytest.raises(IndexError):
        site.stories[1_000_000]
