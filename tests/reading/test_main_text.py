"""Pages of no known design, made by chance: no paragraph of the article is lost, nothing else of the page is kept."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.items import Article
from newsbot.spider import NewsSpider
from tests.harness.pages import fetch, load, make_spider, read, reply
from tests.replica.redesign import redesigned_page
from tests.replica.sites import sites

URL = "https://baovidu.vn/doi-song/cho-que-17.html"
TITLE = "Chợ quê ngày giáp Tết đông hơn mọi năm"
VOCABULARY = (
    "nước sông đồng lúa vụ mùa thôn xã đê kè hộ dân trường học trạm bơm mưa gió nắng cầu đường chợ phiên ruộng vườn"
    " bãi thuyền lưới cá tôm ngô khoai sắn chè mía bưởi cam quýt trâu bò gà vịt nhà máy xưởng thợ tre nứa gốm lụa"
)
WORDS = VOCABULARY.split()


class BaoviduSpider(NewsSpider):
    """Báo Ví Dụ, https://baovidu.vn"""

    name = "baovidu"
    province = "Hải Dương"
    allowed_domains = ["baovidu.vn"]
    article_url = (r"-(?P<id>\d+)\.html$",)


SPIDER = make_spider(BaoviduSpider)


@dataclass(frozen=True)
class Piece:
    """A piece of an article: what its author wrote, and how it is marked up."""

    lines: tuple[str, ...]
    html: str


def words(fewest: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), min_size=fewest, max_size=most).map(" ".join).map(str.capitalize)


LONG = words(15, 50).map(lambda text: text + ".")
SHORT = words(2, 6).map(lambda text: text + ".")
LABEL = words(2, 6)
SPEECH = words(2, 8).map(lambda text: f"- {text}?")
TEXT = st.one_of(LONG, SHORT)


def tagged(tag: str) -> st.SearchStrategy[Piece]:
    return TEXT.map(lambda text: Piece((text,), f"<{tag}>{text}</{tag.split()[0]}>"))


def listed(lines: list[str]) -> Piece:
    return Piece(tuple(lines), "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>")


def tabled(rows: list[tuple[str, str]]) -> Piece:
    cells = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in rows)
    return Piece(tuple(f"{left} | {right}" for left, right in rows), f"<table><tbody>{cells}</tbody></table>")


def broken(lines: list[str]) -> Piece:
    return Piece(tuple(lines), "<p>" + "<br><br>".join(lines) + "</p>")


def headed(parts: tuple[str, str]) -> Piece:
    return Piece(parts, f"<h3>{parts[0]}</h3><p>{parts[1]}</p>")


PIECES = st.one_of(
    tagged("p"),
    tagged("p"),
    tagged("p style='text-align: justify'"),
    tagged("div"),
    tagged("blockquote"),
    TEXT.map(lambda text: Piece((text,), f"<div><p>{text}</p></div>")),
    TEXT.map(lambda text: Piece((text,), f"<p><span><font>{text}</font></span></p>")),
    TEXT.map(lambda text: Piece((text,), f"<blockquote><p>{text}</p><p></p></blockquote>")),
    st.lists(TEXT, min_size=2, max_size=4).map(
        lambda lines: Piece(tuple(lines), "<p></p>" + "<br><br>".join(lines) + "<p></p>")
    ),
    st.lists(TEXT, min_size=2, max_size=4).map(
        lambda lines: Piece(tuple(lines), "<section>" + "".join(f"<p>{x}</p>" for x in lines) + "</section>")
    ),
    st.lists(TEXT, min_size=2, max_size=4).map(
        lambda lines: Piece(tuple(lines), "<ol>" + "".join(f"<li><p>{x}</p></li>" for x in lines) + "</ol>")
    ),
    LONG.map(
        lambda text: Piece(
            (text,), f"<figure><img src=/a.jpg><figcaption>Chú thích ảnh.</figcaption></figure><p>{text}</p>"
        )
    ),
    LONG.map(lambda text: Piece((text,), f"<p><img src=/b.jpg><br>Chú thích ảnh.</p><p>{text}</p>")),
    SPEECH.map(lambda text: Piece((text,), f"<p>{text}</p>")),
    TEXT.map(lambda text: Piece((text,), f"<p></p>{text}<p></p>")),
    TEXT.map(lambda text: Piece((text,), f"<p>{text.replace(' ', ' <b>', 1)}</b></p>")),
    LONG.map(lambda text: Piece((text,), "<p>{} <a href=/chu-de/lua>{}</a> {}</p>".format(*text.split(" ", 2)))),
    st.lists(LABEL, min_size=2, max_size=5).map(listed),
    st.lists(st.tuples(LABEL, SHORT), min_size=2, max_size=4).map(tabled),
    st.lists(TEXT, min_size=2, max_size=4).map(broken),
    st.tuples(LABEL, LONG).map(headed),
)
LEADS = LONG.map(lambda text: Piece((text,), f"<p>{text}</p>"))
SMALL = st.tuples(st.lists(PIECES, max_size=2), LEADS, st.lists(PIECES, max_size=2)).map(
    lambda parts: [*parts[0], parts[1], *parts[2]]
)
LARGE = st.tuples(
    st.lists(PIECES, max_size=4), LEADS, st.lists(PIECES, max_size=6), LEADS, st.lists(PIECES, max_size=4)
).map(lambda parts: [*parts[0], parts[1], *parts[2], parts[3], *parts[4]])
ARTICLES = st.one_of(SMALL, LARGE)


