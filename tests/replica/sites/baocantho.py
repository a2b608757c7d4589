"""Báo Cần Thơ: the system with `content-fck`, its files on static.baocantho.com.vn; no spider reads it yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qs

from tests.replica import feeds
from tests.replica.elsewhere import ADS, MAP, TRACKERS
from tests.replica.headlines import Headline, Lane, Numbering, Section
from tests.replica.markup import cut, ink, linked
from tests.replica.news import Era, Story
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.traps import EVERY

HOME, STATIC = "https://baocantho.com.vn", "https://static.baocantho.com.vn"
THEME = f"{STATIC}/templates/version1/homepage"
_IDS = Numbering(196_700)
_SECTIONS = (Section("thoi-su", "Thời sự"), Section("kinh-te", "Kinh tế"), Section("du-lich", "Du lịch"))
_ARTICLE = re.compile(r"/[\w-]*-a(\d+)\.html")


class Baocantho(Newspaper):
    """Lists with a pager, a feed for each section, no sitemap."""

    name = "baocantho"
    look = ("baocantho",)
    hosts = ("baocantho.com.vn", "www.baocantho.com.vn", "static.baocantho.com.vn")
    robots = "User-agent: *\nDisallow: /noi-bo/\nDisallow: /search/\n"

    def make_lanes(self) -> tuple[Lane, ...]:
        return (
            Lane(
                "content-fck",
                Era(self.now - timedelta(minutes=50), datetime(2019, 1, 1, tzinfo=HANOI)),
                _SECTIONS,
                {"first-h1-wrong": EVERY, "comment-box": EVERY, "raw-tag-href": EVERY, "soft-wall": (7,)},
                tags=True,
                slug_limit=100,
            ),
        )

    def open(self) -> None:
        menu = "".join(f'<li><a href="/{row.slug}/">{row.title}</a></li>' for row in _SECTIONS)
        self._header = (
            f'<div id="header"><a href="/"><img src="{THEME}/images/logo.png" alt="Báo Cần Thơ"></a>'
            f'<ul id="menu">{menu}</ul></div>\n'
        )
        newest = "".join(
            f'<li><a href="{escape(row.url.removeprefix(HOME))}">{escape(row.title)}</a></li>\n'
            for row in self.newest((0,), 8)
        )
        self._right = (
            f'<div id="right"><div class="sprite title">TIN MỚI NHẤT</div><ul>{newest}</ul><ol id="most"></ol>'
            f'<div data-ad="right"></div><iframe src="/widget/weather" height="60"></iframe>{MAP}</div>'
        )

    def article_id(self, lane: int, index: int) -> str:
        return str(_IDS(index))

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        path = f"/{slug}-a{id}.html"
        return (f"{HOME}{path}", f"https://www.baocantho.com.vn{path}", f"http://baocantho.com.vn{path}")

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        base = f"{STATIC}/news/{headline.moment:%Y/%Y%m%d}/images/{headline.id}"
        return tuple([f"{base}_{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return f"{headline.moment:%d/%m/%Y - %H:%M}"

    def answer(self, request: Request) -> Reply | None:
        path = request.path
        if request.host != self.hosts[0]:
            return None
        if path == "/":
            return self.page(self._list("Báo Cần Thơ", "/", self.newest((0,), 12)), modified=self.now)
        if found := _ARTICLE.fullmatch(path):
            index = _IDS.index(int(found[1]))
            if not 0 <= index < self.articles:
                return None
            story = self.stories[index]
            return self.article(request, story, self._article(story))
        for number, section in enumerate(_SECTIONS):
            if path == f"/rss/cate/{section.slug}/":
                return self.text(feeds.rss(section.title, HOME, self.listing((0,), number, 1, 20)), "text/xml")
            if path.rstrip("/") == f"/{section.slug}":
                page = int(parse_qs(request.query).get("p", ["1"])[0])
                last = max(1, -(-self.section_size((0,), number) // self.page_size))
                pager = "".join(f'<a href="/{section.slug}?p={n}">{n}</a> ' for n in range(1, min(last, 9) + 1))
                rows = self.listing((0,), number, page)
                html = self._list(section.title, f"/{section.slug}/", rows, f'<div id="page">{pager}</div>')
                return self.page(html) if rows else None
        return None

    def _list(self, title: str, path: str, rows: Iterable[Headline], below: str = "") -> str:
        items = "".join(
            f'<li class="news-img-left"><a href="{escape(row.url.removeprefix(HOME))}">'
            f'<img src="{THEME}/images/blank.gif" data-src="{STATIC}/thumb/{row.id}.jpg" alt=""></a>'
            f'<a class="b-title" href="{escape(row.url.removeprefix(HOME))}">{escape(row.title)}</a>'
            f"<p>{escape(cut(row.sapo, 150))}...</p></li>\n"
            for row in rows
        )
        return self._page(
            title, f"{HOME}{path}", f'<div class="titlecate"><h1>{title}</h1></div><ul>{items}</ul>{below}'
        )

    def _page(self, title: str, url: str, body: str, meta: str = "") -> str:
        return (
            f'<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
            f'<link rel="canonical" href="{escape(url)}">\n{meta}'
            f'<link rel="shortcut icon" href="{STATIC}/favicon.ico">\n'
            f'<link rel="stylesheet" href="{THEME}/css/style.css?ver=11.2">\n'
            f'<meta name="viewport" content="width=device-width">{ADS}</head>\n<body>\n{self._header}'
            f'<div id="wrap"><div id="left">{body}</div>{self._right}</div>\n'
            '<div id="footer">Báo Cần Thơ điện tử</div>\n'
            f'<script src="{THEME}/js/home.js?ver=11.2"></script>{TRACKERS}</body>\n</html>\n'
        )

    def _article(self, story: Story) -> str:
        headline, pieces = self.headline(story.index), []
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, story.traps)
            if position in (1, 3):
                for source, caption in story.images[:1] if position == 1 else story.images[1:]:
                    pieces.append(f'<p align="center"><img src="{source}" width="600" height="400" alt=""></p>\n')
                    pieces.append(f'<p class="note ignore">{ink(caption, story.traps)}</p>\n' if caption else "")
            pieces.append(f"<p>{linked(text, f'{HOME}/kinh-te/') if position == 2 else text}</p>\n")
        if story.byline:
            pieces.append(f'<p class="author ignore"><strong>{ink(story.byline, story.traps)}</strong></p>\n')
        tags = " ".join(f'<a class="tag_item" href="/tag/{escape(tag)}/">{tag}</a>' for tag in story.tags)
        section = headline.section
        related = "".join(
            f'<li><a href="{row.url}">{escape(row.title)}</a></li>' for row in self.related(story.index, 5)
        )
        body = (
            f'<div class="titlecate"><h1><a href="/{section.slug}/">{section.title}</a></h1></div>\n'
            f'<input type="hidden" id="txtnewsid" value="{headline.id}"><input type="hidden" id="txtnewscate" '
            f'value="{section.slug}"><input type="hidden" id="txtnewssubcate" value="">\n'
            f'<h1 class="margintopbot10 fw700">{ink(story.title, story.traps)}</h1>\n'
            f'<span class="pubdate">{story.published_printed}</span>\n<div id="newscontents"><div class="content-fck">'
            f"<p><strong>(CTO)</strong> - {ink(story.sapo, story.traps)}</p>\n{''.join(pieces)}</div></div>\n"
            f'<div class="block_tag">{tags}</div><div id="comment"><h3>BÌNH LUẬN</h3><ul></ul></div>'
            f'<div class="other"><h3>Tin liên quan</h3><ul>{related}</ul></div>'
        )
        return self._page(
            story.title, headline.url, body, f'<meta property="og:image" content="{story.images[0][0]}">\n'
        )
