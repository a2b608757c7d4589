"""Articles whose text only a script puts on the page: read where it stands in the script, else called a wall."""

from __future__ import annotations

import json

import pytest

from newsbot.reading.inline_html import inline_html
from newsbot.reading.limits import MAX_DEPTH, ReadingLimitError
from newsbot.reading.page_kinds import PageKind
from newsbot.reading.parsing import parsed
from newsbot.spider import Layout
from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, page
from tests.harness.pages import make_spider, read, reply

LEAD = "Mưa lớn từ nửa đêm làm nước các sông ở Ví Dụ lên nhanh."
HTML = f"<p class=sapo>{LEAD}</p><p>{SENTENCE}</p><figure><img src='/lu.jpg'></figure><p>{OTHER}</p>"
#: What stands beside an article, and is as long as one.
ASIDE = f"<aside><h3>Tin khác</h3><p>{SENTENCE}</p><p>{OTHER}</p></aside>"


class InScriptSpider(BaoviduSpider):
    name = "inscript"
    allowed_domains = ["baovidu.vn"]
    layouts = (Layout(name="in-script", body="#noidung", sapo=".sapo", script="outputData"),)


class ByScriptSpider(BaoviduSpider):
    name = "byscript"
    allowed_domains = ["baovidu.vn"]
    layouts = (Layout(name="by-script", body="#noidung", sapo=".sapo", by_script=True),)


def script(text: str) -> str:
    return f"<script src='/a.js'></script><script>var n = 'outputData';\n{text}</script>"


@pytest.mark.parametrize(
    "text",
    [
        f"var outputData = {json.dumps(HTML)};",
        "window.outputData=" + json.dumps(HTML).replace("</", "<\\/"),
        f"render({{'outputData' : {json.dumps(HTML, ensure_ascii=False)}, id: 7}})",
        "outputData = '" + HTML.replace("'", "\\'").replace("<", "\\u003c").replace("\n", "\\n") + "';",
        "let outputData = `" + HTML.replace(">", "\\x3e") + "`",
        f"var outputData = ''; outputData = {json.dumps(HTML)}; otherOutputData = {json.dumps(HTML * 2)}",
    ],
)
def test_text_in_a_script_is_read(text: str) -> None:
    found = read(make_spider(InScriptSpider), reply(URL, page("\n ", before=script(text)) + ASIDE))
    assert (found.sapo, found.body.split("\n\n")) == (LEAD, [SENTENCE, OTHER])
    assert [image["url"] for image in found.images] == ["https://baovidu.vn/lu.jpg"]
    assert found.extracted_by["body"] == "layout"


def test_text_in_a_script_is_read_as_it_was_sent() -> None:
    """A browser would put the chosen entry of a list into the element for it."""
    chosen = f"<p><select><button><selectedcontent></selectedcontent></button><option selected>{OTHER}</select></p>"
    tree = inline_html(parsed(script(f"outputData = {json.dumps(chosen + HTML)}")), "outputData")
    assert tree is not None
    assert (tree.html or "").count(OTHER) == 2


def test_text_on_the_page_comes_first() -> None:
    html = page(f"<p>{OTHER}</p>", before=script(f"outputData = {json.dumps(HTML)}"))
    assert read(make_spider(InScriptSpider), reply(URL, html)).body == OTHER


@pytest.mark.parametrize("text", ["outputData = decode('<p>a')", "outputData = '<p>a", "xoutputData = '<p>a</p>'", ""])
def test_a_script_without_the_text_changes_nothing(text: str) -> None:
    spider = make_spider(InScriptSpider)
    with_script, without = (reply(URL, page("", before=before) + ASIDE) for before in (script(text), ""))
    assert read(spider, with_script).body == read(spider, without).body


def test_text_in_a_script_may_nest_no_deeper_than_a_page() -> None:
    html = page("", before=script(f"outputData = '{'<b>' * (MAX_DEPTH + 1)}'"))
    with pytest.raises(ReadingLimitError, match="nest more than"):
        make_spider(InScriptSpider).read_page(reply(URL, html))


@pytest.mark.parametrize("lead", ["", f"<p class=sapo>{LEAD}</p>"])
def test_text_that_a_script_makes_is_never_taken_from_beside_it(lead: str) -> None:
    html = page("<script>decode('Q0ZG')</script>", before=lead) + ASIDE
    assert make_spider(ByScriptSpider).read_page(reply(URL, html)) is PageKind.WALL


def test_other_pages_of_such_a_system_are_what_they_are() -> None:
    spider = make_spider(ByScriptSpider)
    assert read(spider, reply(URL, page(f"<p>{OTHER}</p>") + ASIDE)).body == OTHER
    gone = page("", title="Không tìm thấy trang", before="<p>Bài viết đã bị gỡ bỏ.</p>")
    assert spider.read_page(reply(URL, gone)) is PageKind.GONE