@dataclass(frozen=True)
class Design:
    content: str  # how the article's element begins
    wrap: bool
    before: tuple[str, ...]
    inside: tuple[str, ...]  # right behind the text, in its element
    middle: str
    after: tuple[str, ...]
    form: bool  # all of the page is one, as ASP.NET has it
    lead: str  # what stands between the headline and the text
    columns: bool  # a layout by tables


ROWS = "".join(f"<li><a href=/tin-{number}.html>Hội làng mở sớm ở xã thứ {number}</a></li>" for number in range(40, 46))
CARDS = "".join(
    f"<div class=o><h4><a href=/tin-{number}.html>Đò ngang bến số {number}</a></h4>"
    f"<p>Bến đò số {number} vừa được sửa lại để phục vụ bà con đi lễ đầu xuân năm nay.</p></div>"
    for number in range(50, 56)
)
FURNITURE = (
    "Hội làng mở sớm",
    "Đò ngang",
    "Bến đò số",
    "Trang chủ",
    "Chia sẻ",
    "Bản quyền",
    "BÌNH LUẬN",
    "Quảng cáo",
    "ký tự",
    "Từ khóa",
    "thẻ lúa",
    "Tin liên quan",
    "Xem thêm",
    "Chú thích",
    "Độc giả",
    "10/03/2026",
    "giấy phép",
    "kiểu chữ",
    "bí mật",
    "Hà Thu",
)
BEFORE = (
    "<nav><a href=/>Trang chủ</a><a href=/doi-song>Đời sống</a></nav>",
    "<div class=menu><ul><li><a href=/>Trang chủ</a></li><li><a href=/doi-song>Đời sống</a></li></ul></div>",
    f"<div class=top><ul>{ROWS}</ul></div>",
    f"<div>{CARDS}</div>",
    "<div class=share><span>Chia sẻ</span></div>",
    "<form><select><option>kiểu chữ</option></select></form>",
)
INSIDE = (
    "<p><b>Xem thêm:</b></p><ul><li><a href=/tin-41.html>Hội làng mở sớm ở xã thứ 41</a></li></ul>",
    f"<div><h3>Tin liên quan</h3><ul>{ROWS}</ul></div>",
    "<div class=the>Từ khóa: <a href=/tag/lua>thẻ lúa</a></div>",
    "<div>Quảng cáo</div>",
    "<p>10/03/2026 08:15</p>",
    "<p style='display:none'>Dòng chữ bí mật.</p>",
    "<p><a href=/tin-42.html>>> Hội làng mở sớm ở xã thứ 42</a></p>",
)
MIDDLE = (
    "",
    "",
    "<p>Xem thêm: <a href=/tin-43.html>Hội làng mở sớm ở xã thứ 43</a></p>",
    "<div class=quang-cao>Quảng cáo</div>",
    f"<div><b>Tin liên quan</b><ul>{ROWS}</ul></div>",
    f"<div class=box-related>{CARDS}</div>",
    "<script>var bi_mat = 'bí mật';</script>",
)
AFTER = (
    f"<div class=right>{CARDS}</div>",
    f"<div>{CARDS}</div>",
    "<div class=comment-list><div><b>Nam</b><p>Độc giả thấy bài này rất hay và đúng với quê mình lắm.</p></div></div>",
    f"<aside><h3>Xem thêm</h3><ul>{ROWS}</ul></aside>",
    f"<div class=tin-khac><h3>Tin liên quan</h3><ul>{ROWS}</ul></div>",
    "<div class=comments><h3>BÌNH LUẬN</h3><textarea></textarea><p>Bạn còn 500/500 ký tự</p></div>",
    "<footer><p>Bản quyền thuộc Báo Ví Dụ, giấy phép số 12 ngày 10/03/2026.</p></footer>",
    "<div class=bottom><p>Bản quyền thuộc Báo Ví Dụ.</p><p>Giấy phép số 12, cấp ngày 10/03/2026.</p></div>",
)
DESIGNS = st.builds(
    Design,
    content=st.sampled_from(
        ("<div class=content>", "<article>", "<div id=a1>", "<section class='x y'>", "<td valign=top>")
    ),
    wrap=st.booleans(),
    before=st.lists(st.sampled_from(BEFORE), max_size=3, unique=True).map(tuple),
    inside=st.lists(st.sampled_from(INSIDE), max_size=3, unique=True).map(tuple),
    middle=st.sampled_from(MIDDLE),
    after=st.lists(st.sampled_from(AFTER), max_size=4, unique=True).map(tuple),
    form=st.booleans(),
    lead=st.sampled_from(("", "<div class=anh><img src=/c.jpg></div>", "<p class=tacgia>Hà Thu</p>")),
    columns=st.booleans(),
)


