"""Fields of pages that no layout fits, found by how pages are made; and what layouts say of theirs."""

from __future__ import annotations

import gc
import re
import time
from dataclasses import replace

import pytest

from newsbot.items import Article
from newsbot.reading.fields import sections, tags, titles
from newsbot.reading.images import lead_pictures
from newsbot.reading.nearby import nearby_date, nearby_lead
from newsbot.reading.nearby_byline import nearby_byline
from newsbot.reading.page import Page
from newsbot.reading.structured import read_structured
from newsbot.reading.surroundings import Surroundings
from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, PlainSpider
from tests.harness.pages import make_spider, read, reply

TITLE = "Xã vùng trũng Ví Dụ sẵn sàng đón lũ"
MENU = '<div id="menu"><a href="/">Trang chủ</a> <a href="/kinh-te">Kinh tế</a></div>'
TEXT = f'<div class="noi-dung"><p>{SENTENCE}</p><p>{OTHER}</p><p>{SENTENCE[:60]}.</p></div>'


def read_plain(
    before: str = f"<h1>{TITLE}</h1>", after: str = "", *, head: str = "", title: str = TITLE, text: str = TEXT
) -> Article:
    html = (
        f'<!DOCTYPE html><html lang="vi"><head><title>{title}</title>{head}</head><body>{MENU}<div class="bai">{before}'
        f'{text}{after}</div><div id="footer">Bản quyền của báo.</div></body></html>'
    )
    return read(make_spider(PlainSpider), reply(URL, html))


class TestTitle:
    @pytest.mark.parametrize(
        "heading",
        [
            f'<h1 class="logo"><a href="/"><img src="/logo.png"></a></h1><h1>{TITLE}</h1>',
            f"<h1>Thời sự</h1><h1>{TITLE}</h1>",
            f'<h1><a href="/thoi-su">Thời sự</a> &gt; <a href="/thoi-su/xa">Xã</a></h1><h2>{TITLE}</h2>',
            f'<section class="khung"><h1>Quy hoạch, kế hoạch</h1></section><div class="tin-title">{TITLE}</div>',
            f'<h1>{TITLE}&nbsp;<span class="icon"></span></h1>',
            "<h1>Xã vùng trũng <br>Ví Dụ sẵn sàng đón lũ<script>dem()</script></h1>",
        ],
    )
    @pytest.mark.parametrize("title", ["{}", "{} - Báo Ví Dụ điện tử", "{} | Thời sự | baovidu.vn", "Báo Ví Dụ » {}"])
    def test_is_the_heading_that_the_page_s_title_names(self, heading, title):
        article = read_plain(heading, title=title.format(TITLE))
        assert (article.title, article.extracted_by["title"]) == (TITLE, "generic")

    def test_stands_between_the_section_and_the_site_in_the_page_s_title(self):
        article = read_plain(f"<h1>Thời sự</h1><h2>{TITLE}</h2>", title=f"Chuyên mục Thời sự | {TITLE} | Báo Ví Dụ")
        assert article.title == TITLE

    def test_heading_is_cleaner_than_metadata(self):
        head = f'<meta property="og:title" content="{TITLE} - Báo Ví Dụ điện tử">'
        article = read_plain(head=head, title=f"{TITLE} - Báo Ví Dụ điện tử")
        assert (article.title, article.extracted_by["title"], article.conflicts) == (TITLE, "generic", None)

    def test_metadata_that_the_heading_confirms(self):
        head = f'<meta property="og:title" content="{TITLE}">'
        article = read_plain(f"<h1>Thời sự</h1><h2>{TITLE}</h2>", head=head, title="Báo Ví Dụ")
        assert (article.title, article.extracted_by["title"]) == (TITLE, "structured")

    def test_metadata_without_any_heading_loses_the_site_s_name(self):
        head = f'<meta property="og:title" content="{TITLE} - Vidu24h"><meta property="og:site_name" content="Vidu24h">'
        assert read_plain("", head=head, title="Vidu24h").title == TITLE

    def test_cut_title_gives_the_whole_heading(self):
        assert read_plain(title=f"{TITLE[:31]}...").title == TITLE

    @pytest.mark.parametrize(
        ("before", "title", "expected"),
        [
            ("<header><h1>Báo Ví Dụ</h1></header>", f"{TITLE} - Báo Ví Dụ", TITLE),
            (f"<h1>{TITLE}</h1>", "Báo Ví Dụ", TITLE),
            ("<nav><h1>Thời sự</h1></nav>", TITLE, TITLE),
        ],
    )
    def test_where_nothing_agrees(self, before, title, expected):
        assert read_plain(before, title=title).title == expected

    def test_of_several_headings_that_a_layout_selects(self):
        html = (
            f"<title>{TITLE} - Báo Ví Dụ</title><h1>Thời sự</h1><h1>{TITLE}</h1><div id=noidung><p>{SENTENCE}</p></div>"
        )
        article = read(make_spider(BaoviduSpider), reply(URL, html))
        assert (article.title, article.extracted_by["title"]) == (TITLE, "layout")


