"""Pages in TCVN3, VNI and windows-1258, whole or in part, and pages in Unicode that must be left alone."""

from __future__ import annotations

import pytest

from newsbot.reading.legacy_pages import in_unicode
from newsbot.vietnamese.legacy_encodings import ENCODINGS
from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, PlainSpider, page
from tests.harness.fixture_pages import PAGES, captured
from tests.harness.pages import fetch, make_spider, read, reply
from tests.replica.legacy_encodings import written_in
from tests.replica.sites import sites

TITLE = "Mưa to kéo dài ở huyện Ví Dụ"
#: How pages say, or do not say, in which encoding they are.
DECLARED = ["", "windows-1252", "iso-8859-1", "x-user-defined", "utf-8"]
FOREIGN = (
    "Le château de Köln, où señor Müller a été très bien reçu, på norsk: også blåbær.",
    "Buôn Ako Dhông, Krông Nô, Ea H’leo, Êa Pôk, Čư M’gar, Kpă Klơng, Y Ñuôn.",
    "Hòa, toà, thuỷ, là, nhé, và, cũng, thì, có, số, một, mét, tôi, trẻ, rõ.",
    "Bụi PM2,5 ở mức 25 µg/m³, hạt cỡ 10 µm; Honda® và © Báo Ví Dụ; ½ số hộ; 37°C.",
    "Tàu Øresund chở Åsa, Björn, Søren, Gödel và Ångström sang Malmö, Tromsø, Reykjavík.",
)


def legacy(encoding: str, *paragraphs: str, title: str = TITLE) -> str:
    written = (written_in(encoding, paragraph) for paragraph in paragraphs)
    return page("".join(f"<p>{each}</p>" for each in written), title=written_in(encoding, title))


@pytest.mark.parametrize("kind", [BaoviduSpider, PlainSpider])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_page_in_unicode_letters(kind, encoding):
    """As a system in Unicode shows a text that was pasted into it."""
    article = read(make_spider(kind), reply(URL, legacy(encoding, SENTENCE, OTHER)))
    assert (article.title, article.body.split("\n\n")) == (TITLE, [SENTENCE, OTHER])
    assert article.decoded_from == [encoding]


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_page_in_bytes(encoding, declared):
    html = legacy(encoding, SENTENCE, OTHER).replace("<head>", f'<head><meta charset="{declared}">' if declared else "")
    response = reply(URL, html.encode("cp1252"), headers=[("Content-Type", "text/html")])
    article = read(make_spider(BaoviduSpider), response)
    assert (article.title, article.body.split("\n\n")) == (TITLE, [SENTENCE, OTHER])
    assert article.decoded_from == [encoding]


def test_windows_1258_that_says_so_is_nothing_special():
    html = legacy("windows-1258", SENTENCE, OTHER).replace("<head>", '<head><meta charset="windows-1258">')
    article = read(make_spider(BaoviduSpider), reply(URL, html.encode("cp1252")))
    assert (article.title, article.body.split("\n\n"), article.decoded_from) == (TITLE, [SENTENCE, OTHER], [])


def test_letters_as_entities():
    html = legacy("tcvn3", SENTENCE, OTHER).encode("ascii", "xmlcharrefreplace").decode()
    article = read(make_spider(BaoviduSpider), reply(URL, html))
    assert (article.title, article.body.split("\n\n")) == (TITLE, [SENTENCE, OTHER])


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td>{}<td>17</table>", "Tổng số hộ dân phải di dời khỏi vùng ngập | 17"),
        ("<table><tr><td><font face='.VnTime'>{}</font><td>17</table>", "Tổng số | 17"),
        ("<p>Theo <span style='font-family: .VnArial'>{}</span> tỉnh.</p>", "Theo quyết định tỉnh."),
    ],
)
def test_words_in_tcvn3_on_a_page_in_unicode(html, text):
    words = text.removeprefix("Theo ").removesuffix(" tỉnh.").removesuffix(" | 17")
    html = f"<p>{SENTENCE}</p>{html.format(written_in('tcvn3', words))}<p>{OTHER}</p>"
    article = read(make_spider(BaoviduSpider), reply(URL, page(html)))
    assert (article.body.split("\n\n"), article.decoded_from) == ([SENTENCE, text, OTHER], ["tcvn3"])


def test_short_cells_of_one_table_tell_together():
    cells = ["Tổng số", "Hà Tây", "Quảng Ninh", "Đồng Nai", "Cần Thơ"]
    rows = "".join(f"<tr><td>{written_in('tcvn3', cell)}<td>17</tr>" for cell in cells)
    article = read(
        make_spider(BaoviduSpider), reply(URL, page(f"<p>{SENTENCE}</p><table>{rows}</table><p>{OTHER}</p>"))
    )
    assert article.body.split("\n\n")[1:-1] == [f"{cell} | 17" for cell in cells]


def test_capitals_of_tcvn3_are_those_of_the_line():
    lines = ["UBND TỈNH QUẢNG NINH", "Ủy ban nhân dân tỉnh Quảng Ninh vừa ban hành quyết định."]
    html = legacy("tcvn3", lines[0].replace("Ỉ", "ỉ").replace("Ả", "ả"), lines[1].replace("Ủ", "ủ"), OTHER)
    article = read(make_spider(BaoviduSpider), reply(URL, html))
    assert article.body.split("\n\n")[:2] == [lines[0], lines[1].replace("Ủ", "ủ")]


def test_font_of_words_that_are_in_unicode_says_nothing():
    text = "Hòa, toà, một mét, cả, số và tôi."
    html = f"<p>{SENTENCE}</p><p><font face='.VnTime'>{text}</font></p><p>{OTHER}</p>"
    article = read(make_spider(BaoviduSpider), reply(URL, page(html)))
    assert (article.body.split("\n\n")[1], article.decoded_from) == (text, [])


@pytest.mark.parametrize("text", FOREIGN)
def test_foreign_words_stay(text):
    article = read(make_spider(BaoviduSpider), reply(URL, page(f"<p>{SENTENCE}</p><p>{text}</p><p>{OTHER}</p>")))
    assert (article.body.split("\n\n")[1], article.decoded_from) == (text, [])
    beside = f"<p>{written_in('tcvn3', OTHER)}</p><p>{text}</p>"
    article = read(make_spider(BaoviduSpider), reply(URL, page(f"<p>{SENTENCE}</p>{beside}<p>{OTHER}</p>")))
    assert article.body.split("\n\n")[1:3] == [OTHER, text]


def test_pages_in_unicode_stay_as_they_are():
    pages = [str(captured(each).body, "utf-8", "replace") for each in PAGES]
    for site in sites(articles=20):
        pages += [fetch(site, story.urls[0]).text for story in site.stories[:10]]
    assert [html[:200] for html in pages if in_unicode(html) != (html, [])] == []
