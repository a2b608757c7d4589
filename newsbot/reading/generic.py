"""The last step of reading: a page that no layout fits, read without knowing its design.

trafilatura (precision mode) finds the article among the page's text. It reads the HTML as lexbor wrote it out again,
because lxml alone loses pages that close their `<html>` early.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.blocks import walk
from newsbot.reading.captions import Body, with_captions
from newsbot.reading.layouts import NEVER_TEXT
from newsbot.reading.leftovers import without_leftovers
from newsbot.reading.main_text import Found, main_text
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page
from newsbot.vietnamese.dates import PrintedDate, parse_date
from newsbot.vietnamese.text import fold

#: lxml and trafilatura work by recursion, and take seconds for pages of this size; no article comes near.
_LARGEST: Final = 1_500_000
_MOST_TAGS: Final = 15_000
_DEEPEST: Final = 200
#: Of what is never text these may be around all of a page.
_WRAPPERS: Final = frozenset(("form", "nav"))
#: How far from the title, in pieces of text, its date may be: after it, before it.
_AFTER: Final = 25
_BEFORE: Final = 10
_DATE_LINE: Final = 90
_DATE_LIKE: Final = re.compile(r"\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d|ngày\s+\d|\d\s+(?:phút|giờ|ngày)\s+trước")


def generic_body(page: Page, title: str, is_other_article: Callable[[str], bool]) -> Body:
    """Return the article of a page, found by where the most of its running text stands."""
    root = page.tree.body
    if root is None:
        return Body()
    dropped = {node.mem_id for node in root.css(NEVER_TEXT) if node.tag not in _WRAPPERS}
    blocks, boxes = walk(root, page.base, dropped)
    chosen = main_text(blocks, boxes, Found(_extracted(page)), title)
    return with_captions(without_leftovers(chosen, is_other_article))


def printed_date(page: Page, title: str) -> PrintedDate | None:
    """Return the date printed nearest to the title: after it, else before it unless it is a clock."""
    texts = [node for node in page.tree.root.traverse(include_text=True) if _is_text(node)] if page.tree.root else []
    for position in _title_positions(texts, title):
        for node in texts[position + 1 : position + _AFTER]:
            if date := _date_of(node, page):
                return date
        for node in reversed(texts[max(0, position - _BEFORE) : position]):
            if (date := _date_of(node, page)) and not _is_clock(date, page):
                return date
    return None


def _is_text(node: LexborNode) -> bool:
    if not node.is_text_node or not (node.text_content or "").strip():
        return False
    parent = node.parent
    return parent is not None and parent.tag not in ("script", "style", "title", "textarea", "option", "noscript")


def _too_deep(tree: LexborHTMLParser) -> bool:
    # The deepest element that CSS can name: no recursion, and stops at the first.
    return tree.css_first(" > ".join(["*"] * _DEEPEST)) is not None


def _extracted(page: Page) -> str:
    """Return what trafilatura takes for the article; nothing of pages for which it would take too long."""
    html = page.tree.html or ""
    if len(html) > _LARGEST or html.count("<") > 2 * _MOST_TAGS or _too_deep(page.tree):
        return ""
    return trafilatura.extract(html, favor_precision=True, include_comments=False, include_tables=False) or ""


def _title_positions(texts: list[LexborNode], title: str) -> Iterator[int]:
    key = fold(title)[:60]
    places = [place for place, node in enumerate(texts) if key and fold(node.text_content or "").startswith(key)]
    # A heading rather than a breadcrumb, a hidden field or a list of links.
    yield from sorted(places, key=lambda place: not _in_heading(texts[place]))


def _in_heading(node: LexborNode) -> bool:
    parent = node.parent
    for _ in range(3):
        if parent is None:
            return False
        if parent.tag in ("h1", "h2"):
            return True
        parent = parent.parent
    return False


def _date_of(node: LexborNode, page: Page) -> PrintedDate | None:
    text = node.text_content or ""
    if not _DATE_LIKE.search(text) or _in_list(node):
        return None
    if node.parent is not None and len(whole := node_text(node.parent, apart=True)) <= _DATE_LINE:
        text = whole
    return parse_date(text, reference=page.time) if len(text) <= _DATE_LINE else None


def _in_list(node: LexborNode) -> bool:
    """Whether a date is another article's: it stands in a row of a list, beside a link."""
    parent = node.parent
    return parent is not None and (parent.tag in ("li", "a") or parent.css_first("a[href]") is not None)


def _is_clock(date: PrintedDate, page: Page) -> bool:
    if date.precision == "day":
        return date.value.date() == page.time.astimezone(date.value.tzinfo).date()
    return abs(date.value - page.time) < timedelta(minutes=15)
