"""Báo Lào Cai: the system with `cms-body` and `zce-content-body`; no spider reads it yet.

Where its pictures lie is a guess after its sisters: the width wanted stands in their address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlsplit

from tests.replica import feeds, printed_dates
from tests.replica.elsewhere import ADS, FILM, TRACKERS
from tests.replica.headlines import Headline, Lane, Numbering, Section
from tests.replica.markup import ink, linked
from tests.replica.news import Era, Story
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.sitemaps import Sitemaps
from tests.replica.traps import EVERY

HOME, IMAGE = "https://baolaocai.vn", "https://image.baolaocai.vn"
_IDS = Numbering(404_700)
_SECTIONS = (Section("chinh-tri", "Chính trị"), Section("kinh-te", "Kinh tế"), Section("van-hoa", "Văn hóa"))
_ARTICLE = re.compile(r"/[\w-]*-post(\d+)\.html")


class Baolaocai(Newspaper):
    """A page reloads itself after half an hour; lists have one page and the newest stories one more."""

    name = "baolaocai"
    look = ("baolaocai",)
    hosts = ("baolaocai.vn", "www.baolaocai.vn", "image.baolaocai.vn", "static.baolaocai.vn")
    robots = f"User-agent: *\nDisallow: /noi-bo/\nSitemap: {HOME}/sitemap.xml\n"

    def make_lanes(self) -> tuple[Lane, ...]:
        return (
            Lane(
                "cms-body",
                Era(self.now - timedelta(minutes=18), datetime(2021, 1, 1, tzinfo=HANOI)),
                _SECTIONS,
                {"first-h1-wrong": EVERY, "comment-box": EVERY, "noarchive": (3,), "soft-wall": (5,)},
                tags=True,
            ),
        )

    def open(self) -> None:
        self.sitemaps = Sitemaps(self, home=HOME, lanes=(0,))

    def article_id(self, lane: int, index: int) -> str:
        return str(_IDS(index))

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        path = f"/{slug}-post{id}.html"
        return (f"{HOME}{path}", f"https://www.baolaocai.vn{path}", f"http://baolaocai.vn{path}")

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        base = f"{IMAGE}/w800/uploaded/{headline.moment:%Y-%m-%d}/{headline.id}"
        return tuple([f"{base}-{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return printed_dates.onecms(headline.moment)

    def answer(self, request: Request) -> Reply | None:
        path = request.path
        if request.host != self.hosts[0]:
            return None
        if path in ("/", "/tin-moi.html"):
            return self.page(self._list("Báo Lào Cai", path, self.newest((0,), 15)), modified=self.now)
        if path == "/rss/home.rss":
            return self.text(feeds.rss("Báo Lào Cai", HOME, self.newest((0,), 20)), "application/rss+xml")
        if reply := self.sitemaps.answer(path):
            return reply
        if found := _ARTICLE.fullmatch(path):
            index = _IDS.index(int(found[1]))
            if not 0 <= index < self.articles:
                return None
            story = self.stories[index]
            return self.article(request, story, self._article(story))
        for number, section in enumerate(_SECTIONS):
            if path == f"/{section.slug}/":
                return self.page(self._list(section.title, path, self.listing((0,), number, 1)))
        return None

    def _stories(self, rows: Iterable[Headline]) -> str:
        return "".join(
            f'<article class="story"><figure class="story__thumb"><a class="cms-link" href="{row.url}"><picture>'
            f'<source srcset="{_thumb(row, 240, "avif")} 1x, {_thumb(row, 480, "avif")} 2x" type="image/avif">'
            f'<source srcset="{_thumb(row, 240, "webp")}" type="image/webp"><img class="lazyload" loading="lazy" '
            f'src="{_thumb(row, 240, "jpg")}" alt=""></picture></a></figure><h2 class="story__heading">'
            f'<a class="cms-link" href="{row.url}">{escape(row.title)}</a></h2><div class="story__summary">'
            f"{escape(row.sapo)}</div></article>\n"
            for row in rows
        )

    def _list(self, title: str, path: str, rows: Iterable[Headline]) -> str:
        return self._page(title, f"{HOME}{path}", f'<h2 class="cate">{title}</h2>{self._stories(rows)}')

    def _page(self, title: str, url: str, body: str, meta: str = "") -> str:
        menu = "".join(f'<li class="main-cate"><a href="/{row.slug}/">{row.title}</a></li>' for row in _SECTIONS)
        return (
            '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="refresh" content="1800">\n'
            f'<title>{escape(title)}</title>\n<link rel="canonical" href="{escape(url)}">\n{meta}'
            f'<link rel="preload" as="style" href="https://static.baolaocai.vn/web/css/style.css?v=1.92">\n'
            f'<link rel="stylesheet" href="https://static.baolaocai.vn/web/css/style.css?v=1.92">\n'
            f'<meta name="viewport" content="width=device-width">{ADS}</head>\n<body>\n<header>'
            '<h1><a class="site-logo" href="/"></a></h1>'
            f"<nav><ul>{menu}</ul></nav></header>\n<main>{body}</main>\n"
            f'<aside><div class="rennab" id="sda1" data-ad="1"></div>{FILM}'
            '<iframe src="/widget/weather"></iframe></aside>\n'
            f'<footer>Báo và phát thanh, truyền hình Lào Cai <span id="views"></span></footer>\n'
            f'<script defer src="https://static.baolaocai.vn/web/js/web.js?v=1.92"></script>{TRACKERS}</body>\n</html>\n'
        )

    def _article(self, story: Story) -> str:
        traps, headline, pieces = story.traps, self.headline(story.index), []
        moment = f"{headline.moment:%Y-%m-%dT%H:%M:%S%z}"
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, traps)
            if position in (1, 3):
                for source, caption in story.images[:1] if position == 1 else story.images[1:]:
                    large = source.replace("/w800/", "/w1600/")
                    line = f"<figcaption>{ink(caption, traps)}</figcaption>" if caption else ""
                    pieces.append(
                        f'<figure class="picture"><img class="cms-photo" src="{source}" '
                        f'srcset="{source} 1x, {large} 2x" width="800" height="533" alt="">{line}</figure>\n'
                    )
            pieces.append(f"<div>{linked(text, f'{HOME}/kinh-te/') if position == 2 else text}</div>\n")
        if story.byline:
            pieces.append(f'<div class="t1" style="text-align: right"><b>{ink(story.byline, traps)}</b></div>\n')
        tags = "".join(f'<a href="/tu-khoa/{urlsplit(tag).path}-tag1.html">{tag}</a> ' for tag in story.tags)
        data = {"@type": "NewsArticle", "headline": story.title, "datePublished": moment}
        text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
        meta = (
            f'<meta class="cms-date" property="article:published_time" content="{moment}">\n'
            f'<script type="application/ld+json">{text}</script>\n'
            f'<script>var cmsConfig = {{"objectId": {headline.id}}};</script>\n'
        )
        meta += '<meta name="robots" content="noarchive">\n' if story.noarchive else ""
        section = headline.section
        body = (
            f'<div class="article" data-id="{headline.id}"><ul class="breadcrumbs"><li class="main-cate">'
            f'<a href="/{section.slug}/">{section.title}</a></li></ul>\n'
            f'<h1 class="article__title cms-title">{ink(story.title, traps)}</h1>\n'
            f'<time class="time" datetime="{moment}">{story.published_printed}</time>\n'
            f'<div class="article__sapo cms-desc">{ink(story.sapo, traps)}</div>\n'
            f'<div class="article__body zce-content-body cms-body">{"".join(pieces)}</div>\n'
            f'<div class="article__tags">{tags}</div></div>\n'
            f'<div class="wrap-comment" data-id="{headline.id}"><h3>Gửi bình luận của bạn</h3><ul></ul></div>\n'
            f'<h3 class="cate">Đọc thêm</h3>{self._stories(self.related(story.index, 4))}'
        )
        return self._page(story.title, headline.url, body, meta)


def _thumb(row: Headline, width: int, extension: str) -> str:
    return f"{IMAGE}/w{width}/uploaded/{row.moment:%Y-%m-%d}/{row.id}.{extension}"