class TestDate:
    @pytest.mark.parametrize(
        "printed",
        [
            "<div><span>26/04/2022</span><span>11:05</span></div>",
            "<ul><li><b>11:05</b></li><li><b>26/04/2022</b></li></ul>",
            "<ul><li class=ngay>26/04/2022 11:05</li><li><a href=/kinh-te>Kinh tế</a></li></ul>",
            "<ul><li>Thứ ba, 26/04/2022 11:05 (GMT+7)</li></ul>",
            "<p><i>Thứ ba,</i> <i>26/4/2022</i> <i>11h05</i></p>",
            "<div><span>26-04-2022</span> | <span>11:05 AM</span></div>",
            "<span>26/04/2022</span><!-- gio --><span>11:05</span>",
            "<span><i>26/04/2022</i></span> - <span>11:05</span>",
            "<b>11:05</b><br>26/04/2022",
        ],
    )
    def test_day_and_time_in_neighbouring_elements(self, printed):
        article = read_plain(f"<h1>{TITLE}</h1>{printed}")
        assert (article.published_at, article.published_precision) == ("2022-04-26T11:05:00+07:00", "minute")

    @pytest.mark.parametrize("printed", ["Ngày 26 tháng 4 năm 2022", "26 Tháng Tư, 2022", "Tháng Tư 26, 2022"])
    def test_month_in_words(self, printed):
        article = read_plain(f"<h1>{TITLE}</h1><p>{printed}</p>")
        assert (article.published_at, article.body[:20]) == ("2022-04-26", SENTENCE[:20])

    def test_menu_title_and_date_in_cells_for_the_layout_are_no_text(self):
        menu = "<a href=/>Trang nhất</a><br><a href=/y-te>Y tế</a>"
        story = f"<b>{TITLE}</b><br>Thứ ba, 26/04/2022<br><br>{SENTENCE}<br><br>{OTHER}<br><br>Nước đã rút."
        article = read_plain("", text=f"<table><tr><td>{menu}</td><td>{story}</td></tr></table>")
        assert article.body.split("\n\n") == [SENTENCE, OTHER, "Nước đã rút."]
        assert article.published_at == "2022-04-26"

    @pytest.mark.parametrize(
        ("row", "line"), [("<td>Xã A<td>17<td>hộ", "Xã A | 17 | hộ"), ("<td>Xã A<td>17<br>hộ", "Xã A | 17 hộ")]
    )
    def test_row_of_short_cells_is_one_line(self, row, line):
        article = read_plain(text=f"<div class=noi-dung><p>{SENTENCE}</p><table><tr>{row}</table><p>{OTHER}</p></div>")
        assert article.body.split("\n\n") == [SENTENCE, line, OTHER]

    def test_line_with_author_date_and_section(self):
        line = 'Đăng bởi <a rel="author" href="/t">Lan Chi</a> | 26/04/2022 | <a rel="category" href="/kt">Kinh tế</a>'
        article = read_plain(f"<h1>{TITLE}</h1><p>{line}</p>")
        assert (article.published_at, article.section, article.authors) == ("2022-04-26", ["Kinh tế"], ["Lan Chi"])

    def test_teasers_below_a_label_are_no_text(self):
        lead = "Chín hộ dân ở vùng trũng đã được đưa đến nơi an toàn trong đêm, nước còn lên chậm."
        rows = "".join(
            f"<div class=m><a href='/lua-1{n}.html'>Lúa {n} trổ bông</a><p>{lead} {n}.</p></div>" for n in (1, 2)
        )
        after = f"<div class=o><div class=t>Tin khác</div>{rows}</div>"
        article = read_plain(text=f"{TEXT}<p>Theo Lao Động</p>", after=after)
        assert (article.body.count("\n\n"), lead in article.body, article.agency) == (2, False, "Lao Động")

    @pytest.mark.parametrize(
        "teaser",
        [
            "<div>Xem thêm</div><div><a href=/lua-18.html><img src=l.jpg></a>"
            "<a href=/lua-18.html>{0}</a><p>{1}</p></div>",
            "<div><h4>Tin liên quan</h4><div><h3><a href=/lua-18.html>{0}</a></h3><p>{1}</p></div></div>",
            "<table><tr><td>Tin liên quan<tr><td><img src=l.jpg><tr><td><a href=/lua-18.html>{0}</a></table>",
            "<div class=x><p><b>{0}</b></p><p>{1} <a href=/lua-18.html>Xem tiếp</a></p></div>",
        ],
    )
    def test_lone_teaser_in_the_text_is_none_of_it(self, teaser):
        other = teaser.format("Lúa trổ bông", "Chín hộ dân ở vùng trũng đã gặt xong lúa chạy lũ từ tuần trước.")
        text = f"<p>{SENTENCE}</p>{other}<p>{OTHER}</p><p>{SENTENCE[:60]}.</p>"
        article = read_plain(text=f"<div class=noi-dung>{text}</div>")
        assert article.body.split("\n\n") == [SENTENCE, OTHER, f"{SENTENCE[:60]}."]

    def test_links_in_the_text_are_of_it(self):
        lines = [
            SENTENCE,
            "Chi tiết tại <a href=/lua-18.html>bài trước</a> của báo.",
            "<a href=/lua-18.html>Bà con ven sông cũng đã gặt xong lúa chạy lũ từ tuần trước.</a>",
            "Mực nước được đăng tại các địa chỉ sau:",
            "<a href=https://nuoc.example/>nuoc.example</a>",
            "<a href=https://so.example/>Trang tin của Sở</a>",
            OTHER,
        ]
        text = "".join(f"<p>{line}</p>" for line in lines)
        article = read_plain(text=f"<div class=noi-dung>{text}</div><div><a href=/>Trang chủ</a></div>")
        assert article.body.split("\n\n") == [re.sub("<.*?>", "", line) for line in lines]

    def test_element_named_after_what_the_text_is_about(self):
        text = f"<p>{SENTENCE}</p><div class=share-economy><p>{OTHER}</p></div><p>{SENTENCE[:60]}.</p>"
        assert OTHER in read_plain(text=f"<div class=noi-dung>{text}</div>").body

    @pytest.mark.parametrize(
        "beside", ["<span hidden>11:05</span>", "<span>11 ảnh</span>", "<a href='/1'>11:05 Tin khác</a>"]
    )
    def test_what_stands_beside_a_day_is_no_time(self, beside):
        assert read_plain(f"<h1>{TITLE}</h1><span>26/04/2022</span>{beside}").published_at == "2022-04-26"

    def test_time_beside_what_the_layout_selects(self):
        before = "<div><span class=ngay>26/04/2022</span> <span class=gio>11:05</span></div>"
        html = f"<h1>{TITLE}</h1>{before}<div id=noidung><p>{SENTENCE}</p></div>"
        article = read(make_spider(BaoviduSpider), reply(URL, html))
        assert article.published_at == "2022-04-26T11:05:00+07:00"
        assert article.extracted_by["published_at"] == "layout"

    def test_age_that_a_page_printed_when_it_was_kept(self):
        before = f'<h1>{TITLE}</h1><time datetime="2022-04-26T11:05:00+07:00">2 giờ trước</time>'
        assert read_plain(before).published_at == "2022-04-26T11:05:00+07:00"

    def test_line_of_tags_is_no_text(self):
        assert "lũ" not in read_plain(after="<p>Từ khóa: lũ, Láng Sen</p>").body

    def test_above_the_title_rather_than_below_the_text(self):
        article = read_plain(
            f"<p>10:30, 15/05/2021</p><h1>{TITLE}</h1>", "<div><h4>Tin khác</h4><p>13:00, 24/03/2025</p></div>"
        )
        assert article.published_at == "2021-05-15T10:30:00+07:00"

    def test_behind_the_text(self):
        assert read_plain(after="<p class=cuoi>Ngày đăng: 26/04/2022</p>").published_at == "2022-04-26"

    def test_of_another_article_is_none(self):
        other = "<div><h4>Tin khác</h4><p>13:00, 24/03/2025</p><p class=author>Lan Chi</p></div>"
        article = read_plain(after=other)
        assert (article.published_at, article.authors) == (None, [])

    def test_without_a_heading_to_go_by(self):
        article = read_plain("<p>26/04/2022 11:05</p>", title="Báo Ví Dụ")
        assert article.published_at == "2022-04-26T11:05:00+07:00"

    def test_hidden_title_is_no_mark(self):
        hidden = f'<div style="display: none"><i>{TITLE}</i></div><p>22/11/2026 10:19</p><hr>' + "<p>.</p>" * 12
        assert (
            read_plain(f"{hidden}<h1>{TITLE}</h1><p>26/04/2022 11:05</p>").published_at == "2022-04-26T11:05:00+07:00"
        )


