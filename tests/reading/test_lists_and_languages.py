"""What a list or a table puts before its paragraphs, and which language a text is in."""

from __future__ import annotations

import pytest

from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, PlainSpider, page
from tests.harness.pages import make_spider, read, reply

SPIDERS = pytest.mark.parametrize("kind", [BaoviduSpider, PlainSpider])
ENGLISH = (
    "The water of the river has risen since last night, and hundreds of families in the north have moved to "
    "the school on the hill with what they could carry, the commune said on Monday."
)
CHINESE = "昨夜以来河水上涨，全镇数百户居民已转移到山上的学校，当地政府星期一表示，救援工作仍在进行，道路暂时中断。"


@SPIDERS
@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<ul><li>Xã A: 17 hộ<li><p>Xã B: 5 hộ</p></ul>", ["- Xã A: 17 hộ", "- Xã B: 5 hộ"]),
        ("<ol><li>Dọn nhà<li>Phát quà</ol>", ["1. Dọn nhà", "2. Phát quà"]),
        ("<ol start=4><li>Dọn nhà<li value=9>Phát quà<li>Họp</ol>", ["4. Dọn nhà", "9. Phát quà", "10. Họp"]),
        ("<ol start=99999999999><li>Dọn nhà</ol>", ["1. Dọn nhà"]),
        ("<ul><li>- Xã A<li>• Xã B<li>1. Xã C<li>a) Xã D</ul>", ["- Xã A", "• Xã B", "1. Xã C", "a) Xã D"]),
        ("<ul><li><p>Xã A</p><p>17 hộ phải dời đi.</p></ul>", ["- Xã A", "17 hộ phải dời đi."]),
        ("<table><tr><th>Xã<th>Hộ<tr><td>A<td>17</table>", ["Xã | Hộ", "A | 17"]),
        ("<table><tr><td>Giá:<td>7.000 đồng<tr><td><td>Một ô</table>", ["Giá: 7.000 đồng", "Một ô"]),
        ("<table><tr><td><p>Cá</p><td><p>90.000</p></table>", ["Cá | 90.000"]),
    ],
)
def test_marks(kind, html, lines):
    article = read(make_spider(kind), reply(URL, page(f"<p>{SENTENCE}</p>{html}<p>{OTHER}</p>")))
    assert article.body.split("\n\n") == [SENTENCE, *lines, OTHER]


def test_names_in_a_table_sign_nothing():
    table = "<table><tr><td>Lê An<td>Hồ Ba</table>"
    article = read(make_spider(BaoviduSpider), reply(URL, page(f"<p>{SENTENCE}</p><p>{OTHER}</p>{table}")))
    assert (article.body.split("\n\n")[-1], article.authors) == ("Lê An | Hồ Ba", [])


@pytest.mark.parametrize(
    ("url", "claimed", "title", "text", "language"),
    [
        (URL, "vi", "Floods in the north", f"<p>{ENGLISH}</p><p>{ENGLISH}</p>", "en"),
        (URL, "en", "Mưa to ở Ví Dụ", f"<p>{SENTENCE}</p><p>{OTHER}</p>", "vi"),
        (URL, "vi", "河水上涨", f"<p>{CHINESE}</p><p>{CHINESE}</p>", "zh"),
        (URL, "en", "Floods in the north of the town", "<p>The road is closed.</p>", "en"),
        (URL, "vi", "Floods in the north of the town", "<p>The road is closed.</p>", "vi"),
        (
            "https://en.baovidu.vn/a-17.html",
            "vi",
            "Floods in the north of the town",
            "<p>The road is closed.</p>",
            "en",
        ),
        (URL, "en", "Thong bao", "<p>Xem file dinh kem.</p>", "vi"),
        (URL, "en", "Wi-Fi 7", "<p>Xem video clip.</p>", "vi"),
    ],
)
def test_language(url, claimed, title, text, language):
    class Edition(BaoviduSpider):
        name = "edition"
        allowed_domains = ["baovidu.vn", "en.baovidu.vn"]

    html = page(text, title=title).replace('lang="vi"', f'lang="{claimed}"')
    assert read(make_spider(Edition), reply(url, html)).language == language
