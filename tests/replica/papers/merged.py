"""Papers that were merged in 2025, in the designs that are known of them; what is not known is as in others."""

from __future__ import annotations

from datetime import datetime

from tests.replica import printed_dates
from tests.replica.markup import ink
from tests.replica.news import Story
from tests.replica.papers.older import OlderPages
from tests.replica.papers.paper import Age, Paper
from tests.replica.papers.vnpt import vnpt
from tests.replica.printed_dates import HANOI

_LAST = datetime(2025, 6, 30, 20, 15, tzinfo=HANOI)
_CRUMB = '<div class="breadcrumb"><a href="/">Trang chủ</a> › <a href="{section_path}">{section}</a></div>\n'
_HAUGIANG = (
    f'{_CRUMB}<div class="news-details-content"><h1>{{title}}</h1><div class="date-news">{{date}}</div>\n'
    '<p class="lead"><strong>{sapo}</strong></p><div class="contentView">{text}</div></div>\n'
)
_BACLIEU = (
    f'{_CRUMB}<h1>{{title}}</h1><div class="date">{{date}}</div>\n'
    '<div class="newscontent"><p>{sapo}</p>{text}</div>\n'
)
_YENBAI = (
    f'{_CRUMB}<div class="grid-header"><h1>{{title}}</h1><ul><li><span>{{date}}</span></li></ul></div>\n'
    '<div class="singlepage"><p><b>{sapo}</b></p><div align="justify">{text}</div></div>\n'
)


class SuffixPages(OlderPages):
    """Sections with a number and a suffix."""

    section_path = "/{slug}.html"


class TablePages(OlderPages):
    """Paragraphs as div elements, pictures in tables above their captions."""

    def paragraph(self, text: str) -> str:
        return f"<div>{text}</div>\n"

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        row = f"<tr><td><i>{ink(caption, story.traps)}</i></td></tr>" if caption else ""
        return f'<table align="center"><tbody><tr><td><img src="{source}"></td></tr>{row}</tbody></table>\n'


PAPERS = (
    Paper(
        name="baosoctrang", outlet="Báo Sóc Trăng", host="baosoctrang.org.vn",
        ages=(vnpt("van-hoa-the-thao-du-lich kinh-te", "multimedia", newest=_LAST),),
    ),
    Paper(
        name="baoapbac", outlet="Báo Ấp Bắc", host="baoapbac.vn",
        ages=(vnpt("xa-hoi kinh-te", newest=_LAST, is_hexadecimal=False, top=1_047_210),),
    ),
    Paper(
        name="baobariavungtau", outlet="Báo Bà Rịa - Vũng Tàu", host="baobariavungtau.com.vn",
        ages=(vnpt("kinh-te xa-hoi", newest=_LAST, is_hexadecimal=False, top=1_048_300,
                   picture="/dataimages/{moment:%Y%m}/original/images{id}_{n}.jpg"),),
    ),
    Paper(
        name="baohaugiang", outlet="Báo Hậu Giang", host="baohaugiang.com.vn",
        ages=(
            Age(pages=SuffixPages, layout="content-view", sections="thoi-su-215 kinh-te-220",
                options={"form": _HAUGIANG}, article="/{section}/{slug}-{id}.html", top=141_203, newest=_LAST,
                some={"soft-404": (8,)},
                picture="/uploads/image/{moment:%Y/%m/%d}/{id}-{n}-1.jpg", every="caption-figure"),
        ),
    ),
    Paper(
        name="baobaclieu", outlet="Báo Bạc Liêu", host="baobaclieu.vn",
        ages=(
            Age(pages=OlderPages, layout="2020", sections="quoc-phong-an-ninh kinh-te", options={"form": _BACLIEU},
                article="/{section}/{slug}-{id}.html", top=102_306, newest=_LAST, some={"double-spaces": (2,)},
                picture="/uploads/image/{moment:%Y/%m/%d}/{id}-{n}.jpg", date=printed_dates.vnpt_box,
                every="caption-figure"),
        ),
    ),
    Paper(
        name="baoyenbai", outlet="Báo Yên Bái", host="baoyenbai.com.vn", media=("ims.baoyenbai.com.vn",),
        ages=(
            Age(pages=TablePages, layout="single-2020", sections="kinh-te xa-hoi", options={"form": _YENBAI},
                article="/11/{id}/{slug}.aspx", top=343_845, newest=_LAST, every="caption-table",
                picture="https://ims.baoyenbai.com.vn/NewsImg/{moment:%m_%Y}/{id}_{n}.jpg", feed="/rss/11.rss"),
        ),
    ),
)  # fmt: skip