class TestByline:
    @pytest.mark.parametrize(
        ("before", "after", "authors", "agency"),
        [
            ("<p><span class=tac-gia>Lan Chi</span> • <span>26/04/2022 11:05</span></p>", "", ["Lan Chi"], None),
            ("<ul><li><span><i class=icon-user></i>Lan Chi (Theo AFP)</span></li></ul>", "", ["Lan Chi"], "AFP"),
            ('<p><a rel="author" href="/tac-gia/lan-chi">LAN CHI</a></p>', "", ["LAN CHI"], None),
            ("<p>Tin, ảnh: Lan Chi</p>", "", ["Lan Chi"], None),
            ("<p class=author><a href=/1>Lan Chi</a><a href=/2>Hà Thu</a></p>", "", ["Lan Chi", "Hà Thu"], None),
            ("<p class=author><span>Lan Chi</span><span>Hà Thu</span></p>", "", ["Lan Chi", "Hà Thu"], None),
            ("<p class=author><span>Nguyễn</span><span>Lan Chi</span></p>", "", ["Nguyễn Lan Chi"], None),
            ("<p class=author><b>L</b>an Chi</p>", "", ["Lan Chi"], None),
            ("", '<p class="news-author">Theo PV (TTXVN/Vietnam+)</p>', ["PV"], "TTXVN, Vietnam+"),
            ("", '<div class="author">Lan Chi<br>Nam Giang</div>', ["Lan Chi", "Nam Giang"], None),
            ("", "<div>Tác giả: <span>Lan Chi</span></div>", ["Lan Chi"], None),
            ("", "<p><b>Tác giả</b>: Lan Chi</p>", ["Lan Chi"], None),
            ("", "<div>Tác giả: <a href=/tac-gia/7>Lan Chi</a></div>", ["Lan Chi"], None),
            ("", "<div class=cuoi>Nguồn: <i>Báo Văn hóa</i></div>", [], "Báo Văn hóa"),
            (
                "<p class=by>PV <em>11:05</em></p>",
                "<div>Theo <a href=//v.vn>Báo Văn hóa</a></div>",
                ["PV"],
                "Báo Văn hóa",
            ),
            ("<p>Tin, ảnh: Lan Chi</p>", "<p>Nguồn: Báo Văn hóa</p>", ["Lan Chi"], "Báo Văn hóa"),
            ("", "<p>Nguồn: https://www.vanhoa.vn/le-hoi-17.html</p>", [], "vanhoa.vn"),
            ("", "<p>Nguồn vanhoa.vn</p>", [], "vanhoa.vn"),
            ("<div>26/04/2022 11:05 | Tác giả: Lan Chi</div>", "", ["Lan Chi"], None),
            ("<div>Bởi <a href=/author/lan-chi>Lan Chi</a> - 26/04/2022</div>", "", ["Lan Chi"], None),
            ("<div>Đăng bởi: Lan Chi</div>", "", ["Lan Chi"], None),
            ("<p><a href=/tac-gia/1>Lan Chi</a><a href=/tac-gia/2>Hà Thu</a></p>", "", ["Lan Chi", "Hà Thu"], None),
            (
                "<p><a rel=author href=/1>Lan Chi</a>, <a rel=author href=/2>Hà Thu</a></p>",
                "",
                ["Lan Chi", "Hà Thu"],
                None,
            ),
            ("<div>Đăng bởi: admin</div>", "", [], None),
            ("", "<div class=author-box><h4>Đỗ Lan Chi</h4><p>Chị viết về lúa gạo.</p></div>", ["Đỗ Lan Chi"], None),
            ("", "<p class=author>CTV Lan Chi</p>", ["Lan Chi"], None),
            ("", "<ul><li>Tác giả: <a href=/lua-18.html>Lan Chi</a></li></ul>", [], None),
            ("", '<ul><li class="comment-author">Lan Chi</li></ul>', [], None),
            ("<p class=author>Thời sự</p>", "", [], None),
        ],
    )
    def test_in_the_head_or_right_below_the_text(self, before, after, authors, agency):
        article = read_plain(f"<h1>{TITLE}</h1>{before}", after)
        assert (article.authors, article.agency) == (authors, agency)

    @pytest.mark.parametrize(
        ("marked", "signed", "authors"),
        [
            ("Đăng bởi <a rel=author href=/t>Lan Chi</a>", "L.C", ["Lan Chi"]),
            ("Đăng bởi <a rel=author href=/t>Hà Thu</a>", "L.C", ["Hà Thu"]),
            ("Đăng bởi <a rel=author href=/t>Hà Thu</a>", "Lan Chi", ["Lan Chi"]),
            ("<span class=author>Đỗ Lan Chi</span>", "L.Chi", ["Đỗ Lan Chi"]),
            ("<span class=author>Hà Thu</span>", "L.C", ["L.C"]),
            ("<span class=author>Lan Chi</span>", "L.C (Theo AFP)", ["L.C"]),
        ],
    )
    def test_full_name_in_the_head_beats_initials_behind_the_text(self, marked, signed, authors):
        text = f"<div class=noi-dung><p>{SENTENCE}</p><p>{OTHER}</p><p align=right><b>{signed}</b></p></div>"
        article = read_plain(f"<h1>{TITLE}</h1><p>{marked} | 26/04/2022</p>", text=text)
        assert (article.authors, article.body) == (authors, f"{SENTENCE}\n\n{OTHER}")

    def test_full_name_in_metadata_is_what_initials_stand_for(self):
        text = f"<div class=noi-dung><p>{SENTENCE}</p><p>{OTHER}</p><p>L.C</p></div>"
        article = read_plain(head='<meta name="author" content="Lan Chi">', text=text)
        assert (article.authors, article.byline, article.conflicts) == (["Lan Chi"], "L.C", None)
        article = read_plain(head='<meta name="author" content="Hà Thu">', text=text)
        assert (article.authors, article.conflicts) == (["L.C"], {"authors": {"meta": ["Hà Thu"]}})

    def test_who_took_the_pictures_below_the_lead_alone(self):
        article = read_plain(text=f"<div class=noi-dung><p class=lead>{SENTENCE}</p><p>Ảnh: Lan Chi</p></div>")
        assert (article.sapo or article.body, article.byline) == (SENTENCE, "Ảnh: Lan Chi")

    def test_each_line_of_those_who_made_it_is_taken(self):
        lines = ["Bài: LAN CHI", "Ảnh: HÀ THU", "Đồ họa: ĐỖ AN"]
        text = "".join(f"<p>{line}</p>" for line in (SENTENCE, OTHER, *lines))
        article = read(make_spider(BaoviduSpider), reply(URL, f"<h1>{TITLE}</h1><div id=noidung>{text}</div>"))
        assert (article.authors, article.byline, article.body) == (
            ["LAN CHI"],
            ", ".join(lines),
            f"{SENTENCE}\n\n{OTHER}",
        )

    @pytest.mark.parametrize("ending", [["Theo TTXVN"], ["PV"], ["Nguồn: TTXVN"], ["Tin: HÀ THU", "Ảnh: ĐỖ AN"]])
    @pytest.mark.parametrize(
        "listed",
        [
            ["Vũ Thị Mai", "Đỗ Văn Hùng", "Lê Thị Sen"],
            ["Vũ Thị Mai", "Đỗ Văn Hùng", "Lê Thị Sen", "Hồ Văn Tám", "Trần Thị Lụa"],
            ["Người được thưởng:", "Vũ Thị Mai", "Đỗ Văn Hùng"],
            ["Người được thưởng:", "Vũ Thị Mai"],
            ["KT. CHỦ TỊCH", "Đỗ Văn Hùng"],
            ["Rơm", "Trấu"],
        ],
    )
    def test_names_in_the_text_are_no_authors_though_a_credit_follows(self, listed, ending):
        text = "".join(f"<p>{line}</p>" for line in (SENTENCE, OTHER, *listed, *ending))
        article = read(make_spider(BaoviduSpider), reply(URL, f"<h1>{TITLE}</h1><div id=noidung>{text}</div>"))
        assert article.body.split("\n\n") == [SENTENCE, OTHER, *listed]
        assert (article.byline, {*article.authors} & {*listed}) == (", ".join(ending), set())

    def test_an_author_above_the_source_is_one(self):
        text = "".join(f"<p>{line}</p>" for line in (SENTENCE, OTHER, "Vũ Thị Mai", "Theo TTXVN"))
        article = read(make_spider(BaoviduSpider), reply(URL, f"<h1>{TITLE}</h1><div id=noidung>{text}</div>"))
        assert (article.authors, article.agency) == (["Vũ Thị Mai"], "TTXVN")
        assert article.body == f"{SENTENCE}\n\n{OTHER}"

    def test_names_that_a_line_introduces_are_text(self):
        lines = ["Hai người được khen thưởng:", "Lan Chi", "Hà Thu"]
        text = "".join(f"<p>{line}</p>" for line in (SENTENCE, OTHER, *lines))
        article = read_plain(text=f"<div class=noi-dung>{text}</div>")
        assert (article.authors, article.body.split("\n\n")[2:]) == ([], lines)


