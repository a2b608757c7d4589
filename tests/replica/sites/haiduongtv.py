"""Truyền hình Hải Dương: family B on haiduongtv.vn, also under its vendor's host; the old domain leads to the new "
"one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tests.replica import feeds, printed_dates
from tests.replica.cms.mediatech import MediaTech
from tests.replica.foreign import FOREIGN_LINKS
from tests.replica.headlines import Headline, Lane, Numbering, Section
from tests.replica.news import Era
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.sitemaps import Sitemaps
from tests.replica.traps import EVERY

HOME = "https://haiduongtv.vn"
_SERVING = ("haiduongtv.vn", "www.haiduongtv.vn", "haiduongtv.mediatech.vn")
_OLD_HOSTS = ("www.haiduongtv.com.vn", "haiduongtv.com.vn")
_IDS = Numbering(60_000)
_SECTIONS = (
    Section("thoi-su", "Thời sự"), Section("kinh-te", "Kinh tế"),
    Section("nong-nghiep", "Nông nghiệp", ("kinh-te", "Kinh tế")), Section("van-hoa", "Văn hóa"),
)  # fmt: skip
_QUIET = (Section("giao-duc", "Giáo dục"), Section("the-thao", "Thể thao"), Section("media", "Media"))
_ARTICLE = re.compile(r"/(?:[\w-]+/)?[\w%-]*-(\d{4,})\.html")
_PAGE = re.compile(r"/([a-z-]+)(?:/trang-(\d{1,7})\.html)?")


class Haiduongtv(Newspaper):
    """Both layouts are of the same CMS and mixed in the same lists."""

    name = "haiduongtv"
    look = ("mediatech",)
    hosts = (*_SERVING, *_OLD_HOSTS, "media.haiduongtv.vn")
    robots = (
        f"User-agent: *\nDisallow: /print/\nDisallow: /ads-tracking\nDisallow: /noi-bo/\nSitemap: {HOME}/sitemap.xml\n"
    )

    def make_lanes(self) -> tuple[Lane, ...]:
        every = dict.fromkeys(
            ("stray-html-close", "text-after-html", "header-clock", "jsonld-local-and-utc", "jsonld-outlet-author",
             "mixed-entities", "comment-box", "commented-empty-href", "related-dates"), EVERY,
        )  # fmt: skip
        return (
            Lane(
                "mediatech",
                Era(self.now - timedelta(minutes=40, seconds=17), datetime(2023, 1, 1, tzinfo=HANOI), "second"),
                _SECTIONS,
                every | {
                    "caption-figure": EVERY, "nfd-text": (1,), "ads-in-paragraph": (2, 5), "unrendered-template": (3,),
                    "noarchive": (4,), "soft-404": (6,), "gzip-unlabelled": (7,), "dead-image": (8,),
                    "src-twice": (0, 9),
                },
                says_modified=True,
            ),
            Lane(
                "mediatech-nested",
                Era(datetime(2022, 12, 30, 17, 2, 45, tzinfo=HANOI), datetime(2020, 6, 1, tzinfo=HANOI), "second"),
                _SECTIONS,
                every | {
                    "nested-document": EVERY, "sapo-twice-cut": EVERY, "caption-wp": EVERY,
                    "twice-escaped-title": (0, 5),
                    "eth-for-d": (1,), "zero-width": (2,), "soft-wall": (3,), "related-inline": (4, 8),
                    "nfd-text": (6,),
                    "charset-only-in-meta": (9,),
                },
                tags=True,
                says_modified=True,
            ),
        )  # fmt: skip

    def open(self) -> None:
        self.pages = MediaTech(
            self, home=HOME, code="hdtv", outlet="Truyền hình Hải Dương", jsonld_author="haiduongtv", lanes=(0, 1),
            date_forms={"mediatech": printed_dates.capitals, "mediatech-nested": printed_dates.mediatech}, quiet=_QUIET,
            page_address=lambda slug, page: f"/{slug}/trang-{page}.html" if page > 1 else f"/{slug}",
        )  # fmt: skip
        self.sitemaps = Sitemaps(self, home=HOME, lanes=(0, 1))

    def article_id(self, lane: int, index: int) -> str:
        return str(_IDS(index))

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        path = f"/{slug}-{id}.html"
        return (
            f"{HOME}{path}", f"http://haiduongtv.vn{path}", f"https://www.haiduongtv.vn{path}",
            f"https://haiduongtv.mediatech.vn{path}", f"{HOME}/{section.slug}{path}", f"{HOME}/tin-{id}.html",
            f"http://www.haiduongtv.com.vn{path}", f"http://haiduongtv.com.vn{path}",
        )  # fmt: skip

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        base = f"https://media.haiduongtv.vn/upload/image/{headline.moment:%Y%m}/medium/{headline.id}"
        return tuple([f"{base}_hinh_{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return (printed_dates.capitals, printed_dates.mediatech)[headline.lane](headline.moment)

    def moved(self, request: Request) -> str | None:
        if request.host in _OLD_HOSTS:
            return f"{HOME}{request.target}"
        if request.scheme == "http" and request.host in _SERVING:
            return f"https://{request.host}{request.target}"
        return None

    def answer(self, request: Request) -> Reply | None:
        path = request.path
        if request.host not in _SERVING:
            return None
        if path == "/":
            return self.page(self.pages.front(FOREIGN_LINKS), modified=self.now)
        if path == "/rss":
            return self.page(self.pages.rss_index())
        if reply := self.sitemaps.answer(path):
            return reply
        if found := _PAGE.fullmatch(path):
            return self._section(found[1], int(found[2] or 1))
        if found := _ARTICLE.fullmatch(path):
            index = _IDS.index(int(found[1]))
            if not 0 <= index < self.articles:
                return None
            story = self.stories[index]
            return self.article(request, story, self.pages.article(story))
        for number, section in enumerate(_SECTIONS):
            if path == f"/rss/news/{section.slug}.rss":
                rows = self.listing((0, 1), number, 1, 20)
                # the feed still gives the addresses of the old domain
                feed = feeds.rss(section.title, HOME, rows, address=6)
                return self.text(feed, "application/rss+xml", modified=self.now)
        return None

    def _section(self, slug: str, page: int) -> Reply | None:
        for number, section in enumerate(_SECTIONS):
            if slug == section.slug:
                html = self.pages.section_page(number, page, FOREIGN_LINKS if page == 1 else "")
                return self.page(html) if html else None
        quiet = next((section for section in _QUIET if section.slug == slug), None)
        return self.page(self.pages.quiet_page(quiet)) if quiet and page == 1 else None