def page(article: list[Piece], design: Design) -> str:
    tag = design.content[1:].split()[0].rstrip(">")
    half = next(
        place for place, piece in enumerate(article) if piece.html.startswith("<p>") and len(piece.lines[0]) > 45
    )
    text = [piece.html for piece in article]
    text.insert(half + 1, design.middle)
    content = design.content + "".join((*text, *design.inside)) + f"</{tag}>"
    if tag == "td":
        content = f"<table><tbody><tr>{content}</tr></tbody></table>"
    head = f"<h1>{escape(TITLE)}</h1><div class=ngay>10/03/2026 08:15</div>{design.lead}"
    main = f"<div class=main>{head}{content}</div>" if design.wrap else head + content
    before, after = "".join(design.before), "".join(design.after)
    if design.columns:
        body = f"<table><tr><td>{before}</td><td>{main}</td><td>{after}</td></tr></table>"
    else:
        body = f"{before}{main}{after}"
    if design.form:
        body = f"<form id=aspnetForm>{body}</form>"
    return f"<!DOCTYPE html><html lang=vi><head><title>{escape(TITLE)}</title></head><body>{body}</body></html>"


@settings(deadline=None, max_examples=150, derandomize=True)
@given(ARTICLES, DESIGNS)
def test_no_paragraph_is_lost_and_no_furniture_kept(article, design):
    found = read(SPIDER, reply(URL, page(article, design)))
    said = f"{found.sapo or ''}\n\n{found.body}"
    assert [line for piece in article for line in piece.lines if line not in said] == []
    assert [label for label in FURNITURE if label in said] == []


def bare(name: str) -> NewsSpider:
    """A source's spider that knows no layout."""
    kind = load(name)
    return make_spider(type(kind.__name__, (kind,), {"layouts": (), "__module__": kind.__module__}))


def test_sites_are_read_without_their_layouts():
    for site in sites(articles=60):
        spider = bare(site.name)
        for story in site.stories[:8]:
            if story.kind != "article":
                continue
            for response in (fetch(site, story.urls[0]), reply(story.urls[0], redesigned_page(story, ()))):
                article = read(spider, response)
                assert article.title == story.title
                assert set(story.paragraphs) <= set(paragraphs(article)), story.urls[0]
                assert sum(map(len, paragraphs(article))) <= 1.01 * sum(map(len, story.paragraphs)), story.urls[0]


def paragraphs(article: Article) -> list[str]:
    return article.body.split("\n\n")