class TestSection:
    @pytest.mark.parametrize(
        "printed",
        [
            '<ol class="breadcrumb"><li><a href="/">Trang chủ</a><li><a href="/kt">Kinh tế</a><li>Lúa gạo</ol>',
            '<p class="u-breadcrumb"><a href="/">Home</a> » <a href="/kt">Kinh tế</a> » <a href="/lg">Lúa gạo</a></p>',
            '<nav aria-label="breadcrumb"><a href="/kt">Kinh tế</a> / <a href="/lg">Lúa gạo</a> / ' + TITLE + "</nav>",
            '<div class="title-cate"><a href="/kt">Kinh tế</a> &gt; <a href="/lg">Lúa gạo</a></div>',
        ],
    )
    def test_is_the_visible_way_to_the_article(self, printed):
        article = read_plain(f"{printed}<h1>{TITLE}</h1>")
        assert (article.section, article.extracted_by["section"]) == (["Kinh tế", "Lúa gạo"], "generic")

    @pytest.mark.parametrize(
        ("printed", "section"),
        [
            ("Bạn đang ở: <a href=/>Trang chủ</a> / <a href=/kt>Kinh tế</a>", ["Kinh tế"]),
            ("Bạn đang xem: Trang chủ » Kinh tế » Lúa gạo", ["Kinh tế", "Lúa gạo"]),
            ("<a href=/>Trang chủ</a> › <a href=/kt>Kinh tế</a> › <a href=/lg>Lúa gạo</a>", ["Kinh tế", "Lúa gạo"]),
            ("<a class=cat href=/kt>Kinh tế</a>", ["Kinh tế"]),
            ("Chuyên mục: <a href=/kt>Kinh tế</a>", ["Kinh tế"]),
            ("<a href=/>Trang chủ</a> | <a href=/kt>Kinh tế</a> | <a href=/xh>Xã hội</a>", []),
            ("<a href=/>Trang chủ</a> <a href=/kt>Kinh tế</a> <a href=/xh>Xã hội</a>", []),
        ],
    )
    def test_is_told_by_a_label_or_by_marks_where_no_name_tells_it(self, printed, section):
        assert read_plain(f"<div class=b>{printed}</div><h1>{TITLE}</h1>").section == section

    def test_visible_one_counts_where_it_tells_more(self):
        head = '<meta property="article:section" content="Lúa gạo">'
        printed = '<p class="breadcrumb"><a href="/kt">Kinh tế</a> / <a href="/lg">Lúa gạo</a></p>'
        assert read_plain(f"{printed}<h1>{TITLE}</h1>", head=head).section == ["Kinh tế", "Lúa gạo"]
        article = read_plain(f'<p class="breadcrumb"><a href="/">Báo</a></p><h1>{TITLE}</h1>', head=head)
        assert (article.section, article.extracted_by["section"]) == (["Lúa gạo"], "structured")

    def test_menu_is_no_breadcrumb(self):
        rows = "".join(f'<a href="/{number}">Mục số {number}</a> ' for number in range(9))
        assert read_plain(f'<div class="breadcrumb">{rows}</div><h1>{TITLE}</h1>').section == []


