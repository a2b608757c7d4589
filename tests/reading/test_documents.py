"""Files attached to an article: which of a page's links are its documents, and how they are called."""

from __future__ import annotations

import pytest

from newsbot.items import Article
from newsbot.reading.page_kinds import PageKind
from newsbot.spider import NewsSpider
from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, PlainSpider
from tests.harness.pages import make_spider, reply

TITLE = "Xã Ví Dụ công bố kế hoạch phòng chống lũ"
SPIDERS = pytest.mark.parametrize("kind", [BaoviduSpider, PlainSpider])


def read(kind: type[NewsSpider], text: str, after: str = "", beside: str = "") -> Article | PageKind:
    html = (
        f'<!DOCTYPE html><html lang="vi"><head><title>{TITLE}</title></head><body><div class="trang"><div class="bai">'
        f'<h1>{TITLE}</h1><div class="ngay">08/01/2026 10:02</div><div id="noidung">{text}</div>{after}</div>'
        f'{beside}</div><div id="footer">Bản quyền của báo. <a href="/quy-che.pdf">Quy chế</a></div></body></html>'
    )
    return make_spider(kind).read_page(reply(URL, html))


def documents(kind: type[NewsSpider], text: str, after: str = "", beside: str = "") -> list[tuple[str | None, ...]]:
    article = read(kind, f"<p>{SENTENCE}</p><p>{OTHER}</p>{text}", after, beside)
    assert isinstance(article, Article)
    return [(each["url"], each["title"], each["format"]) for each in article.documents]


@SPIDERS
@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="/vb/kh-17.pdf">Kế hoạch số 17</a>', ("https://baovidu.vn/vb/kh-17.pdf", "Kế hoạch số 17", "pdf")),
        ('<a href="/vb/KH%2017.DOCX">tại đây</a>', ("https://baovidu.vn/vb/KH%2017.DOCX", "KH 17.DOCX", "docx")),
        ('<a href="/vb/a.xls" title="Bảng giá đất">Tải về</a>', ("https://baovidu.vn/vb/a.xls", "Bảng giá đất", "xls")),
        (
            '<a href="/documents/1/0/KH+17.pdf/0b1c?version=1.0">đính kèm</a>',
            ("https://baovidu.vn/documents/1/0/KH+17.pdf/0b1c?version=1.0", "KH 17.pdf", "pdf"),
        ),
        ('<a href="/tai.aspx?f=vb/a.rar">Phụ lục</a>', ("https://baovidu.vn/tai.aspx?f=vb/a.rar", "Phụ lục", "rar")),
        (
            '<a href="/Tai.aspx?download=5">240 qd.pdf</a>',
            ("https://baovidu.vn/Tai.aspx?download=5", "240 qd.pdf", "pdf"),
        ),
        (
            'Tệp đính kèm: <a href="/dinh-kem/512">Quyết định 240</a>',
            ("https://baovidu.vn/dinh-kem/512", "Quyết định 240", None),
        ),
        ('<iframe src="/pdfjs/viewer.html?file=/vb/a.pdf"></iframe>', ("https://baovidu.vn/vb/a.pdf", "a.pdf", "pdf")),
        ('<embed src="/vb/a.pdf#page=2">', ("https://baovidu.vn/vb/a.pdf#page=2", "a.pdf", "pdf")),
        ('<object data="/vb/a.pdf" type="application/pdf"></object>', ("https://baovidu.vn/vb/a.pdf", "a.pdf", "pdf")),
    ],
)
def test_link_in_the_text(kind, link, expected):
    assert documents(kind, f"<p>{link}</p>") == [expected]


@SPIDERS
@pytest.mark.parametrize(
    "after",
    [
        '<div class="attachments"><ul><li><a href="/vb/a.pdf">Quyết định 240</a></ul></div>',
        '<div>Tài liệu đính kèm: <a href="/vb/a.pdf">Quyết định 240</a></div>',
        '<div class="file-dinh-kem"><a href="/vb/a.pdf">Quyết định 240</a></div>',
    ],
)
def test_link_below_the_text(kind, after):
    assert documents(kind, "", after) == [("https://baovidu.vn/vb/a.pdf", "Quyết định 240", "pdf")]


@SPIDERS
def test_two_links_to_one_file_are_one_document_with_the_better_name(kind):
    text = '<p><a href="/vb/a.pdf">Tải về</a> <a href="/vb/a.pdf">Quyết định 240</a></p>'
    assert documents(kind, text) == [("https://baovidu.vn/vb/a.pdf", "Quyết định 240", "pdf")]


@SPIDERS
@pytest.mark.parametrize(
    ("text", "after", "beside"),
    [
        ("", "", '<div class="cot-phai"><h3>Văn bản mới</h3><a href="/vb/a.pdf">Quyết định 1</a></div>'),
        ("", '<div class="tin-lien-quan"><a href="/vb/a.pdf">Quyết định 1, tải về</a></div>', ""),
        ("", '<div class="khac"><a href="/vb/a.pdf">Quyết định 1</a></div>', ""),
        ('<p hidden>Tải về: <a href="/vb/a.pdf">Quyết định 1</a></p>', "", ""),
        ('<p><a href="/tai-ve-ung-dung">Tải ứng dụng</a> <a href="https://docs.vidu.vn/">Tra cứu</a></p>', "", ""),
        ('<p><a href="/bai.pdf.html">Bài</a> <a href="javascript:tai(\'a.pdf\')">Tải</a></p>', "", ""),
        ('<iframe src="https://video.vidu.vn/embed/5"></iframe>', "", ""),
    ],
)
def test_other_links_are_no_documents(kind, text, after, beside):
    assert documents(kind, text, after, beside) == []


@SPIDERS
@pytest.mark.parametrize("tag", ["a href", "iframe src"])
def test_an_address_is_whole_or_left_out(kind, tag):
    short, long = (f"/vb/a.pdf?ky={'a' * length}&cuoi=1" for length in (1900, 2500))
    shown = "".join(f'<p><{tag}="{link}">Quyết định 240</{tag.split()[0]}></p>' for link in (short, long))
    assert [url for url, _, _ in documents(kind, shown)] == [f"https://baovidu.vn{short}"]


@SPIDERS
def test_notice_that_is_but_its_files_says_their_names(kind):
    article = read(kind, '<a href="/vb/a.pdf">Quyết định số 240 về phòng chống lũ</a>')
    assert isinstance(article, Article)
    assert (article.body, len(article.documents)) == ("Quyết định số 240 về phòng chống lũ", 1)
