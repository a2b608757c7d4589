"""Portals of Hưng Yên: front pages that list what is new, menus, an old web whose addresses do not mind case."""

from __future__ import annotations

from datetime import datetime
from html import escape

from tests.replica import printed_dates
from tests.replica.headlines import Headline
from tests.replica.markup import cut, ink
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.printed_dates import HANOI

_ROBOTS = "User-agent: *\nDisallow: /portal/pages/print.aspx\n"


class HungyenPages(Pages):
    """The present design."""

    def article(self, story: Story) -> str:
        if story.layout == "portal-2018":
            return OldPages(self.site, self.lanes).article(story)
        body = (
            f'<div class="news-detail"><h1 class="news-title">{ink(story.title, story.traps)}</h1>\n'
            f'<div class="news-tools"><span class="news-date">{story.published_printed}</span> <span class="zoom">'
            '<a href="javascript:;">-</a> 100% <a href="javascript:;">+</a></span></div>\n'
            f'<div class="news-summary"><p>{ink(story.sapo, story.traps)}</p></div>\n'
            f'<div class="news-content">{self.attached(story)}</div></div>\n'
        )
        return self.page(story, body)

    def page(self, story: Story, body: str) -> str:
        section = self.site.headline(story.index).section
        crumbs = (
            f'<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="{self.path(section)}">'
            f"{section.title}</a></li></ul>\n"
        )
        rows = "".join(map(self.row, self.site.related(story.index, 5)))
        tail = (
            f'<div class="other-news"><h3>Tin mới nhất</h3><ul>{rows}</ul></div>\n<p>°</p><p>243 người đang online</p>'
        )
        return self.document(f"{story.title} - {self.site.outlet}", story.urls[0], f"{crumbs}{body}{tail}")

    def attached(self, story: Story) -> str:
        """The text, in which a link leads to a file."""
        section = f'href="{self.home}{self.path(self.sections[0])}"'
        file = f'href="/updload_ubt/userfiles/files/Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh%20s%E1%BB%91%20{story.index}.pdf"'
        return "".join(self.text(story)).replace(section, file)

    def row(self, row: Headline) -> str:
        return (
            f'<li class="news-row"><a href="{self.link(row)}">{escape(cut(row.title, 42))}...</a>'
            f"{printed_dates.twelve_hours(row.moment)}</li>\n"
        )


class OldPages(HungyenPages):
    """The design of the old web, with pages for printing."""

    def article(self, story: Story) -> str:
        body = (
            f'<div class="article"><div class="title-news"><h1>{ink(story.title, story.traps)}</h1></div>\n'
            f'<div class="date-news">{story.published_printed}</div><div class="zoom">100%</div>\n'
            f'<div class="ms-rtestate-field" style="display:inline"><p><b>{ink(story.sapo, story.traps)}</b></p>\n'
            f'{self.attached(story)}</div></div>\n<a rel="nofollow" href="/portal/pages/print.aspx?p={story.index}">'
            "Bản in</a>"
        )
        return self.page(story, body)


def _portal(name: str, outlet: str, top: int, *, has_old: bool = False) -> Paper:
    every = "zoom-control degree-sign online-counter related-dates double-spaces"
    picture = "/updload_ubt/userfiles/images/{moment:%Y}/{id}_{n}.jpg"
    sections, quiet = "tin-tuc-su-kien thong-bao", "cai-cach-hanh-chinh chuyen-doi-so"
    ages = [
        Age(pages=HungyenPages, layout="portal-2025", sections=sections, quiet=quiet, top=top,
            article="/{slug}-c{id}.html", also=("/tin-bai-c{id}.html",), identity="c{id}", picture=picture,
            date=printed_dates.posted, precision="day", oldest=datetime(2025, 1, 1, tzinfo=HANOI), every=every,
            bylines=False),
    ]  # fmt: skip
    if has_old:
        article = "/portal/Pages/{moment.year}-{moment.month}-{moment.day}/{slug}-r{id}.aspx"
        ages += [
            Age(pages=HungyenPages, layout="portal-2018", sections=sections, top=12_400, article=article,
                also=(article.replace("/Pages/", "/pages/"),),
                picture="/portal/PublishingImages/{moment:%Y-%m}/{id}{n}.jpg",
                identity="{moment.year}-{moment.month}-{moment.day}/{slug}-r{id}", date=printed_dates.posted,
                precision="day", newest=datetime(2024, 12, 20, 9, 0, tzinfo=HANOI),
                oldest=datetime(2019, 1, 1, tzinfo=HANOI), every=every, bylines=False),
        ]  # fmt: skip
    return Paper(name=name, outlet=outlet, host=f"{name}.hungyen.gov.vn", ages=tuple(ages), robots=_ROBOTS)


PAPERS = (
    _portal("sonnptnt", "Sở NN-PTNT tỉnh Hưng Yên", 15_300, has_old=True),
    _portal("soyte", "Sở Y tế tỉnh Hưng Yên", 9_800),
    _portal("banqlkcn", "Ban Quản lý các khu công nghiệp tỉnh Hưng Yên", 2_900),
    _portal("thuvu", "Cổng thông tin điện tử xã Thư Vũ", 2_500),
    _portal("congan", "Công an tỉnh Hưng Yên", 218_400),
    _portal("conganxaduchop", "Công an xã Đức Hợp", 1_200),
    _portal("hungphu", "Cổng thông tin điện tử xã Hưng Phú", 700),
    _portal("kienxuong", "Cổng thông tin điện tử xã Kiến Xương", 1_900),
    _portal("nghiatru", "Cổng thông tin điện tử xã Nghĩa Trụ", 1_400),
    _portal("binhnguyen", "Cổng thông tin điện tử xã Bình Nguyên", 900),
)
