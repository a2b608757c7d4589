"""Papers on content-fck: the lead in the text or above it, two more skins, and what they had before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from typing import Any

from tests.replica import printed_dates
from tests.replica.elsewhere import ADS, TRACKERS
from tests.replica.headlines import Headline, Section
from tests.replica.markup import cut, ink
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply

_SOME = {
    "ads-in-paragraph": (1, 4, 7), "related-inline": (3,), "soft-404": (8,), "soft-wall": (6,), "double-spaces": (2,),
    "gzip-unlabelled": (5,),
}  # fmt: skip


class FckPages(Pages):
    """Cần Thơ's: the first heading is the breadcrumb.

    `options`: what stands before a lead (`slug`); whether the theme lies on the paper's own host (`own_theme`), so that
    links may be relative although pages have a base.
    """

    look = ("baocantho",)
    section_path = "/{slug}/"
    further_page = "?p={page}"

    def open(self) -> None:
        own = self.age.options.get("own_theme", False)
        host = self.home if own else f"https://static.{self.site.paper.host}"
        self.static, self.root = f"{host}/templates/version1/homepage", "" if own else self.home
        self.slug = self.age.options.get("slug", "")

    def pager(self, section: Section, pages: Iterable[int]) -> str:
        links = "".join(f'<a href="{self.root}/{section.slug}?p={page}">{page}</a> ' for page in pages)
        return f'<div id="page">{links}</div>\n'

    def answer(self, request: Request) -> Reply | None:
        """A further page of a list, whose address lacks the slash of the first."""
        number = next((n for n, section in enumerate(self.sections) if request.path == f"/{section.slug}"), None)
        html = self.section(number, self.page_number(request)) if number is not None else None
        return self.site.page(html) if html else None

    def menu(self) -> str:
        return "".join(
            f'<li><a href="{self.root}{self.path(section)}">{section.title}</a></li>\n'
            for section in (*self.sections, *self.quiet)
        )

    def row(self, row: Headline) -> str:
        link = escape(row.url)
        return (
            f'<li class="news-img-left"><a class="b-img" href="{link}"><img class="i-img" alt="" '
            f'src="{self.static}/images/blank.gif"></a><div class="b-content"><a class="b-title" href="{link}">'
            f"{escape(row.title)}</a><p>{escape(cut(row.sapo, 150))}...</p></div></li>\n"
        )

    def document(self, title: str, url: str, body: str, meta: str = "") -> str:
        newest = "".join(
            f'<li><a href="{escape(row.url)}">{escape(row.title)}</a></li>' for row in self.site.newest(self.lanes, 5)
        )
        return (
            '<!DOCTYPE html>\n<html lang="vi">\n<head>\n'
            f"<title>{escape(title)} - {self.site.outlet} Online</title>\n"
            '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\n'
            f'<base href="{self.static}/" />\n<link rel="stylesheet" href="css/style.css?id=1.000003" />\n'
            f'{meta}{ADS}</head>\n<body>\n<div class="wapperheader"><a href="{self.home}/"><img alt="" '
            f'src="images/logo.png"></a><span id="datenow"></span><nav class="nav-main"><ul>{self.menu()}</ul></nav>'
            f'</div>\n<div class="container">{body}</div>\n<div class="box300"><h2>TIN MỚI NHẤT</h2>'
            f'<ul class="tinmoi">{newest}</ul></div>\n<div id="footer">{self.site.outlet} điện tử. Ghi rõ nguồn khi '
            f'phát hành lại.</div>\n<script src="js/home.js?id=1"></script>{TRACKERS}</body>\n</html>\n'
        )

    # Articles

    def article(self, story: Story) -> str:
        links = " > ".join(
            f'<a href="{self.root}{"/news" if n == 0 else ""}/{slug}/">{escape(name)}</a>'
            for n, (slug, name) in enumerate(self.crumbs(story))
        )
        pieces = [self.lead(story), *self.text(story)]
        body = (
            f'<div id="colcate1"><div class="titlecate"><h1>{links}</h1></div>\n<div class="sharemxh">'
            f'<span class="pubdate 128">{story.published_printed}</span><a href="javascript:void(0);" title="Print">'
            '<span class="sprite icoprint"></span></a></div>\n'
            f'<h1 class="margintopbot10 fw700">{ink(story.title, story.traps)}<span class="sprite icophoto"></span>'
            f'</h1>\n<div id="newscontents"><div class="content-fck slider-jsgallery 171">{"".join(pieces)}</div></div>'
            f'\n<div class="block_tag"><div class="txt_tag">Từ khóa</div>{self.tags(story)}</div>{self.comments(story)}'
            f"{self.others(story)}</div>"
        )
        return self.document(story.title, story.urls[0], body, self.meta(story))

    def lead(self, story: Story) -> str:
        lead = ink(story.sapo, story.traps)
        return f"<p><strong>({self.slug})</strong> - {lead}</p>\n" if self.slug else f"<p><strong>{lead}</strong></p>\n"

    def meta(self, story: Story) -> str:
        lead = escape(f"({self.slug}) - {story.sapo}" if self.slug else story.sapo)
        day = story.published.date().isoformat() if story.published else ""
        data = {"@context": "https://schema.org/", "@type": "NewsArticle", "name": story.title, "datePublished": day}
        title = escape(story.title)
        return (
            f'<meta name="Description" content="{lead}" />\n<link rel="canonical" href="{escape(story.urls[0])}" />\n'
            f'<meta property="og:type" content="article" /><meta property="og:title" content="{title}" />'
            f'<meta property="og:description" content="{lead}" />\n{json_ld(data)}'
        )

    def crumbs(self, story: Story) -> list[tuple[str, str]]:
        """Slug and name of the sections that lead to a story."""
        section = self.site.headline(story.index).section
        return [*([section.parent] if section.parent else []), (section.slug, section.title)]

    def tags(self, story: Story) -> str:
        return "".join(
            f'<a class="tag_item" title="{escape(tag)}" href="{self.home}/tim-kiem/{escape(tag)}.html">{tag}</a>\n'
            for tag in story.tags
        )

    def comments(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        above = section.parent[0] if section.parent else section.slug
        return (
            '<div id="comment"><a href="javascript:void(0);"><b>BÌNH LUẬN</b></a><form><input type="hidden" '
            f'id="txtnewsid" value="{story.id}"><input type="hidden" id="txtnewscate" value="{above}">'
            '<input type="hidden" id="txtnewssubcate" value=""><textarea>Ý kiến của bạn</textarea></form></div>\n'
        )

    def others(self, story: Story) -> str:
        rows = self.rows(self.site.related(story.index, 4))
        return f'<div class="detail-related"><a class="cate1" href="javascript:void(0);">Đọc thêm</a>{rows}</div>\n'

    def text(self, story: Story) -> Iterator[str]:
        for position, piece in enumerate(super().text(story)):
            if position == 3 and "related-inline" in story.traps:
                rows = self.site.related(story.index, 2)
                links = "".join(f'<li><a href="{row.url}">{escape(row.title)}</a></li>' for row in rows)
                yield f"<ul>{links}</ul>\n"
            if position == 2 and "ads-in-paragraph" in story.traps:
                yield f'<p></p><div class="AMN_res_{self.site.paper.host}_mid"><script>amn()</script></div>\n'
            yield piece

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        image = f'<img title="{escape(story.title)}" class="zoomimg" alt="" src="{source}">'
        text = ink(caption or "", story.traps)
        if caption and "caption-in-picture" in story.traps:
            return f'<p class="note ignore">{image}<br />\n{text}</p>\n'
        note = f'<p class="note ignore">{text}</p>\n' if caption else ""
        if caption and "caption-centred-em" in story.traps:
            note = f'<p style="text-align:center"><em><span style="color:#0000ff">{text}</span></em></p>\n'
        return f'<p style="text-align:center">{image}</p>\n{note}'

    def byline(self, line: str) -> str:
        return f'<p class="author ignore"><strong>{line}</strong></p>\n'


class LeadPages(FckPages):
    """The lead above the text, in an element made like it; the breadcrumb twice, once hidden."""

    def article(self, story: Story) -> str:
        crumbs = [("", "Trang chủ"), *self.crumbs(story)]
        links = [f'<a href="{self.home}/{slug}{"/" if slug else ""}">{escape(name)}</a>' for slug, name in crumbs]
        listed = "".join(f"<li><h4>{link}</h4></li>" for link in links)
        body = (
            f'<div class="box1 mybreadcrumb"><ul class="breadcrumb left">{listed}</ul><div class="row hidden">'
            f'<h2 class="catename-h1">{"<span>></span>".join(links)}</h2></div></div>\n'
            f'<div class="detail-title"><h1>{ink(story.title, story.traps)}</h1></div>\n<div class="detail-date-share">'
            f'<div class="pubdate fleft">{story.published_printed}</div></div>\n'
            f'<div class="col-xs-12 detail-desc" data="news_headline_show=1">{self.block(self.lead(story))}</div>\n'
            '<div class="pub-fontsize" style="display:none;"><span class="i-fontsize i-down">A</span></div>\n'
            f'<div class="col-xs-12" id="newscontents">{self.block("".join(self.text(story)))}</div>\n'
            f'<div class="detail-tag"><span><strong>Từ khóa</strong></span>{self.tags(story)}</div>\n'
            f"{self.comments(story)}{self.others(story)}"
        )
        return self.document(story.title, story.urls[0], body, self.meta(story))

    def lead(self, story: Story) -> str:
        return f'<p class="fontd fw600 justify">{ink(story.sapo, story.traps)}</p>'

    def block(self, text: str) -> str:
        return f'<div class="content-fck"><div class="content-fck-font-size" data="computer">{text}</div></div>'

    def meta(self, story: Story) -> str:
        outlet = {"@type": "Organization", "name": self.site.outlet}
        data = {
            "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title, "author": outlet,
            "publisher": outlet, "datePublished": story.published_at,
        }  # fmt: skip
        return f'<meta property="og:url" content="{escape(story.urls[0])}"/>\n{json_ld(data)}'


class HuePages(LeadPages):
    """Until 2023, without the elements around lead and text."""

    def block(self, text: str) -> str:
        return text

    def lead(self, story: Story) -> str:
        return f'<p class="fontd fw600 justify froboto">{ink(story.sapo, story.traps)}</p>'


class SingularPages(FckPages):
    """The skin of Đồng Tháp and Bình Dương: the lead in bold."""

    def article(self, story: Story) -> str:
        links = "".join(f'<a href="{self.root}/{slug}">{escape(name)}</a>' for slug, name in self.crumbs(story))
        body = (
            f'<div class="breadcrumb-news-detail">{links}</div>\n<h1 class="title">{ink(story.title, story.traps)}</h1>'
            f'\n<div class="pubdate">{story.published_printed}</div>\n<div id="contentNews">'
            f'<div class="singular-content">{self.lead(story)}{"".join(self.text(story))}</div></div>\n'
            f'<div class="block_tag">{self.tags(story)}</div>{self.others(story)}'
        )
        return self.document(story.title, story.urls[0], body, self.meta(story))

    def row(self, row: Headline) -> str:
        return (
            f'<li class="article-item"><h3><a class="news-title" href="{escape(row.url)}">{escape(row.title)}</a></h3>'
            f"<p>{escape(cut(row.sapo, 150))}</p></li>\n"
        )


class UnslashedPages(SingularPages):
    """Sections without a slash at their end."""

    section_path = "/{slug}"


class CamauPages(FckPages):
    """Cà Mau's own skin. How it prints title and date is not known: they are found by their form."""

    def article(self, story: Story) -> str:
        links = "".join(
            f'<span><a href="{self.root}/{slug}/">{escape(name)}</a></span>' for slug, name in self.crumbs(story)
        )
        section = self.site.headline(story.index).section
        comment = escape(json.dumps({"newsId": story.id, "newsCate": section.slug, "newsSubcate": ""}))
        body = (
            f'<div class="category-title-box"><div class="news-block-header">{links}</div></div>\n'
            f'<h1 class="post-title">{ink(story.title, story.traps)}</h1>\n<div class="post-time">'
            f'{story.published_printed}</div>\n<div class="post-desc">{ink(story.sapo, story.traps)}</div>\n'
            f'<div class="post-content">{"".join(self.text(story))}</div>\n'
            f'<input type="hidden" name="dataPostComment" value=\'{comment}\'>{self.others(story)}'
        )
        return self.document(story.title, story.urls[0], body, self.meta(story))


