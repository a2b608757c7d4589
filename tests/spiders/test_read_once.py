"""A page with files attached is read once in a crawl, though its requisites need to know of them, too."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from scrapy.http import Request

from newsbot.cms.onecms import OneCmsSpider
from newsbot.items import Article
from newsbot.reader_process.limited_reading import is_large, read_ahead
from newsbot.reading.page_kinds import PageKind
from tests.harness.pages import make_spider, reply

URL = "https://vidu.vn/ke-hoach-17.html"
FILE = "https://vidu.vn/vb/kh-17.pdf"
TEXT = "<p>Ủy ban nhân dân tỉnh ban hành kế hoạch phòng chống lũ cho vùng hạ du trong mùa mưa năm nay.</p>" * 3


class Counting(OneCmsSpider):
    name = "vidu"
    province = ""
    allowed_domains = ["vidu.vn"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times = 0

    def read_page_here(self, response: Any) -> Article | PageKind:
        self.times += 1
        return super().read_page_here(response)


def page(filler: str = "") -> str:
    body = f"<div class=b-maincontent><div class=entry>{TEXT}<p><a href='{FILE}'>Kế hoạch 17</a></p></div></div>"
    return f"<html><body>{filler}<h1 class=sc-longform-header-title>Kế hoạch phòng chống lũ</h1>{body}</body></html>"


@pytest.fixture
def spider() -> Counting:
    made = make_spider(Counting)
    assert isinstance(made, Counting)
    return made


def test_what_the_callback_has_read_is_not_read_again(spider: Counting) -> None:
    response = reply(URL, page())
    response.meta["article_id"] = "vidu:17"
    assert [found.title for found in spider.parse_fetched(response) if isinstance(found, Article)]
    assert (spider.read_documents(response), spider.times) == ([FILE], 1)


def test_before_it_the_page_is_read(spider: Counting) -> None:
    assert (spider.read_documents(reply(URL, page())), spider.times) == ([FILE], 1)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(lambda html: gzip.compress(html.encode()), id="compressed, and no header says so"),
        pytest.param(lambda html: html.encode("utf-16"), id="UTF-16"),
        pytest.param(lambda html: html.replace(".pdf", ".&#112;df").encode(), id="a letter as a reference"),
        pytest.param(lambda html: html.replace(".pdf", "&#x2e;pdf").encode(), id="the full stop as a reference"),
    ],
)
def test_however_a_page_was_sent_its_files_are_found(spider: Counting, sent: Callable[[str], bytes]) -> None:
    assert spider.read_documents(reply(URL, sent(page()))) == [FILE]


def test_what_another_page_had_is_not_taken_for_this_ones(spider: Counting) -> None:
    first = reply(URL, page().replace("<a href", "<b title"))
    first.meta["article_id"] = "vidu:17"
    list(spider.parse_fetched(first))
    second = reply(URL, page())
    second.request = Request(URL, meta={**first.meta, "capture": second.meta["capture"]})
    assert spider.read_documents(second) == [FILE]


def test_a_large_page_that_was_read_ahead_stays_read(spider: Counting) -> None:
    response = reply(URL, page("<i></i>" * 5_000))
    assert is_large(response)
    read_ahead(spider, "article", response)
    assert spider.read_documents(response) == [FILE]
    assert spider.read_page(response) is spider.read_page(response), "nobody waits for the reader process again"
    assert spider.times == 0