class TestTags:
    @pytest.mark.parametrize(
        "printed",
        [
            '<p><a rel="tag" href="/t/1">lúa gạo</a>, <a rel="tag" href="/t/2">#đê bao</a></p>'
            '<p><a rel="category tag" href="/k">Kinh tế</a></p>',
            '<div><span>Từ khóa:</span> <a href="/t/1">lúa gạo</a><a href="/t/2">đê bao</a></div>',
            '<div><b>Tags</b><ul><li><a href="/t/1">lúa gạo</a></li><li><a href="/t/2">đê bao</a></li></ul></div>',
            '<div class="post-tags"><a href="/t/1">lúa gạo</a> <a href="/t/2">đê bao</a></div>',
            '<p>Chủ đề: <a href="/t/1">lúa gạo</a>, <a href="/t/2">đê bao</a></p>',
        ],
    )
    def test_are_the_visible_ones(self, printed):
        article = read_plain(after=f'{printed}<div class="hot-tags"><a href="/x">Bóng đá</a></div>')
        assert (article.tags, article.extracted_by["tags"]) == (["lúa gạo", "đê bao"], "generic")

    @pytest.mark.parametrize(
        ("after", "tags"),
        [
            ("<div><a href=/tags/lua-gao>#lúa gạo</a><a href=/tags/de-bao>#đê bao</a></div>", ["lúa gạo", "đê bao"]),
            ("<ul><li><a href=/tag/lua.html>lúa gạo</a></li></ul>", ["lúa gạo"]),
            ("<aside><p><a href=/tag/1>Bầu cử</a> <a href=/tag/2>Bóng đá</a></p></aside>", []),
            ("<p><a href=/tag/lua>Lúa gạo</a> vẫn được giá.</p>", []),
            ("<div><a href=/tag/lua>lúa gạo</a> <a href=/lua-18.html>Lúa trổ bông</a></div>", []),
        ],
    )
    def test_are_a_row_behind_the_text_that_leads_to_tags(self, after, tags):
        assert read_plain(after=after).tags == tags

    def test_label_without_tags_takes_no_other_links(self):
        related = "<ul><li><a href='/b-3.html'>Nước trên các sông đang lên</a><li><a href='/b-4.html'>Chợ</a></ul>"
        assert (
            read_plain(
                after=f"<div><h3>Từ khóa:</h3><div>{related}<p>Ban biên tập chọn cho bạn đọc.</p></div></div>"
            ).tags
            == []
        )

    @pytest.mark.parametrize(
        ("head", "tags"),
        [
            ('<meta name="keywords" content="lúa gạo, đê bao">', ["lúa gạo", "đê bao"]),
            ('<meta name="keywords" content="tin tức, lúa gạo, báo điện tử">', []),
            ('<meta name="keywords" content="Báo Ví Dụ, lúa gạo">', []),
            (f'<meta name="keywords" content="{TITLE}">', []),
            ('<meta name="keywords" content="">', []),
            (
                '<meta property="article:tag" content="lúa gạo;đê bao,"><meta name="keywords" content="x">',
                ["lúa gạo", "đê bao"],
            ),
            ('<meta property="article:tag" content="lúa gạo, đê bao, kè Ví Dụ">', ["lúa gạo", "đê bao", "kè Ví Dụ"]),
            (
                '<meta property="article:tag" content="lúa gạo"><meta property="article:tag" content="đê bao">',
                ["lúa gạo", "đê bao"],
            ),
        ],
    )
    def test_in_metadata(self, head, tags):
        assert read_plain(head=head).tags == tags