class OldCamauPages(Pages):
    """What baocamau.com.vn had, after the selectors of a reader program of 2020."""

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        body = (
            f'<div class="breadcrumb"><a href="/">Trang chủ</a> › <a href="/{section.slug}">{section.title}</a></div>\n'
            f'<h1>{ink(story.title, story.traps)}</h1>\n<div class="date-time">{story.published_printed}</div>\n'
            f'<p class="title-italic">{ink(story.sapo, story.traps)}</p>\n'
            f'<div class="newscontent">{"".join(self.text(story))}</div>\n'
        )
        return self.document(story.title, story.urls[0], body)

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        note = f'<p style="text-align: center;"><em>{ink(caption, story.traps)}</em></p>\n' if caption else ""
        return f'<p style="text-align: center;"><img alt="" src="{source}"></p>\n{note}'


class UnknownHuePages(Pages):
    """Huế's present design, of which nothing is known but its addresses."""

    def article(self, story: Story) -> str:
        (section,) = story.section
        body = (
            f'<div class="breadcrumb"><a href="/">Trang chủ</a> / <a href="/du-lich">{section}</a></div>\n'
            f'<article><h1>{ink(story.title, story.traps)}</h1><p class="post-date">{story.published_printed}</p>'
            f"<h2>{ink(story.sapo, story.traps)}</h2><div>{''.join(self.text(story))}</div></article>"
        )
        return self.document(story.title, story.urls[0], body)


