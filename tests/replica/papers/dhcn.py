"""Papers on DHCN: the text of some articles is enciphered until a script has run, pages for printing are for nobody."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape

from tests.replica import printed_dates
from tests.replica.markup import ink
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request
from tests.replica.site import Reply

_PRINT = re.compile(r"/print/[0-9a-f]{32}/(\d+)\.htm")
_DIGITS = "5d41402abc4b2a76b9719d911017c592"
_THEME = (
    '<link rel="stylesheet" href="https://c.dhcn.vn/css/detail.css">\n'
    '<script src="https://c.dhcn.vn/js/core.js" defer></script>\n'
)
#: What the server forgot to fill in.
_TEMPLATE = '<div class="item-tpl"><h3>{title}</h3><span>{publish}</span><p>{head}</p><i>{name} - {time}</i></div>\n'


class DhcnPages(Pages):
    """The present design; `options`: the element of a lead (`lead`)."""

    look = ("dhcn",)

    def article(self, story: Story) -> str:
        if older := OLDER.get(story.layout):
            return older(self.site, self.lanes).article(story)
        text = "".join(self.text(story))
        if "enciphered" in story.traps:
            cipher = b64encode(text[::-1].encode()).decode()
            text = f'<div id="dcontent" data-c="{cipher}"></div><script src="/Scripts/article.js"></script>\n'
        else:
            text = f'<div id="dcontent">{text}</div>\n'
        lead = self.age.options.get("lead", '<p class="pHead">{}</p>').format(ink(story.sapo, story.traps))
        body = (
            f'<div class="detail">{self.crumbs(story)}<h1 class="pTitle">{ink(story.title, story.traps)}</h1>\n'
            f'<div class="meta"><span>{story.published_printed}</span>'
            f'<a href="/print/{_DIGITS}/{story.id}.htm">In bài</a></div>\n{lead}\n{text}'
            f"</div>\n{_TEMPLATE}{self.beside(story)}"
        )
        return self.page(story, body)

    def document(self, title: str, url: str, body: str, meta: str = "") -> str:
        return super().document(title, url, body, f"{_THEME}{meta}")

    def page(self, story: Story, body: str) -> str:
        meta = f'<meta property="og:title" content="{escape(story.title)}">\n'
        return self.document(f"{story.title} - {self.site.outlet}", story.urls[0], body, meta)

    def crumbs(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        return (
            f'<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="{self.path(section)}">'
            f"{section.title}</a></li></ul>\n"
        )

    def beside(self, story: Story) -> str:
        """What is read most, with enough of each text to be taken for the article's."""
        rows = "".join(
            f'<div class="row"><a href="{self.link(row)}">{escape(row.title)}</a><p>{escape(row.sapo)}</p></div>\n'
            for row in self.site.related(story.index, 8)
        )
        return f'<aside class="right"><h3>Đọc nhiều</h3>{rows}</aside>\n'

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f'<p class="pCaption">{ink(caption, story.traps)}</p>\n' if caption else ""
        return f'<p style="text-align: center"><img src="{source}" alt=""></p>\n{line}'

    def answer(self, request: Request) -> Reply | None:
        """A page for printing: its letters stand for others."""
        found = _PRINT.fullmatch(request.path)
        story = self.site.story_of(found[1], self.lanes) if found else None
        if story is None:
            return None
        text = "".join(f"<p>{exchanged(paragraph)}</p>" for paragraph in story.paragraphs)
        return self.site.page(f"<html><body><h1>{escape(story.title)}</h1>{text}</body></html>")


def exchanged(text: str) -> str:
    """The text with each letter in place of another.

    >>> exchanged("Tin, anh")
    'Ujo, boi'
    """
    return "".join(chr(ord(letter) + 1) if letter.isalpha() else letter for letter in text)


class Dhcn2020Pages(DhcnPages):
    """Báo Thanh Hóa in 2020: classes for paragraphs; the lead stands in the text again."""

    def article(self, story: Story) -> str:
        related = "".join(
            f'<li><a href="{self.link(row)}">{escape(row.title)}</a></li>' for row in self.site.related(story.index, 3)
        )
        sapo = ink(story.sapo, story.traps)
        body = (
            f'{self.crumbs(story)}<h1 class="title">{ink(story.title, story.traps)}</h1>'
            f'<div class="date_news">{story.published_printed}</div><div class="sapo_detail">{sapo}</div>\n'
            f'<div id="main-detail"><p class="pHead">{sapo}</p>\n{"".join(self.text(story))}'
            f'<div class="drelated"><b>Tin liên quan</b><ul>{related}</ul></div></div>\n{self.beside(story)}'
        )
        return self.page(story, body)

    def paragraph(self, text: str) -> str:
        return f'<p class="pBody">{text}</p>\n'

    def byline(self, line: str) -> str:
        return f'<p class="pAuthor">{line}</p>\n'


