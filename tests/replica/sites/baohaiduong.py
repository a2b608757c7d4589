"""Báo Hải Dương: OneCMS since 2023, a CMS of its own (`div.fck`) in 2022 and before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import escape
from unicodedata import normalize
from urllib.parse import parse_qs

from tests.replica import printed_dates
from tests.replica.cms.onecms import OneCms
from tests.replica.elsewhere import TRACKERS
from tests.replica.foreign import FOREIGN_LINKS
from tests.replica.headlines import Headline, Lane, Section
from tests.replica.markup import cut, ink, word_paragraph
from tests.replica.news import Era, Story
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.sitemaps import Sitemaps
from tests.replica.traps import EVERY

HOME = "https://baohaiduong.vn"
_SECTIONS = (
    Section("kinh-te", "Kinh tế"),
    Section("thoi-su", "Thời sự"),
    Section("giao-duc", "Giáo dục", ("doi-song", "Đời sống")),
)
_QUIET = (
    Section("doi-song", "Đời sống"), Section("chinh-tri", "Chính trị"), Section("phap-luat", "Pháp luật"),
    Section("the-thao", "Thể thao"), Section("van-hoa", "Văn hóa"), Section("xa-hoi", "Xã hội"), Section("ban-doc",
    "Bạn đọc"),
)  # fmt: skip
# slug and number of a section's page; articles of 2022 stand below the slug alone
_OLD_SECTIONS = (
    Section("kinh-te", "Kinh tế"),
    Section("xa-hoi", "Xã hội"),
    Section("dat-va-nguoi-xu-dong", "Đất và người xứ Đông"),
)
_OLD_NUMBERS = {"kinh-te": 5, "xa-hoi": 11, "dat-va-nguoi-xu-dong": 25}
_OTHER_NUMBERS = {
    "chinh-tri": 1, "goc-nhin": 4, "doi-song": 12, "khoa-hoc---giao-duc": 17, "phap-luat": 21, "van-hoa---giai-tri": 31,
    "the-gioi": 35, "the-thao": 39, "ban-doc": 47,
}  # fmt: skip
_NEW_ARTICLE = re.compile(r"/[\w%-]*-(\d{6,})\.html")
_OLD_ARTICLE = re.compile(r"/[a-z-]+/[\w-]*-(\d{5,})")
_OLD_LIST = re.compile(r"/chuyen-muc/([a-z-]+)/(\d+)")
_MORE = re.compile(r"/api/loadmore/([a-z-]+)/(\d{1,7})\.html")


class Baohaiduong(Newspaper):
    """One domain for both designs; www and plain http lead to it."""

    name = "baohaiduong"
    look = ("onecms", "fck")
    hosts = ("baohaiduong.vn", "www.baohaiduong.vn", "bhd.1cdn.vn", "media.baohaiduong.vn")
    robots = (
        f"User-agent: *\nDisallow: /print/\nDisallow: /script/\nDisallow: /noi-bo/\n\nSitemap: {HOME}/sitemap.xml\n"
    )

    def make_lanes(self) -> tuple[Lane, ...]:
        return (
            Lane(
                "onecms",
                Era(self.now - timedelta(minutes=25), datetime(2023, 3, 1, tzinfo=HANOI)),
                _SECTIONS,
                {
                    "clock-empty": EVERY, "us-date-meta": EVERY, "mixed-entities": EVERY, "meta-canonical": EVERY,
                    "comment-box": EVERY, "caption-em": (1, 3, 5, 7, 9), "caption-figure": (0, 2, 4, 6, 8),
                    "relative-og-image": (1, 3, 5), "author-repeated-hidden": EVERY, "related-inline": (0, 3, 8),
                    "ads-in-paragraph": (2, 4), "raw-tag-href": (0, 1, 7), "nfd-text": (3,), "noarchive": (9,),
                    "soft-404": (5,), "gzip-unlabelled": (2,), "charset-only-in-meta": (4,), "dead-image": (7,),
                    "older-head": (4, 8), "lead-picture-in-head": (0, 6), "lazy-picture": (2,), "ad-label": EVERY,
                    "slug-bare": (1, 8), "tags-in-one-string": EVERY, "jsonld-broken": (0, 1, 4, 6),
                },
                tags=True,
                says_modified=True,
            ),
            Lane(
                "fck-2022",
                Era(datetime(2022, 12, 28, 19, 5, 31, tzinfo=HANOI), datetime(2017, 5, 1, tzinfo=HANOI), "second"),
                _OLD_SECTIONS,
                {
                    "caption-em": EVERY, "header-clock": EVERY, "comment-box": EVERY, "word-markup": (1, 4, 6),
                    "eth-for-d": (2,), "zero-width": (3,), "soft-wall": (7,), "first-h1-wrong": (5, 8),
                    "audio-box": (0, 2, 9),
                    "related-dates": EVERY,
                },
            ),
        )  # fmt: skip

    def open(self) -> None:
        menu = [(f"/chuyen-muc/{slug}/{number}", slug.replace("-", " ")) for slug, number in _OLD_NUMBERS.items()]
        self.new = OneCms(
            self, home=HOME, media="bhd.1cdn.vn", outlet="Báo Hải Dương điện tử", lanes=(0,), quiet=_QUIET, menu=menu
        )
        self.sitemaps = Sitemaps(self, home=HOME, lanes=(0, 1))
        links = "".join(
            f'<li><a href="/chuyen-muc/{slug}/{number}" class="cate">{slug.replace("-", " ").title()}</a></li>\n'
            for slug, number in (*_OLD_NUMBERS.items(), *_OTHER_NUMBERS.items())
        )
        self._old_header = (
            f'<div class="header"><div class="clock">{printed_dates.capitals(self.now)}</div><a href="/"><img src='
            '"https://media.baohaiduong.vn/files/library/images/logo.png" alt=""></a><ul class="menu w100pt">'
            f"{links}</ul>"
            f'<ul class="sub-menu">{links}</ul></div>\n'
        )
        self._old_aside = f'<div class="right"><ul class="list-news">{self._old_rows(self.newest((1,), 10))}</ul></div>'
        self._old_footer = (
            f'<div class="footer"><ul>{links}</ul><p>Toà soạn: phố Tân Hưng</p>'
            '<img src="/images/120x80/chung-nhan.png" width="120" height="80" alt=""> <span id="counter"></span></div>'
            '<script src="/js/main.js"></script>'
            f"{TRACKERS}</body></html>\n"
        )

    def article_id(self, lane: int, index: int) -> str:
        # numbers of the two designs never meet: new ones from 270,000 or over 3,000,000, old ones between
        if lane == 0:
            return str(420_000 - index if index < 150_000 else 3_000_000 + index)
        return str(215_000 - index if index < 150_000 else 1_000_000 + index)

    def _index(self, number: int) -> int:
        for low, high, index in (
            (270_000, 420_000, 420_000 - number), (3_150_000, 10**9, number - 3_000_000),
            (65_000, 215_000, 215_000 - number), (1_150_000, 3_000_000, number - 1_000_000),
        ):  # fmt: skip
            if low <= number <= high:
                return index
        return -1

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        path = f"/{slug}-{id}.html" if lane == 0 else f"/{section.slug}/{slug}-{id}"
        other = f"/ban-tin-{id}.html" if lane == 0 else f"/tin-tuc/{slug}-{id}"
        hosts = (HOME, "https://www.baohaiduong.vn", "http://baohaiduong.vn", "http://www.baohaiduong.vn")
        return (*[f"{host}{path}" for host in hosts], f"{HOME}{other}")

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        day = headline.moment
        if headline.lane == 0:
            base = f"https://bhd.1cdn.vn/{day:%Y/%m/%d}/{headline.slug[:30]}"
            return tuple([f"{base}-{number}.jpg" for number in range(1, count + 1)])
        base = f"https://media.baohaiduong.vn/files/library/images/site-1/{day:%Y%m%d}/web/{headline.slug[:30]}"
        return tuple([f"{base}-{number}-{day:%H%M%S}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return (printed_dates.onecms, printed_dates.capitals)[headline.lane](headline.moment)

    def answer(self, request: Request) -> Reply | None:
        path = request.path
        if request.host != "baohaiduong.vn":
            return None
        if path == "/":
            return self.page(self.new.front(FOREIGN_LINKS), modified=self.now)
        if found := _NEW_ARTICLE.fullmatch(path):
            return self._story(request, int(found[1]), 0)
        if found := _OLD_LIST.fullmatch(path):
            return self._old_list(found[1], parse_qs(request.query).get("page", ["1"])[0])
        if found := _MORE.fullmatch(path):
            number = next((n for n, section in enumerate(_SECTIONS) if section.slug == found[1]), None)
            html = self.new.more(number, int(found[2])) if number is not None else None
            return self.text(html, "text/html") if html else None
        if reply := self.sitemaps.answer(path):
            return reply
        for number, section in enumerate(_SECTIONS):
            if path in (f"/{section.slug}", f"/{section.parent[0]}/{section.slug}" if section.parent else ""):
                return self.page(self.new.section_page(number, FOREIGN_LINKS))
        for section in _QUIET:
            if path == f"/{section.slug}":
                return self.page(self.new.quiet_page(section))
        if found := _OLD_ARTICLE.fullmatch(path):
            return self._story(request, int(found[1]), 1)
        return None

    def _story(self, request: Request, number: int, lane: int) -> Reply | None:
        index = self._index(number)
        if not 0 <= index < self.articles or index % 2 != lane:
            return None
        story = self.stories[index]
        return self.article(request, story, (self.new.article, self._old_article)[lane](story))

    # The design of 2022 and before

    def _old_page(self, title: str, url: str, body: str, extra: str = "") -> str:
        return (
            f'<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\n'
            f'<title>{escape(title)}</title>\n<link rel="canonical" href="{url}" />\n{extra}'
            f'<link href="/css/style.css" rel="stylesheet" />\n</head>\n<body>\n{self._old_header}<div class="main '
            'w100pt">'
            f"{body}{self._old_aside}</div>{self._old_footer}"
        )

    def _old_rows(self, rows: list[Headline]) -> str:
        return "".join(
            f'<li><a href="{row.url.removeprefix(HOME)}"><img '
            'src="https:\\\\media.baohaiduong.vn\\files\\library\\images\\'
            f'{row.id}.jpg" alt=""></a><h4><a href="{row.url.removeprefix(HOME)}">{escape(row.title)}</a></h4>'
            f'<p class="sapo-list">{escape(cut(row.sapo, 130))}...</p></li>\n'
            for row in rows
        )

    def _old_list(self, slug: str, page: str) -> Reply | None:
        number = next((n for n, section in enumerate(_OLD_SECTIONS) if section.slug == slug), None)
        if number is None:
            known = slug in _OTHER_NUMBERS
            return (
                self.page(self._old_page(slug, f"{HOME}/chuyen-muc/{slug}", "<h2>Chuyên mục</h2>")) if known else None
            )
        rows = self.listing((1,), number, int(page))
        if not rows and page != "1":
            return None
        address = f"/chuyen-muc/{slug}/{_OLD_NUMBERS[slug]}"
        last = max(1, -(-self.section_size((1,), number) // self.page_size))
        pager = "".join(
            f'<a href="{address}?page={n}">{n}</a> '
            for n in sorted({1, int(page) - 1, int(page) + 1, last})
            if 1 <= n <= last
        )
        body = f'<ul class="list-news left w100pt">{self._old_rows(rows)}</ul><div class="pager">{pager}</div>'
        return self.page(self._old_page(_OLD_SECTIONS[number].title, f"{HOME}{address}", body))

    def _old_article(self, story: Story) -> str:
        traps, headline = story.traps, self.headline(story.index)
        pieces = []
        for position, paragraph in enumerate(story.paragraphs):
            text = ink(paragraph, traps)
            if position in (0, 2):
                pieces += [
                    self._old_picture(*image, traps)
                    for image in (story.images[:1] if position == 0 else story.images[1:])
                ]
            if "word-markup" in traps:
                pieces.append(word_paragraph(text))
            else:
                pieces.append(f"<p><strong>{text}</strong></p>\n" if len(paragraph) < 60 else f"<p>{text}</p>\n")
        if story.byline:
            pieces.append(f'<p style="text-align: right;"><strong>{ink(story.byline, traps)}</strong></p>\n')
        audio = (
            '<div class="audio"><audio controls><source src="\\files\\library\\audio\\bai doc.mp3" type="audio/mpeg">'
            "</audio></div>"
            if "audio-box" in traps
            else ""
        )
        section = headline.section
        crumb = f'<a href="/chuyen-muc/{section.slug}/{_OLD_NUMBERS[section.slug]}">{section.title}</a>'
        wrong = f'<h1 class="cate">{crumb}</h1>'
        related = "".join(
            f'<li><a href="{row.url}">{escape(cut(row.title, 50))}...</a>{printed_dates.twelve_hours(row.moment)}</li>'
            for row in self.related(story.index, 5)
        )
        block = (
            f'<div class="bread"><a href="/chuyen-muc/{section.slug}/{_OLD_NUMBERS[section.slug]}">'
            f"{section.title}</a></div>\n"
            f'{wrong if "first-h1-wrong" in traps else ""}<div class="detail"><h1 class="title">'
            f"{ink(story.title, traps)}</h1>\n"
            f'<div class="date">{story.published_printed or ""}</div>\n<h2 class="sapo">{ink(story.sapo, traps)}</h2>'
            f"\n{audio}"
            f'<div class="fck">{"".join(pieces)}</div></div>\n'
        )
        block = normalize("NFD", block) if "nfd-text" in traps else block
        extra = '<meta name="robots" content="noarchive" />\n' if story.noarchive else ""
        box = '<textarea placeholder="Vui lòng nhập tiếng việt có dấu"></textarea>'
        comments = f'<div class="comment"><p>Comment</p>{box}</div>'
        body = (
            f'<div class="left">{block}{comments}<div class="other"><h3>Các tin khác</h3><ul>{related}</ul></div></div>'
        )
        return self._old_page(story.title, headline.url, body, extra)

    @staticmethod
    def _old_picture(source: str, caption: str | None, traps: tuple[str, ...]) -> str:
        centred = '<p style="text-align: center;">'
        line = f"{centred}<em>{ink(caption, traps)}</em></p>\n" if caption else ""
        return f'{centred}<img src="{source}" alt=""></p>\n{line}'