def json_ld(data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, indent=1).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>\n'


def fck(pages: type[Pages], layout: str, sections: str, **own: Any) -> Age:
    """An age on content-fck."""
    traps = {"fck": "slug-bold jsonld-day first-h1-wrong", "fck-singular": "lead-bold jsonld-day"}.get(layout, "")
    given: dict[str, Any] = {
        "article": "/{slug}-a{id}.html", "date": printed_dates.onecms_dash, "feed": "/rss/cate/{section}/",
        "picture": "/image/fckeditor/upload/{moment:%Y/%Y%m%d}/images/{id}-{n}.jpg", "tags": layout != "camau",
        "every": f"base-elsewhere comment-box {'' if layout == 'camau' else 'raw-tag-href '}{traps}",
    }  # fmt: skip
    captions = {"caption-centred-em": (0, 2, 4, 6, 8), "caption-note": (1, 5, 9), "caption-in-picture": (3, 7)}
    return Age(pages=pages, layout=layout, sections=sections, **given | {"some": _SOME | captions} | own)


PAPERS = (
    Paper(
        name="baocantho", outlet="Báo Cần Thơ", host="baocantho.com.vn", media=("static.baocantho.com.vn",),
        ages=(
            fck(FckPages, "fck", "thoi-su kinh-te du-lich", top=216_945, options={"slug": "CTO", "own_theme": True},
                oldest=datetime(2009, 1, 21, tzinfo=HANOI), also=("http://www.baocantho.com.vn/tin-a{id}.html",),
                quiet="chinh-tri xa-hoi-phap-luat quoc-phong-an-ninh the-gioi giao-duc y-te cong-nghe chuyen-doi-so"
                      " van-hoa-giai-tri the-thao"),
        ),
    ),
    Paper(
        name="baoangiang", outlet="Báo An Giang", host="baoangiang.com.vn", media=("static.baoangiang.com.vn",),
        ages=(
            fck(LeadPages, "fck-lead", "kinh-te suc-khoe suc-khoe/bac-si-cua-ban", top=498_621,
                picture="https://images.baoangiang.com.vn/image/news/{moment:%Y/%Y%m%d}/origin/{id}_{n}.jpg",
                quiet="an-giang-24-gio chinh-tri-xa-hoi xh-tt giao-duc cong-nghe phap-luat quoc-te van-hoa the-thao"
                      " nhip-song-moi tam-nong thoi-trang du-lich"),
        ),
    ),
    Paper(
        name="baodongthap", outlet="Báo Đồng Tháp", host="baodongthap.vn", media=("static.baodongthap.vn",),
        ages=(
            fck(SingularPages, "fck-singular", "chinh-tri kinh-te xa-hoi", top=100_286,
                picture="https://cdn2.baodongthap.vn/image/ckeditor/{moment:%Y/%Y%m%d}/files/{id}-{n}.jpg",
                quiet="van-hoa-nghe-thuat the-thao giao-duc phap-luat suc-khoe-y-te quoc-te khoa-hoc"),
        ),
    ),
    Paper(
        name="baocamau", outlet="Báo Cà Mau", host="baocamau.vn", media=("static.baocamau.vn",),
        ages=(
            fck(CamauPages, "camau", "kinh-te van-hoa", top=130_464,
                picture="/image/ckeditor/{moment:%Y/%Y%m%d}/images/{id}-{n}.jpg"),
            Age(pages=OldCamauPages, layout="camau-2020", sections="van-hoa the-thao", home="http://www.baocamau.com.vn",
                article="/{section}/{slug}-{id}.html", identity="{id}.html", top=47_418, bylines=False,
                picture="/uploads/image/{moment:%Y/%m/%d}/{id}-{n}.jpg", some={"caption-em": (1, 3, 5)},
                newest=datetime(2022, 5, 26, 8, tzinfo=HANOI), oldest=datetime(2014, 1, 1, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="huengaynay", outlet="Huế Ngày Nay", host="huengaynay.vn", media=("static.huengaynay.vn",),
        ages=(
            Age(pages=UnknownHuePages, layout="", sections="du-lich", article="/{section}/{slug}-{id}.html",
                top=163_431, picture="https://file.huengaynay.vn/data2/image/news/{moment:%Y/%Y%m%d}/origin/{id}-{n}.jpg"),
            fck(HuePages, "fck-lead", "du-lich", home="https://baothuathienhue.vn", top=100_343, feed="",
                newest=datetime(2023, 5, 2, 9, tzinfo=HANOI), oldest=datetime(2016, 1, 1, tzinfo=HANOI),
                picture="https://file.huengaynay.vn/data2/image/fckeditor/upload/{moment:%Y/%Y%m%d}/images/{id}-{n}.jpg"),
        ),
    ),
    Paper(
        name="baobinhduong", outlet="Báo Bình Dương", host="baobinhduong.vn", media=("static.baobinhduong.vn",),
        ages=(
            fck(UnslashedPages, "fck-singular", "chinh-tri kinh-te toi-yeu-binh-duong", top=350_120, feed="",
                newest=datetime(2025, 6, 30, 22, 15, tzinfo=HANOI), oldest=datetime(2015, 4, 16, tzinfo=HANOI),
                quiet="xa-hoi the-thao giao-duc phap-luat y-te nhip-song-so phan-tich ban-doc du-lich quoc-te"),
        ),
    ),
    Paper(
        name="baodongkhoi", outlet="Báo Đồng Khởi", host="dongkhoi.baovinhlong.vn",
        leads=("baodongkhoi.vn", "www.baodongkhoi.vn"), media=("static.dongkhoi.baovinhlong.vn",),
        ages=(
            fck(LeadPages, "fck-lead", "thoi-su kinh-te khoa-giao", top=146_210, feed="",
                newest=datetime(2025, 6, 30, 20, 5, tzinfo=HANOI), oldest=datetime(2018, 5, 31, tzinfo=HANOI),
                quiet="chinh-tri phap-luat xa-hoi van-hoa the-thao quoc-phong an-ninh ban-doc quoc-te"),
        ),
    ),
    Paper(
        name="baotravinh", outlet="Báo Trà Vinh", host="travinh.baovinhlong.vn",
        leads=("baotravinh.vn", "www.baotravinh.vn"), media=("static.travinh.baovinhlong.vn",),
        ages=(
            fck(LeadPages, "fck-lead", "thoi-su kinh-te khoa-giao", top=48_877, feed="",
                newest=datetime(2025, 6, 30, 19, 40, tzinfo=HANOI), oldest=datetime(2019, 1, 1, tzinfo=HANOI),
                quiet="chinh-tri phap-luat xa-hoi van-hoa the-thao quoc-phong an-ninh ban-doc quoc-te"),
        ),
    ),
)  # fmt: skip
