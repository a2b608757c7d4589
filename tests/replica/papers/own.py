"""Papers on systems of their own, each in the designs that are known of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

from tests.replica import printed_dates
from tests.replica.markup import ink
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.papers.vnpt import vnpt
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request


class OwnPages(Pages):
    """What they have in common: a way to the section, related rows, and now and then a lead that begins the text."""

    def page(self, story: Story, body: str, meta: str = "") -> str:
        rows = "".join(map(self.row, self.site.related(story.index, 5)))
        tail = f'<div class="other"><h3>Tin cùng chuyên mục</h3><ul>{rows}</ul></div>\n'
        return self.document(f"{story.title} - {self.site.outlet}", story.urls[0], f"{body}{tail}", meta)

    def crumbs(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        return (
            f'<ol class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="{self.path(section)}">'
            f"{section.title}</a></li></ol>\n"
        )


class LaiChauPages(OwnPages):
    #: Of a story that is split.
    pages = 3

    def article(self, story: Story) -> str:
        if story.layout == "2020":
            return LaiChau2020Pages(self.site, self.lanes).article(story)
        return self.laid_out(story, 1)

    def page_of(self, story: Story, request: Request) -> str | None:
        number = self.page_number(request)
        if number == 1 or "split" not in story.traps:
            return self.article(story)
        return self.laid_out(story, number) if 1 < number <= self.pages else None

    def laid_out(self, story: Story, number: int) -> str:
        """A story's page of the present design."""
        pieces, pager = [*self.text(story)], ""
        if "split" in story.traps:
            length = -(-len(pieces) // self.pages)
            pieces = pieces[(number - 1) * length : number * length]
            path = story.urls[0].removeprefix(self.home)
            links = (f'<a href="{path}?page={page}">{page}</a>' for page in range(1, self.pages + 1) if page != number)
            pager = f'<div class="paging">{" ".join(links)}</div>'
        meta = f'<meta property="og:description" content="{escape(story.sapo)}">\n'
        body = (
            f'{self.crumbs(story)}<div id="post-content"><div class="post-info">'
            f'<h2 class="title">{ink(story.title, story.traps)}</h2><span>{story.published_printed}</span>\n'
            f'<div class="sapo">{ink(story.sapo, story.traps)}</div><div class="body">{"".join(pieces)}</div>'
            f"</div>{pager}</div>\n"
        )
        return self.page(story, body, meta)

    def row(self, row: object) -> str:
        return super().row(row).replace("<a href", '<a class="blc-post__link" href', 1)  # type: ignore[arg-type]


class LaiChau2020Pages(OwnPages):
    def article(self, story: Story) -> str:
        body = (
            f"{self.crumbs(story)}<h1>{ink(story.title, story.traps)}</h1>"
            f'<small class="text-muted">{story.published_printed}</small>\n'
            f'<div class="desc sapo">{ink(story.sapo, story.traps)}</div>'
            f'<div class="desc body">{"".join(self.text(story))}</div>\n'
        )
        return self.page(story, body)

    def paragraph(self, text: str) -> str:
        return f'<p style="text-align: justify;">{text}</p>\n'

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f'<p style="text-align: center;"><em>{ink(caption, story.traps)}</em></p>\n' if caption else ""
        return f'<p style="text-align: center;"><a href="{source}"><img src="{source}" alt=""></a></p>\n{line}'


class NextPages(OwnPages):
    """Next.js: classes of Tailwind, and the page's data once more in a script."""

    section_path = "/{slug}"

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        data = json.dumps({"props": {"pageProps": {"title": story.title, "body": "<p>…</p>"}}}, ensure_ascii=False)
        data = data.replace("<", "\\u003c")
        body = (
            '<ol class="flex uppercase"><li class="inline-flex items-center gap-1.5"><a href="/">Trang chủ</a></li>'
            f'<li class="inline-flex items-center gap-1.5"><a href="{self.path(section)}">{section.title}</a></li>'
            "</ol>\n"
            f'<h1 class="header-title text-3xl">{ink(story.title, story.traps)}</h1>'
            f'<p class="text-sm text-gray-500">{story.published_printed}</p>\n'
            f'<div class="content-detail"><p class="font-bold">{ink(story.sapo, story.traps)}</p>'
            f'<div id="content_detail">{"".join(self.text(story))}</div></div>\n'
            f'<script id="__NEXT_DATA__" type="application/json">{data}</script>\n'
        )
        return self.page(story, body)


class QuangNgaiPages(OwnPages):
    """The text of some articles stands in a script alone."""

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        text = "".join(self.text(story))
        if "text-in-script" in story.traps:
            escaped = json.dumps(text).replace("</", "<\\/")
            text = f'<div id="content"></div><script>\n    var outputData = {escaped};\n</script>\n'
        else:
            text = f'<div id="content">{text}</div>\n'
        body = (
            f'<p class="category"><a href="{self.path(section)}">{section.title}</a></p>'
            f'<h1 class="title">{ink(story.title, story.traps)}</h1><span class="d">{story.published_printed}</span>\n'
            f'<div id="body"><p class="sapo">{ink(story.sapo, story.traps)}</p>{text}</div>\n'
        )
        return self.page(story, body)

    def row(self, row: object) -> str:
        return f"<article>{super().row(row)}</article>"  # type: ignore[arg-type]


class HoaBinhPages(OwnPages):
    """Titles stand in addresses as they are printed."""

    def article(self, story: Story) -> str:
        rows = "".join(map(self.row, self.site.related(story.index, 3)))
        body = (
            f'{self.crumbs(story)}<div class="post clearfix"><h1>{ink(story.title, story.traps)}</h1>'
            f'<span class="meta">{story.published_printed}</span>\n'
            f'<div class="summary">{ink(story.sapo, story.traps)}</div>\n{"".join(self.text(story))}'
            f'<div class="related-post margin-top-20 clearfix"><h4>Bài liên quan</h4><ul>{rows}</ul></div></div>\n'
        )
        return self.page(story, body)

    def paragraph(self, text: str) -> str:
        return f'<div style="text-align: justify;">{text}</div>\n'

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f'<div style="text-align: center;"><span>{ink(caption, story.traps)}</span></div>\n' if caption else ""
        return f'<div style="text-align: center;"><img src="{source}" alt=""></div>\n{line}'


class KonTumPages(OwnPages):
    """The lead begins the text, in bold."""

    def article(self, story: Story) -> str:
        body = (
            f"{self.crumbs(story)}<h1>{ink(story.title, story.traps)}</h1>"
            f'<div class="date-contentL">{story.published_printed}</div>\n<div id="content">{"".join(self.text(story))}'
            "</div>\n"
        )
        return self.page(story, body)

    def text(self, story: Story) -> Iterator[str]:
        yield f"<p><strong>{ink(story.sapo, story.traps)}</strong></p>\n"
        yield from super().text(story)

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f"<tr><td><em>{ink(caption, story.traps)}</em></td></tr>" if caption else ""
        return f'<table class="image"><tbody><tr><td><img src="{source}" alt=""></td></tr>{line}</tbody></table>\n'


class UnknownPages(OwnPages):
    """A design of which nothing is known."""

    def article(self, story: Story) -> str:
        body = (
            f'{self.crumbs(story)}<div class="x1"><h1>{ink(story.title, story.traps)}</h1>\n'
            f'<div class="x2">{story.published_printed}</div><p class="x3"><b>{ink(story.sapo, story.traps)}</b></p>\n'
            f'<div class="x4">{"".join(self.text(story))}</div></div>\n'
        )
        return self.page(story, body, f'<meta name="description" content="{escape(story.sapo)}">\n')


_END_2020: dict[str, Any] = {
    "newest": datetime(2020, 12, 20, 9, 0, tzinfo=HANOI),
    "oldest": datetime(2018, 1, 1, tzinfo=HANOI),
}
_END_2025: dict[str, Any] = {
    "newest": datetime(2025, 6, 28, 9, 0, tzinfo=HANOI),
    "oldest": datetime(2019, 1, 1, tzinfo=HANOI),
}

PAPERS = (
    Paper(
        name="baolaichau", outlet="Báo Lai Châu", host="baolaichau.vn",
        ages=(
            Age(pages=LaiChauPages, layout="blc", sections="chinh-tri the-thao", top=91_400,
                article="/{section}/{slug}-{id}", also=("/tin/{slug}-{id}.html",), date=printed_dates.time_first,
                picture="/uploaded/post/{moment:%Y/%m/%d}/{id}-{n}.jpg",
                some={"soft-404": (8,), "eth-for-d": (4,), "split": (5,)}),
            Age(pages=LaiChauPages, layout="2020", sections="chinh-tri the-thao", top=31_200,
                article="/{section}/{slug}-{id}", date=printed_dates.onecms, **_END_2020),
        ),
    ),
    Paper(
        name="baoninhbinh", outlet="Báo Ninh Bình", host="baoninhbinh.org.vn", mirrors=("beta.baoninhbinh.org.vn",),
        ages=(
            Age(pages=NextPages, layout="next", sections="chinh-tri xay-dung-dang vu-an", top=261_030_081_204_518,
                article="/{slug}-{id}.html", also=("/tin-{id}.html",), date=printed_dates.time_first,
                picture="https://img.baoninhbinh.org.vn/{moment:%Y%m}/{id}-{n}.jpg", some={"nfd-text": (3,)}),
            Age(pages=NextPages, layout="next", sections="chinh-tri xay-dung-dang vu-an", top=20_200_818_141_525_729,
                article="/{slug}/d{id}.htm", identity="d{id}", date=printed_dates.onecms, **_END_2020),
        ),
    ),
    Paper(
        name="baoquangngai", outlet="Báo Quảng Ngãi", host="baoquangngai.vn",
        ages=(
            Age(pages=QuangNgaiPages, layout="output-data", sections="chinh-tri thoi-su kinh-te", top=71_300,
                article="/{slug}-{id}.htm", also=("/tin-{id}.htm",), date=printed_dates.time_bar,
                picture="/media/{moment:%Y%m}/{id}-{n}.jpg", some={"text-in-script": (1, 4, 7)},
                quiet="xa-hoi du-lich doi-song van-hoa-nghe-thuat the-thao khoa-hoc-cong-nghe phap-luat quoc-te"
                      " phong-su phong-van-doi-thoai quang-ngai-que-minh nhin-ra-tinh-ban hoat-dong-cua-lanh-dao-tinh"
                      " chuyen-de-chuyen-sau thong-tin-can-biet"),
            vnpt("chinh-tri thoi-su kinh-te", **_END_2020),
        ),
    ),
    Paper(
        name="baonamdinh", outlet="Báo Nam Định", host="baonamdinh.vn",
        leads=("baonamdinh.com.vn", "www.baonamdinh.com.vn"),
        ages=(vnpt("kinh-te xa-hoi van-hoa", "the-thao", **_END_2025),),
    ),
    Paper(
        name="baohoabinh", outlet="Báo Hòa Bình", host="baohoabinh.com.vn",
        ages=(
            Age(pages=HoaBinhPages, layout="post-2020", sections="11", top=201_800, article="/11/{id}/{slug},-tin.htm",
                feed="/rss/{section}.rss", date=printed_dates.onecms, **_END_2025),
        ),
    ),
    Paper(
        name="baokontum", outlet="Báo Kon Tum", host="baokontum.com.vn",
        ages=(
            Age(pages=KonTumPages, layout="2020", sections="thoi-su-chinh-tri kinh-te", top=46_300,
                article="/{section}/{slug}-{id}.html", feed="/rss/{section}/7.xml", date=printed_dates.time_bar,
                **_END_2025),
        ),
    ),
    Paper(
        name="baohanam", outlet="Báo Hà Nam", host="baohanam.com.vn",
        ages=(
            Age(pages=UnknownPages, layout="", sections="kinh-te xa-hoi", top=152_300,
                article="/{section}/{slug}-{id}.html", date=printed_dates.onecms, **_END_2025),
        ),
    ),
)  # fmt: skip