def test_an_article_in_pieces_is_read_whole():
    lines = [
        f"Tổ {number} đã gia cố xong đoạn đê xung yếu dài {number}00 mét trước khi cơn bão tới gần bờ."
        for number in range(2, 9)
    ]
    lead = "Bảy tổ xung kích của xã đã làm việc suốt hai ngày đêm để kịp gia cố tuyến đê trước giờ bão vào."
    parts = "".join(f"<div class=p{place}><p>{line}</p><script>qc()</script></div>" for place, line in enumerate(lines))
    side = (
        "<div class=sidebar>"
        + "<div><b>Góc nhìn</b><p>Một ý kiến khác, viết đã lâu, về chuyện đê điều.</p></div>" * 4
        + "</div>"
    )
    html = (
        f"<title>{TITLE}</title><h1>{TITLE}</h1><div class=dau><p>{lead}</p></div><div class=giua>{parts}</div>{side}"
    )
    assert paragraphs(read(SPIDER, reply(URL, html))) == [lead, *lines]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<p>Chiều buông bến cũ</p><p>Đò về muộn</p><p>Khói bếp lên</p><p>Mẹ chờ con</p>",
            ["Chiều buông bến cũ", "Đò về muộn", "Khói bếp lên", "Mẹ chờ con"],
        ),
        (
            "<ul><li>Trường Lê Lợi: 17 điểm</li><li>Phường Hai: 5 hộ</li><li>Phường Ba: 11 hộ</li></ul>",
            ["- Trường Lê Lợi: 17 điểm", "- Phường Hai: 5 hộ", "- Phường Ba: 11 hộ"],
        ),
        (
            "<table><tr><td>Hàng<td>Giá<tr><td>Gạo nếp<td>28.000 đồng<tr><td>Chè búp<td>150.000 đồng</table>",
            ["Hàng | Giá", "Gạo nếp | 28.000 đồng", "Chè búp | 150.000 đồng"],
        ),
        (
            "<p>Từ ngày 5/8, thành phố cho thông xe kỹ thuật cầu vượt ở ngã tư phía bắc sau mười tháng thi công</p>",
            ["Từ ngày 5/8, thành phố cho thông xe kỹ thuật cầu vượt ở ngã tư phía bắc sau mười tháng thi công"],
        ),
        ("<p>Lịch phát nước ngày 5/8:</p><ul><li>Xóm Đông</ul>", ["Lịch phát nước ngày 5/8:", "- Xóm Đông"]),
        ("<p>Sáng nay hội mở.</p>", ["Sáng nay hội mở."]),
        ("<p><img src=/a.jpg></p>", []),
        ("<video></video>", []),
    ],
)
@pytest.mark.parametrize("tag", ["h1", "div"])
def test_a_text_without_a_sentence_is_one_too(html, expected, tag):
    page = (
        "<title>Xã chuẩn bị hội xuân</title><ul><li><a href=/>Trang chủ</a><li><a href=/tin>Tin tức</a></ul>"
        f"<{tag}>Xã chuẩn bị hội xuân</{tag}><div>05/08/2026 07:10</div><div class=khung>{html}</div>"
        "<div class=chan><p>Giấy phép số 1/GP của Sở</p><p>Điện thoại: 0220 111 222</p><p>Bản quyền</p></div>"
    )
    assert [line for line in read(SPIDER, reply(URL, page)).body.split("\n\n") if line] == expected


def test_paragraphs_without_full_stops_are_read():
    lines = [f"Đoạn {number} của con đường liên thôn đã được trải nhựa trước mùa mưa năm nay" for number in range(1, 6)]
    page = f"<title>Đường mới</title><h1>Đường mới</h1><div>{''.join(f'<p>{line}</p>' for line in lines)}</div>"
    assert paragraphs(read(SPIDER, reply(URL, page))) == lines


FIRST = "Từ tháng mười, thuyền từ các bến dưới lại ngược lên họp chợ, đông hơn năm trước."
SECOND = "Hàng bán nhiều nhất là cá khô, mắm và chiếu cói của các làng ven biển đem lên."

THIRD = "Phiên chính họp từ nửa đêm, đến khi mặt trời lên thì người mua kẻ bán đã vãn dần."