class PhuTho2020Pages(DhcnPages):
    """Báo Phú Thọ in 2020: the lead is the first paragraph, bold in another typeface."""

    def article(self, story: Story) -> str:
        body = (
            f'{self.crumbs(story)}<div class="pt-post-detail"><h1>{ink(story.title, story.traps)}</h1>\n'
            f'<div class="pt-post-detail__time">{story.published_printed}</div>\n'
            f'<div id="content">{"".join(self.text(story))}</div></div>\n{self.beside(story)}'
        )
        return self.page(story, body)

    def text(self, story: Story) -> Iterator[str]:
        sapo = ink(story.sapo, story.traps)
        yield (
            '<p style="text-align:justify"><span style="font-family:Tahoma,Geneva,sans-serif">'
            f"<strong>{sapo}</strong></span></p>\n"
        )
        yield from super().text(story)

    def paragraph(self, text: str) -> str:
        return f'<p style="text-align:justify">{text}</p>\n'

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f"<figcaption>{ink(caption, story.traps)}</figcaption>" if caption else ""
        return f'<figure><img src="{source}" alt="">{line}</figure>\n'


#: Designs that share the lists of the present one, by their layouts.
OLDER: Mapping[str, type[DhcnPages]] = {"dhcn-2020": Dhcn2020Pages, "phutho-2020": PhuTho2020Pages}

PAPERS = (
    Paper(
        name="baothanhhoa", outlet="Báo Thanh Hóa", host="baothanhhoa.vn", media=("c.dhcn.vn",),
        ages=(
            Age(pages=DhcnPages, layout="dhcn", sections="thoi-su kinh-te phap-luat", top=247_300,
                article="/{slug}-{id}.htm", also=("/tin-{id}.htm",), feed="/rss/{section}.xml",
                picture="https://i.baothanhhoa.vn/news/{moment:%y%W}/{id}d{n}.jpg", date=printed_dates.time_bar,
                some={"enciphered": (1, 6), "soft-404": (8,)},
                options={"lead": '<div class="article__sapo">{}</div>'},
                quiet="tin24h xa-phuong kiem-chung-thong-tin dai-bieu-voi-cu-tri noi-chinh xay-dung-dang theo-guong-bac"
                      " nghi-quyet-cua-dang tu-tuong-dang du-thao ve-voi-xu-thanh dat-va-nguoi khat-vong-thanh-hoa"
                      " diem-den mien-tay-thanh-hoa doanh-nghiep co-hoi-dau-tu kinh-te-thi-truong"),
            Age(pages=DhcnPages, layout="dhcn-2020", sections="thoi-su kinh-te phap-luat", top=124_900,
                article="/{slug}-{id}.htm", date=printed_dates.onecms,
                picture="https://i.baothanhhoa.vn/news/{moment:%y%W}/{id}d{n}.jpg",
                newest=datetime(2020, 12, 20, 9, 0, tzinfo=HANOI), oldest=datetime(2018, 1, 1, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="baophutho", outlet="Báo Phú Thọ", host="baophutho.vn",
        ages=(
            Age(pages=DhcnPages, layout="dhcn", sections="chinh-tri kinh-te xa-hoi", top=240_800,
                article="/{slug}-{id}.htm", also=("/tin-{id}.htm",),
                picture="https://i.baophutho.vn/news/{moment:%y%W}/{id}d{n}.jpg", date=printed_dates.onecms_dashes,
                some={"enciphered": (3,), "nfd-text": (5,)},
                quiet="phu-tho-24h phutho24h phong-vi-dat-to den-hung du-lich-le-hoi xay-dung-dang"
                      " quoc-hoi-hoi-dong-nhan-dan hoc-va-lam-theo-bac van-hoa-xa-hoi van-hoc-nghe-thuat van-hoa"
                      " dan-toc-ton-giao net-dep-doi-thuong gia-ca-thi-truong giao-duc y-te phong-su-ghi-chep quoc-te"),
            Age(pages=DhcnPages, layout="phutho-2020", sections="chinh-tri kinh-te xa-hoi", top=173_400,
                article="/{slug}-{id}.htm", date=printed_dates.time_first, picture="/uploads/{moment:%Y%m}/{id}{n}.jpg",
                newest=datetime(2020, 12, 20, 9, 0, tzinfo=HANOI), oldest=datetime(2018, 1, 1, tzinfo=HANOI)),
        ),
    ),
)  # fmt: skip