class TestLead:
    LEAD = "Nước sông Ví Dụ lên nhanh trong đêm, chín hộ dân ở vùng trũng đã được đưa đến nơi an toàn."

    @pytest.mark.parametrize(
        "marked",
        [
            "<p><b>{}</b></p>",
            "<p><strong><em>{}</em></strong></p>",
            "<p><b>Nước sông Ví Dụ </b><i><b>lên</b></i><b> nhanh{}</b></p>",
            '<p style="font-weight: bold">{}</p>',
            '<p class="fw600 justify">{}</p>',
            '<div class="sapo-bai"><p>{}</p></div>',
            "<h2>{}</h2>",
        ],
    )
    def test_is_a_first_paragraph_that_is_marked_as_a_whole(self, marked):
        lead = marked.format(
            self.LEAD if marked.count("Nước") == 0 else self.LEAD.removeprefix("Nước sông Ví Dụ lên nhanh")
        )
        article = read_plain(text=f'<div class="noi-dung">{lead}<p>{SENTENCE}</p><p>{OTHER}</p></div>')
        assert (article.sapo, article.body) == (self.LEAD, f"{SENTENCE}\n\n{OTHER}")
        assert article.extracted_by["sapo"] == "generic"

    def test_stands_between_title_and_text(self):
        head = f'<meta name="description" content="{self.LEAD[:70]}...">'
        article = read_plain(
            f'<h1>{TITLE}</h1><div class="post-summary"><p>(Baovidu.vn) - {self.LEAD}</p></div>', head=head
        )
        assert article.sapo == self.LEAD
        assert self.LEAD not in article.body

    def test_is_named_so_above_a_bold_question(self):
        text = f"<p class=lead>{self.LEAD}</p><p><b>- Nước lên đến đâu rồi?</b></p><p>- {SENTENCE}</p><p>{OTHER}</p>"
        assert read_plain(text=f"<div class=noi-dung>{text}</div>").sapo == self.LEAD

    @pytest.mark.parametrize("slug", ["BVD - ", "(BVD) ", "BVD– "])
    def test_loses_the_letters_of_the_paper_s_own_name(self, slug):
        head = '<meta property="og:site_name" content="Báo Ví Dụ">'
        before = f'<h1>{TITLE}</h1><div class="short-detail">{slug}{self.LEAD}</div>'
        article = read_plain(before, head=head)
        assert (article.sapo, self.LEAD in article.body) == (self.LEAD, False)

    @pytest.mark.parametrize("slug", ["BVD - ", "(BVD) - ", "<b>(BVD)</b> – "])
    def test_is_the_paragraph_behind_those_letters(self, slug):
        head = '<meta property="og:site_name" content="Báo Ví Dụ">'
        article = read_plain(head=head, text=f"<div class=noi-dung><p>{slug}{self.LEAD}</p><p>{OTHER}</p></div>")
        assert (article.sapo, article.body) == (self.LEAD, OTHER)

    @pytest.mark.parametrize("slug", ["", "<b>(BVD)</b> - "])
    @pytest.mark.parametrize("kind", [BaoviduSpider, PlainSpider])
    def test_is_no_paragraph_that_introduces_what_follows(self, kind, slug):
        first = "Theo thông báo của xã, ba thôn phải dời đi trong đêm nay là:"
        text = f"<p class=sapo>{slug}{first}</p><p>Thôn Đông.</p><p>{SENTENCE}</p><p>{OTHER}</p>"
        head = f'<meta property="og:site_name" content="Báo Ví Dụ"><meta name="description" content="{first}">'
        html = f"<title>{TITLE}</title>{head}<h1>{TITLE}</h1><div id=noidung>{text}</div>"
        article = read(make_spider(kind), reply(URL, html))
        assert article.sapo is None
        assert article.body.split("\n\n") == [first, "Thôn Đông.", SENTENCE, OTHER]

    def test_may_end_with_a_colon_where_it_stands_alone(self):
        text = f"<div id=noidung><p>{SENTENCE}</p><p>{OTHER}</p></div>"
        html = f"<h1>{TITLE}</h1><p class=sapo>Ba thôn phải dời đi:</p>{text}"
        assert read(make_spider(BaoviduSpider), reply(URL, html)).sapo == "Ba thôn phải dời đi:"

    def test_may_be_short_where_it_is_named_so(self):
        assert read_plain(f"<h1>{TITLE}</h1><p class=lead>Nước rút chậm.</p>").sapo == "Nước rút chậm."
        assert read_plain(f"<h1>{TITLE}</h1><p><b>Nước rút chậm.</b></p>").sapo is None

    def test_is_not_what_a_paper_says_of_itself(self):
        about = "Báo Ví Dụ - Cơ quan của Đảng bộ tỉnh Ví Dụ, tiếng nói của nhân dân các dân tộc trong tỉnh"
        assert read_plain(head=f'<meta name="description" content="{about}">').sapo is None

    @pytest.mark.parametrize(
        "about",
        [
            TITLE,
            "Báo Ví Dụ - Tin tức mới nhất trong tỉnh, cập nhật 24/7",
            "Cổng thông tin điện tử huyện Ví Dụ, tỉnh Hải Dương",
        ],
    )
    def test_is_neither_the_title_nor_what_a_site_says_of_itself(self, about):
        assert read_plain(head=f'<meta name="description" content="{about}">').sapo is None

    def test_may_tell_of_a_paper_s_site(self):
        lead = "Báo cáo mới cập nhật tin tức mới nhất về lúa gạo được gửi đến các xã trong sáng nay."
        assert read_plain(head=f'<meta name="description" content="{lead}">').sapo == lead

    def test_is_no_caption_above_the_text(self):
        before = (
            f'<h1>{TITLE}</h1><div class="image-desc"><b>Người dân Ví Dụ gia cố bờ bao trong đêm mưa lớn.</b></div>'
        )
        assert read_plain(before).sapo is None

    def test_of_a_layout_whose_selectors_find_none(self):
        html = f"<h1>{TITLE}</h1><div id=noidung><p><b>{self.LEAD}</b></p><p>{SENTENCE}</p></div>"
        article = read(make_spider(BaoviduSpider), reply(URL, html))
        assert (article.sapo, article.body) == (self.LEAD, SENTENCE)

    @pytest.mark.parametrize(
        "first",
        [
            "<p><b>Nước sông Ví Dụ lên nhanh trong đêm,</b> chín hộ dân ở vùng trũng đã được đưa đến nơi an toàn.</p>",
            "<p><b>1. Nước sông Ví Dụ lên nhanh trong đêm, chín hộ dân ở vùng trũng đã được đưa đi an toàn</b></p>",
            "<p><b>Vì sao chín hộ dân ở vùng trũng ven sông Ví Dụ vẫn chưa được đưa đến nơi an toàn trong đêm?</b></p>",
            "<p><b>Nước sông Ví Dụ lên</b></p>",
        ],
    )
    def test_is_no_beginning_no_heading_and_no_question(self, first):
        article = read_plain(text=f'<div class="noi-dung">{first}<p>{SENTENCE}</p><p>{OTHER}</p></div>')
        assert article.sapo is None
        assert article.body.endswith(f"{SENTENCE}\n\n{OTHER}")

    def test_plain_paragraph_with_an_editor_s_tag_is_none(self):
        text = f"<p>{SENTENCE} {OTHER}&lt;_o3a_p&gt;&lt;/_o3a_p&gt;</p><p>{OTHER}</p>"
        article = read_plain(text=f'<div class="noi-dung">{text}</div>')
        assert (article.sapo, article.body) == (None, f"{SENTENCE} {OTHER}\n\n{OTHER}")

    def test_is_none_where_all_is_bold(self):
        article = read_plain(
            text=f'<div class="noi-dung"><p><b>{self.LEAD}</b></p><p><b>{SENTENCE}</b></p><p>{OTHER}</p></div>'
        )
        assert article.sapo is None


