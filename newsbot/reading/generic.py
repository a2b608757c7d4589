"""Finds the body of an article on a page that no layout fits.

trafilatura (in precision mode first) tells where among the page's text the article is. It reads the HTML as lexbor
wrote it out again, because lxml alone loses pages that close their `<html>` early.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from newsbot.reading.blocks import Block, Box, walk
from newsbot.reading.images import Body, with_captions
from newsbot.reading.layouts import NEVER_TEXT
from newsbot.reading.leftovers import without_leftovers
from newsbot.reading.main_text import Extract, lines_below, main_text
from newsbot.reading.page import Page
from newsbot.vietnamese.text import without_endless_references, without_piles

# It warns of each page without text; those are counted elsewhere.
logging.getLogger("trafilatura").setLevel(logging.ERROR)

#: Maximum characters, tags and depth of a page for lxml and trafilatura, which recurse; no article comes near.
_LARGEST: Final = 1_500_000
_MOST_TAGS: Final = 15_000
_DEEPEST: Final = 200
#: Of what is never text these may be around all of a page.
_WRAPPERS: Final = frozenset(("form", "nav"))
#: Share of the running text on a page of which the extractor need not be asked again, less strictly.
_ENOUGH: Final = 0.6


def all_text(page: Page) -> tuple[list[Block], list[Box]]:
    """Return the blocks of a whole page, in the order of the page, and the boxes that they lie in."""
    root = page.tree.body
    if root is None:
        return [], []
    dropped = {node.mem_id for node in root.css(NEVER_TEXT) if node.tag not in _WRAPPERS}
    return walk(root, page.base, dropped)


def generic_body(
    page: Page, blocks: list[Block], boxes: list[Box], title: str, is_other_article: Callable[[str], bool]
) -> Body:
    """Return the article among all text of a page, found by where the most of its running text stands."""
    if not blocks:
        return Body()
    running = [block.text for block in blocks if block.runs]
    surely = Extract(_extracted(page, precise=True) if running else "")
    covered = sum(len(text) for text in running if text in surely)
    perhaps = Extract(_extracted(page, precise=False) if covered < _ENOUGH * sum(map(len, running)) else "")
    chosen = main_text(blocks, boxes, surely, perhaps, title, is_other_article)
    if not any(block.kind == "text" for block in chosen):
        chosen = lines_below(blocks, boxes, title, is_other_article) or chosen
    return with_captions(without_leftovers(chosen, is_other_article))


def _too_deep(tree: LexborHTMLParser) -> bool:
    # The deepest element that CSS can name: no recursion, and stops at the first.
    return tree.css_first(" > ".join(["*"] * _DEEPEST)) is not None


def _extracted(page: Page, *, precise: bool) -> str:
    """Return what trafilatura takes for the article; nothing of pages for which it would take too long."""
    html = page.tree.html or ""
    if len(html) > _LARGEST or html.count("<") > 2 * _MOST_TAGS or _too_deep(page.tree):
        return ""
    html = without_piles(without_endless_references(html))  # it normalises and unescapes
    return trafilatura.extract(html, favor_precision=precise, include_comments=False, include_tables=False) or ""
