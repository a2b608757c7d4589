"""Báo Sơn La: one CMS with two article designs; a public mirror, and old domains that lead to the new one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from unicodedata import normalize
from urllib.parse import parse_qs

from tests.replica import feeds, printed_dates
from tests.replica.elsewhere import ADS, MAP, TRACKERS
from tests.replica.foreign import FOREIGN_LINKS
from tests.replica.headlines import Headline, Lane, Section
from tests.replica.markup import ink, linked, word_paragraph
from tests.replica.news import Era, Story
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.shortid import index_of, shortid
from tests.replica.site import Reply
from tests.replica.sitemaps import Sitemaps
from tests.replica.traps import EVERY

HOME, OUTLET = "https://baosonla.vn", "Báo Sơn La"
_SERVING = ("baosonla.vn", "www.baosonla.vn", "demo.baosonla.org.vn")
_OLD_HOSTS = ("baosonla.org.vn", "www.baosonla.org.vn", "baodientusonla.com.vn")
_SECTIONS = (
    Section("thoi-su-chinh-tri", "Thời sự - Chính trị"),
    Section("nong-nghiep", "Nông nghiệp", ("kinh-te", "Kinh tế")),
    Section("suc-khoe", "Sức khỏe", ("van-hoa-xa-hoi", "Văn hóa - Xã hội")),
    Section("the-thao", "Thể thao"),
)
_QUIET = (
    "kinh-te", "van-hoa-xa-hoi", "xay-dung-dang", "bao-ve-nen-tang-tu-tuong-cua-dang", "phong-chong-tham-nhung",
    "cong-nghiep-ttcn", "thuong-mai-dich-vu", "xa-hoi", "khoa-giao", "an-toan-giao-thong", "ban-can-biet",
    "quoc-phong-an-ninh", "quoc-phong", "an-ninh-trat-tu", "doi-ngoai", "quoc-te", "du-lich", "nong-thon-moi",
    "dien-dan-cu-tri", "phong-su", "phap-luat", "cai-cach-hanh-chinh",
)  # fmt: skip
_SKIPPED = (
    "emagazine", "thong-tin-quang-cao", "bao-in", "trang-dia-phuong", "lien-he", "video",
)  # fmt: skip
_ARTICLE = re.compile(r"/[a-z-]+/[\w%-]*?-?([\w-]{9})\.html", re.ASCII)
_SECTION = re.compile(r"/([a-z-]+)\.html")


class Baosonla(Newspaper):
    """The mirror demo.baosonla.org.vn and www serve the same pages; the old domains answer 301 on every path."""

    name = "baosonla"
    look = ("baosonla",)
    signature = OUTLET
    hosts = (*_SERVING, *_OLD_HOSTS, "media.baosonla.org.vn")
    robots = (
        f"User-agent: *\nDisallow: /lien-he.html\nDisallow: /noi-bo/\nDisallow: /api/\nSitemap: {HOME}/sitemap.xml\n"
    )
    framing = "chunked"

    def make_lanes(self) -> tuple[Lane, ...]:
        return (
            Lane(
                "editor-detail",
                Era(self.now - timedelta(minutes=5), datetime(2023, 6, 1, tzinfo=HANOI)),
                _SECTIONS,
                {
                    "audio-box": EVERY, "caption-bare-line": EVERY, "comment-box": EVERY, "nfd-text": (3,),
                    "eth-for-d": (5,),
                    "soft-404": (6,), "gzip-unlabelled": (8,), "noarchive": (9,), "charset-only-in-meta": (4,),
                },
                says_modified=True,
            ),
            Lane(
                "fulltext",
                Era(datetime(2023, 5, 30, 10, 11, tzinfo=HANOI), datetime(2021, 1, 1, tzinfo=HANOI)),
                _SECTIONS,
                {
                    "caption-bare-line": EVERY, "comment-box": EVERY, "no-body": (5,), "zero-width": (2,),
                    "soft-wall": (7,),
                    "word-markup": (4,), "dead-image": (6,), "unrendered-template": (1,),
                },
            ),
        )  # fmt: skip

    def open(self) -> None:
        slugs = [(row.slug, row.title) for row in _SECTIONS] + [
            (slug, slug.replace("-", " ")) for slug in (*_QUIET, *_SKIPPED)
        ]
        menu = "".join(
            f'<li class="px-2 py-1"><a class="text-sm font-semibold hover:text-red" href="/{slug}.html">{title}</a>'
            "</li>\n"
            for slug, title in slugs
        )
        self._header = (
            f'<header class="bg-white shadow"><a href="/"><img src="/images/logo.svg.png" alt="{OUTLET}"></a>'
            f'<nav class="hidden md:flex"><ul>{menu}</ul></nav><nav class="md:hidden"><ul>{menu}</ul></nav></header>\n'
        )
        newest = "".join(
            f'<li class="border-b py-2"><a class="cms-link font-bold" href="{row.url.removeprefix(HOME)}">'
            f"{escape(row.title)}</a>"
            f'<span class="text-xs">{printed_dates.relative(row.moment, self.now)}</span></li>\n'
            for row in self.newest((0,), 8)
        )
        self._aside = (
            f'<aside class="w-1/3"><h3>Tin mới</h3><ul>{newest}</ul><iframe src="/widget/weather" title=""></iframe>'
            '<div data-slides="3"></div><div data-ad="side"></div></aside>'
        )
        self._footer = (
            f'<footer class="bg-gray-100"><ul>{menu}</ul><p>{OUTLET} điện tử. Địa chỉ: đường Tô Hiệu</p>{MAP}'
            '<img src="/images/app-store.png" width="120" height="40" alt=""></footer>'
            f'<script type="module" src="/js/app.js?id=7f3a"></script>{TRACKERS}</body></html>\n'
        )
        self.sitemaps = Sitemaps(self, home=HOME, lanes=(0, 1), leading_space=True)

    def article_id(self, lane: int, index: int) -> str:
        return shortid(index)

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        video = "-video" if lane == 1 and index // 2 % 10 == 5 else ""
        path = f"/{section.slug}{video}/{slug}-{id}.html"
        top = section.parent[0] if section.parent else "tin-tuc"
        return (
            f"{HOME}{path}",
            f"http://baosonla.vn{path}",
            f"https://www.baosonla.vn{path}",
            f"https://demo.baosonla.org.vn{path}",
            f"https://baosonla.org.vn{path}",
            f"http://www.baosonla.org.vn{path}",
            f"{HOME}/{top}{video}/{slug}-{id}.html",
        )

    def more_traps(self, headline: Headline) -> tuple[str, ...]:
        return ("dash-in-id",) if "-" in headline.id else ()

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        day = headline.moment
        if headline.lane == 0:
            base = f"https://media.baosonla.org.vn/public/toasoan/{day:%Y-%m-%d}-oi/{headline.slug[:24]}"
        else:
            base = f"https://media.baosonla.org.vn/Uploads/Image{day:%Y}/{headline.slug[:24]}"
        return tuple([f"{base}-{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return printed_dates.onecms(headline.moment)

    def moved(self, request: Request) -> str | None:
        if request.host in _OLD_HOSTS:
            return f"{HOME}{request.target}"
        if request.scheme == "http" and request.host in _SERVING[:2]:
            return f"https://{request.host}{request.target}"
        return None

    def answer(self, request: Request) -> Reply | None:
        path = request.path
        if request.host not in _SERVING:
            return None
        if path == "/":
            rows = self._rows(self.newest((0,), 6) + self.newest((1,), 6))
            return self.page(
                self._page(OUTLET, f"{HOME}/", f"<section>{rows}{FOREIGN_LINKS}</section>"), modified=self.now
            )
        if path == "/rss/home.rss":
            rss = feeds.rss(OUTLET, HOME, self.newest((0, 1), 20), address=4)
            return self.text(rss, "application/rss+xml", modified=self.now)
        if reply := self.sitemaps.answer(path):
            return reply
        if found := _SECTION.fullmatch(path):
            return self._section(found[1], int(parse_qs(request.query).get("page", ["1"])[0]))
        if found := _ARTICLE.fullmatch(path):
            index = index_of(found[1])
            if index < self.articles:
                story = self.stories[index]
                return self.article(request, story, self._article(story))
        return None

    # Lists

    def _rows(self, rows: Iterable[Headline]) -> str:
        return "".join(
            f'<article class="flex gap-4 py-3"><a class="cms-link" href="{row.url.removeprefix(HOME)}">'
            f'<img loading="lazy" src="{_thumb(row, 320)}" srcset="{_thumb(row, 320)} 320w, {_thumb(row, 640)} 640w" '
            'sizes="200px" alt=""></a><div><h3 class="text-base"><a '
            'class="cms-link '
            f'font-bold" href="{row.url.removeprefix(HOME)}">{escape(row.title)}</a></h3><p class="line-clamp-3">'
            f"{escape(row.sapo)}</p></div></article>\n"
            for row in rows
        )

    def _section(self, slug: str, page: int) -> Reply | None:
        number = next((n for n, section in enumerate(_SECTIONS) if section.slug == slug), None)
        if number is None:
            known = slug in _QUIET or slug in _SKIPPED
            body = f"<h1>{slug}</h1>{self._rows(self.newest((0,), 3))}"
            return self.page(self._page(slug, f"{HOME}/{slug}.html", body)) if known and page == 1 else None
        rows = self.listing((0, 1), number, page)
        if not rows and page > 1:
            return None
        last = max(1, -(-self.section_size((0, 1), number) // self.page_size))
        pager = "".join(
            f'<a class="page-link" href="/{slug}.html?page={n}">{n}</a>'
            for n in sorted({1, page - 1, page, page + 1, last})
            if 1 <= n <= last
        )
        body = (
            f"<h1>{_SECTIONS[number].title}</h1>{self._rows(rows)}{FOREIGN_LINKS}<div class='pagination'>{pager}</div>"
        )
        return self.page(self._page(_SECTIONS[number].title, f"{HOME}/{slug}.html", body))

    def _page(self, title: str, url: str, body: str, meta: str = "") -> str:
        return (
            f'<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8" />\n<title>{escape(title)}</title>\n'
            f'<link rel="canonical" href="{url}" />\n<meta property="og:site_name" content="{OUTLET}" />\n{meta}'
            f'<link rel="stylesheet" href="/css/app.css?id=7f3a" />\n'
            '<link rel="icon" type="image/svg+xml" href="/favicon.svg" />\n<link rel="manifest" '
            'href="/site.webmanifest" />\n<meta name="viewport" content="width=device-width, initial-scale=1" />'
            f'{ADS}</head>\n<body class="font-sans">\n{self._header}'
            f'<main class="container mx-auto flex"><div class="w-2/3">{body}</div>{self._aside}</main>\n{self._footer}'
        )

    # Article

    def _picture(self, source: str, caption: str | None, *, centred: bool, traps: tuple[str, ...]) -> str:
        line = ""
        if caption:
            style = ' class="text-center" style="text-align: center;"' if centred else ""
            line = f"<p{style}>{ink(caption, traps)}</p>\n"
        return f'<div class="editor-image-wrapper"><img src="{source}" alt="{escape(caption or "")}"></div>\n{line}'

    def _text(self, story: Story) -> Iterable[str]:
        traps = story.traps
        if "unrendered-template" in traps:
            yield "<div>{{ article.video_embed }}</div>\n"
        for position, (source, caption) in enumerate(story.images):
            if position == 0:
                yield self._picture(source, caption, centred=story.index % 4 < 2, traps=traps)
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, traps)
            if position == 2:
                text = linked(text, f"{HOME}/{_SECTIONS[0].slug}.html")
                yield from [self._picture(*image, centred=True, traps=traps) for image in story.images[1:]]
            if "word-markup" in traps:
                yield word_paragraph(text)
            elif len(paragraph) < 60:
                yield f"<p><strong>{text}</strong></p>\n"
            else:
                yield f'<p style="text-align: justify;">{text}</p>\n'
        if story.made_of == "video":
            film = f"https://media.baosonla.org.vn/video/{story.id}"
            yield f'<video controls poster="{film}.jpg" src="{film}.mp4"></video><p>{OUTLET}</p>\n'
        elif story.byline:
            kind = 'class="text-end"' if story.layout == "editor-detail" else 'style="text-align: right;"'
            yield f"<p {kind}><strong>{ink(story.byline, traps)}</strong></p>\n"

    def _article(self, story: Story) -> str:
        traps = story.traps
        headline = self.headline(story.index)
        section = headline.section
        parent = section.parent
        crumbs = f'<li><a href="/{parent[0]}.html">{parent[1]}</a></li>' if parent else ""
        crumbs = (
            f'<ul class="breadcrumb flex"><li><a href="/">Trang chủ</a></li>{crumbs}'
            f'<li><a class="active" href="/{section.slug}.html">{section.title}</a></li></ul>\n'
        )
        title = f'<h1 class="text-2xl font-bold mb-4">{ink(story.title, traps)}</h1>\n'
        sapo, body = ink(story.sapo, traps), "".join(self._text(story))
        meta = f'<meta name="description" content="{escape(story.sapo)}" />\n'
        meta += f'<meta property="og:title" content="{escape(story.title)}" />\n'
        if story.noarchive:
            meta += '<meta name="robots" content="noarchive" />\n'
        if story.layout == "editor-detail":
            # the date is in the metadata and in one element without a telling class
            meta += f'<meta property="article:published_time" content="{headline.moment.isoformat()}" />\n'
            data = {
                "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title,
                "datePublished": headline.moment.isoformat(), "dateModified": story.modified_at,
                "publisher": {"@type": "Organization", "name": OUTLET},
            }  # fmt: skip
            meta += f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>\n'
            block = (
                f'{crumbs}{title}<p class="text-[#707070] text-sm">{story.published_printed}</p>\n'
                f'<p class="text-lg text-justify font-semibold mb-4">{sapo}</p>\n<div id="editor-detail">'
                '<div class="audio-article"><span>Nghe bài viết</span><audio src="/audio/a.mp3"></audio></div>'
                '<div class="select-accent-wrap"><label>Chọn giọng đọc</label><select><option>Giọng nữ miền '
                "Bắc</option>"
                f"<option>Giọng nam miền Bắc</option></select></div>\n{body}</div>\n"
            )
        else:
            block = (
                f'{crumbs}{title}<span class="post-date text-sm">{story.published_printed}</span>\n'
                f'<div class="fulltext"><p class="font-bold">{sapo}</p>\n{body}</div>\n'
            )
        if "nfd-text" in traps:
            block = normalize("NFD", block)
        comments = (
            '<section class="comments"><h4>BÌNH LUẬN</h4><textarea maxlength="500"></textarea><p>Bạn còn 500/500 ký '
            "tự</p>"
            "<p>Bạn vui lòng nhập từ 5 ký tự trở lên !!!</p><button>Gửi bình luận</button></section>\n"
        )
        related = f"<section><h4>Tin mới</h4>{self._rows(self.related(story.index, 4))}</section>"
        return self._page(story.title, headline.url, f"<article>{block}</article>{comments}{related}", meta)


def _thumb(row: Headline, width: int) -> str:
    """The address of a teaser's picture in a width, with commas as the picture server wants them."""
    return f"https://media.baosonla.org.vn/thumbs/w_{width},h_{width * 5 // 8},c_fill/{row.id}.jpg"