class TestPictures:
    @pytest.mark.parametrize(
        ("html", "names"),
        [
            ('<img src="/img/loading.gif" data-srcset="/a-480.jpg 480w, /a-960.jpg 960w">', ["a-960.jpg"]),
            ('<img data-lazy="/a.jpg" src="data:image/gif;base64,R0">', ["a.jpg"]),
            ('<img src="/lazy.png"><noscript><img src="/a.jpg"></noscript>', ["a.jpg"]),
            ('<img data-src="/a.jpg"> <noscript><img src="/a-to.jpg"></noscript>', ["a.jpg"]),
            ('<noscript><img src="/a.jpg"></noscript>', ["a.jpg"]),
            (
                '<picture><source srcset="/a.webp 2x"><img src="/1x1.png" srcset="/a.jpg 1x,/b.jpg 2x"></picture>',
                ["b.jpg"],
            ),
            ('<picture><source data-srcset="/a.webp"><img src="data:x" alt=""></picture>', ["a.webp"]),
            (f'<img src="data:x" srcset="data:y {"1x, data:y " * 800}, /anh{"a" * 2000}.jpg 2x">', []),
            (
                '<img src="/dem.gif" width="1" height="1"><img src="/x/no-image.png"><img src="/spacer_1x1.gif">',
                [],
            ),
            (
                '<img src="/cau-cang-loading-bay.jpg"><img src="/default-rate-2020.jpg">',
                ["cau-cang-loading-bay.jpg", "default-rate-2020.jpg"],
            ),
        ],
    )
    def test_are_where_a_browser_finds_them(self, html, names):
        article = read_plain(text=f'<div class="noi-dung"><p>{SENTENCE}</p><div>{html}</div><p>{OTHER}</p></div>')
        assert [(image["url"] or "").rpartition("/")[2] for image in article.images] == names
        assert article.body == f"{SENTENCE}\n\n{OTHER}"

    def test_lead_picture_stands_above_the_text(self):
        before = (
            f'<h1>{TITLE}</h1><a href="https://news.example/x"><img src="/google-news.png"></a>'
            '<div class="share"><img src="/zalo.png"></div>'
            '<figure><img data-src="/dau.jpg"><figcaption>Đê sông.</figcaption></figure>'
        )
        text = f'<div class="noi-dung"><p>{SENTENCE}</p><p><img src="/giua.jpg"></p><p>{OTHER}</p></div>'
        assert read_plain(before, text=text).images == [
            {"url": "https://baovidu.vn/dau.jpg", "caption": "Đê sông."},
            {"url": "https://baovidu.vn/giua.jpg", "caption": None},
        ]

    def test_lead_picture_that_a_layout_knows(self):
        class WithLead(BaoviduSpider):
            layouts = (replace(BaoviduSpider.layouts[0], pictures=(".anh-lon", ".anh-dau")),)

        html = (
            f'<h1>{TITLE}</h1><div class="anh-dau"><img src="/dau.jpg" alt="{TITLE}"><p>{TITLE}</p></div>'
            f'<div id="noidung"><p>{SENTENCE}</p><p><img src="/dau.jpg"></p><p><em>Đê sông.</em></p></div>'
        )
        article = read(make_spider(WithLead), reply(URL, html))
        assert article.images == [{"url": "https://baovidu.vn/dau.jpg", "caption": "Đê sông."}]
        assert article.extracted_by["images"] == "layout"


