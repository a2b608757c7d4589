"""Papers on OneCMS: in two designs of an article's head, with sitemaps by day and lists that a button lengthens."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from tests.replica import feeds, printed_dates
from tests.replica.cms.onecms import OneCms
from tests.replica.headlines import Section
from tests.replica.news import Story
from tests.replica.papers.older import DAKNONG, HAIPHONG, HANOIMOI, QUANGNAM, older
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.papers.vnpt import vnpt
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply

_MORE = re.compile(r"/api/loadmore/([\w/-]+)/(\d{1,7})\.html")
_EVERY = (
    "clock-empty us-date-meta mixed-entities meta-canonical comment-box author-repeated-hidden tags-in-one-string"
    " ad-label"
)
_SOME = {
    "caption-em": (1, 3, 5, 7, 9), "caption-figure": (0, 2, 4, 6, 8), "relative-og-image": (1,), "slug-bare": (1, 6),
    "lead-picture-in-head": (0,), "lazy-picture": (2,), "related-inline": (3,), "ads-in-paragraph": (4,),
    "jsonld-broken": (5,), "soft-404": (8,), "noarchive": (9,),
}  # fmt: skip


class OneCmsPages(Pages):
    """`options`: the host of its files (`media`), and what it puts before a lead (`slug`)."""

    look = ("onecms",)

    def open(self) -> None:
        options = self.age.options
        self._cms = OneCms(
            self.site, home=self.home, media=options["media"], outlet=self.site.outlet, lanes=self.lanes,
            quiet=self.quiet, slug=options.get("slug", "HDO"),
        )  # fmt: skip

    def article(self, story: Story) -> str:
        return self._cms.article(story)

    def front(self) -> str:
        return self._cms.front()

    def section(self, number: int, page: int) -> str | None:
        return self._cms.section_page(number)

    def quiet_page(self, section: Section) -> str:
        return self._cms.quiet_page(section)

    def answer(self, request: Request) -> Reply | None:
        """A piece of a list; a feed's address with a suffix, which answers with nothing in it."""
        if found := _MORE.fullmatch(request.path):
            number = next((n for n, section in enumerate(self.sections) if section.slug == found[1]), None)
            html = self._cms.more(number, int(found[2])) if number is not None else None
            return self.site.text(html, "text/html") if html else None
        if request.path.startswith("/rss/") and request.path.endswith(".rss"):
            return self.site.text(feeds.rss(self.site.outlet, self.home, ()), "application/rss+xml")
        return None


def onecms(media: str, sections: str, **own: Any) -> Age:
    """An age on OneCMS; the older head has its own date form and `older=True`."""
    options = {"media": media, "slug": own.pop("slug", "HDO")}
    every, some = _EVERY, _SOME | own.pop("some", {})
    if own.pop("older", False):
        every += " older-head author-escaped-twice"
        some = {trap: turns for trap, turns in some.items() if trap != "lead-picture-in-head"}  # it has no place for it
    own = {"picture": f"https://{media}/{{moment:%Y/%m/%d}}/{{slug}}-{{n}}.jpg", "feed": "/rss/{section}"} | own
    own = {"some": some, "sitemap": "days", "tags": True, "says_modified": True} | own
    also = ("/tin-{id}.html", *own.pop("also", ()))
    return Age(pages=OneCmsPages, layout="onecms", sections=sections, every=every, also=also, options=options, **own)


