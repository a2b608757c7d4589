"""Papers on zce: lists of one page, sitemaps by month, pages that load themselves again; and what they had before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

from tests.replica import feeds, printed_dates
from tests.replica.elsewhere import ADS, TRACKERS
from tests.replica.headlines import Headline
from tests.replica.markup import ink
from tests.replica.month_sitemaps import MonthSitemaps
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.papers.vnpt import vnpt
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply

_EVERY = "first-h1-wrong comment-box tags-in-one-string refresh-later canonical-by-script"
_SOME = {
    "gzip-unlabelled": (2, 7), "related-inline": (3,), "ads-in-paragraph": (4,), "soft-404": (8,), "noarchive": (9,),
    "caption-figure": (0, 2, 4, 6, 8), "caption-em": (1, 3, 5, 7, 9),
}  # fmt: skip


class ZcePages(Pages):
    """The newest stories are at /tin-moi.html, too. `options`: whether paragraphs are bare (`divs`), further feeds."""

    look = ("baolaocai",)
    section_path = "/{slug}/"
    further_page = ""

    def open(self) -> None:
        ages = enumerate(self.site.paper.ages)
        lanes = [lane for lane, age in ages if self.site.paper.home(age) == self.home]  # older designs, too
        self._sitemaps = MonthSitemaps(self.site, home=self.home, lanes=lanes)

    def answer(self, request: Request) -> Reply | None:
        site, path = self.site, request.path
        if path == "/tin-moi.html":
            return site.page(self.document("Tin mới", f"{self.home}{path}", self.rows(site.newest(self.lanes, 15))))
        if path == "/rss/home.rss":
            rows = site.newest(self.lanes, 20)
            return site.text(feeds.rss(site.outlet, self.home, rows), "application/rss+xml", modified=site.now)
        if path in self.age.options.get("feeds", ()):
            return site.text(feeds.rss(site.outlet, self.home, site.newest(self.lanes, 5)), "application/rss+xml")
        return self._sitemaps.answer(path)

    def row(self, row: Headline) -> str:
        link, thumb = escape(row.url), f"/w240/uploaded/{row.id}.jpg"
        return (
            f'<article class="story"><figure class="story__thumb"><a class="cms-link" href="{link}"><img src="{thumb}" '
            f'alt=""></a></figure><h2 class="story__heading"><a class="cms-link" href="{link}">{escape(row.title)}</a>'
            f'</h2><div class="story__summary">{escape(row.sapo)}</div></article>\n'
        )

    def document(self, title: str, url: str, body: str, meta: str = "") -> str:
        static = f"https://static.{self.site.paper.host.removeprefix('www.')}"
        return (
            '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="refresh" content="1800">\n<title>{escape(title)}</title>\n'
            f'<link rel="canonical" href="{escape(url)}">\n{meta}<link rel="stylesheet" '
            f'href="{static}/web/css/style.css?v=1.92">{ADS}</head>\n<body>\n<header><h1><a class="site-logo" href="/">'
            f'</a></h1><nav><ul class="menu">{self.menu()}</ul></nav></header>\n<main>{body}</main>\n'
            f'<aside><div class="rennab" id="sda1"></div></aside>\n<footer>{self.site.outlet} điện tử</footer>\n'
            f'<script defer src="{static}/web/js/web.js?v=1.92"></script>{TRACKERS}</body>\n</html>\n'
        )

    # Articles

    def article(self, story: Story) -> str:
        traps = story.traps
        crumbs = "".join(
            f'<li class="main-cate"><a href="/{slug}/">{name}</a></li>' for slug, name in self.crumbs(story)
        )
        tags = "".join(f'<a href="/tu-khoa/{slug}-tag1.html">{slug}</a> ' for slug in story.tags)
        credit = f'<div class="article__author">{ink(story.byline, traps)}</div>\n' if story.byline else ""
        signed = self.age.options.get("divs") or not credit
        body = (
            f'<div class="article" data-id="{story.id}"><ul class="breadcrumbs">{crumbs}</ul>\n'
            f'<h1 class="article__title cms-title">{ink(story.title, traps)}</h1>\n'
            f'<div class="article__meta">{"" if signed else credit}<time class="time" datetime="{self.moment(story)}">'
            f"{story.published_printed}</time></div>\n"
            f'<div class="article__sapo cms-desc">{ink(story.sapo, traps)}</div>\n'
            f'<div class="article__body zce-content-body cms-body" itemprop="articleBody">{"".join(self.text(story))}'
            f'</div>\n<div class="article__tags">{tags}</div></div>\n'
            f'<div class="wrap-comment" data-id="{story.id}"><h3>Gửi bình luận của bạn</h3><ul></ul></div>\n'
            f'<h3 class="cate">Đọc thêm</h3>{self.rows(self.site.related(story.index, 4))}'
        )
        return self.document(story.title, story.urls[0], body, self.meta(story))

    def moment(self, story: Story) -> str:
        return f"{story.published:%Y-%m-%dT%H:%M:%S%z}" if story.published else ""

    def crumbs(self, story: Story) -> list[tuple[str, str]]:
        """Slug and name of the sections that lead to a story."""
        section = self.site.headline(story.index).section
        return [*([section.parent] if section.parent else []), (section.slug, section.title)]

    def meta(self, story: Story) -> str:
        data = {
            "@type": "NewsArticle", "headline": story.title, "datePublished": self.moment(story),
            "publisher": {"@type": "Organization", "name": self.site.outlet},
        }  # fmt: skip
        names = [name for _, name in self.crumbs(story)]
        way = [{"@type": "ListItem", "position": n, "item": {"name": name}} for n, name in enumerate(names, 1)]
        url = escape(story.urls[0])
        return (
            f'<meta class="cms-date" property="article:published_time" content="{self.moment(story)}">\n'
            f'<meta property="article:section" content="{", ".join(names)}">\n'
            f'<meta property="article:tag" content="{", ".join(story.tags)}">\n'
            f"{'<meta name=robots content=noarchive>' if story.noarchive else ''}"
            f"{_json_ld(data)}{_json_ld({'@type': 'BreadcrumbList', 'itemListElement': way})}"
            f'<script>var cmsConfig = {{"objectId": {story.id}}};\nif (location.href != "{url}") location = "{url}";'
            "</script>\n"
        )

    def text(self, story: Story) -> Iterator[str]:
        for position, piece in enumerate(super().text(story)):
            if position == 3 and "related-inline" in story.traps:
                row = self.site.related(story.index, 1)[0]
                yield f'<a class="cms-relate" href="{row.url}"><img src="/w100/{row.id}.jpg">{escape(row.title)}</a>\n'
            if position == 2 and "ads-in-paragraph" in story.traps:
                yield '<div class="ads_middle"><div id="adsWeb_AdsMid"><script>ad()</script>Quảng cáo</div></div>\n'
            yield piece

    def paragraph(self, text: str) -> str:
        return f"<div>{text}</div>\n" if self.age.options.get("divs") else f"<p>{text}</p>\n"

    def byline(self, line: str) -> str:
        return f'<div class="t1" style="text-align: right">{line}</div>\n' if self.age.options.get("divs") else ""

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        text = ink(caption or "", story.traps)
        if caption and "caption-em" in story.traps:
            return f'<p><img class="cms-photo" src="{source}"></p>\n<p class="pcaption"><em>{text}</em></p>\n'
        line = f"<figcaption>{text}</figcaption>" if caption else ""
        return f'<figure class="picture"><img class="cms-photo" src="{source}" width="800" alt="">{line}</figure>\n'


class VendorPages(ZcePages):
    """The vendor's templates of 2017, which Sài Gòn Giải Phóng had."""

    def article(self, story: Story) -> str:
        traps = story.traps
        crumbs = "".join(f'<li><a href="/{slug}/">{name}</a></li>' for slug, name in self.crumbs(story))
        by = f'<span class="author cms-author cms-source">{ink(story.byline, traps)}</span>' if story.byline else ""
        others = "".join(
            f'<li><article class="story"><h2><a href="{row.url}">{escape(row.title)}</a></h2></article></li>'
            for row in self.site.related(story.index, 3)
        )
        body = (
            f'<ol class="breadcrumb">{crumbs}</ol>\n<article class="main-article"><header class="article-hdr">'
            f'<h1 class="article-title cms-title">{ink(story.title, traps)}</h1><div class="meta">{by}'
            f'<time class="cms-date" datetime="{self.moment(story)}">{story.published_printed}</time></div>\n'
            f'<div class="summary cms-desc">{ink(story.sapo, traps)}</div>\n'
            f'<div class="other-story"><h4>Tin liên quan</h4><ul>{others}</ul></div></header>\n'
            f'<div class="article-content"><div class="content cms-body">{"".join(self.text(story))}</div></div>'
            "</article>"
        )
        return self.document(story.title, story.urls[0], body, self.meta(story))

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        text = f'<span class="fig cms-photo-caption">{ink(caption, story.traps)}</span>' if caption else ""
        return f'<div class="full-img cms-photo"><img src="{source}" alt="{escape(caption or "")}">{text}</div>\n'