def test_credit_in_an_element_of_its_own():
    class Credited(BaoviduSpider):
        layouts = (replace(BaoviduSpider.layouts[0], credit=".nguon > span"),)

    body = f"<p>{SENTENCE}</p><p class=tacgia>Lan Chi</p></div><div class=nguon><span>Nguồn suckhoe.com.vn</span></div>"
    article = read(make_spider(Credited), reply(URL, f"<h1>{TITLE}</h1><div id=noidung>{body}"))
    assert (article.authors, article.agency) == (["Lan Chi"], "suckhoe.com.vn")
    assert (article.byline, article.body) == ("Lan Chi, Nguồn suckhoe.com.vn", SENTENCE)


def test_body_selectors_are_an_order_of_preference():
    class Preferring(BaoviduSpider):
        layouts = (replace(BaoviduSpider.layouts[0], body=(".khung .bai", ".khung")),)

    inner = f'<p>Đọc nhiều trong tuần qua.</p><div class="bai"><p>{SENTENCE}</p></div>'
    html = f'<h1>{TITLE}</h1><div class="khung">{inner}</div>'
    assert read(make_spider(Preferring), reply(URL, html)).body == SENTENCE


@pytest.mark.parametrize(
    "piece",
    [
        '<div class="title">Tin khác trong ngày</div>',
        "<div><b>Tags</b></div>",
        f"<b>{TITLE}</b><i>26/04/2022</i>",
        '<div class="breadcrumb"><a href="/kt">Kinh tế</a></div>',
        '<noscript><img src="/a.jpg"></noscript><img src="/blank.gif" srcset="/b.jpg 1x,/c.jpg 2x">',
        '<script type="application/ld+json">{"@type":"NewsArticle","author":["Lan Chi"]}</script>',
    ],
)
def test_what_stands_around_a_text_costs_no_more_than_its_size(piece):
    def seconds(count: int) -> float:
        page = Page.from_response(reply(URL, f"<title>{TITLE}</title><h1>{TITLE}</h1>{piece * count}{TEXT}"))
        gc.collect()
        gc.disable()  # what other tests have left is none of this page's cost
        started = time.process_time()
        structured = read_structured(page.tree)
        around = Surroundings(page, TITLE, [SENTENCE, OTHER])
        list(titles(page, None, structured, set()))
        list(sections(page, None, structured, around, "", set()))
        tags(page, None, structured, TITLE, around)
        nearby_date(around), nearby_byline(around), nearby_lead(around), lead_pictures(around)
        taken = time.process_time() - started
        gc.enable()
        return taken

    seconds(100)
    small, large = (min(seconds(count) for _ in range(3)) for count in (1000, 8000))
    assert large < 24 * small + 0.2  # eight times the page; a quadratic search takes sixty-four