PAPERS = (
    Paper(
        name="hanoimoi", outlet="Hà Nội Mới", host="hanoimoi.vn",
        ages=(
            onecms("hnm.1cdn.vn", "chinh-tri kinh-te do-thi/giao-thong", top=812_400, date=printed_dates.onecms_dash,
                   quiet="do-thi van-hoa xa-hoi giao-duc y-te the-gioi du-lich nong-nghiep-nong-thon phap-luat"
                         " khoa-hoc-cong-nghe doi-song"),
            onecms("hnm.1cdn.vn", "chinh-tri kinh-te do-thi/giao-thong", top=812_400, older=True,
                   date=printed_dates.onecms_dashes, newest=datetime(2025, 8, 17, 17, 22, tzinfo=HANOI)),
            older("hanoimoi-2020", HANOIMOI, home="http://hanoimoi.com.vn", top=976_400,
                  identity="tin-tuc/{section}/{id}",
                  article="/tin-tuc/{section}/{id}/{slug}", also=("/Tin-tuc/{section}/{id}/{slug}",)),
        ),
    ),
    Paper(
        name="baonghean", outlet="Báo Nghệ An", host="baonghean.vn",
        ages=(
            onecms("bna.1cdn.vn", "kinh-te xa-hoi kinh-te/bat-dong-san", top=10_264_900, slug="(Baonghean.vn)",
                   quiet="thoi-su the-thao suc-khoe phap-luat quoc-te xay-dung-dang giao-duc giai-tri"
                         " ket-noi-doanh-nghiep lao-dong"),
        ),
    ),
    Paper(
        name="baohaiphong", outlet="Báo Hải Phòng", host="baohaiphong.vn",
        leads=("baohaiphong.com.vn",),
        ages=(
            onecms("bhp.1cdn.vn", "chinh-tri kinh-te dat-va-nguoi-xu-dong", top=538_000,
                   quiet="xa-hoi goc-nhin khoa-hoc-giao-duc phap-luat bat-dong-san van-hoa-giai-tri van-nghe quoc-te"
                         " the-thao doi-song ban-doc du-lich su-kien-qua-anh xe"),
            older("haiphong-2019", HAIPHONG, home="http://www.baohaiphong.com.vn", top=115_722, identity="ID={id}",
                  article="/baohp/vn/home/InfoDetail.jsp?ID={id}&cat=20", date=printed_dates.onecms,
                  also=("/baohp/vn/home/InfoDetail.jsp?cat=20&ID={id}",)),
        ),
    ),
    Paper(
        name="baodanang", outlet="Báo Đà Nẵng", host="baodanang.vn", leads=("baoquangnam.vn", "www.baoquangnam.vn"),
        ages=(
            onecms("bdn.1cdn.vn", "chinh-tri kinh-te xa-hoi", top=3_319_600, slug="ĐNO",
                   some={"nfd-text": (2, 7)},
                   quiet="nong-nghiep-nong-thon quoc-phong-an-ninh the-gioi the-thao van-hoa-van-nghe doi-song du-lich"
                         " khoa-hoc-cong-nghe su-kien-binh-luan co-hoi-dau-tu theo-buoc-chan-nguoi-quang"
                         " toa-soan-ban-doc tin-moi-nhat"),
            older("quangnam-2020", QUANGNAM, top=121_900, article="/{section}/{slug}-{id}.html"),
            vnpt("kinh-te xa-hoi van-hoa", is_hexadecimal=False, top=3_942_000, also=(),
                 article="/channel/5404/{moment:%Y%m}/{slug}-{id}/", identity="{moment:%Y%m}/{slug}-{id}",
                 newest=datetime(2023, 4, 9, 8, 5, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baolamdong", outlet="Báo Lâm Đồng", host="baolamdong.vn",
        ages=(
            onecms("bld.1cdn.vn", "chinh-tri thoi-su du-lich", top=413_400, older=True, date=printed_dates.time_first,
                   some={"author-beside-section": (0, 3, 5)},
                   quiet="kinh-te doi-song phap-luat quoc-phong-an-ninh van-hoa-giai-tri chinh-sach"
                         " cong-nghe-chuyen-doi-so tin-tuc-24h"),
            vnpt("kinh-te xa-hoi van-hoa", newest=datetime(2025, 5, 2, 10, 10, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baodaknong", outlet="Báo Đắk Nông", host="baodaknong.vn",
        ages=(
            onecms("daknong.1cdn.vn", "kinh-te xa-hoi du-lich", top=254_300, quiet="video",
                   newest=datetime(2025, 6, 30, 18, 4, tzinfo=HANOI)),
            older("daknong-2020", DAKNONG, home="http://baodaknong.org.vn", top=81_547,
                  article="/{section}/{slug}-{id}.html", identity="{id}.html"),
        ),
    ),
    Paper(
        name="baobinhthuan", outlet="Báo Bình Thuận", host="baobinhthuan.com.vn",
        ages=(
            onecms("bbt.1cdn.vn", "kinh-te xa-hoi du-lich", top=131_400,
                   newest=datetime(2025, 6, 30, 7, 50, tzinfo=HANOI)),
        ),
    ),
)  # fmt: skip
