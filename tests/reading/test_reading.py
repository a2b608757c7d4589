"""What readers do with pages of every kind; the truth of whole sites is in test_ground_truth.py."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from newsbot.items import Article
from newsbot.lists.gone import is_sent_away
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import base_of
from newsbot.reading.page_kinds import PageKind
from newsbot.reading.parsing import parsed
from newsbot.spider import Layout, NewsSpider
from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, page
from tests.harness.pages import fetch, make_spider, read, reply
from tests.replica.sites import sites


@pytest.fixture(scope="module")
def spider() -> NewsSpider:
    return make_spider(BaoviduSpider)


def paragraphs(article: Article) -> list[str]:
    return article.body.split("\n\n")


class TestBody:
    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            (f"<p>{SENTENCE}</p><p>{OTHER}</p>", [SENTENCE, OTHER]),
            (f"<div>{SENTENCE}</div>{OTHER}", [SENTENCE, OTHER]),
            (f"{SENTENCE}<br><br>{OTHER}", [SENTENCE, OTHER]),
            (f"<p>{SENTENCE.replace(' làm ', '<br>làm ')}</p>", [SENTENCE]),
            (f"<p>{SENTENCE.replace('làm', '<b>l<i>à</i>m</b>')}</p>", [SENTENCE]),
            (f"<p>{SENTENCE}<script>var a = 1;</script></p><p>{OTHER}</p>", [SENTENCE, OTHER]),
            (f"<p>{SENTENCE}</p><div><ins>Quảng cáo</ins></div><p>{OTHER}</p>", [SENTENCE, OTHER]),
            (f"<p>.</p><p>{SENTENCE}</p><p>1</p><p>{OTHER}</p><p>. .</p>", [SENTENCE, OTHER]),
            (f"<p>{SENTENCE}</p><p>BÌNH LUẬN</p><p>Bạn còn 500/500 ký tự</p><p>{OTHER}</p>", [SENTENCE]),
            (f"<h1>Mưa to ở Ví Dụ</h1><p>{SENTENCE}</p><p>{OTHER}</p>", [SENTENCE, OTHER]),
            (
                f"<table><tr><td>Xã A<td>17 hộ<tr><td>Xã B<td>5 hộ</table><p>{OTHER}</p>",
                ["Xã A | 17 hộ", "Xã B | 5 hộ", OTHER],
            ),
            (f"<p>{SENTENCE}<_o3a_p></_o3a_p></p>", [SENTENCE]),
        ],
    )
    def test_paragraphs(self, spider, html, expected):
        assert paragraphs(read(spider, reply(URL, page(html)))) == expected

    @pytest.mark.parametrize(
        ("between", "left"),
        [
            ("<p><b>Xem thêm:</b></p><ul><li><a href=/lua-18.html>Lúa trổ bông</a></li></ul>", []),
            ("<h3>Tin liên quan</h3><div><a href=/lua-18.html><img src=l.jpg>Lúa trổ bông</a></div>", []),
            ("<p>Xem thêm: <a href=/lua-18.html>Lúa trổ bông</a></p>", []),
            ("<p><a href=/lua-18.html><b>>> Lúa trổ bông</b></a></p>", []),
            ("<p><a href=/lua-18.html>Lúa trổ bông trên cánh đồng</a></p>", []),
            ("<div class='c-box related-news'><p>Lúa trổ bông</p><a href=/lua-18.html>Chi tiết</a></div>", []),
            ("<div>Xem thêm</div><div><a href=/lua-18.html>Lúa trổ bông</a><p>Lúa năm nay trổ sớm.</p></div>", []),
            ("<div><a href=/l-18.html><img src=l.jpg></a><a href=/l-18.html>Lúa</a><p>Lúa trổ sớm.</p></div>", []),
            ("<div><h4>Chuyên đề</h4><a href=/lua-18.html>Lúa trổ bông</a></div>", []),
            ("<div>Nghe bài viết <span>0:00</span>/<span>3:15</span> <span>1x</span></div>", []),
            ("<p>Bình luận</p>", []),
            ("<div class=banner-giua><span>AD</span>Quảng cáo</div>", []),
            ("<p>* Mời bạn đọc vào chuyên mục Kinh tế xem các tin, bài khác.</p>", []),
            ("<p style='display: none'>từ khóa ẩn</p><div hidden><p>Ẩn hết đi.</p></div>", []),
            ("<noscript><p>Hãy bật script.</p></noscript><template><p>Mẫu.</p></template>", []),
            ("<p><a href=/lua-18.html>Theo tin đã đưa, lúa trổ bông sớm hơn mọi năm.</a></p>", [
                "Theo tin đã đưa, lúa trổ bông sớm hơn mọi năm."]),
            ("<p>Theo <ins>Quyết định 17</ins>, <u>xã</u> không chi.</p>", ["Theo Quyết định 17, xã không chi."]),
            ("<p></p>Nước lên.<p></p>Nước xuống.<p></p>", ["Nước lên.", "Nước xuống."]),
            ("Nước lên.<hr>Nước xuống.", ["Nước lên.", "Nước xuống."]),
            ("<blockquote>Chưa khi nào như thế.</blockquote>", ["Chưa khi nào như thế."]),
            ("<p>- Bác đi đâu?</p><p>- Ra đê.</p>", ["- Bác đi đâu?", "- Ra đê."]),
            ("<ol><li>Xã A: 17 hộ</li><li>Xã B: 5 hộ</li></ol>", ["1. Xã A: 17 hộ", "2. Xã B: 5 hộ"]),
            ("<div class=caption>Đây là chữ.</div>", ["Đây là chữ."]),
            ("<p>Theo dõi giá lúa trên ứng dụng, bác Tư chưa bán.</p>", [
                "Theo dõi giá lúa trên ứng dụng, bác Tư chưa bán."]),
            ("<p>Theo dõi Báo Ví Dụ trên Zalo, Facebook để đọc tin nhanh, đúng.</p>", []),
            ("<p>Mời bạn bè về quê xem thêm hội đê là ý của chị Ba.</p>", [
                "Mời bạn bè về quê xem thêm hội đê là ý của chị Ba."]),
            ("<p><b>Ý kiến</b></p><p>Bác Tư muốn ở lại.</p>", ["Ý kiến", "Bác Tư muốn ở lại."]),
            ("<p>Chủ đề:</p><p>Hội đê năm nay có hai chủ đề do xã chọn</p>", [
                "Chủ đề:", "Hội đê năm nay có hai chủ đề do xã chọn"]),
            ("<ul class=menu><li>Cơm gạo mới</li><li>Canh rau đay</li></ul>", ["- Cơm gạo mới", "- Canh rau đay"]),
        ],
    )  # fmt: skip
    def test_what_stands_in_the_middle(self, spider, between, left):
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p>{between}<p>{OTHER}</p><p>Nước đã rút.</p>")))
        assert paragraphs(article) == [SENTENCE, *left, OTHER, "Nước đã rút."]
        assert article.images == []

    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            (f"{{row}}<p>{SENTENCE}</p>", [SENTENCE]),
            (f"<p>{SENTENCE}</p>{{row}}", [SENTENCE]),
            (f"<div class=chu><div>{{row}}<p>{SENTENCE}</p></div></div>", [SENTENCE]),
            (f"<div>{{row}}<p>{SENTENCE}</p></div><p>{OTHER}</p>", [SENTENCE, OTHER]),
            (f"<p>Tin liên quan</p><div>{{link}}<p>{SENTENCE}</p></div><p>{OTHER}</p>", [SENTENCE, OTHER]),
            (f"<div><div>Xem thêm:</div><div>{{link}}<p>{SENTENCE}</p></div></div>", [SENTENCE]),
            (f"Chợ bến nghỉ một phiên.<br><br>{{row}}<p>{OTHER}</p>", ["Chợ bến nghỉ một phiên.", OTHER]),
            ("<p>Chợ bến nghỉ một phiên</p><p>{link}</p>", ["Chợ bến nghỉ một phiên"]),
            ("<div><p>Chợ bến nghỉ một phiên.</p>{row}</div>", ["Chợ bến nghỉ một phiên."]),
            (f"<div><p>Chợ bến nghỉ</p><p>{{link}}</p></div><p>{OTHER}</p>", ["Chợ bến nghỉ", OTHER]),
            (f"<div><p>{SENTENCE} {{more}}</p></div><p>{OTHER}</p>", [f"{SENTENCE} (xem chi tiết)", OTHER]),
            (f"<p>{SENTENCE} {{more}}</p><p>{OTHER}</p>", [f"{SENTENCE} (xem chi tiết)", OTHER]),
        ],
    )
    def test_a_link_to_another_article_takes_no_text_with_it(self, spider, html, expected):
        link = "<a href=/lua-18.html>Lúa trổ bông</a>"
        row = f"<p><a href=/lua-18.html><img src=l.jpg></a></p><p>{link}</p>"
        more = "<a href=/lua-18.html>(xem chi tiết)</a>"
        article = read(spider, reply(URL, page(html.format(row=row, link=link, more=more))))
        assert (paragraphs(article), article.extracted_by["body"]) == (expected, "layout")

    @pytest.mark.parametrize(
        "line",
        ["Xếp hạng nhì là đội xã Ví Dụ", "Từ khóa: giữ đê, giữ làng", "Tag: thẻ đeo của đội cứu hộ", "Xếp hạng: 2 đội"],
    )
    def test_what_an_article_says_in_its_middle(self, spider, line):
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p><p>{line}</p><p>{OTHER}</p>")))
        assert paragraphs(article) == [SENTENCE, line, OTHER]

    @pytest.mark.parametrize("line", ["Từ khóa: đê, lũ", "Tags: đê", "Xếp hạng: 4.5 - 12 phiếu bầu"])
    def test_what_a_site_says_at_its_end(self, spider, line):
        for body in (f"<p>{SENTENCE}</p><p>{OTHER}</p><p>{line}</p>", f"<p>{line}</p><p>{SENTENCE}</p><p>{OTHER}</p>"):
            assert paragraphs(read(spider, reply(URL, page(body)))) == [SENTENCE, OTHER]

    @pytest.mark.parametrize("name", ["note", "box desc"])
    def test_a_sentence_below_a_picture_is_text(self, spider, name):
        picture = "<p><img src=a.jpg></p>"
        html = f"<p>{SENTENCE}</p>{picture}<p class='{name}'>Nước lên đến hiên.</p><p>{OTHER}</p>"
        assert paragraphs(read(spider, reply(URL, page(html)))) == [SENTENCE, "Nước lên đến hiên.", OTHER]

    def test_a_list_s_last_words_are_no_authors(self, spider):
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p><p>{OTHER}</p><p>Rơm</p><p>Trấu</p>")))
        assert (paragraphs(article), article.authors) == ([SENTENCE, OTHER, "Rơm", "Trấu"], [])

    @pytest.mark.parametrize(
        "end",
        [
            "<p>Xem thêm:</p><p><a href=/lua-18.html>Lúa trổ bông</a></p><p>Chợ quê ngày Tết</p>",
            "<h3>Tin mới nhất</h3><ul><li><a href=/lua-18.html>Lúa trổ bông...</a>(20/11/2023 2:21 CH)</li></ul>",
            "<p>BÌNH LUẬN</p><p>Trần Văn Nam</p><p>Hay quá</p>",
            "<p>Bình luận (2)</p><p>Bạn còn 500/500 ký tự</p><p>Tôi thấy bài báo này rất đúng với quê tôi.</p>",
            "<div>Quảng cáo</div><p>(Ảnh: Hà Thu)</p>",
        ],
    )
    def test_the_end_is_cut_off(self, spider, end):
        assert paragraphs(read(spider, reply(URL, page(f"<p>{SENTENCE}</p><p>{OTHER}</p>{end}")))) == [SENTENCE, OTHER]

    def test_the_byline_below_related_links_is_read(self, spider):
        html = f"<p>{SENTENCE}</p><p>Xem thêm:</p><p><a href=/lua-18.html>Lúa trổ bông</a></p><p>Hà Thu</p>"
        article = read(spider, reply(URL, page(html)))
        assert (article.body, article.authors) == (SENTENCE, ["Hà Thu"])

    @pytest.mark.parametrize(
        ("html", "caption"),
        [
            ("<p><img src=a.jpg><br>Nước lên đến hiên nhà. (Ảnh: PV)</p>", "Nước lên đến hiên nhà. (Ảnh: PV)"),
            ("<div><a href=a.jpg><img src=a.jpg></a></div><div class='x-caption'>Nước lên.</div>", "Nước lên."),
            ("<p><img src=a.jpg></p><p class=chu_thich><span class=chu-thich>Nước lên.</span></p>", "Nước lên."),
            ("<figure><img src=a.jpg><figcaption>Nước lên.</figcaption></figure>", "Nước lên."),
            ("<table><tr><td><img src=a.jpg></td></tr><tr><td><p>Nước lên.</p></td></tr></table>", "Nước lên."),
            ("<p><img src=a.jpg></p><p><em>Nước lên.</em></p>", "Nước lên."),
            ("<p><img src=a.jpg><br><i>Nước lên.</i></p>", "Nước lên."),
            ("<p><img src=a.jpg></p><p style='text-align: center'>Nước lên.</p>", "Nước lên."),
            ("<p><img src=a.jpg alt='Nước lên.'></p><p>Nước lên.</p>", "Nước lên."),
            ("<figure><img src=a.jpg><figcaption>Nước lên.</figcaption></figure><p>Nuớc lên.</p>", "Nước lên."),
            ("<p><img src=a.jpg></p><p>Nước lên đến hiên - Ảnh: LAN CHI</p>", "Nước lên đến hiên - Ảnh: LAN CHI"),
            ("<p><img src=a.jpg></p><div>Nước lên. <i>Ảnh: PV</i></div>", "Nước lên. Ảnh: PV"),
            ("<p><img src=a.jpg></p>", None),
        ],
    )
    def test_captions(self, spider, html, caption):
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p>{html}<p>{OTHER}</p>")))
        assert article.images == [{"url": "https://baovidu.vn/kinh-te/a.jpg", "caption": caption}]
        assert paragraphs(article) == [SENTENCE, OTHER]

    def test_images_are_web_addresses(self, spider):
        html = (
            r"<img src='..\anh 1.jpg'><img src='data:image/gif;base64,R0'><img src='javascript:1'><img>"
            "<img data-src=/b.jpg src=data:x><img src='http://[x'><img src=/b.jpg><img src=//c.vn/c.jpg>"
        )
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p>{html}", head="<base href='/tin/'>")))
        assert [image["url"] for image in article.images] == [
            "https://baovidu.vn/anh%201.jpg",
            "https://baovidu.vn/b.jpg",
            "https://c.vn/c.jpg",
        ]


class TestLayouts:
    @pytest.mark.parametrize("selectors", [".chinh .chu, .chinh", (".chinh .chu", ".chinh")])
    def test_a_list_of_selectors_is_an_order_of_preference(self, selectors):
        class TheoThuTuSpider(BaoviduSpider):
            name = "theothutu"
            allowed_domains = ["baovidu.vn"]
            layouts = (Layout(name="v1", body=selectors, title="h2, h1", published=".gio, .ngay"),)

        html = (
            "<h1>Mục lục</h1><h2>Mưa to</h2><i class=ngay>02/02/2022</i><i class=gio>03/02/2022 10:20</i>"
            f"<div class=chinh><p>Đứng ngoài bài.</p><div class=chu><p>{SENTENCE}</p></div></div>"
        )
        article = read(make_spider(TheoThuTuSpider), reply(URL, html))
        assert (article.title, article.body, article.layout) == ("Mưa to", SENTENCE, "v1")
        assert article.published_at == "2022-02-03T10:20:00+07:00"
        html = html.replace("class=chu", "class=cu")
        assert read(make_spider(TheoThuTuSpider), reply(URL, html)).body == f"Đứng ngoài bài.\n\n{SENTENCE}"


class TestTextOfNodes:
    """Words of two elements are two words, those of a line are not torn apart, scripts are no text."""

    @pytest.mark.parametrize(
        ("html", "title"),
        [
            ("Lúa chín<br>ở Thái Thụy", "Lúa chín ở Thái Thụy"),
            ("<p>Lúa chín</p><p>ở Thái Thụy</p>", "Lúa chín ở Thái Thụy"),
            ("L<b>ú</b>a <i>ch</i>ín\n ở Thái<wbr> Thụy", "Lúa chín ở Thái Thụy"),
            ("Lúa chín<script>dem(7)</script><style>b{}</style> ở Thái Thụy", "Lúa chín ở Thái Thụy"),
            ("Lúa chín<template>x</template><noscript>y</noscript> ở Thái Thụy", "Lúa chín ở Thái Thụy"),
            ("<span hidden>Bài 9:</span><b style='color:red; display: none'>z</b>Lúa chín", "Lúa chín"),
        ],
    )
    def test_title(self, spider, html, title):
        text = page(f"<p>{SENTENCE}</p>", title="Lúa chín").replace("<h1>Lúa chín</h1>", f"<h1>{html}</h1>")
        assert read(spider, reply(URL, text)).title == title

    def test_two_lines_name_two_authors(self, spider):
        html = page(f"<p>{SENTENCE}</p><p class=tacgia>Hà Thu<br>Nam Giang<script>x()</script></p>")
        article = read(spider, reply(URL, html))
        assert (article.authors, article.byline) == (["Hà Thu", "Nam Giang"], "Hà Thu, Nam Giang")

    @pytest.mark.parametrize("gap", ["", " ", "<i></i>", "<br>", " | "])
    def test_a_date_and_its_time_are_one(self, spider, gap):
        html = page(f"<p>{SENTENCE}</p>", before=f"<p class=ngay><span>12/09/2025</span>{gap}<span>07:45</span></p>")
        assert read(spider, reply(URL, html)).published_at == "2025-09-12T07:45:00+07:00"

    def test_lead_and_section(self, spider):
        before = (
            f"<div class=sapo>{SENTENCE}<br>{OTHER}<script>x()</script></div>"
            "<p class=duong-dan><a href=/kt>Kinh<br>tế</a></p>"
        )
        article = read(spider, reply(URL, page("<p>Hết mưa, trời nắng to cả ngày.</p>", before=before)))
        assert (article.sapo, article.section) == (f"{SENTENCE} {OTHER}", ["Kinh tế"])


class TestSapo:
    @pytest.mark.parametrize(
        ("sapo", "first", "body"),
        [
            (SENTENCE, OTHER, [OTHER]),
            (f"(BVD) - {SENTENCE}", OTHER, [OTHER]),
            (SENTENCE, f"(BVD) - {SENTENCE}", []),
            (SENTENCE[:70], SENTENCE, []),
            (SENTENCE[:70] + "...", f"(BVD) - {SENTENCE}", []),
            (f"{SENTENCE}    {OTHER}"[:160], SENTENCE, []),
            (SENTENCE, f"{SENTENCE} {OTHER}", [OTHER]),
            (SENTENCE, f"<b>VÍ DỤ</b>{SENTENCE}", []),
            (SENTENCE, f"{SENTENCE[:80]}</p><p>{SENTENCE}", []),
        ],
    )
    def test_is_whole_and_not_repeated(self, spider, sapo, first, body):
        end = "Chiều nay mưa đã ngớt, nước trên các sông đang xuống chậm."
        html = page(f"<p>{first}</p><p>{end}</p>", before=f"<p class=sapo>{sapo}</p>")
        article = read(spider, reply(URL, html))
        assert (article.sapo, paragraphs(article)) == (SENTENCE, [*body, end])

    def test_falls_back_to_metadata(self, spider):
        article = read(
            spider, reply(URL, page(f"<p>{OTHER}</p>", head=f'<meta name="description" content="{SENTENCE}">'))
        )
        assert (article.sapo, article.extracted_by["sapo"]) == (SENTENCE, "structured")


class TestByline:
    @pytest.mark.parametrize("line", ["PV", "AN VIỆT", "Khải Hoàn", "Tin và ảnh: Nam Giang", "Hà Thu (tổng hợp)"])
    def test_bare_last_line(self, spider, line):
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p><p>{OTHER}</p><p>{line}</p>")))
        assert article.byline == line and len(article.authors) == 1
        assert paragraphs(article) == [SENTENCE, OTHER]

    def test_source_below_author(self, spider):
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p><p>Theo Hồ Hương</p><p>Theo Đại Đoàn kết</p>")))
        assert article.authors == ["Hồ Hương"] and article.agency == "Đại Đoàn kết"
        assert article.body == SENTENCE

    def test_metadata_names_no_outlet(self, spider):
        data = json.dumps({"@type": "NewsArticle", "author": [{"name": "Báo Ví Dụ"}, {"name": "Hà Thu"}]})
        head = f'<script type="application/ld+json">{data}</script>'
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p><p>{OTHER}</p>", head=head)))
        assert (article.authors, article.extracted_by["authors"]) == (["Hà Thu"], "structured")


class TestDate:
    def test_none_is_none(self, spider):
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p>", before="<p class=ngay>Cập nhật</p>")))
        assert article.published_at is article.published_raw is article.published_precision is None

    def test_clock_in_the_header_is_no_date(self, spider):
        html = page(f"<p>{SENTENCE}</p>").replace("<body>", "<body><p>Chủ Nhật, 22/11/2026 10:20 GMT+7</p>")
        assert read(spider, reply(URL, html)).published_at is None

    def test_related_rows_are_no_date(self, spider):
        row = "<li><a href=/a-1.html>Tin khác</a>(20/11/2023 2:21 CH)</li>"
        assert read(spider, reply(URL, page(f"<p>{SENTENCE}</p>") + f"<ul>{row}</ul>")).published_at is None

    def test_relative_to_the_capture(self, spider):
        html = page(f"<p>{SENTENCE}</p>", before="<p class=ngay>1 ngày trước</p>")
        article = read(spider, reply(URL, html, date="2024-03-01T01:00:00.000000Z"))
        assert (article.published_at, article.published_precision) == ("2024-02-29", "day")

    def test_day_stays_a_day(self, spider):
        html = page(f"<p>{SENTENCE}</p>", before="<div>Đăng ngày 04 - 10 - 2023</div><p>100%</p>")
        article = read(spider, reply(URL, html))
        assert (article.published_at, article.extracted_by["published_at"]) == ("2023-10-04", "generic")

    def test_visible_one_wins_and_others_are_kept(self, spider):
        head = (
            '<meta property="article:published_time" content="4/26/2022 11:05:00 AM">'
            '<script type="application/ld+json">{"@type":"Article","datePublished":"2022-04-25 11:05:00"}</script>'
        )
        article = read(
            spider, reply(URL, page(f"<p>{SENTENCE}</p>", head=head, before="<p class=ngay>26/04/2022 11:05</p>"))
        )
        assert article.published_at == "2022-04-26T11:05:00+07:00"
        assert article.conflicts == {"published_at": {"json-ld": "2022-04-25T11:05:00+07:00"}}


class TestMetadata:
    @pytest.mark.parametrize(
        "data",
        [
            '{"@type":"NewsArticle","headline":"Gió lớn"}',
            '[{"@type":"WebPage"},{"@type":["NewsArticle"],"headline":"Gió lớn"}]',
            '{"@graph":[{"@type":"Person"},{"@type":"NewsArticle","headline":"Gió lớn"}]}',
            '{"@type":"NewsArticle","headline":"Gió lớn",}',
            '<!-- {"@type":"NewsArticle","headline":"Gió lớn"} -->',
            '{"@type":"NewsArticle","headline":"Gió lớn","description":"nói "to" quá"}',
            '{"@type":"NewsArticle","headline":"Gi&oacute; l&#7899;n"}',
        ],
    )
    def test_json_ld(self, spider, data):
        html = page(f"<p>{SENTENCE}</p>", head=f'<script type="application/ld+json">{data}</script>', title="")
        article = read(spider, reply(URL, html))
        assert (article.title, article.extracted_by["title"]) == ("Gió lớn", "structured")

    @pytest.mark.parametrize("data", ["[" * 100_000, '{"a":' * 100_000, "1" * 10_000, "null", "[1]", '"x"', "{", ""])
    def test_useless_json_ld(self, spider, data):
        html = page(f"<p>{SENTENCE}</p>", head=f'<script type="application/ld+json">{data}</script>')
        assert read(spider, reply(URL, html)).body == SENTENCE

    @pytest.mark.parametrize(
        ("head", "canonical"),
        [
            ("", URL),
            ('<link rel="canonical" href="/mua-to-17.html">', "https://baovidu.vn/mua-to-17.html"),
            (
                '<meta name="canonical" content="https://www.baovidu.vn/mua-to-17.html">',
                "https://www.baovidu.vn/mua-to-17.html",
            ),
            ('<link rel="canonical" href="https://evil.example/mua-to-17.html">', URL),
            ('<link rel="canonical" href="https://baovidu.vn/mua-nho-18.html">', URL),
            ('<link rel="canonical" href="http://[">', URL),
        ],
    )
    def test_canonical_url(self, spider, head, canonical):
        assert read(spider, reply(f"{URL}?utm=1", page(f"<p>{SENTENCE}</p>", head=head))).canonical_url == canonical

    def test_noarchive(self, spider):
        html = page(f"<p>{SENTENCE}</p>")
        assert not read(spider, reply(URL, html)).noarchive
        assert read(spider, reply(URL, html, headers=[("X-Robots-Tag", "noindex, NoArchive")])).noarchive
        assert read(spider, reply(URL, page(SENTENCE, head='<meta name="ROBOTS" content="NOARCHIVE">'))).noarchive

    def test_section_and_tags(self, spider):
        before = (
            '<p class=duong-dan><a href="/">Trang chủ</a> / <a href="/kinh-te">Kinh tế</a></p>'
            '<p class=the><a href="/tag/lúa gạo">#lúa gạo</a>, <a>lúa gạo</a></p>'
        )
        article = read(spider, reply(URL, page(f"<p>{SENTENCE}</p>", before=before)))
        assert (article.section, article.tags) == (["Kinh tế"], ["lúa gạo"])

    def test_language(self, spider):
        text = "<p>The river rose overnight, and it has flooded several of the roads in the north of the province.</p>"
        english = page(text * 4).replace('lang="vi"', 'lang="en-US"')
        assert read(spider, reply(URL, english)).language == "en"
        assert read(spider, reply(URL, page(f"<p>{SENTENCE}</p>").replace('lang="vi"', 'lang="en"'))).language == "vi"

    def test_province_of_today(self, spider):
        assert read(spider, reply(URL, page(SENTENCE))).province == "Hải Phòng"


class TestBytes:
    @pytest.mark.parametrize(
        "body",
        [
            page(f"<p>{SENTENCE}</p>").encode(),
            b"\xef\xbb\xbf" + page(f"<p>{SENTENCE}</p>").encode(),
            gzip.compress(page(f"<p>{SENTENCE}</p>").encode(), mtime=0),
            page(f"<p>{SENTENCE}</p>").encode("utf-16"),
        ],
    )
    def test_encodings(self, spider, body):
        assert (
            read(spider, reply(URL, body, headers=[("Content-Type", "text/html; charset=iso-8859-1")])).body == SENTENCE
        )

    def test_charset_of_the_header(self, spider):
        body = "<h1>a</h1><div id=noidung>Đà Nẵng</div>".encode("windows-1258", "ignore")
        article = read(spider, reply(URL, body, headers=[("Content-Type", "text/html; charset=windows-1258")]))
        assert article.body.startswith("Đà N")

    @pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8"])
    def test_utf8_with_a_bad_byte(self, spider, charset):
        body = page(f"<p>{SENTENCE}</p><p>Nước lên X rồi.</p>").encode().replace(b"X", b"\x96")
        article = read(spider, reply(URL, body, headers=[("Content-Type", f"text/html; charset={charset}")]))
        assert paragraphs(article) == [SENTENCE, "Nước lên \ufffd rồi."]

    @pytest.mark.parametrize("text", [SENTENCE, "Ba con trâu ra sông ăn cây non trên bãi."])
    def test_utf16_without_a_mark(self, spider, text):
        for order in ("le", "be"):
            charset = "utf-16" if order == "le" else "utf-16be"
            body = page(f"<p>{text}</p>").encode(f"utf-16-{order}")
            article = read(spider, reply(URL, body, headers=[("Content-Type", f"text/html; charset={charset}")]))
            assert paragraphs(article) == [text]

    def test_a_reference_without_an_end_costs_nothing_else(self, spider):
        endless = "#" + "8" * 6000 + ";"
        script = f'<script type="application/ld+json">&quot;a&{endless}</script>'
        for html in (page(f"<p>{SENTENCE} &amp;{endless}</p>"), page(f"<p>{SENTENCE}</p>", head=script)):
            for design in ("noidung", "moi"):
                assert read(spider, reply(URL, html.replace("noidung", design))).body.startswith(SENTENCE)

    def test_gzip_without_a_header(self, spider):
        whole = page(f"<p>{SENTENCE}</p><p>{OTHER}</p>").encode()
        middle = whole.index(OTHER.encode())
        members = gzip.compress(whole[:middle]) + gzip.compress(whole[middle:])
        assert paragraphs(read(spider, reply(URL, members))) == [SENTENCE, OTHER]
        packed = gzip.compress(whole)
        assert paragraphs(read(spider, reply(URL, packed[:-8]))) == [SENTENCE, OTHER]

    def test_gzip_bomb(self, spider):
        body = gzip.compress(page(f"<p>{SENTENCE}</p>").encode() + bytes(50_000_000))
        with pytest.raises(ReadingLimitError, match="longer than"):
            read(spider, reply(URL, body))


class TestNoArticle:
    @pytest.mark.parametrize(
        ("html", "status", "kind"),
        [
            ('<html><script>document.cookie="D1N=9f";location.reload()</script></html>', 200, PageKind.WALL),
            ("<title>Just a moment...</title><p>Checking your browser</p>", 200, PageKind.WALL),
            ("<title>Access Denied</title><h1>Access Denied</h1><p>Reference 17", 200, PageKind.BLOCKED),
            ("<h2>Không tìm thấy trang</h2><p>Bài viết không tồn tại hoặc đã bị gỡ bỏ.", 200, PageKind.GONE),
            (page(f"<p>{SENTENCE}"), 404, PageKind.GONE),
            (page(f"<p>{SENTENCE}"), 410, PageKind.GONE),
            (page(f"<p>{SENTENCE}"), 403, PageKind.BLOCKED),
            (page(f"<p>{SENTENCE}"), 503, PageKind.BLOCKED),
            (
                '<link rel=canonical href="https://baovidu.vn/"><ul><li><a href=/a-1.html>Tin</a></ul>',
                200,
                PageKind.GONE,
            ),
        ],
    )
    def test_kinds(self, spider, html, status, kind):
        response = reply(URL, html, status=status)
        assert spider.read_page(response) is kind
        assert not list(spider.parse_article(response))

    def test_article_about_such_pages(self, spider):
        html = page(f"<p>{SENTENCE}</p><p>Trang báo lỗi 404, access denied.</p>", title="Lỗi 404: không tìm thấy trang")
        assert read(spider, reply(URL, html)).body.startswith(SENTENCE)

    @pytest.mark.parametrize("design", ["noidung", "khung-moi"])
    @pytest.mark.parametrize(
        "headline",
        [
            "Trao 404 suất quà cho học sinh nghèo",
            "Ba ngày sau lũ vẫn không tìm thấy hai ngư dân",
            "Hàng trăm biển quảng cáo sai phép đã bị gỡ",
            "Con đường không tồn tại trên bản đồ",
            "Khám phá Forbidden City giữa mùa đông",
            "Vì sao mã captcha làm khó người cao tuổi?",
            "Just a moment: 17 phút của nghệ sĩ trẻ",
            "Tài khoản mạng bị từ chối truy cập, người dân nên làm gì",
        ],
    )
    def test_a_word_in_a_headline_changes_nothing(self, spider, design, headline):
        html = page(f"<p>{SENTENCE}</p>", title=headline).replace('id="noidung"', f'class="{design}" id="{design}"')
        article = read(spider, reply(URL, html))
        assert (article.title, article.body) == (headline, SENTENCE)

    ANYWHERE = f"https://baovidu.vn/?ref={'a' * 2500}"
    SHORT = "Chiều qua, xã Ví Dụ có thêm ba hộ được cấp nước sạch từ bể chứa mới ở thôn Đông."

    @pytest.mark.parametrize(
        "html",
        [
            page(f"<p>{SHORT}", head="<link rel=canonical href='https://baovidu.vn/'>"),
            page(f"<p>{SHORT}", head="<meta property=og:url content='https://baovidu.vn'>"),
            page("<p>Đò sang ngang</p><p>Bến vắng</p>", head="<meta property=og:url content='https://baovidu.vn'>"),
            page(f"<p>{SHORT}") + "<form><h2>Captcha</h2><input name=ma></form>",
            page("<img src=/a.jpg>", title="Lỗi 404 - triển lãm của sinh viên trường mỹ thuật"),
            page("<iframe src=/v></iframe>", title="Ngôi làng: nội dung không tồn tại trong mọi bản đồ cũ"),
            page("<p>Tìm em bên suối</p><p>Hoa gạo rơi</p><p>Chiều xuống núi</p>", title="Không tìm thấy"),
            page("<video></video>", head=f"<meta http-equiv=refresh content='0;url={ANYWHERE}&p=4711'>"),
            page("<video></video>", head="<noscript><meta http-equiv=refresh content='0;url=/404.html'></noscript>"),
        ],
    )
    def test_an_article_with_little_text_is_not_gone(self, spider, html):
        assert isinstance(spider.read_page(reply(URL, html)), Article)

    @pytest.mark.parametrize(
        ("status", "location", "is_gone"),
        [
            (301, "/", True),
            (302, "https://baovidu.vn/?utm_source=cu", True),
            (301, "/?p=4711", False),
            (302, "/?cookie_check=1&back=/kinh-te/mua-to-17.html", False),
        ],
    )
    def test_only_a_bare_front_page_is_nowhere(self, spider, status, location, is_gone):
        found = is_sent_away(reply(URL, "", status=status, headers=[("Location", location)]), spider.addresses)
        assert found is is_gone

    @pytest.mark.parametrize("title", ["Bảo trì", "Báo Ví Dụ"])
    def test_a_site_under_maintenance_is_no_article(self, spider, title):
        message = "<h1>Hệ thống đang được nâng cấp</h1><p>Xin quý độc giả vui lòng quay lại sau ít phút.</p>"
        assert spider.read_page(reply(URL, f"<title>{title}</title>{message}")) is PageKind.BLOCKED

    @pytest.mark.parametrize(
        ("title", "message"),
        [
            ("404", "<h1>404</h1><p>Trang bạn tìm không tồn tại. Vui lòng quay về trang chủ.</p>"),
            ("Báo Ví Dụ", "<div class=loi>Bài viết này đã được gỡ bỏ hoặc không còn tồn tại.</div>"),
            ("Không tìm thấy trang | Báo Ví Dụ", "<h2>Rất tiếc!</h2><p>Xin lỗi, đường dẫn đã thay đổi.</p>"),
            ("404 Not Found", "<h1>Not Found</h1><p>The requested URL /a-17.html was not found on this server.</p>"),
        ],
    )
    def test_gone_among_other_news(self, spider, title, message):
        rows = "".join(
            f"<div><h3><a href=/tin-{number}.html>Chợ phiên vùng cao ngày giáp Tết</a></h3><p>{SENTENCE}</p></div>"
            for number in range(20, 26)
        )
        html = (
            f"<title>{title}</title><ul><li><a href=/kinh-te>Kinh tế</a></ul>{message}<h4>Tin mới</h4><div>{rows}</div>"
            "<div>Giấy phép số 12/GP-BC. Ghi rõ nguồn khi phát hành lại thông tin.</div>"
        )
        assert spider.read_page(reply(URL, html)) is PageKind.GONE

    def test_front_page_in_place_of_an_article(self, spider):
        rows = "".join(
            f"<li><a href=/tin-{number}.html>Lễ hội đua thuyền trên sông</a><p>{OTHER}</p></li>"
            for number in range(30, 40)
        )
        html = f'<title>Báo Ví Dụ</title><link rel=canonical href="https://baovidu.vn/"><ul>{rows}</ul>'
        assert spider.read_page(reply(URL, html)) is PageKind.GONE

    def test_redirected_to_the_front_page(self, spider):
        assert spider.read_page(reply("https://baovidu.vn/", page(f"<p>{SENTENCE}"))) is PageKind.GONE


def torn_pages() -> Iterator[tuple[str, str, bytes]]:
    """Pages of the replica, cut, shuffled and strewn with garbage: source, address, body."""
    chance = random.Random(7)
    pieces = [
        b"<",
        b">",
        b"\x00",
        b"\xff\xfe",
        b"</body></html>",
        b"<table><tr>",
        b"<!--",
        b"<svg><p>",
        b"&#x110000;",
        b"<script>",
    ]
    for site in sites(articles=20):
        for story in site.stories[:12]:
            url = story.urls[0]
            body = bytes(fetch(site, url).body)
            cut, start = chance.randrange(len(body)), chance.randrange(len(body))
            yield site.name, url, body[:cut]
            yield site.name, url, body[start:] + body[:cut]
            torn = bytearray(body)
            for _ in range(40):
                at = chance.randrange(len(torn))
                torn[at : at + chance.randrange(30)] = chance.choice(pieces)
            yield site.name, url, bytes(torn)
            yield site.name, url, bytes(byte ^ 0x80 for byte in body)


def worst_pages() -> Iterator[bytes]:
    inside = page("{}").partition("{}")
    for filling in (
        "<div>" * 100_000,
        "<span>" * 100_000 + SENTENCE,
        "<table><tr><td>" * 5_000 + SENTENCE,
        f'<p class="{"x" * 1_000_000}" style="{"y" * 1_000_000}">{SENTENCE}',
        "<p>" * 50_000,
        "<img src=a.jpg>" * 20_000,
        f"<figure><img src=a.jpg><figcaption>{'ă' * 500_000}</figcaption></figure><p>{'ă' * 500_000}</p>",
        "<p>Xem 01/02/" * 5_000,
        " " * 2_000_000,
        "<p>" + "a" * 2_000_000,
        "<p>" + "\u0301" * 300_000,
        f"<p>{SENTENCE}" + "\u0315" * 120_000 + "</b>" + "\u0316" * 120_000,
        f"<p>{SENTENCE}" + "&#789;" * 70_000 + "&#790;" * 70_000,
        "<p>&amp;" * 100_000,
        "<p>1 - " * 50_000,
        "<script type='application/ld+json'>" + " " * 250_000 + "]]>",
    ):
        yield (inside[0] + filling + inside[2]).encode()
        yield filling.encode()
    yield from (b"", b"\x00" * 1000, b"\x1f\x8b\x08" + b"\x00" * 100, b"\x1f\x8b", random.Random(1).randbytes(100_000))


def test_torn_pages_stop_no_reader():
    spiders = {site.name: make_spider(site.name) for site in sites(articles=1)}
    for name, url, body in torn_pages():
        with suppress(ReadingLimitError):
            for found in spiders[name].parse_article(reply(url, body)):
                assert found.id == spiders[name].article_id(url)


def test_the_worst_pages_stop_no_reader(spider):
    for body in worst_pages():
        started = time.process_time()
        with suppress(ReadingLimitError):
            for found in spider.parse_article(reply(URL, body)):
                assert found.id == "baovidu:17"
        assert time.process_time() - started < 20, body[
            :80
        ]  # seconds, on a busy machine; a quadratic reader takes minutes


@pytest.mark.parametrize("name", ["baoquangninh", "yenmy"])
def test_reading_again_gives_the_same(name):
    site = next(site for site in sites(articles=20) if site.name == name)
    pages = [fetch(site, story.urls[0]) for story in site.stories]
    readings = [
        [list(spider.parse_article(page)) for page in pages] for spider in (make_spider(name), make_spider(name))
    ]
    assert readings[0] == readings[1]


@pytest.mark.parametrize(
    ("html", "base"),
    [
        ("<svg><base href=/a/></svg>", "/"),
        ("<svg><g><base href=/a/></g></svg><base href=/b/>", "/b/"),
        ("<math><base href=/a/></math><base href=/b/>", "/b/"),
        ("<svg><mi><base href=/a/></mi></svg>", "/"),
        ("<svg><foreignObject><p><base href=/a/></p></foreignObject></svg>", "/a/"),
        ("<svg><desc><svg><base href=/a/></svg></desc></svg>", "/"),
        ("<math><mi><base href=/a/></mi></math>", "/a/"),
        ("<base><base href=/a/>", "/a/"),
        ("<svg>" + "<base href=/a/>" * 20_000, "/"),
    ],
)
def test_base_in_a_drawing_is_none(html: str, base: str) -> None:
    assert base_of(parsed(html), "https://a.vn/") == f"https://a.vn{base}"