@pytest.mark.parametrize(
    ("between", "lines"),
    [
        (
            "<table><tr><td><p>Cá khô</p><td><p>90.000</p><tr><td><p>Chiếu</p><td><p>150.000</p></table>",
            ["Cá khô | 90.000", "Chiếu | 150.000"],
        ),
        (
            f"<table><tr><td><p>{FIRST[:70]}.</p><p>Đông.</p><td><p>{SECOND}</p></table>",
            [FIRST[:70] + ".", "Đông.", SECOND],
        ),
        ("<p>Số trúng thưởng:</p><p>07</p><p>45%</p>", ["Số trúng thưởng:", "07", "45%"]),
        ("<ol><li>12</li><li>7</li></ol>", ["1. 12", "2. 7"]),
        ("<div>100%</div><div>1</div>", []),
        (
            "<p>Xin hỏi thêm:</p><p>Ban quản lý chợ</p><p>Điện thoại: 0226 111 222</p>",
            ["Xin hỏi thêm:", "Ban quản lý chợ", "Điện thoại: 0226 111 222"],
        ),
        (
            "<div><p><b>Loạt bài: Chợ bến</b></p><p><a href=/k-11.html>Kỳ 1: Bến cũ</a></p>"
            "<p><a href=/k-12.html>Kỳ 2: Bến mới</a></p></div>",
            [],
        ),
        ("<div>Lượt xem: 1.234</div><div>Click để đánh giá bài viết</div>", []),
        ("<div><p>Đăng ký nhận bản tin của chúng tôi để đọc tin mỗi ngày.</p></div>", []),
        ("<div><h4>Chuyên đề</h4><a href=/k-11.html>Bến cũ bến mới</a></div>", []),
        (
            "<div><a href=/k-11.html><img src=t.jpg></a><div><a href=/k-11.html>Bến cũ</a>"
            "<p>Bến nay đã vắng.</p></div></div>",
            [],
        ),
        (
            "<div class=hop><p><b>Chợ bến</b></p>"
            "<p>Chợ có từ <a href=/tag/1890>năm 1890</a>, họp ba phiên một tháng.</p></div>",
            ["Chợ bến", "Chợ có từ năm 1890, họp ba phiên một tháng."],
        ),
        ("<p><img src=a.jpg></p><p class=Image>Chợ bến</p><p>Ảnh: Lan Chi</p>", []),
        ("<div class=anh><img src=a.jpg><div class=desc>Chợ bến</div></div>", []),
        ("<p>Tin đã đưa:<br><a href=/k-11.html>Bến cũ</a> (2/10)<br><a href=/k-12.html>Bến mới</a> (3/10)</p>", []),
    ],
)
def test_what_stands_between_two_paragraphs(between, lines):
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div class=k><p>{FIRST}</p>{between}<p>{SECOND}</p></div>"
    assert paragraphs(read(SPIDER, reply(URL, html))) == [FIRST, *lines, SECOND]


@pytest.mark.parametrize("line", ["Địa chỉ: bến Ví Dụ, xóm Đông", "Điện thoại: 0226 333 444", "Giấy phép số 7 của xã"])
def test_an_address_in_the_text_does_not_end_it(line):
    html = f"<div><p>{FIRST}</p><p>{THIRD}</p></div><div><p>{line}</p></div><div><p>{SECOND}</p></div>"
    foot = "<div><p>Bản quyền thuộc Báo Ví Dụ.</p><p>Điện thoại: 0226 111 222</p></div>"
    page = f"<title>{TITLE}</title><div class=k><h1>{TITLE}</h1><div class=m>{html}</div></div>{foot}"
    assert paragraphs(read(SPIDER, reply(URL, page))) == [FIRST, THIRD, line, SECOND]


def test_an_imprint_ends_it():
    html = f"<div><p>{FIRST}</p><p>{THIRD}</p></div>"
    foot = f"<div><p>Giấy phép số 7/GP của Sở</p><p>Tổng biên tập: Hà Thu</p><p>{SECOND}</p></div>"
    page = f"<title>{TITLE}</title><div class=k><h1>{TITLE}</h1><div class=m>{html}{foot}</div></div>"
    assert paragraphs(read(SPIDER, reply(URL, page))) == [FIRST, THIRD]


@pytest.mark.parametrize("name", ["<b>Hà Thu</b><br>", ""])
def test_an_old_table_parts_its_lines_by_single_breaks(name):
    others = "".join(f"<a href=/cu-{number}.html>Chuyện chợ số {number}</a> (2/10)<br>" for number in range(31, 36))
    html = (
        f"<title>{TITLE}</title><table><tr><td><ul><li><a href=/>Trang chủ</a></ul><td><span>{TITLE}</span><br>"
        f"<span>(05/10/2012 07:10)</span><br>{FIRST}<br><br>{SECOND}<br><br>"
        f"{name}<b>Tin đã đưa:</b><br>{others}</table>"
    )
    article = read(SPIDER, reply(URL, html))
    assert (paragraphs(article), article.published_at) == ([FIRST, SECOND], "2012-10-05T07:10:00+07:00")
    assert article.authors == (["Hà Thu"] if name else [])


