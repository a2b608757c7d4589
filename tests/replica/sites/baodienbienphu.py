"""Báo Điện Biên Phủ: lists that scripts make in the browser, of JSON from another host.

The names in the JSON and the form of addresses are those of the real site; there, an article's slug has no number.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qs

from tests.replica import printed_dates
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

HOME, OUTLET = "https://baodienbienphu.vn", "Báo Điện Biên Phủ"
API, MEDIA = "api-dienbien.baodienbienphu.vn", "media.baodienbienphu.vn"
_IDS = Numbering(88_000)
_SECTIONS = (
    Section("kinh-te", "Kinh tế"),
    Section("xa-hoi", "Xã hội"),
    Section("van-hoa-the-thao", "Văn hóa - Thể thao"),
)
_ARTICLE = re.compile(r"/tin-bai/([a-z-]+)/[\w-]*-(\d{5,7})")
_MOST = 200  # rows of one answer


class Baodienbienphu(Newspaper):
    """Only the front page links to articles; a section's page is an empty shell until its script has asked."""

    name = "baodienbienphu"
    look = ("baodienbienphu",)
    hosts = ("baodienbienphu.vn", "www.baodienbienphu.vn", API, MEDIA)
    robots = f"User-agent: *\nDisallow: /noi-bo/\nSitemap: {HOME}/sitemap.xml\n"

    def make_lanes(self) -> tuple[Lane, ...]:
        return (
            Lane(
                "editor-content",
                Era(self.now - timedelta(minutes=35), datetime(2024, 3, 1, tzinfo=HANOI)),
                _SECTIONS,
                {"caption-figure": EVERY, "comment-box": EVERY, "noarchive": (6,), "soft-wall": (8,)},
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
        path = f"/tin-bai/{section.slug}/{slug}-{id}"
        return (f"{HOME}{path}", f"https://www.baodienbienphu.vn{path}", f"http://baodienbienphu.vn{path}")

    def identity(self, headline: Headline) -> str:
        return headline.url.rpartition("/")[2]

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        base = f"https://{MEDIA}/uploads/{headline.moment:%Y/%m/%d}/{headline.id}"
        return tuple([f"{base}_{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return printed_dates.time_bar(headline.moment)

    def answer(self, request: Request) -> Reply | None:
        if request.host == API:
            return self._json(request)
        if request.host != self.hosts[0]:
            return None
        if request.path == "/":
            rows = "".join(map(self._row, self.newest((0,), 12)))
            return self.page(self._page(OUTLET, f"{HOME}/", f'<ul class="news">{rows}</ul>'), modified=self.now)
        if reply := self.sitemaps.answer(request.path):
            return reply
        if found := _ARTICLE.fullmatch(request.path):
            index = _IDS.index(int(found[2]))
            if not 0 <= index < self.articles:
                return None
            story = self.stories[index]
            return self.article(request, story, self._article(story))
        section = next((section for section in _SECTIONS if request.path == f"/tin-tuc/{section.slug}"), None)
        if section is None:
            return None
        shell = (
            f'<h1>{section.title}</h1><ul class="news" id="list" data-category="{section.slug}" data-limit="9"></ul>'
            '<button id="more" hidden>Xem thêm</button><noscript>Vui lòng bật JavaScript để xem tin.</noscript>'
        )
        return self.page(self._page(section.title, f"{HOME}/tin-tuc/{section.slug}", shell))

    # JSON

    def _json(self, request: Request) -> Reply | None:
        """What the scripts of the pages ask the other host for; `status` is 1 where all is well."""
        match request.path:
            case "/api/web/menu-get-list":
                rows = [{"menu_slug": section.slug, "menu_name": section.title} for section in _SECTIONS]
            case "/api/web/article-get-news-by-category-slug":
                asked = {name: values[0] for name, values in parse_qs(request.query).items()}
                number = next((n for n, row in enumerate(_SECTIONS) if row.slug == asked.get("category_slug")), None)
                limit = asked.get("limit", "10")
                if number is None or not limit.isdecimal():
                    return self._open(json.dumps({"status": 0, "data": {"list": []}}))
                rows = [_entry(row) for row in self.rows((0,), number, 0, min(int(limit), _MOST))]
            case _:
                return None
        return self._open(json.dumps({"status": 1, "data": {"list": rows}}, ensure_ascii=False))

    def _open(self, text: str) -> Reply:
        """JSON that the pages of the paper's own host may read."""
        reply = self.text(text, "application/json")
        return replace(reply, headers=(*reply.headers, ("Access-Control-Allow-Origin", HOME)))

    # Pages

    def _row(self, row: Headline) -> str:
        path = escape(row.url.removeprefix(HOME))
        return (
            f'<li><a href="{path}"><img loading="lazy" src="{_thumb(row)}" width="240" height="160" alt=""></a>'
            f'<h3><a href="{path}">{escape(row.title)}</a></h3><p>{escape(row.sapo)}</p></li>\n'
        )

    def _page(self, title: str, url: str, body: str, meta: str = "") -> str:
        menu = "".join(f'<li><a href="/tin-tuc/{section.slug}">{section.title}</a></li>' for section in _SECTIONS)
        return (
            f'<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
            f'<link rel="canonical" href="{escape(url)}">\n{meta}<link rel="stylesheet" href="/_app/app.css?v=f31c">\n'
            f'<meta name="viewport" content="width=device-width">\n<link rel="modulepreload" href="/_app/list.js">{ADS}'
            '</head>\n<body>\n<header><a href="/"><img src="/_app/logo.svg" width="320" height="80" alt=""></a>'
            f'<nav><ul>{menu}</ul><ul id="menu" hidden></ul></nav></header>\n<main>{body}</main>\n'
            f'<aside>{FILM}<iframe src="/widget/weather" title=""></iframe><div data-ad="1"></div></aside>\n'
            f"<footer>{OUTLET}. Cơ quan của Đảng bộ tỉnh Điện Biên</footer>\n"
            f'<script type="module" src="/_app/app.js?v=f31c"></script>{TRACKERS}</body>\n</html>\n'
        )

    def _article(self, story: Story) -> str:
        headline, pieces = self.headline(story.index), []
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, story.traps)
            if position in (1, 3):
                pictures = story.images[:1] if position == 1 else story.images[1:]
                pieces += [_figure(*image, story.traps) for image in pictures]
            pieces.append(f"<p>{linked(text, f'{HOME}/tin-tuc/kinh-te') if position == 2 else text}</p>\n")
        if story.byline:
            pieces.append(f'<p style="text-align: right"><strong>{ink(story.byline, story.traps)}</strong></p>\n')
        tags = "".join(f'<a href="/tag/{escape(tag.replace(" ", "-"))}">{tag}</a> ' for tag in story.tags)
        meta = f'<meta property="og:title" content="{escape(story.title)}">\n'
        meta += '<meta name="robots" content="noarchive">\n' if story.noarchive else ""
        section = f'<a href="/tin-tuc/{headline.section.slug}">{headline.section.title}</a>'
        body = (
            f'<article id="detail-news" data-id="{headline.id}"><div class="crumbs">{section}</div>\n'
            f'<h1 class="article-title">{ink(story.title, story.traps)}</h1>\n'
            f'<time class="article-time">{story.published_printed}</time>\n'
            f'<p class="article-sapo">{ink(story.sapo, story.traps)}</p>\n'
            f'<div class="editor-content">{"".join(pieces)}</div><div class="tags">{tags}</div></article>\n'
            '<section class="comments"><h4>Gửi bình luận của bạn</h4><ul></ul></section>\n'
        )
        return self._page(story.title, headline.url, body, meta)


def _thumb(row: Headline) -> str:
    return f"https://{MEDIA}/thumbs/{row.id}.webp"


def _entry(row: Headline) -> dict[str, str]:
    return {
        "article_slug": row.url.rpartition("/")[2],
        "category_slug": row.section.slug,
        "article_type_slug": "tin-bai",
        "article_title": row.title,
        "article_description": row.sapo,
        "article_avatar": _thumb(row),
        "article_publish_time": f"{row.moment:%Y-%m-%d %H:%M:%S}",
    }


def _figure(source: str, caption: str | None, traps: tuple[str, ...]) -> str:
    line = f"<figcaption>{ink(caption, traps)}</figcaption>" if caption else ""
    return f'<figure><img src="{source}" width="800" height="533" alt="">{line}</figure>\n'
