"""Finds the body of an article on a page that no layout fits.

trafilatura (in precision mode first) tells where among the page's text the article is. It reads the HTML as lexbor
wrote it out again, because lxml alone loses pages that close their `<html>` early.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import Final

import trafilatura
from lxml.etree import ElementDefaultClassLookup
from lxml.html import HtmlElement
from trafilatura.settings import Extractor
from trafilatura.utils import HTML_PARSER

from newsbot.reading.blocks import Block, Box
from newsbot.reading.furniture import without_cards
from newsbot.reading.head_lines import is_title, parted
from newsbot.reading.images import Body, with_captions
from newsbot.reading.layouts import NEVER_TEXT
from newsbot.reading.leftovers import without_leftovers
from newsbot.reading.main_text import lines_below, main_text, pictures_below
from newsbot.reading.menus import menus, unmarked_menus
from newsbot.reading.node_text import take_out
from newsbot.reading.page import Page
from newsbot.reading.walk import walk
from newsbot.vietnamese.text import clean, fold, without_endless_references, without_piles

# It warns of each page without text; those are counted elsewhere.
logging.getLogger("trafilatura").setLevel(logging.ERROR)
# Else a function in Python tells of each element that it is of this class, or of one that only knows more of forms.
HTML_PARSER.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))

#: Maximum characters and tags of a page for lxml and trafilatura, which recurse; no article comes near.
_LARGEST: Final = 1_500_000
_MOST_TAGS: Final = 15_000
#: An element deeper than any article's: CSS finds it without recursion, and stops at the first.
_TOO_DEEP: Final = " > ".join(["*"] * 200)
#: Of what is never text these may be around all of a page.
_WRAPPERS: Final = frozenset(("form", "nav"))
#: What is left out before trafilatura reads a page; it takes text from the metadata of some.
_NO_TEXT: Final = "script:not([type='application/ld+json' i]), style"
#: How trafilatura is asked, by whether precisely; it would read its configuration anew each time.
_OPTIONS: Final = {precise: Extractor(precision=precise, comments=False, tables=False) for precise in (False, True)}
#: Number of words in a shingle.
_SHINGLE: Final = 6
_WORD: Final = re.compile(r"\w+")
#: Share of the running text on a page of which the extractor need not be asked again, less strictly.
_ENOUGH: Final = 0.6


class Extract:
    """The text that another extractor found, which may divide paragraphs differently.

    >>> found = Extract("Nước sông dâng cao từ đêm qua làm ngập nhiều đường.\\nPV")
    >>> ["Nước sông dâng cao từ đêm qua" in found, "PV" in found, "sông dâng" in found]
    [True, True, False]
    """

    def __init__(self, text: str) -> None:
        lines = [*map(_words, text.split("\n"))]
        self._lines = {*map(" ".join, lines)} - {""}
        self._all_words = [*chain.from_iterable(lines)]
        #: What was asked for: a page's running text is asked for twice.
        self._known: dict[str, bool] = {}

    def __contains__(self, text: str) -> bool:
        if text not in self._known:
            self._known[text] = bool(self._lines) and self._has(_words(text))
        return self._known[text]

    def _has(self, words: list[str]) -> bool:
        if " ".join(words) in self._lines:  # as is most of what was found
            return True
        shingles = _shingles(words)
        return bool(shingles) and sum(shingle in self._shingles for shingle in shingles) >= 0.8 * len(shingles)

    @cached_property
    def _shingles(self) -> set[tuple[str, ...]]:
        return {*_shingles(self._all_words)}


def all_text(page: Page) -> tuple[list[Block], list[Box]]:
    """Return the blocks of a whole page, in the order of the page, and the boxes that they lie in."""
    root = page.tree.body
    if root is None:
        return [], []
    dropped = {node.mem_id for node in root.css(NEVER_TEXT) if node.tag not in _WRAPPERS}
    dropped.update(node.mem_id for node in menus(page.tree))
    return walk(root, page.base, dropped)


def generic_body(
    page: Page, blocks: list[Block], boxes: list[Box], title: str, is_other_article: Callable[[str], bool]
) -> Body:
    """Return the article among all text of a page, found by where the most of its running text stands."""
    if not blocks:
        return Body()
    running = [block.text for block in blocks if block.runs]
    html = _html_to_extract_from(page) if running else ""
    surely = Extract(_extracted(html, precise=True))
    covered = sum(len(text) for text in running if text in surely)
    perhaps = Extract(_extracted(html, precise=False) if covered < _ENOUGH * sum(map(len, running)) else "")
    key = fold(title)
    blocks = without_cards(parted(blocks, key), boxes, is_other_article, lambda block: is_title(block.text, key))
    texts = [block for block in blocks if block.kind == "text"]
    likely = {block for block in texts if block.text in perhaps}
    # Not asked of links, which weigh nothing whoever found them.
    known = {block for block in texts if block.linked <= 0.5 and block.text in surely}
    if not known and not any(block.text in surely for block in texts):
        known = likely
    chosen = main_text(blocks, boxes, known, likely, key, is_other_article)
    if not any(block.kind == "text" for block in chosen):
        chosen = lines_below(blocks, boxes, key, is_other_article) or chosen or pictures_below(blocks, boxes, key)
    return with_captions(without_leftovers(chosen, is_other_article))


def _html_to_extract_from(page: Page) -> str:
    """Return the HTML of a page without what holds no text; nothing of pages that would take too long."""
    if page.tree.css_first(_TOO_DEEP) is not None:
        return ""
    tree = page.tree.clone()
    take_out(tree.css(_NO_TEXT))
    take_out(menus(tree))
    take_out(unmarked_menus(tree))
    html = tree.html or ""
    if len(html) > _LARGEST or html.count("<") > 2 * _MOST_TAGS:
        return ""
    return without_piles(without_endless_references(html))  # trafilatura normalises and unescapes


def _extracted(html: str, *, precise: bool) -> str:
    """Return what trafilatura takes for the article."""
    if not html:
        return ""
    return trafilatura.extract(html, options=_OPTIONS[precise]) or ""


def _words(text: str) -> list[str]:
    return _WORD.findall(clean(text).lower())


def _shingles(words: list[str]) -> list[tuple[str, ...]]:
    return [*zip(*(words[at:] for at in range(_SHINGLE)), strict=False)]
