"""Whatever selector of a layout stops matching, the article keeps title, body and date, and the selector is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from scrapy.http import Response

from newsbot.inspecting.layout_fit import selectors
from newsbot.items import Article
from newsbot.reading.layouts import Layout
from newsbot.reading.page import Page
from newsbot.spider import NewsSpider
from tests.harness.fixture_pages import PAGES, captured, expected
from tests.harness.pages import SPIDERS, load, make_spider

NOWHERE = "broken-selector"


def whole_pages() -> dict[tuple[str, str], Response]:
    """For each layout of each source the first fixture whose article is whole."""
    found: dict[tuple[str, str], Response] = {}
    for page in PAGES:
        article = expected(page)["article"]
        if article and article["layout"] and article["published_at"] and not article["conflicts"]:
            key = page.parent.name, article["layout"]
            if key not in found:
                found[key] = captured(page)
    return found


WHOLE = whole_pages()


def broken(layout: Layout, page: Page) -> Iterator[tuple[str, str, Layout]]:
    """Yield the layout with each of its selectors broken that selects something on a page, named."""
    for field, selector in selectors(layout):
        if field in ("drop", "captions", "script") or (field == "body" and layout.script):
            continue  # of a text that only a script holds nothing but its layout knows
        if page.tree.css_first(selector) is not None:
            parts = tuple(NOWHERE if part == selector else part for part in getattr(layout, field))
            change: dict[str, Any] = {field: parts}
            yield field, selector, replace(layout, **change)


def read(kind: type[NewsSpider], layouts: tuple[Layout, ...], response: Response) -> Article:
    mended = type(kind.__name__, (kind,), {"layouts": layouts})
    found = make_spider(mended).read_page(response)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(("name", "layout"), WHOLE, ids=[f"{name}-{layout}" for name, layout in WHOLE])
def test_each_selector(name: str, layout: str) -> None:
    response, kind = WHOLE[name, layout], load(name)
    page = Page.from_response(response)
    whole = read(kind, kind.layouts, response)
    place = next(place for place, each in enumerate(kind.layouts) if each.name == whole.layout)
    seen = set()
    for field, selector, without in broken(kind.layouts[place], page):
        article = read(kind, (*kind.layouts[:place], without, *kind.layouts[place + 1 :]), response)
        assert article.title, (field, selector)
        assert article.published_at == whole.published_at, (field, selector)
        assert _share(whole, article) >= 0.5, (field, selector)
        assert article.selected.get(field) != selector or article.layout != whole.layout
        if whole.selected.get(field) == selector:
            seen.add(field)
    assert seen == {*whole.selected} - ({"body"} if kind.layouts[place].script else set())


def test_pages_of_many_layouts_are_tried() -> None:
    assert {name for name, _ in WHOLE} <= {*SPIDERS}
    assert len(WHOLE) >= 8


def test_selectors_of_a_layout_are_fields_of_the_record() -> None:
    names = {field.name for field in fields(Layout)}
    assert all({*read(load(name), load(name).layouts, page).selected} <= names for (name, _), page in WHOLE.items())


def _share(whole: Article, article: Article) -> float:
    """How much of the text is still told; a lead may be lost, or be taken for the first paragraph."""
    said = f"{article.sapo or ''}\n\n{article.body}"
    paragraphs = whole.body.split("\n\n")
    return sum(paragraph in said for paragraph in paragraphs) / len(paragraphs)
