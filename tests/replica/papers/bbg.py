"""The papers on bbg: Bắc Ninh's, and Bắc Giang's before it, in two designs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape

from tests.replica import printed_dates
from tests.replica.headlines import Headline
from tests.replica.markup import ink
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply


class BbgPages(Pages):
    """Lists of one page, whose links lack the first slash."""

    further_page = ""

    def row(self, row: Headline) -> str:
        link = escape(row.url.removeprefix(f"{self.home}/"))
        return f'<li><a class="font-tin-doc" href="{link}">{escape(row.title)}</a><p>{escape(row.sapo)}</p></li>\n'

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        title, text = ink(story.title, story.traps), "".join(self.text(story))
        related = "".join(
            f'<li><a href="/{row.url.rpartition("/")[2]}">{escape(row.title)}</a></li>'
            for row in self.site.related(story.index, 3)
        )
        body = (
            f'<div class="news-details"><a class="post-meta" href="{self.path(section)}">{section.title}</a>\n'
            f'<h1 class="news-details__title">{title}</h1>\n<span class="post-date">{story.published_printed}</span>\n'
            f'<div class="news_detail_sapo"><p>{ink(story.sapo, story.traps)}</p></div>\n'
            f'<div class="news-details__content link_content">{text}<div class="news-related__list"><ul>{related}</ul>'
            "</div></div></div>\n"
        )
        meta = f'<meta property="og:title" content="{escape(story.title)}">\n'
        return self.document(story.title, story.urls[0], body, meta)


class BacgiangPages(BbgPages):
    """Sections below /bg/, the newest stories of all below /bg2/."""

    section_path = "/bg/{slug}"

    def row(self, row: Headline) -> str:
        return super(BbgPages, self).row(row)

    def answer(self, request: Request) -> Reply | None:
        return self.site.page(self.quiet_page(self.sections[0])) if request.path == "/bg2/moi-nhat" else None


class OldBacgiangPages(BacgiangPages):
    """After the selectors of a reader program of 2020: pictures in tables, with their captions below."""

    def article(self, story: Story) -> str:
        section, title = self.site.headline(story.index).section, ink(story.title, story.traps)
        body = (
            f'<div class="breadcrumb"><a href="/">Trang chủ</a> › <a href="{self.path(section)}">{section.title}</a>'
            f"</div>\n<h1>{title}</h1>\n"
            f'<p class="datetimes-detail-articlecontent spr-detail cache-detail m-t-10">{story.published_printed}</p>\n'
            f'<div class="ArticleContent BaoBacGiang8"><p class="alead">(BGĐT) - {ink(story.sapo, story.traps)}</p>\n'
            f"{''.join(self.text(story))}</div>\n"
        )
        return self.document(story.title, story.urls[0], body)

    def text(self, story: Story) -> Iterator[str]:
        yield from super().text(story)
        if "dot-leftovers" in story.traps:
            yield "<p>.</p>\n<p>. .</p>\n"

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        row = f"<tr><td><p>{ink(caption, story.traps)}</p></td></tr>" if caption else ""
        return f'<table align="center"><tbody><tr><td><img src="{source}"></td></tr>{row}</tbody></table>\n'


PAPERS = (
    Paper(
        name="baobacninhtv", outlet="Báo và Phát thanh, Truyền hình Bắc Ninh", host="baobacninhtv.vn",
        ages=(
            Age(pages=BbgPages, layout="bbg", sections="kinh-te doi-song dat-va-nguoi-bac-ninh", top=432_870,
                article="/{slug}-postid{id}.bbg", also=("/bg2/moi-nhat/{slug}-postid{id}.bbg",),
                picture="https://img.baobacninhtv.vn/Medias/6294/{moment:%Y/%m/%d}/{id}-{n}.jpg",
                oldest=datetime(2019, 1, 1, tzinfo=HANOI), some={"related-inline": (1, 4, 7), "caption-figure": (0, 5)},
                quiet="moi-nhat chinh-tri xay-dung-dang chinh-tri-bao-ve-nen-tang-tu-tuong-cua-dang"
                      " chinh-tri-nhan-su-moi xa-hoi phap-luat an-toan-giao-thong suc-khoe giao-duc quoc-phong the-gioi"
                      " the-thao the-thao-nhat-ky-sea-games-33 nhip-song-tre nhip-song-tre-guong-mat"
                      " nhip-song-tre-thanh-nien-cong-nhan van-hoa-goc-cho-nguoi-yeu-tho"),
        ),
    ),
    Paper(
        name="baobacgiang", outlet="Báo Bắc Giang", host="baobacgiang.vn", leads=("www.baobacgiang.com.vn",),
        ages=(
            Age(pages=BacgiangPages, layout="bbg", sections="suc-khoe kinh-te", top=418_098,
                article="/bg2/{section}/{slug}-postid{id}.bbg",
                picture="https://img.baobacgiang.vn/Medias/{moment:%Y/%m/%d/%H}/{id}-{n}.jpg",
                newest=datetime(2025, 6, 30, 21, 0, tzinfo=HANOI), oldest=datetime(2021, 11, 1, tzinfo=HANOI)),
            Age(pages=OldBacgiangPages, layout="bbg-2020", sections="suc-khoe kinh-te", top=371_838,
                home="http://baobacgiang.com.vn", article="/bg/{section}/{id}/{slug}.html", date=printed_dates.vnpt,
                picture="http://imgs.baobacgiang.com.vn/{moment:%Y/%m/%d/%H}/{id}-{n}.jpg", every="caption-table",
                some={"dot-leftovers": (1, 6), "eth-for-d": (3,)},
                newest=datetime(2021, 10, 1, 9, 15, tzinfo=HANOI), oldest=datetime(2012, 1, 1, tzinfo=HANOI)),
        ),
    ),
)  # fmt: skip