def test_links_below_the_headline_take_it_not_with_them():
    links = "<p><a href=/k-11.html>Bến cũ</a></p><p><a href=/k-12.html>Bến mới</a></p>"
    lead = "Chợ bến năm nay mở sớm, thuyền về đông hơn mọi năm."
    html = (
        f"<title>{TITLE}</title><p>Báo in số 5 ra ngày mai, bạn đọc đón mua tại các sạp.</p><div><h1>{TITLE}</h1>"
        f"{links}</div><div class=m>{lead}</div><div class=k><p>{FIRST}</p><p>{SECOND}</p></div>"
    )
    assert paragraphs(read(SPIDER, reply(URL, html))) == [lead, FIRST, SECOND]


@pytest.mark.parametrize(
    ("html", "lines", "authors"),
    [
        (
            f"<p>I. CHỢ BẾN</p><p>{FIRST}</p><p>II. HÀNG HÓA</p><p>{SECOND}</p>",
            ["I. CHỢ BẾN", FIRST, "II. HÀNG HÓA", SECOND],
            [],
        ),
        (f"<p>{FIRST}</p><p>{SECOND}<br><b>Lan Chi</b></p>", [FIRST, SECOND], ["Lan Chi"]),
        (f"<p><b>Đỗ Lan Chi</b></p><p>{FIRST}</p><p>{SECOND}</p>", [FIRST, SECOND], ["Đỗ Lan Chi"]),
        (
            f"<p>{FIRST}</p><p>Trúng thưởng:</p><ol><li>Lê An<li>Hồ Ba<li>Vũ Tư<li>Đỗ Sáu</ol>",
            [FIRST, "Trúng thưởng:", "1. Lê An", "2. Hồ Ba", "3. Vũ Tư", "4. Đỗ Sáu"],
            [],
        ),
        (
            f"<p>{FIRST}</p><p>{SECOND}</p><table><tr><td><p>Nơi nhận:</p><p>- Lưu.</p><td><p>KT. CHỦ TỊCH</p>"
            "<p>PHÓ CHỦ TỊCH</p><p>Lê Văn Út</p></table>",
            [FIRST, SECOND, "Nơi nhận:", "- Lưu.", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lê Văn Út"],
            [],
        ),
        (
            f"<p>{FIRST}</p><p>{SECOND}</p><h3>Bình luận (2)</h3><div><b>Hồ An</b>"
            "<p>Chợ quê tôi vui lắm, năm nào cũng về.</p><a href=#>Trả lời</a></div>",
            [FIRST, SECOND],
            [],
        ),
        (
            f"<p>{FIRST}</p><p>{SECOND}</p><p>Bình luận</p><p>Hồ An</p><p>Chợ vui lắm.</p><p>Trả lời</p>",
            [FIRST, SECOND],
            [],
        ),
        (
            f"<p>{FIRST}</p><p>{SECOND}</p><div class=cmt><b>Hồ An</b><p>Chợ quê tôi vui lắm, năm nào cũng đi.</p>",
            [FIRST, SECOND],
            [],
        ),
    ],
)
def test_heads_names_and_comments(html, lines, authors):
    page = f"<title>{TITLE}</title><h1>{TITLE}</h1><p>05/10/2012</p><div class=k>{html}</div>"
    article = read(SPIDER, reply(URL, page))
    assert (paragraphs(article), article.authors) == (lines, authors)


def test_captions_are_told_by_their_names_and_their_credit():
    pictures = (
        "<p><img src=a.jpg></p><p class=Image>Chợ bến</p><p><img src=b.jpg></p><p><i>Thuyền</i></p><p>Ảnh: Lan Chi</p>"
    )
    page = f"<title>{TITLE}</title><h1>{TITLE}</h1><div class=k><p>{FIRST}</p>{pictures}<p>{SECOND}</p></div>"
    article = read(SPIDER, reply(URL, page))
    assert [image["caption"] for image in article.images] == ["Chợ bến", "Thuyền Ảnh: Lan Chi"]
