"""Finds what a page prints near its title and its text.

For pages that no layout fits, and for fields that a layout does not select. Everything is searched for relative to the
title and to the first and last paragraph, so that neither a clock in the header nor a row of a list below is mistaken
for part of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import takewhile
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.limits import MAX_DEPTH
from newsbot.reading.node_text import HEADINGS, MAY_HIDE, UNSEEN, is_hidden
from newsbot.reading.page import Page
from newsbot.vietnamese.text import fold

#: Maximum number of places of the title that are considered.
_MOST_TITLES: Final = 20
#: Maximum distances, in text nodes, of a date after the title, before the title, and after the text.
AFTER: Final = 25
BEFORE: Final = 10
_BEHIND: Final = 8
#: Maximum length, in characters, of a line with a date, an author or a section.
LONGEST_LINE: Final = 90
#: Number of characters by which a title or a paragraph is recognised, and the minimum.
_PROBE: Final = 60
_SHORTEST_PROBE: Final = 8
_DATED: Final = re.compile(r"(?:^|[\s_-])(?:time|date|ngay|published)(?:$|[\s_-])", re.IGNORECASE)
_TITLES: Final = re.compile(r"(?:^|[\s_-])(?:title|headline|tieu-?de)", re.IGNORECASE)
#: Links but those to the author and the section of the article itself.
_LEADS_AWAY: Final = (
    "a[href]:not([rel~='author']):not([rel~='category']):not([href*='/author/']):not([href*='/tac-gia/'])"
)
#: Elements whose text is not read.
_UNSEEN: Final = UNSEEN | {"option"}
#: Stands before an author's name.
AUTHOR_ICON: Final = "i[class*='user']"


class Surroundings:
    """The seen texts of a page in their order, with the places of its title and its text."""

    def __init__(self, page: Page, title: str, paragraphs: list[str]) -> None:
        self.page = page
        self._title = title
        self.paragraphs = paragraphs

    @property
    def texts(self) -> list[LexborNode]:
        return self._seen[0]

    @property
    def _written(self) -> list[str]:
        return self._seen[1]

    @cached_property
    def _seen(self) -> tuple[list[LexborNode], list[str]]:
        return _seen_texts(self.page.tree)

    @cached_property
    def _keys(self) -> list[str]:
        return [*map(fold, self._written)]

    @cached_property
    def has_author_icons(self) -> bool:
        """Whether there is any on the page; few have one."""
        return self.page.tree.css_first(AUTHOR_ICON) is not None

    @cached_property
    def titles(self) -> list[int]:
        """Where the title stands; in a heading before a breadcrumb or a list of links."""
        places = self.places(self._title)[:_MOST_TITLES]
        return sorted(places, key=lambda place: not _in_heading(self.texts[place]))

    @cached_property
    def first(self) -> int | None:
        """Where the text begins."""
        found = self.places(self.paragraphs[0]) if self.paragraphs else []
        below = [place for place in found if self.titles and place > self.titles[0]]
        return min(below or found, default=None)

    @cached_property
    def last(self) -> int | None:
        """Where the last paragraph of the text begins."""
        return max(self.places(self.paragraphs[-1]), default=None) if self.paragraphs else None

    def places(self, text: str) -> list[int]:
        """Return where a text stands: as it is written, else however it is spelt."""
        return _begins(self._written, text) or _begins(self._keys, fold(text))

    def below(self, title: int) -> list[LexborNode]:
        """Return what stands below a title, as far as its date may be, and before the text."""
        end = title + AFTER
        if self.first is not None and self.first > title:
            end = min(end, self.first)
        return self.texts[title + 1 : end]

    def above(self, place: int, most: int) -> list[LexborNode]:
        """Return the texts before a place, the nearest first."""
        return self.texts[max(0, place - most) : place][::-1]

    def near_title(self) -> list[LexborNode]:
        """Return what stands around the title, what is below it first."""
        return [node for title in self.titles[:1] for node in (*self.below(title), *self.above(title, BEFORE))]

    def behind(self) -> Iterator[LexborNode]:
        """Yield what stands right behind the text, up to the heading of something else."""
        if self.last is not None:
            behind = self.texts[self.last + 1 : self.last + 1 + _BEHIND]
            yield from takewhile(
                lambda node: not any(each.tag in HEADINGS for each in elements_around(node, 3)), behind
            )


def elements_around(node: LexborNode, count: int) -> Iterator[LexborNode]:
    """Yield the elements around a node, the innermost first, at most so many."""
    parent = node.parent
    for _ in range(count):
        if parent is None or parent.tag in ("body", "html"):
            return
        yield parent
        parent = parent.parent


def holder_of(nodes: Iterable[LexborNode]) -> LexborNode | None:
    """Return the smallest element around all of some nodes; None if it is the whole page."""
    shared: list[LexborNode] | None = None
    for node in nodes:
        own = [*elements_around(node, MAX_DEPTH)]
        if node.tag != "-text":
            own.insert(0, node)
        ids = {each.mem_id for each in own}
        shared = own if shared is None else [each for each in shared if each.mem_id in ids]
    return shared[0] if shared else None


def is_in_list(node: LexborNode) -> bool:
    """Whether a text is another article's: it stands in a row of a list, beside a link.

    The article's own date may be an item of its breadcrumb: it is named so, and has no link.
    """
    parent = node.parent
    if parent is None:
        return False
    is_row = parent.tag == "a" or (parent.tag == "li" and not _DATED.search(parent.attributes.get("class") or ""))
    return is_row or parent.css_first(_LEADS_AWAY) is not None


def _in_heading(node: LexborNode) -> bool:
    around = elements_around(node, 3)
    return any(each.tag in ("h1", "h2") or _TITLES.search(each.attributes.get("class") or "") for each in around)


def _seen_texts(tree: LexborHTMLParser) -> tuple[list[LexborNode], list[str]]:
    """Return the texts that a reader of the page sees, and how they are written, with single spaces."""
    texts: list[LexborNode] = []
    written: list[str] = []
    hidden = {node.mem_id for node in tree.css(MAY_HIDE) if is_hidden(node.attributes)}
    # As `visit` goes, but without a call for each node of a page.
    here = tree.root
    while here is not None:
        tag = here.tag or ""
        following = None
        if tag == "-text":
            if words := (here.text_content or "").split():
                texts.append(here)
                written.append(" ".join(words))
        elif tag not in _UNSEEN and not (hidden and here.mem_id in hidden):
            following = here.first_child
        following = following or here.next
        while following is None and (here := here.parent) is not None:
            following = here.next
        here = following
    return texts, written


def _begins(pieces: list[str], text: str) -> list[int]:
    """Return where pieces begin with a text, else where a text begins with them."""
    probe = text[:_PROBE]
    if not probe:
        return []
    found = [place for place, piece in enumerate(pieces) if piece.startswith(probe)]
    return found or [
        place for place, piece in enumerate(pieces) if len(piece) >= _SHORTEST_PROBE and text.startswith(piece)
    ]
