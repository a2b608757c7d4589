"""The portal of Yên Mỹ district: an old SharePoint-like design, a new one, and one no layout knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from unicodedata import normalize
from urllib.parse import parse_qs

from tests.replica import printed_dates
from tests.replica.elsewhere import MAP, TRACKERS
from tests.replica.foreign import FOREIGN_LINKS
from tests.replica.headlines import Headline, Lane, Numbering, Section
from tests.replica.markup import cut, ink, word_paragraph
from tests.replica.news import Era, Story
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.shortid import index_of_key, key_of
from tests.replica.site import Reply
from tests.replica.traps import EVERY

HOME, OUTLET = "https://yenmy.hungyen.gov.vn", "Cổng thông tin điện tử Yên Mỹ"
_IDS = Numbering(4_200)
_SECTIONS = (
    Section("tin-tuc-su-kien", "Tin tức - Sự kiện"), Section("kinh-te-xa-hoi", "Kinh tế - Xã hội"),
    Section("cai-cach-hanh-chinh", "Cải cách hành chính"),
)  # fmt: skip
_LISTS = {"Tin-tuc-su-kien": 0, "Kinh-te-xa-hoi": 1, "Cai-cach-hanh-chinh": 2}  # names of the old lists
_OTHER = (
    "Giới thiệu", "Bộ máy tổ chức", "Văn bản", "Thủ tục hành chính", "Lịch công tác", "Thông báo", "Hỏi đáp",
    "Liên hệ", "Sơ đồ cổng",
)  # fmt: skip
_NEW = re.compile(r"/[\w-]*-c(\d+)\.html")
_OLD = re.compile(r"/portal/Pages/\d{4}-\d{1,2}-\d{1,2}/[\w-]*?([a-z0-9]{6})\.aspx", re.IGNORECASE)
_OLD_LIST = re.compile(r"/portal/Pages/([A-Za-z-]+)\.aspx")


class Yenmy(Newspaper):
    """One host; plain http leads to https, and the portal has neither feeds nor sitemaps."""

    name = "yenmy"
    look = ("yenmy",)
    hosts = ("yenmy.hungyen.gov.vn",)
    robots = (
        "User-agent: *\nCrawl-delay: 1\nDisallow: /portal/pages/print.aspx\nDisallow: /noi-bo/\nDisallow: /_layouts/\n"
    )
    encoding = None

    def make_lanes(self) -> tuple[Lane, ...]:
        every = dict.fromkeys(
            ("zoom-control", "degree-sign", "online-counter", "related-dates", "double-spaces"), EVERY
        )
        return (
            Lane(
                "portal-2025",
                Era(self.now - timedelta(hours=16), datetime(2025, 1, 1, tzinfo=HANOI), "day"),
                _SECTIONS,
                every
                | {"nfd-text": (1,), "no-date": (3,), "noarchive": (5,), "soft-404": (6,), "gzip-unlabelled": (9,)},
                bylines=False,
            ),
            Lane(
                "portal-2018",
                Era(datetime(2024, 12, 20, 9, 0, tzinfo=HANOI), datetime(2018, 1, 1, tzinfo=HANOI), "day"),
                _SECTIONS,
                every
                | {"word-markup": (0, 2, 4, 6, 8), "eth-for-d": (1,), "soft-wall": (7,), "charset-only-in-meta": (5,)},
                bylines=False,
            ),
            Lane(
                "portal-unknown",
                Era(self.now - timedelta(hours=3), datetime(2026, 3, 1, tzinfo=HANOI)),
                _SECTIONS,
                every
                | {"first-h1-wrong": EVERY, "header-clock": EVERY, "zero-width": (4,), "unrendered-template": (2,)},
                bylines=False,
            ),
        )

    def open(self) -> None:
        names = [(f"/{row.slug}", row.title) for row in _SECTIONS]
        names += [
            (f"/portal/Pages/{name}.aspx", f"{_SECTIONS[number].title} (lưu trữ)") for name, number in _LISTS.items()
        ]
        names += [("javascript:void(0)", name) for name in _OTHER]
        menu = "".join(
            f'<li class="dynamic"><a class="menu-item" href="{href}">{title}</a></li>\n' for href, title in names
        )
        self._header = (
            '<div id="s4-workspace"><div class="banner" style="background: url(/SiteAssets/bg_banner.jpg)">'
            f'<a href="/"><img src="/SiteAssets/banner.jpg" alt="{OUTLET}"></a>'
            f'</div><ul class="root static">{menu}</ul><ul class="mobile-menu">{menu}</ul>\n'
        )
        docs = "".join(
            f'<li><a href="/updload_ubt/userfiles/files/Th%C3%B4ng%20b%C3%A1o%20s%E1%BB%91%20{n}.pdf">Thông báo số '
            f"{n}/TB-UBND "
            f"về việc niêm yết công khai hồ sơ, thủ tục hành chính</a></li>\n"
            for n in range(101, 121)
        )
        self._aside = (
            f'<div class="right-zone"><h3>Văn bản mới</h3><ul>{docs}</ul><p>°</p><p>243 người đang online</p>'
            f'<div data-bg="/SiteAssets/300x120/chuyen-doi-so.webp" style="height: 120px"></div>{MAP}</div>'
        )
        self._footer = (
            f'<div class="footer"><ul>{menu}</ul><p>{OUTLET} - Thị trấn Yên Mỹ</p></div></div>'
            f'<script src="/_layouts/15/js/init.js?rev=8Zs2"></script>{TRACKERS}</body></html>\n'
        )

    def article_id(self, lane: int, index: int) -> str:
        return key_of(index) if lane == 1 else str(_IDS(index))

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        if lane == 1:
            words = "-".join(word.capitalize() if rank == 0 else word for rank, word in enumerate(slug.split("-")))
            path = f"/portal/Pages/{moment.year}-{moment.month}-{moment.day}/{words}{id}.aspx"
            other = path.replace("/Pages/", "/pages/")
        else:
            path, other = f"/{slug}-c{id}.html", f"/tin-bai-c{id}.html"
        return (f"{HOME}{path}", f"http://yenmy.hungyen.gov.vn{path}", f"{HOME}{other}")

    def identity(self, headline: Headline) -> str:
        """Addresses of the old portal have no number; they do not mind case, so the id is in lower case."""
        if headline.lane != 1:
            return f"c{headline.id}"
        return headline.url.removeprefix(f"{HOME}/portal/Pages/").removesuffix(".aspx").lower()

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        if headline.lane == 1:
            base = f"{HOME}/portal/PublishingImages/{headline.moment:%Y-%m}/{headline.id}"
        else:
            base = f"{HOME}/updload_ubt/userfiles/images/{headline.moment:%Y}/{headline.id}"
        return tuple([f"{base}_{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return (
            printed_dates.twelve_hours(headline.moment) if headline.lane == 2 else printed_dates.posted(headline.moment)
        )

    def moved(self, request: Request) -> str | None:
        return f"https://{request.host}{request.target}" if request.scheme == "http" else None

    def answer(self, request: Request) -> Reply | None:
        path = request.path
        if path in ("/", "/portal/Pages/default.aspx"):
            rows = self._rows(self.newest((0, 1, 2), 12))
            return self.page(self._page(OUTLET, f"{HOME}/", f"<ul>{rows}</ul>{FOREIGN_LINKS}"), modified=self.now)
        if found := _NEW.fullmatch(path):
            return self._story(request, _IDS.index(int(found[1])), (0, 2))
        if found := _OLD.fullmatch(path):
            return self._story(request, index_of_key(found[1]), (1,))
        page = int(parse_qs(request.query).get("page", ["1"])[0])
        if found := _OLD_LIST.fullmatch(path):
            return self._list(path, (1,), _LISTS[found[1]], page) if found[1] in _LISTS else None
        number = next((n for n, section in enumerate(_SECTIONS) if path == f"/{section.slug}"), None)
        return None if number is None else self._list(path, (0, 2), number, page)

    def _story(self, request: Request, index: int, lanes: tuple[int, ...]) -> Reply | None:
        if not 0 <= index < self.articles or index % 3 not in lanes:
            return None
        story = self.stories[index]
        layouts = (self._article_2025, self._article_2018, self._article_unknown)
        return self.article(request, story, layouts[index % 3](story))

    # Lists

    def _rows(self, rows: Iterable[Headline]) -> str:
        return "".join(
            f'<li class="news-row"><a href="{row.url.removeprefix(HOME)}">{escape(cut(row.title, 42))}...</a>'
            f"{printed_dates.twelve_hours(row.moment)}</li>\n"
            for row in rows
        )

    def _list(self, path: str, lanes: tuple[int, ...], number: int, page: int) -> Reply | None:
        rows = self.listing(lanes, number, page)
        if not rows and page > 1:
            return None
        last = max(1, -(-self.section_size(lanes, number) // self.page_size))
        pager = "".join(
            f'<a class="page" href="{path}?page={n}">{n}</a>'
            for n in sorted({1, page - 1, page + 1, last})
            if 1 <= n <= last
        )
        title = _SECTIONS[number].title
        body = f'<h2>{title}</h2><ul class="list-news">{self._rows(rows)}</ul>{FOREIGN_LINKS}'
        body += f'<div class="pager">{pager}</div>'
        return self.page(self._page(title, f"{HOME}{path}", body))

    def _page(self, title: str, url: str, body: str, meta: str = "") -> str:
        return (
            '<!DOCTYPE html>\n<html dir="ltr" lang="vi-VN">\n<head>\n<meta http-equiv="Content-Type" '
            'content="text/html; '
            f'charset=utf-8" />\n<title>{escape(title)}</title>\n<link rel="canonical" href="{escape(url)}" />\n{meta}'
            f'<link rel="stylesheet" href="/_layouts/15/1066/styles/corev15.css" />\n'
            f'<meta name="viewport" content="width=device-width" />\n</head>\n<body>\n{self._header}'
            f'<div class="content-zone"><div class="left-zone">{body}</div>{self._aside}</div>{self._footer}'
        )

    # Articles

    def _tail(self, story: Story) -> str:
        rows = self._rows(self.related(story.index, 6))
        return f'<div class="other-news"><h3>Tin mới nhất</h3><ul>{rows}</ul></div>\n'

    def _robots(self, story: Story) -> str:
        return '<meta name="robots" content="noarchive" />\n' if story.noarchive else ""

    def _crumbs(self, headline: Headline) -> str:
        section = headline.section
        return (
            '<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li>'
            f'<li><a href="/{section.slug}">{section.title}</a></li></ul>\n'
        )

    @staticmethod
    def _picture(source: str, caption: str | None, traps: tuple[str, ...]) -> str:
        line = f"<figcaption>{ink(caption, traps)}</figcaption>" if caption else ""
        return f'<figure><img src="{source.removeprefix(HOME)}" alt="">{line}</figure>\n'

    def _paragraphs(self, story: Story) -> str:
        traps, pieces = story.traps, []
        for position, paragraph in enumerate(story.paragraphs):
            if position == 1:
                pieces += [self._picture(*image, traps) for image in story.images]
            text = ink(paragraph, traps)
            if "word-markup" in traps:
                pieces.append(word_paragraph(text))
            else:
                pieces.append(f"<p>{text}</p>\n" if len(paragraph) >= 60 else f"<p><strong>{text}</strong></p>\n")
        return "".join(pieces)

    def _article_2025(self, story: Story) -> str:
        traps, headline = story.traps, self.headline(story.index)
        date = f'<span class="news-date">{story.published_printed}</span>' if story.published else ""
        block = (
            f'{self._crumbs(headline)}<div class="news-detail"><h1 class="news-title">{ink(story.title, traps)}</h1>\n'
            f'<div class="news-tools">{date} <span class="zoom"><a href="javascript:;">-</a> 100% <a '
            'href="javascript:;">+</a>'
            f'</span></div>\n<div class="news-summary"><p>{ink(story.sapo, traps)}</p></div>\n'
            f'<div class="news-content">{self._paragraphs(story)}</div></div>\n'
        )
        block = normalize("NFD", block) if "nfd-text" in traps else block
        return self._page(f"{story.title} - Yên Mỹ", headline.url, block + self._tail(story), self._robots(story))

    def _article_2018(self, story: Story) -> str:
        traps, headline = story.traps, self.headline(story.index)
        sapo = ink(story.sapo, traps)
        block = (
            f'{self._crumbs(headline)}<div class="article"><div class="title-news"><h1>{ink(story.title, traps)}</h1>'
            "</div>\n"
            f'<div class="date-news">{story.published_printed}</div><div class="zoom">100%</div>\n'
            f'<div class="ms-rtestate-field" style="display:inline"><p><b>{sapo}</b></p>'
            f"\n{self._paragraphs(story)}</div></div>\n"
            f'<a rel="nofollow" href="/portal/pages/print.aspx?p={story.index}">Bản in</a>'
        )
        return self._page(story.title, headline.url, block + self._tail(story), self._robots(story))

    def _article_unknown(self, story: Story) -> str:
        """A design with nothing to hold on to: no telling class, an h1 too many, the lead also in the metadata."""
        traps, headline = story.traps, self.headline(story.index)
        meta = (
            f'<meta name="description" content="{escape(story.sapo)}" />\n'
            f'<meta property="og:title" content="{escape(story.title)}" />\n'
            f'<meta property="article:section" content="{headline.section.title}" />\n{self._robots(story)}'
        )
        template = "<div>{{ weather.today }}</div>" if "unrendered-template" in traps else ""
        block = (
            f'<div><h1><a href="/">{OUTLET}</a></h1><span>{printed_dates.mediatech_clock(self.now)}</span></div>'
            f"{template}\n"
            f'<div class="x1"><div class="x2"><h1>{ink(story.title, traps)}</h1></div>\n<div class="x3">'
            f'{story.published_printed}</div><div class="x4">100%</div>\n<div class="x5"><p>'
            f"{ink(story.sapo, traps)}</p>\n"
            f"{self._paragraphs(story)}</div></div>\n"
        )
        return self._page(f"{story.title} | {OUTLET}", headline.url, block + self._tail(story), meta)
