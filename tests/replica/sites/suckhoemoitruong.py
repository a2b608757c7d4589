"""Sức khỏe & Môi trường: pages of 2020 with Word's spans over plain http, another CMS with new ids since 2022."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from unicodedata import normalize
from urllib.parse import parse_qs

from tests.replica import printed_dates
from tests.replica.elsewhere import ADS, FILM, TRACKERS
from tests.replica.foreign import FOREIGN_LINKS
from tests.replica.headlines import Headline, Lane, Numbering, Section
from tests.replica.markup import cut, ink, named
from tests.replica.news import Era, Story
from tests.replica.newspaper import Newspaper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.traps import EVERY

HOST, OUTLET, SLUG = "suckhoemoitruong.com.vn", "Sức khỏe & Môi trường", "(SK&amp;MT) - "
_NEW_IDS, _OLD_IDS = Numbering(28_434), Numbering(28_435)  # so that each new number is an old one too
_SECTIONS = (Section("the-gioi", "Thế giới"), Section("kinh-te", "Kinh tế"), Section("phong-su", "Phóng sự"))
_OLD_SECTIONS = (Section("suc-khoe", "SỨC KHỎE"), Section("moi-truong", "VẤN ĐỀ HÔM NAY"))
_QUIET = (
    "tu-van", "video", "moi-truong/moi-truong-xanh", "doi-song", "tin-tuc", "doi-song/cua-so-cuoc-song",
    "doi-song/the-thao",
    "doi-song/thoi-trang", "doi-song/tuong-so-phong-thuy", "kinh-te/bat-dong-san-xanh", "kinh-te/doanh-nhan",
    "kinh-te/tai-chinh", "kinh-te/tin-nhanh", "moi-truong/yeu-dong-vat", "the-gioi/24h", "the-gioi/chuyen-la",
    "the-gioi/moi-truong-the-gioi", "the-gioi/tieu-diem", "tin-tuc/giao-duc", "tu-van/lam-dep", "tu-van/suc-khoe",
    "tu-van/thong-tin-my-pham", "suc-khoe/thay-thuoc-tam-tai",
)  # fmt: skip
_OLD_ARTICLE = re.compile(r"/(?:[\w-]+/){1,2}[\w-]*-id(\d+)n\.html")
_NEW_ARTICLE = re.compile(r"/[\w-]*-(\d+)\.html")
_SPAN = '<span style="font-family:arial,helvetica,sans-serif"><span style="font-size:14px">'


class Suckhoemoitruong(Newspaper):
    """Plain http serves the old articles and redirects all else to https; www serves the same as the bare host."""

    name = "suckhoemoitruong"
    look = ("suckhoemoitruong",)
    hosts = (HOST, f"www.{HOST}")
    robots = "User-agent: *\nDisallow: /trang-chu/tim-kiem\nDisallow: /noi-bo/\n"
    framing = "chunked"
    encoding = None

    def make_lanes(self) -> tuple[Lane, ...]:
        return (
            Lane(
                "2022",
                Era(self.now - timedelta(hours=2), datetime(2022, 1, 1, tzinfo=HANOI)),
                _SECTIONS,
                {
                    "sapo-twice-slug": EVERY, "comment-box": EVERY, "title-cut": EVERY, "first-h1-wrong": (0, 2, 5, 8),
                    "restarted-ids": EVERY, "caption-figure": EVERY, "nfd-text": (1,), "no-date": (6,),
                    "noarchive": (4,),
                    "soft-404": (7,), "gzip-unlabelled": (5,), "zero-width": (8,), "header-clock": EVERY,
                },
                slug_limit=58,
            ),
            Lane(
                "2020",
                Era(datetime(2020, 9, 23, 14, 25, tzinfo=HANOI), datetime(2019, 1, 1, tzinfo=HANOI)),
                _OLD_SECTIONS,
                {
                    "slug-in-sapo": EVERY, "title-again": EVERY, "caption-centred-em": EVERY, "word-markup": EVERY,
                    "comment-box": EVERY, "restarted-ids": EVERY, "eth-for-d": (2,), "dead-image": (3,),
                    "soft-wall": (8,),
                    "charset-only-in-meta": (0, 4), "related-dates": (1, 5, 9),
                },
            ),
        )  # fmt: skip

    def open(self) -> None:
        slugs = [section.slug for section in (*_SECTIONS, *_OLD_SECTIONS)] + list(_QUIET)
        menu = "".join(
            f'<li><a href="/{slug}.html" title="{slug}">{slug.rpartition("/")[2].replace("-", " ").capitalize()}</a>'
            "</li>\n"
            for slug in dict.fromkeys(slugs)
        )
        self._header = (
            f'<div class="header"><a href="/trang-chu/home"><img src="/images/picture/334.png" alt="{named(OUTLET)}">'
            "</a>"
            f'<p class="now">{printed_dates.mediatech_clock(self.now)}</p><ul class="nav">{menu}</ul>'
            f'<div class="nav-mobile"><ul>{menu}</ul></div></div>\n'
        )
        self._aside = (
            f'<div class="sidebar"><h3>Đọc nhiều nhất</h3><ul>{self._rows(self.newest((0,), 6))}</ul>'
            f'<iframe src="/widget/weather" height="60"></iframe>{FILM}</div>'
        )
        self._footer = (
            f'<div class="footer"><ul>{menu}</ul><p>Tạp chí {escape(OUTLET)}. Hotline 0900 000 000</p>'
            '<span id="views"></span></div>'
            f'<script src="/js/main.js?v=1.0.3"></script>{TRACKERS}</body></html>\n'
        )

    def article_id(self, lane: int, index: int) -> str:
        return str(_NEW_IDS(index)) if lane == 0 else f"{_OLD_IDS(index)}n"

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        if lane == 0:
            paths, schemes = (f"/{slug}-{id}.html", f"/{slug[:30]}-{id}.html"), ("https", "http")
        else:
            paths, schemes = (f"/{section.slug}/{slug}-id{id}.html", f"/tin-tuc/tin-moi-id{id}.html"), ("http", "https")
        return (
            f"{schemes[0]}://{HOST}{paths[0]}",
            f"{schemes[0]}://www.{HOST}{paths[0]}",
            f"{schemes[1]}://{HOST}{paths[0]}",
            f"{schemes[1]}://www.{HOST}{paths[0]}",
            f"{schemes[0]}://{HOST}{paths[1]}",
        )

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        scheme = ("https", "http")[headline.lane]
        base = f"{scheme}://{HOST}/images/news/{headline.moment:%Y/%m}/{headline.slug[:20]}"
        return tuple([f"{base}-{number}.jpg" for number in range(1, count + 1)])

    def print_date(self, headline: Headline) -> str:
        return (printed_dates.time_bar, printed_dates.time_first)[headline.lane](headline.moment)

    def moved(self, request: Request) -> str | None:
        if request.path.startswith("/ajax/"):
            return None
        plain = request.scheme == "http" and not _OLD_ARTICLE.fullmatch(request.path)
        return f"https://{request.host}{request.target}" if plain and "." not in request.path[-5:-4] else None

    def answer(self, request: Request) -> Reply | None:
        path = request.path
        if path in ("/", "/trang-chu/home"):
            rows = self._rows(self.newest((0,), 8) + self.newest((1,), 4))
            return self.page(
                self._page(OUTLET, f"https://{HOST}/", f"<ul>{rows}</ul>{FOREIGN_LINKS}"), modified=self.now
            )
        if found := _OLD_ARTICLE.fullmatch(path):
            return self._story(request, _OLD_IDS.index(int(found[1])), 1)
        if found := _NEW_ARTICLE.fullmatch(path):
            return self._story(request, _NEW_IDS.index(int(found[1])), 0)
        slug = path[1:].removesuffix(".html")
        if slug == path[1:]:
            return None
        page = int(parse_qs(request.query).get("page", ["1"])[0])
        for lane, sections in enumerate((_SECTIONS, _OLD_SECTIONS)):
            for number, section in enumerate(sections):
                if slug in (section.slug, f"{section.parent[0]}/{section.slug}" if section.parent else ""):
                    return self._section(section, lane, number, page)
        if slug in _QUIET:
            body = f"<h2>{slug}</h2><ul>{self._rows(self.newest((0,), 3))}</ul>"
            return self.page(self._page(slug, f"https://{HOST}{path}", body))
        return None

    def _story(self, request: Request, index: int, lane: int) -> Reply | None:
        if not 0 <= index < self.articles or index % 2 != lane:
            return None
        story = self.stories[index]
        return self.article(request, story, (self._new_article, self._old_article)[lane](story))

    # Lists

    def _rows(self, rows: Iterable[Headline]) -> str:
        return "".join(
            f'<li class="clearfix"><a class="thumb" href="{row.url}"><img class="lazy" src="/images/blank.gif" '
            f'data-original="/images/thumb/{row.id}.jpg" alt="{named(row.title)}"></a>'
            f'<h3><a href="{row.url}">{escape(row.title)}</a></h3>'
            f'<p class="lead">{SLUG}{escape(cut(row.sapo, 150))}...</p></li>\n'
            for row in rows
        )

    def _section(self, section: Section, lane: int, number: int, page: int) -> Reply | None:
        rows = self.listing((lane,), number, page)
        if not rows and page > 1:
            return None
        last = max(1, -(-self.section_size((lane,), number) // self.page_size))
        pager = "".join(
            f'<a href="/{section.slug}.html?page={n}">{n}</a>'
            for n in sorted({1, page - 1, page + 1, last})
            if 1 <= n <= last
        )
        body = f'<h2 class="cate">{section.title}</h2><ul>{self._rows(rows)}</ul>{FOREIGN_LINKS}'
        body += f'<div class="paging">{pager}</div>'
        return self.page(self._page(section.title, f"https://{HOST}/{section.slug}.html", body))

    def _page(self, title: str, url: str, body: str, meta: str = "") -> str:
        return (
            f'<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv="content-type" content="text/html; charset=utf-8">\n'
            f'<title>{escape(title)}</title>\n<link rel="canonical" href="{escape(url)}">\n{meta}'
            f'<link rel="stylesheet" href="/css/style.css">\n<link rel="shortcut icon" href="/favicon.ico">\n'
            '<style>.footer { background: #fff url("/images/bg_footer.png") }</style>\n'
            f'<meta name="viewport" content="width=device-width">{ADS}</head>\n<body>\n{self._header}'
            f'<div class="container"><div class="main">{body}</div>{self._aside}</div>{self._footer}'
        )

    # Articles

    def _meta(self, story: Story) -> str:
        meta = f'<meta name="description" content="{escape(cut(story.sapo, 150))}">\n'
        return meta + ('<meta name="robots" content="noarchive">\n' if story.noarchive else "")

    def _new_article(self, story: Story) -> str:
        traps, headline = story.traps, self.headline(story.index)
        sapo = ink(story.sapo, traps)
        pieces = [f"<p>{SLUG}{sapo}</p>\n"]
        for position, paragraph in enumerate(story.paragraphs):
            if position in (1, 3):
                pieces += [
                    self._figure(story, *image) for image in (story.images[:1] if position == 1 else story.images[1:])
                ]
            text = ink(paragraph, traps)
            pieces.append(f"<h2>{text}</h2>\n" if len(paragraph) < 60 else f"<p>{text}</p>\n")
        if story.byline:
            pieces.append(f'<p style="text-align:right"><strong>{ink(story.byline, traps)}</strong></p>\n')
        section = headline.section
        parent = f'<a href="/{section.parent[0]}.html">{section.parent[1]}</a> » ' if section.parent else ""
        site_name = (
            f'<h1 class="site-name"><a href="/">{escape(OUTLET)}</a></h1>\n' if "first-h1-wrong" in traps else ""
        )
        date = f'<span class="detail-time">{story.published_printed}</span>' if story.published else ""
        block = (
            f'{site_name}<article class="post-detail"><div class="breadcrumb">{parent}<a href="/{section.slug}.html">'
            f'{section.title}</a></div><h1 class="detail-title">{ink(story.title, traps)}</h1>\n<div '
            f'class="detail-meta">{date}</div>\n'
            f'<p class="detail-sapo">{sapo}</p>\n<div class="detail-content">{"".join(pieces)}</div></article>\n'
        )
        if "nfd-text" in traps:
            block = normalize("NFD", block)
        related = (
            f'<div class="more"><h3>Tin cùng chuyên mục</h3><ul>{self._rows(self.related(story.index, 5))}</ul></div>'
        )
        return self._page(cut(story.title, 45), headline.url, block + _COMMENTS + related, self._meta(story))

    @staticmethod
    def _figure(story: Story, source: str, caption: str | None) -> str:
        line = f"<figcaption>{ink(caption, story.traps)}</figcaption>" if caption else ""
        return f'<figure><img src="{source}" alt="">{line}</figure>\n'

    def _old_article(self, story: Story) -> str:
        traps, headline = story.traps, self.headline(story.index)
        title = escape(story.title)
        pieces = [f"<p><strong>{_SPAN}{SLUG}{ink(story.sapo, traps)}</span></span></strong></p>\n"]
        pictures = [
            f'<p style="text-align:center"><img alt="{title}" title="{title}" src="{source}" /></p>\n'
            + (
                f'<p style="text-align:center"><em>{_SPAN}{ink(caption, traps)}</span></span></em></p>\n'
                if caption
                else ""
            )
            for source, caption in story.images
        ]
        for position, paragraph in enumerate(story.paragraphs):
            if position in (0, 2):
                pieces += pictures[:1] if position == 0 else pictures[1:]
            text = f"{_SPAN}{ink(paragraph, traps)}<o:p></o:p></span></span>"
            pieces.append(f"<p>{text}</p>\n" if len(paragraph) >= 60 else f"<p><b>{text}</b></p>\n")
        if story.byline:
            line = ink(story.byline, traps)
            pieces.append(f'<p style="text-align:right"><strong>{_SPAN}{line}</span></span></strong></p>\n')
        related = "".join(
            f'<li><a href="{row.url}">{escape(cut(row.title, 45))}...</a> '
            f"{printed_dates.twelve_hours(row.moment) if 'related-dates' in traps else ''}</li>\n"
            for row in self.related(story.index, 8)
        )
        block = (
            f'<h1 class="title-detail">{ink(story.title, traps)}</h1>\n<ul class="breadcrumb list-inline"><li '
            'class="cate"><a href='
            f'"/{headline.section.slug}.html">{story.section[-1]}</a></li><li class="time">'
            f"{story.published_printed}</li></ul>\n"
            f'<div class="clearfix mgb20">{"".join(pieces)}</div>\n'
        )
        body = f'{block}{_COMMENTS}<div class="related"><h3>Tin liên quan</h3><ul>{related}</ul></div>'
        return self._page(story.title, headline.url, body, self._meta(story))


_COMMENTS = """<div class="comment-form"><h4>Gửi bình luận của bạn</h4>
<textarea name="content" placeholder="Nội dung"></textarea>
<input name="name" placeholder="Họ tên"><button>Gửi</button></div>
"""
