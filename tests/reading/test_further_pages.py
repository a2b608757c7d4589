"""Articles that their site has split into pages."""

from __future__ import annotations

import pytest

from tests.harness.example_paper import OTHER, SENTENCE, URL, BaoviduSpider, PlainSpider, page
from tests.harness.pages import make_spider, read, reply

TEXT = f"<p>{SENTENCE}</p><p>{OTHER}</p>"
BASE = URL.removesuffix(".html")


def pager(*links: str) -> str:
    shown = "".join(f"<a href='{link}'>{number}</a> " for number, link in enumerate(links, 2))
    return f"<div class=phan-trang>{shown}</div>"


@pytest.mark.parametrize("kind", [BaoviduSpider, PlainSpider])
@pytest.mark.parametrize(
    ("html", "further"),
    [
        (pager("?page=2", "?page=3"), [f"{URL}?page=2", f"{URL}?page=3"]),
        (pager("?trang=2", "?trang=4"), [f"{URL}?trang={number}" for number in (2, 3, 4)]),
        (pager(f"{BASE}-trang-2.html"), [f"{BASE}-trang-2.html"]),
        (pager("?page=2#tiep", "?page=1", URL), [f"{URL}?page=2"]),
        (pager("?page=99"), [f"{URL}?page={number}" for number in range(2, 32)]),
    ],
)
def test_are_named_in_the_order_of_their_numbers(kind, html, further):
    article = read(make_spider(kind), reply(URL, page(TEXT + html)))
    assert (article.further_pages, article.body) == (further, f"{SENTENCE}\n\n{OTHER}")


def test_are_named_in_the_head():
    html = page(TEXT, head=f'<link rel="next" href="{URL}?page=2">')
    assert read(make_spider(BaoviduSpider), reply(URL, html)).further_pages == [f"{URL}?page=2"]


@pytest.mark.parametrize(
    "html",
    [
        pager("/kinh-te/bao-to-18.html?page=2", "https://khac.vn/mua-to-17.html?page=2"),
        pager("/kinh-te?page=2", "/kinh-te/mo-trang-2-17.html", "/kinh-te/mua-to-17.html?page=x"),
        pager(f"{URL}?page=2&ky={'a' * 2500}"),
        "<div class=comments><a href='?page=2'>2</a></div><a href='?page=2#comments'>2</a>",
    ],
)
def test_others_are_none(html):
    assert read(make_spider(BaoviduSpider), reply(URL, page(TEXT + html))).further_pages == []


@pytest.mark.parametrize("url", [f"{URL}?page=2", f"{BASE}-trang-2.html"])
def test_a_further_page_is_no_version_of_its_article(url):
    assert (BaoviduSpider.article_id(url), BaoviduSpider.whole_article_id(url)) == (None, "baovidu:17")
    further = make_spider(BaoviduSpider).read_further_page(reply(url, page(TEXT)))
    assert further is not None and further.article is not None
    assert (further.id, further.number, further.article.body) == ("baovidu:17", 2, f"{SENTENCE}\n\n{OTHER}")
    assert BaoviduSpider.addresses.find(f"{URL}?page=2") == BaoviduSpider.addresses.find(URL)
