"""Portals of provinces and their offices: on Liferay, on SharePoint, and those with numbers for paths."""

from __future__ import annotations

from datetime import datetime
from html import escape

from tests.replica import printed_dates
from tests.replica.markup import ink
from tests.replica.news import Story
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.printed_dates import HANOI
from tests.replica.request import Request


def american_hours(moment: datetime) -> str:
    """As a Liferay portal prints it: day first all the same, hours as in America.

    >>> american_hours(datetime(2017, 7, 8, 16, 24))
    '08/07/2017 | 4:24 PM'
    """
    return f"{moment:%d/%m/%Y} | {moment.hour % 12 or 12}:{moment:%M %p}"


class LiferayPages(Pages):
    """A portal whose asset publisher shows an article: its title is no heading, those of the page are portlets'."""

    #: The numbers of pages stand among parameters that have numbers, too.
    further_page = "?p_p_id=101_INSTANCE_xY9g&p_p_lifecycle=0&_101_INSTANCE_xY9g_cur={page}&p_p_col_count=2"

    def page_number(self, request: Request) -> int:
        number = request.query.partition("_cur=")[2].partition("&")[0] or "1"
        return int(number) if number.isdecimal() and number.isascii() and len(number) < 8 else 0

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        body = (
            '<div class="dd_chuyenmuc"><span class="trangchu"><a href="/">Home</a></span>'
            f'<span class="tintuc"><p>{section.title}</p></span></div>\n'
            '<div class="portlet-boundary portlet-asset-publisher" id="p_p_id_101_"><div class="portlet-body">\n'
            f'<div class="asset-full-content-title">{ink(story.title, story.traps)}</div>\n'
            f'<div class="assetPublishDate block_timer">\n{story.published_printed}\n</div>\n'
            '<div class="asset-full-content show-asset-title"><div class="asset-content">\n'
            '<div class="sapo-wrapper clearfix"><p class="sapo">'
            f"<strong>{ink(story.sapo, story.traps)}</strong></p></div>\n"
            f'<div class="journal-content-article">{"".join(self.text(story))}'
            '<p align="right" class="view-content-author"><strong><em>admin admin</em></strong></p></div></div></div>\n'
            f'<div class="related_asset"><div class="related_asset_title">Other News</div>{self.related(story)}</div>'
            "</div></div>\n"
        )
        return self.page(story, body)

    def page(self, story: Story, body: str) -> str:
        title = f"{story.title} - {self.site.headline(story.index).section.title} - {self.site.outlet}"
        return self.document(title, story.urls[0], f"{portlet('quy hoạch - kế hoạch')}{body}{banners()}")

    def related(self, story: Story) -> str:
        links = (
            f'<li><a href="{self.link(row)}">{escape(row.title)}</a></li>' for row in self.site.related(story.index, 6)
        )
        return f"<ul>{''.join(links)}</ul>"

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f'<div style="text-align: center;"><em>{ink(caption, story.traps)}</em></div>\n' if caption else ""
        return f'<div dir="ltr" style="text-align: center;"><img alt="" src="{source}"></div>\n{line}'


class BareLiferayPages(LiferayPages):
    """A portal with a portlet of its own around the text."""

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        summary, date = self.age.options["summary"], self.age.options["date"]
        body = (
            f'<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="{self.path(section)}">'
            f"{section.title}</a></li></ul>\n"
            '<div class="portlet-boundary" id="p_p_id_tintuc_"><div class="portlet-body">'
            f'<h3 class="tt">{ink(story.title, story.traps)}</h3>{date.format(story.published_printed)}\n'
            f"{summary.format(ink(story.sapo, story.traps))}\n"
            f'<div class="journal-content-article">{"".join(self.text(story))}</div>\n'
            f"<h4>Tin khác</h4>{self.related(story)}</div></div>\n"
        )
        return self.page(story, body)

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f"<figcaption>{ink(caption, story.traps)}</figcaption>" if caption else ""
        return f'<figure class="image"><img src="{source}" alt="">{line}</figure>\n'


def portlet(title: str) -> str:
    """A menu in a portlet, which has the first heading of the page."""
    return (
        '<section class="portlet" id="portlet_85_INSTANCE_RfuG"><header class="portlet-topper">'
        f'<h1 class="portlet-title"><span class="portlet-title-text">{title}</span></h1></header>'
        '<ul><li><a href="/ke-hoach">Kế hoạch</a></li>'
        "</ul></section>\n"
    )


