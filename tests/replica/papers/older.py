"""Designs of 2020 and before, from what reader programs of that time tell of them; each is a form of an article."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.replica import printed_dates
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.printed_dates import HANOI

_EVERY = "caption-figure"
_SOME = {
    "soft-404": (8,), "eth-for-d": (6,), "charset-only-in-meta": (4,), "in-vni": (2,), "in-windows-1258": (5,),
    "pictures-alone": (3,),
}  # fmt: skip


class OlderPages(Pages):
    """`options`: the `form` of an article."""

    def article(self, story: Story) -> str:
        return self.document(story.title, story.urls[0], self.age.options["form"].format(**self.parts(story)))


def older(layout: str, form: str, **own: Any) -> Age:
    """An age in a design of that time."""
    given: dict[str, Any] = {
        "sections": "kinh-te xa-hoi van-hoa", "newest": datetime(2020, 8, 18, 14, 25, tzinfo=HANOI),
        "oldest": datetime(2012, 2, 1, tzinfo=HANOI), "date": printed_dates.time_first, "every": _EVERY, "some": _SOME,
    }  # fmt: skip
    return Age(pages=OlderPages, layout=layout, options={"form": form}, **given | own)


#: The first paragraph of the text is the lead, all bold.
_BOLD_LEAD = "<p><strong>{sapo}</strong></p>\n{text}"
HAIPHONG = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div>\n<div id="newsContent">'
    '<div class="row1 creatdate">{date}</div><h1 class="title">{title}</h1><div class="head">{sapo}</div>\n'
    "{text}</div>\n"
)
HANOIMOI = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div><h1>{title}</h1>\n'
    '<div class="period">{date}</div><div class="summary">{sapo}</div>\n<div class="article">{text}</div>\n'
)
QUANGNAM = (
    '<ol class="breadcrumb"><li><a href="{section_path}">{section}</a></li></ol><h1 class="title">{title}</h1>\n'
    '<div class="pull-right date-time"><i class="fa fa-clock-o"></i> {date}</div>\n'
    '<div class="chapeau">{sapo}</div><div class="body-content">{text}</div>\n'
)
KHANHHOA = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div>\n'
    f'<div class="detail-news"><h1>{{title}}</h1><div class="date">{{date}}</div>{_BOLD_LEAD}</div>\n'
)
THAINGUYEN = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div><h1>{title}</h1>\n'
    '<span class="date_up">{date}</span><div class="Summary"><p><strong>{sapo}</strong></p></div>\n'
    '<div class="news_detail">{text}</div>\n'
)
TUYENQUANG = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div><h1>{title}</h1><time>{date}</time>\n'
    '<div class="summary">{sapo}</div><div itemprop="articleBody">{text}</div>\n'
)
LANGSON = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div><h1>{title}</h1>\n'
    f'<p class="post-date">{{date}}</p><div class="content">{_BOLD_LEAD}</div>\n'
)
DAKNONG = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div><h1>{title}</h1>\n'
    '<div class="date">{date}</div><p class="text-intro">{sapo}</p><div class="newscontent">{text}</div>\n'
)
THAIBINH = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div>\n<div class="news_content"><h1>{title}</h1>\n'
    '<div class="date">{date}</div><div class="views">Lượt xem: 512</div><div class="desc">{sapo}</div>\n'
    '<div class="fr-view info">{text}</div></div>\n'
)
BINHPHUOC = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div><h1>{title}</h1>\n'
    '<div class="time">{date}</div><div class="news_body"><p class="sapo">{sapo}</p>\n{text}'
    '<p class="ilink"><a href="{section_path}">Xem thêm</a></p></div>\n'
)
NINHTHUAN = (
    '<div class="breadcrumb"><a href="{section_path}">{section}</a></div>\n<div id="details"><h1>{title}</h1>'
    '<label>{date}</label>\n<div class="content"><div class="sapo">{sapo}</div>{text}</div></div>\n'
)

_LAST = datetime(2025, 6, 30, 15, 20, tzinfo=HANOI)
PAPERS = (
    Paper(
        name="baothaibinh", outlet="Báo Thái Bình", host="baothaibinh.com.vn",
        ages=(older("thaibinh-2020", THAIBINH, article="/tin-tuc/206/{id}/{slug}", top=224_500, newest=_LAST),),
    ),
    Paper(
        name="baobinhphuoc", outlet="Báo Bình Phước", host="baobinhphuoc.com.vn",
        ages=(older("binhphuoc-2020", BINHPHUOC, article="/news/200/{id}/{slug}", top=173_600, newest=_LAST),),
    ),
    Paper(
        name="baoninhthuan", outlet="Báo Ninh Thuận", host="baoninhthuan.com.vn",
        ages=(
            older("ninhthuan-2020", NINHTHUAN, article="/{section}/{id}p25c151/{slug}.htm", top=152_800, newest=_LAST),
        ),
    ),
)  # fmt: skip