class OldHatinhPages(Pages):
    """What Hà Tĩnh had, after the selectors of a reader program of 2020."""

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        body = (
            f'<div class="breadcrumb"><a href="/">Trang chủ</a> › <a href="/{section.slug}">{section.title}</a></div>\n'
            f'<h1 class="title_detail">{ink(story.title, story.traps)}</h1>\n<div class="date_news"><span>'
            f'{story.published_printed}</span></div>\n<div class="sapo_detail">{ink(story.sapo, story.traps)}</div>\n'
            f'<div id="main-detail">{"".join(self.text(story))}</div>\n'
        )
        return self.document(story.title, story.urls[0], body)

    def paragraph(self, text: str) -> str:
        return f'<p class="pBody">{text}</p>\n'

    def byline(self, line: str) -> str:
        return f'<p class="pAuthor">{line}</p>\n'

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        text = f'<i class="iCaption">{ink(caption, story.traps)}</i>' if caption else ""
        return f'<p class="pBody pCenter"><img src="{source}">{text}</p>\n'


def _json_ld(data: dict[str, Any]) -> str:
    text = json.dumps({"@context": "https://schema.org"} | data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>\n'


def zce(host: str, sections: str, **own: Any) -> Age:
    """An age on zce."""
    picture = f"https://cdn.{host}/images/{{id}}{{n}}822863faa89937513fac62d7aa33eaf6/{{slug}}-{{n}}.jpg"
    options = own.get("options", {})
    every = f"{_EVERY} {'bare-divs ' if options.get('divs') else ''}{own.pop('also_every', '')}"
    given: dict[str, Any] = {
        "pages": ZcePages, "layout": "zce", "article": "/{slug}-post{id}.html", "picture": picture, "tags": True,
    }  # fmt: skip
    return Age(sections=sections, **given | {"every": every, "some": _SOME} | own)


PAPERS = (
    Paper(
        name="baolaocai", outlet="Báo Lào Cai", host="baolaocai.vn", media=("static.baolaocai.vn",),
        ages=(
            zce("baolaocai.vn", "chinh-tri kinh-te van-hoa", top=908_833, options={"divs": True},
                also=("http://www.baolaocai.vn/tin-post{id}.html",)),
        ),
    ),
    Paper(
        name="baohatinh", outlet="Báo Hà Tĩnh", host="baohatinh.vn", media=("static.baohatinh.vn",),
        ages=(
            zce("baohatinh.vn", "kinh-te van-hoa-giai-tri ve-ha-tinh", top=317_660,
                oldest=datetime(2023, 1, 1, tzinfo=HANOI),
                quiet="chinh-tri xa-hoi phap-luat the-thao the-gioi doi-song cong-nghe cong-dong xe"),
            Age(pages=OldHatinhPages, layout="hatinh-2020", sections="xa-hoi kinh-te", top=240_115,
                article="/{section}/{slug}/{id}.htm", date=printed_dates.onecms,
                picture="/dataimages/{moment:%Y%m}/original/images{id}{n}.jpg",
                newest=datetime(2022, 11, 30, 9, 5, tzinfo=HANOI), oldest=datetime(2016, 1, 1, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baogialai", outlet="Báo Gia Lai", host="baogialai.com.vn", media=("static.baogialai.com.vn",),
        ages=(
            zce("baogialai.com.vn", "chinh-tri kinh-te phong-su-ky-su", top=596_298,
                picture="https://image.baogialai.com.vn/w840/dataimages/{moment:%Y%m}/original/images{id}{n}.jpg",
                also_every="old-picture-paths",
                quiet="thoi-su-su-kien thoi-su-quoc-te thoi-su-binh-luan giao-duc suc-khoe van-hoa giai-tri doi-song"
                      " the-thao song-tre-song-dep khoa-hoc-cong-nghe do-thi du-lich phap-luat tu-thien ban-doc"
                      " chuyen-nguoi-gia-lai"),
            vnpt("chinh-tri kinh-te phong-su-ky-su", article="/channel/12369/{moment:%Y%m}/{slug}-{id}/", also=(),
                 is_hexadecimal=False, top=5_723_327, newest=datetime(2022, 7, 1, 8, 30, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="sggp", outlet="Sài Gòn Giải Phóng", host="www.sggp.org.vn", leads=("sggp.org.vn",),
        media=("static.sggp.org.vn",),
        ages=(
            zce("sggp.org.vn", "chinhtri xahoi kinhte", top=791_863,
                options={"feeds": ("/rss/kinh-te-3.rss", "/rss/xahoi-199.rss", "/rss/phapluat-112.rss",
                                   "/rss/kinhte-89.rss", "/rss/thegioi-143.rss",
                                   "/rss/tai-chinh-chung-khoan-44.rss", "/rss/ytesuckhoe-212.rss")},
                quiet="xaydungdang bvnentangtutuongdang caicachhanhchinh quoc-phong-an-ninh chinhtri-doingoai"
                      " theodongthoisu sapxepcacdonvihanhchinh xahoi-giaothong xahoi-gt xahoi-tuoitrecuocsong"
                      " xahoi-moitruong phapluat anninhtrattu tuvanphapluat thitruongkt xaydungdiaoc"
                      " kinhte-taichinhchuungkhoan"),
            zce("sggp.org.vn", "chinhtri xahoi kinhte", pages=VendorPages, layout="zce-2017", top=738_476,
                article="/{slug}-{id}.html", identity="{id}.html", date=printed_dates.onecms, tags=False, some={},
                newest=datetime(2021, 6, 1, 7, 30, tzinfo=HANOI), oldest=datetime(2017, 1, 12, tzinfo=HANOI)),
        ),
    ),
)  # fmt: skip
