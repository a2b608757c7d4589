"""Whatever an attribute of a source is, it is used as it should be, or named in one line with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.items import Article
from newsbot.reading.layouts import Layout
from newsbot.spider import NewsSpider
from tests.harness.pages import SPIDERS, load, make_spider, reply

ODD: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 10**9, 2.5, float("nan"), "", " ", "x", "\ud800", "\x00", "a\nb", "[", "(", "*", b"x", (), [],
    {}, set(), {"x": "y"}, (None,), ("",), (" ",), ("x", 5), (b"x",), ["x"], [["x"]], ("http://",), ("https://[",),
    ("//x",), ("javascript:x",), ("\x1b[2J",), (r"(?P<id>\d+)+",), (r"(?P<id>(\w+)+)",), ("x" * 9_000,), object(), len,
    Layout(name="x", body="x"), (Layout(name="x", body="x"), Layout(name="x", body="y")), (Layout(name="", body="x"),),
)  # fmt: skip
#: What Scrapy and Python themselves give a class is no source's to set.
SET_BY_SOURCES: Final = (
    "name", "province", "allowed_domains", "language", "article_url", "ids_ignore_case", "layouts", "slugs", "outlets",
    "evidence", "sections_from_menu", "feeds", "sitemaps", "sections", "browser_sections", "archives", "max_pages",
    "next_page", "pager",
)  # fmt: skip
#: One source of each family, and those on systems of their own.
KINDS: Final = sorted({load(name).__bases__: name for name in SPIDERS}.values())
PAGE: Final = (
    "<title>a</title><h1>Chợ phiên</h1><article><p>Chợ họp sáu ngày một lần, bà con các bản xuống chợ.</article>"
)


def source(base: type[NewsSpider], **attributes: Any) -> type[NewsSpider]:
    """A source like another but for some attributes, as its module would make it."""
    own = {name: value for name, value in vars(base).items() if not name.startswith("__")}
    for computed in ("home", "addresses", "current_province", "province_code"):
        own.pop(computed, None)
    made: type[NewsSpider] = type(base.__name__, base.__bases__, own | attributes)
    return made


def odd_layouts() -> Iterator[Layout]:
    for field in Layout.__dataclass_fields__:
        for odd in ODD:
            yield Layout(**{"name": "x", "body": "article", field: odd})


def use(cls: type[NewsSpider]) -> None:
    """Do with a source what a crawl does first: ask its lists, know its addresses, read a list and an article."""
    spider = make_spider(cls)
    assert all(url.startswith("http") for url in spider.lists())
    list(spider.parse_section(reply(spider.home, f"{PAGE}<a href='/tin/cho-phien-12345.html'>x</a>")))
    url = f"{spider.home}tin/cho-phien-12345.html"
    if spider.article_id(url):
        assert not isinstance(found := spider.read_page_here(reply(url, PAGE)), Article) or found.title


@pytest.mark.parametrize("name", KINDS)
def test_a_source_with_an_odd_attribute(name: str) -> None:
    for attribute in SET_BY_SOURCES:
        for odd in ODD:
            try:
                cls = source(load(name), **{attribute: odd})
            except ConfigurationError as error:
                line = str(error)
                assert line.startswith(f"{load(name).__name__}: {attribute}") or attribute == "allowed_domains", line[
                    :400
                ]
                assert line.isprintable() and len(line) < 400, line[:400]
                continue
            use(cls)


def test_a_layout_with_an_odd_attribute() -> None:
    base = load("yenmy")
    for layout in odd_layouts():
        try:
            cls = source(base, layouts=(layout,))
        except ConfigurationError as error:
            assert str(error).startswith(f"{base.__name__}: layouts: ")
            assert str(error).isprintable()
            continue
        use(cls)


def test_an_attribute_that_nobody_reads() -> None:
    for odd in (5, "x", ("x",), None):
        with pytest.raises(ConfigurationError, match=r"^YenmySpider: sectoins: no source has such an attribute"):
            source(load("yenmy"), sectoins=odd)