def banners() -> str:
    """A portlet of banners, in the same element as an article's text."""
    rows = "".join(
        f'<tr><td><a href="/{name}"><img alt="" src="/documents/554897/675586/{name}.png?t=1557392"></a></td></tr>'
        for name in ("duong-day-nong", "van-ban-phap-quy", "cong-khai-ngan-sach")
    )
    return f'<div class="journal-content-article"><table><tbody>{rows}</tbody></table></div>\n'


class SharepointPages(Pages):
    """One page that shows all articles; the element around it has a space in its id."""

    section_path = "/Trang/tin-tuc-su-kien.aspx"

    def article(self, story: Story) -> str:
        if story.layout == "sharepoint-tandan":
            return RichTextPages(self.site, self.lanes).article(story)
        body = (
            f'{self.crumbs(story)}<div id="noidungtrang "><h1>{ink(story.title, story.traps)}</h1>'
            f'<span class="publish-date">{story.published_printed}</span>\n'
            f'<div class="noi-dung-trang"><p><strong>{ink(story.sapo, story.traps)}</strong></p>\n'
            f"{''.join(self.text(story))}</div></div>\n"
        )
        return self.page(story, body)

    def page(self, story: Story, body: str) -> str:
        meta = (
            '<meta name="GENERATOR" content="Microsoft SharePoint">\n'
            '<link rel="stylesheet" href="/_layouts/15/SP.Portal/css/style.css">\n'
        )
        links = (
            f'<li><a href="{self.link(row)}">{escape(row.title)}</a></li>' for row in self.site.related(story.index, 5)
        )
        tail = f"<div class='tin-khac'><h3>Các tin khác</h3><ul>{''.join(links)}</ul></div>"
        return self.document(story.title, story.urls[0], f'<div id="s4-workspace">{body}{tail}</div>', meta)

    def crumbs(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        return (
            f'<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="{self.path(section)}">'
            f"{section.title}</a></li></ul>\n"
        )

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f"<span>{ink(caption, story.traps)}</span>" if caption else ""
        return f'<p style="text-align: center"><img src="{source}" alt=""><br>{line}</p>\n'


class RichTextPages(SharepointPages):
    """The design with SharePoint's own field of rich text."""

    def article(self, story: Story) -> str:
        body = (
            f"{self.crumbs(story)}<h1>{ink(story.title, story.traps)}</h1>"
            f'<div class="artcle-tools"><span class="tandan-span-date-publish">{story.published_printed}</span></div>\n'
            f'<p class="tandan-p-article-news-summary">{ink(story.sapo, story.traps)}</p>\n'
            f'<div class="ms-rtestate-field">{"".join(self.text(story))}</div>\n'
        )
        return self.page(story, body)

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = f'<p style="text-align: center"><em>{ink(caption, story.traps)}</em></p>\n' if caption else ""
        return f'<p style="text-align: center"><img src="{source}" alt=""></p>\n{line}'


class UbndPages(Pages):
    """Numbers for paths, of lists as of articles."""

    section_path = "/4/467/27160/{slug}"

    def article(self, story: Story) -> str:
        section = self.site.headline(story.index).section
        links = (
            f'<li><a href="{self.link(row)}">{escape(row.title)}</a></li>' for row in self.site.related(story.index, 5)
        )
        body = (
            f'<div class="breadcrumb"><a href="/">Trang chủ</a> » '
            f'<a href="{self.path(section)}">{section.title}</a></div>\n'
            f'<h1 class="logo">{self.site.outlet}</h1><div class="Article"><h1>{ink(story.title, story.traps)}</h1>\n'
            f'<div class="PostDate">{story.published_printed}</div>\n'
            f'<div class="ArticleSummary">{ink(story.sapo, story.traps)}</div>\n'
            f'<div class="ArticleContent">{"".join(self.text(story))}</div></div>\n'
            f'<a href="/Default.aspx?sname=ubnd&amp;sid=4&amp;pageid=27160&amp;p_steering=1{story.id}">'
            "Chỉ đạo, điều hành</a>"
            f'<div class="OtherNews"><h3>Tin khác</h3><ul>{"".join(links)}</ul></div>\n'
        )
        return self.document(f"{story.title} - {self.site.outlet}", story.urls[0], body)

    def picture(self, source: str, caption: str | None, story: Story) -> str:
        line = (
            f'<p style="text-align: center"><em><span>{ink(caption, story.traps)}</span></em></p>\n' if caption else ""
        )
        return f'<div style="text-align: center"><img src="{source}" alt=""></div>\n{line}'


def _ubnd(name: str, outlet: str, top: int) -> Paper:
    return Paper(
        name=name, outlet=outlet, host=f"www.{name}.gov.vn", leads=(f"{name}.gov.vn",),
        ages=(
            Age(pages=UbndPages, layout="ubnd", sections="tin-tuc-su-kien hoat-dong-cua-lanh-dao", top=top,
                article="/4/469/27160/{id}/{slug}", also=("/4/469/1283/{id}/tin",), date=printed_dates.onecms,
                picture="/Uploads/Images/{moment:%Y}/{moment.month}/{id}-{n}.jpg", some={"nfd-text": (4,)}),
        ),
    )  # fmt: skip


_QUERY = "/Trang/ChiTietTinTuc.aspx?nid={id}"
PAPERS = (
    Paper(
        name="sotttt", outlet="Sở Thông Tin Và Truyền Thông", host="sotttt.hanoi.gov.vn",
        ages=(
            Age(pages=LiferayPages, layout="liferay", sections="cong-nghe-thong-tin buu-chinh-vien-thong thanh-tra",
                article="/{section}/-/view_content/{id}-{slug}", also=("/web/guest/-/view_content/{id}-tin.html",),
                top=4_417_996, picture="/documents/554897/{moment:%Y%m}/{id}-{n}.jpg", date=american_hours,
                newest=datetime(2022, 8, 20, 16, 24, tzinfo=HANOI), oldest=datetime(2014, 1, 6, tzinfo=HANOI),
                quiet="tin-tuc-su-kien bao-chi-xuat-ban thong-tin-dt ke-hoach-tai-chinh hoat-ong-ang-oan-the dssdt"),
        ),
    ),
    Paper(
        name="bacgiang", outlet="Cổng TTĐT tỉnh Bắc Giang", host="www.bacgiang.gov.vn", leads=("bacgiang.gov.vn",),
        ages=(
            Age(pages=BareLiferayPages, layout="liferay-bare", sections="tin-tuc chi-dao-dieu-hanh",
                article="/chi-tiet-tin-tuc/-/asset_publisher/RcRsQpxPK0Yr/content/{slug}", date=printed_dates.onecms,
                picture="/documents/20181/{moment:%Y%m}/{n}/{slug}.jpg",
                options={"summary": '<div class="article-summary">{}</div>',
                         "date": '<span class="title meta-data-date">{}</span>'},
                newest=datetime(2025, 6, 17, 13, 43, tzinfo=HANOI), oldest=datetime(2019, 1, 6, tzinfo=HANOI)),
        ),
    ),
    Paper(
        name="thainguyen", outlet="Cổng TTĐT tỉnh Thái Nguyên", host="thainguyen.gov.vn",
        ages=(
            Age(pages=BareLiferayPages, layout="liferay-bare", sections="tin-tuc-su-kien thoi-su", top=700_800,
                article="/tin-moi/-/asset_publisher/L0n17VJXU23O/content/id/{id}", date=printed_dates.onecms_dashes,
                picture="/documents/20181/{moment:%Y%m}/{id}-{n}.jpg",
                options={"summary": '<p class="article-summary">{}</p>', "date": '<p class="date_post">{}</p>'}),
        ),
    ),
    Paper(
        name="quangninh", outlet="Cổng TTĐT tỉnh Quảng Ninh", host="www.quangninh.gov.vn", leads=("quangninh.gov.vn",),
        ages=(
            Age(pages=SharepointPages, layout="sharepoint-noi-dung", sections="tin-tuc-su-kien", top=124_500,
                article=_QUERY, also=("/Trang/ChiTietTinTuc.aspx?Cat=7&nid={id}&utm_source=x",),
                picture="/PublishingImages/{moment:%Y-%m}/{id}-{n}.jpg", date=printed_dates.onecms),
            Age(pages=SharepointPages, layout="sharepoint-tandan", sections="tin-tuc-su-kien", top=61_200,
                article=_QUERY, picture="/PublishingImages/{moment:%Y-%m}/{id}-{n}.jpg", date=printed_dates.time_first,
                newest=datetime(2020, 12, 20, 9, 0, tzinfo=HANOI), oldest=datetime(2018, 1, 1, tzinfo=HANOI)),
        ),
    ),
    _ubnd("laocai", "Cổng TTĐT tỉnh Lào Cai", 812_000),
    _ubnd("caobang", "Cổng TTĐT tỉnh Cao Bằng", 905_100),
    _ubnd("sonla", "Cổng TTĐT tỉnh Sơn La", 633_900),
)  # fmt: skip
