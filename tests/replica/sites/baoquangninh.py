"""Báo Quảng Ninh: family B on baoquangninh.vn since 2021, family C on baoquangninh.com.vn before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from tests.replica import feeds, printed_dates
from tests.replica.cms.mediatech import MediaTech
from tests.replica.cms.vnpt import FIRST_CATE_ID, Vnpt
from tests.replica.foreign import FOREIGN_LINKS
from tests.replica.headlines import Headline, Lane, Numbering, Section
from tests.replica.news import Era
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.sitemaps import Sitemaps
from tests.replica.traps import EVERY

NEW, OLD = "https://baoquangninh.vn", "http://www.baoquangninh.com.vn"
_NEW_HOSTS = ("baoquangninh.vn", "www.baoquangninh.vn")
_OLD_HOSTS = ("www.baoquangninh.com.vn", "baoquangninh.com.vn")
_NEW_IDS, _OLD_IDS = Numbering(3_449_000), Numbering(2_430_000)
_SECTIONS = (
    Section("kinh-te", "Kinh tế"),
    Section("xay-dung-dang", "Xây dựng Đảng", ("chinh-tri", "Chính trị")),
    Section("du-lich", "Du lịch"),
)
_QUIET = (
    Section("chinh-tri", "Chính trị"), Section("xa-hoi", "Xã hội"), Section("phap-luat", "Pháp luật"),
    Section("the-thao", "Thể thao"), Section("van-hoa", "Văn hóa"), Section("quoc-te", "Quốc tế"),
    Section("doi-song", "Đời sống"), Section("khoa-hoc-cong-nghe", "Khoa học - Công nghệ"), Section("ban-doc",
    "Bạn đọc"),
)  # fmt: skip
_OLD_SECTIONS = (Section("kinh-te", "Kinh tế"), Section("the-thao", "Thể thao"), Section("van-hoa", "Văn hóa"))
_NEW_ARTICLE = re.compile(r"/(?:[\w-]+/)?[\w%-]*-(\d{7,})\.html")
_OLD_ARTICLE = re.compile(r"/[a-z-]+/\d{6}/[\w-]*-(\d{7,})(/?)")


class Baoquangninh(Newspaper):
    """Old articles stay on the old domain over plain http; the old domain sends new-style addresses to the new one."""

    name = "baoquangninh"
    look = ("mediatech", "vnpt")
    hosts = (*_NEW_HOSTS, *_OLD_HOSTS, "media.baoquangninh.vn", "media.baoquangninh.com.vn")
    robots = (
        "User-agent: *\nDisallow: /ads-tracking\nDisallow: /print/\nDisallow: /version/\nDisallow: /noi-bo/\n"
        f"Sitemap: {NEW}/sitemap.xml\n"
    )
    framing = "chunked"

    def make_lanes(self) -> tuple[Lane, ...]:
        return (
            Lane(
                "mediatech-nested",
                Era(self.now - timedelta(minutes=12), datetime(2021, 2, 1, tzinfo=HANOI), "second"),
                _SECTIONS,
                {
                    "stray-html-close": EVERY, "nested-document": EVERY, "text-after-html": EVERY,
                    "sapo-twice-cut": EVERY,
                    "header-clock": EVERY, "caption-wp": EVERY, "jsonld-local-and-utc": EVERY,
                    "jsonld-outlet-author": EVERY,
                    "mixed-entities": EVERY, "comment-box": EVERY, "commented-empty-href": EVERY,
                    "related-dates": EVERY,
                    "twice-escaped-title": EVERY, "ads-in-paragraph": (0, 3, 6), "src-twice": (0, 1, 5),
                    "nfd-text": (1,), "related-inline": (2, 6), "noarchive": (5,), "gzip-unlabelled": (7,),
                    "soft-404": (8,),
                    "unrendered-template": (9,), "zero-width": (3,),
                },
                tags=True,
                says_modified=True,
            ),
            Lane(
                "vnpt",
                Era(datetime(2020, 12, 20, 16, 40, tzinfo=HANOI), datetime(2012, 3, 1, tzinfo=HANOI)),
                _OLD_SECTIONS,
                {
                    "header-clock": EVERY, "caption-table": EVERY, "caption-twice": EVERY, "dot-leftovers": EVERY,
                    "image-index": EVERY, "comment-box": EVERY, "text-after-html": (0, 2, 4, 6, 8),
                    "related-inline": (1, 4),
                    "word-markup": (2, 5, 7), "word-escaped-tag": (5,), "related-h1": (3, 6), "dead-image": (4,),
                    "charset-only-in-meta": (1, 8), "eth-for-d": (6,), "capital-slug": (8, 9), "soft-wall": (9,),
                },
            ),
        )  # fmt: skip

    def open(self) -> None:
        self.new = MediaTech(
            self, home=NEW, code="bqn", outlet="Báo Quảng Ninh", jsonld_author="Báo Quảng Ninh", lanes=(0,),
            date_forms={"mediatech-nested": printed_dates.mediatech}, quiet=_QUIET,
            page_address=lambda slug, page: f"/{slug}?page={page}" if page > 1 else f"/{slug}",
        )  # fmt: skip
        self.old = Vnpt(self, home=OLD, outlet="Báo Quảng Ninh điện tử", lanes=(1,))
        self.sitemaps = Sitemaps(self, home=NEW, lanes=(0,))

    def article_id(self, lane: int, index: int) -> str:
        return str((_NEW_IDS, _OLD_IDS)[lane](index))

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        if lane == 0:
            first = f"/{slug}-{id}.html"
            return (
                f"{NEW}{first}", f"http://baoquangninh.vn{first}", f"https://www.baoquangninh.vn{first}",
                f"{NEW}/{section.slug}{first}", f"{NEW}/tin-moi-{id}.html", f"http://www.baoquangninh.com.vn{first}",
                f"http://baoquangninh.com.vn{first}",
            )  # fmt: skip
        if index // 2 % 10 in (8, 9):
            slug = "-".join(word.capitalize() if rank % 3 == 0 else word for rank, word in enumerate(slug.split("-")))
        path = f"/{section.slug}/{moment:%Y%m}/{slug}-{id}/"
        return (
            f"{OLD}{path}",
            f"http://baoquangninh.com.vn{path}",
            f"{OLD}{path[:-1]}",
            f"https://www.baoquangninh.com.vn{path}",
        )

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        if headline.lane == 0:
            base = f"https://media.baoquangninh.vn/upload/image/{headline.moment:%Y%m}/medium/{headline.id}"
            return tuple([f"{base}_anh_{number}.jpg" for number in range(1, count + 1)])
        month = f"{headline.moment:%Y%m}"
        base = f"http://media.baoquangninh.com.vn/dataimages/{month}/original/images{headline.id[-7:]}"
        return tuple([f"{base}_anh_{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return (printed_dates.mediatech, printed_dates.vnpt)[headline.lane](headline.moment)

    def moved(self, request: Request) -> str | None:
        if request.host in _NEW_HOSTS and request.scheme == "http":
            return f"https://{request.host}{request.target}"
        if request.host in _OLD_HOSTS:
            if request.path.endswith(".html") or request.path.startswith("/rss"):
                return f"{NEW}{request.target}"
            if (found := _OLD_ARTICLE.fullmatch(request.path)) and not found[2]:
                return f"{request.scheme}://{request.host}{request.path}/"
        return None

    def answer(self, request: Request) -> Reply | None:
        if request.host in _OLD_HOSTS:
            return self._answer_old(request)
        if request.host not in _NEW_HOSTS:
            return None
        path = request.path
        if path == "/":
            return self.page(self.new.front(FOREIGN_LINKS), modified=self.now)
        if found := _NEW_ARTICLE.fullmatch(path):
            return self._story(request, _NEW_IDS.index(int(found[1])), 0)
        if path == "/rss":
            return self.page(self.new.rss_index())
        if reply := self.sitemaps.answer(path):
            return reply
        slug = path.removeprefix("/rss/news/").removesuffix(".rss").removeprefix("/")
        for number, section in enumerate(_SECTIONS):
            if slug == section.slug and path.endswith(".rss"):
                rows = self.listing((0,), number, 1, 20)
                return self.text(feeds.rss(section.title, NEW, rows), "application/rss+xml", modified=self.now)
            if slug == section.slug:
                page = int(parse_qs(request.query).get("page", ["1"])[0] or 1)
                html = self.new.section_page(number, page, FOREIGN_LINKS if page == 1 else "")
                return self.page(html) if html else None
        for section in _QUIET:
            if slug == section.slug and path.endswith(".rss"):
                return self.text(feeds.rss(section.title, NEW, self.newest((0,), 3)), "application/rss+xml")
            if slug == section.slug:
                return self.page(self.new.quiet_page(section))
        return None

    def _answer_old(self, request: Request) -> Reply | None:
        if request.path == "/":
            return self.page(self.old.front())
        if found := _OLD_ARTICLE.fullmatch(request.path):
            return self._story(request, _OLD_IDS.index(int(found[1])), 1)
        if request.path == "/search/select/":
            asked = {name: values[0] for name, values in parse_qs(request.query).items()}
            cate = re.search(r"cateid:(\d+)", asked.get("q", ""))
            number = int(cate[1]) - FIRST_CATE_ID if cate else -1
            if not 0 <= number < len(_OLD_SECTIONS):
                return None
            start, count = int(asked.get("start", "0")), int(asked.get("rows", "12"))
            text = self.old.search(number, start, count, asked.get("json.wrf", "callback"))
            return self.text(text, "application/json")
        for number, section in enumerate(_OLD_SECTIONS):
            if request.path == f"/{section.slug}/":
                return self.page(self.old.section_page(number))
        return None

    def _story(self, request: Request, index: int, lane: int) -> Reply | None:
        if not 0 <= index < self.articles or index % 2 != lane:
            return None
        story = self.stories[index]
        return self.article(request, story, (self.new.article, self.old.article)[lane](story))
