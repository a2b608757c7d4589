"""Which of a page's headings is the article's: the first `<h1>` may be a menu, a section or an empty logo.

The page's `<title>` and its metadata say the headline too, often with the site's name behind it, or cut: the heading
that agrees with one of them is the headline, as clean as it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.limits import MAX_DEPTH
from newsbot.reading.node_text import is_hidden, is_small, node_text
from newsbot.reading.repetition import CUT_MARKS, is_cut_copy
from newsbot.reading.surroundings import elements_around
from newsbot.vietnamese.outlets import is_outlet
from newsbot.vietnamese.text import clean, fold

_HEADINGS: Final = (
    "h1, h2, h3, h4, [itemprop='headline'], [class*='title' i], [class*='tieude' i], [class*='tieu-de' i],"
    " [class*='headline' i]"
)
#: Maximum number of headings looked at, and maximum length of one, in characters.
_MOST: Final = 300
_LONGEST: Final = 400
#: A shorter heading may be the section that a title names beside the headline.
_SHORTEST: Final = 15
_SHARE: Final = 0.25
#: Between a section and the site's name; a shorter one may be a section's, too.
_SHORTEST_BETWEEN: Final = 20
#: A cut copy that is shorter may agree by chance.
_SHORTEST_CUT: Final = 30
_MARKS: Final = "-–—|:»•·/"
_SITE: Final = re.compile(r"(?<!\s)\s+[-–—|:»•·]+\s+(?P<site>[^|»•·]{2,80})$")
#: Where no heading is an article's.
_ELSEWHERE: Final = frozenset(("nav", "header", "footer", "aside", "menu", "li", "a"))


def agreeing(headings: Iterable[str], references: Iterable[str]) -> str:
    """Return the longest heading that says what a title or the metadata says; empty if none does.

    >>> agreeing(["Thời sự", "Lũ về trong đêm"], ["Lũ về trong đêm - Thời sự - Báo Ví Dụ"])
    'Lũ về trong đêm'
    >>> agreeing(["Thời sự", "Lũ về trong đêm ở xã vùng cao"], ["Thời sự | Lũ về trong đêm ở xã vùng cao | Báo Ví Dụ"])
    'Lũ về trong đêm ở xã vùng cao'
    >>> agreeing(["Thời sự", "Ví Dụ"], ["Thời sự - Lũ về trong đêm - Báo Ví Dụ"])
    ''
    """
    keys = [key for reference in references if (key := fold(reference))]
    found = [heading for heading in headings if any(_agree(fold(heading), key) for key in keys)]
    return max(found, key=len, default="")


def find_heading(tree: LexborHTMLParser, references: Iterable[str]) -> str:
    """Return the heading of a page that agrees with a title or the metadata; empty if none does."""
    return agreeing(filter(None, map(_text, tree.css(_HEADINGS)[:_MOST])), references)


def lone_heading(tree: LexborHTMLParser) -> str:
    """Return the first `<h1>` that is no part of a menu and no link; empty if there is none."""
    return next((text for node in tree.css("h1")[:_MOST] if not _is_elsewhere(node) and (text := _text(node))), "")


def without_site_name(title: str, outlets: set[str]) -> str:
    """Return a title without the name of the site at its end; ``outlets`` are folded names of it.

    >>> without_site_name("Lũ về - Thời sự | Báo Ví Dụ", set()), without_site_name("Lũ về - vidu", {"vidu"})
    ('Lũ về - Thời sự', 'Lũ về')
    >>> without_site_name("Giá lúa - gạo tăng", set())
    'Giá lúa - gạo tăng'
    """
    while (match := _SITE.search(title[-_LONGEST:])) and (
        fold(match["site"]) in outlets or is_outlet(match["site"].removesuffix(" Online").removesuffix(" điện tử"))
    ):
        title = title[: len(title) - len(match[0])]
    return title


def _agree(heading: str, reference: str) -> bool:
    if heading == reference:
        return True
    if len(heading) < max(_SHORTEST, _SHARE * len(reference)):
        return False
    if reference.startswith(heading):
        return reference[len(heading) :].lstrip()[:1] in _MARKS
    if reference.endswith(heading):
        return reference[: -len(heading)].rstrip()[-1:] in _MARKS
    before, found, behind = reference.partition(heading)
    if found and len(heading) >= _SHORTEST_BETWEEN:
        # "Section | headline | site"
        return before.rstrip()[-1:] in _MARKS and before[-1] == " " == behind[:1] and behind.lstrip()[:1] in _MARKS
    return len(reference.rstrip(CUT_MARKS)) >= _SHORTEST_CUT and is_cut_copy(reference, heading)


def _text(node: LexborNode) -> str:
    if is_hidden(node.attributes) or not is_small(node):
        return ""
    text = clean(node_text(node))
    return text if len(text) <= _LONGEST else ""


def _is_elsewhere(node: LexborNode) -> bool:
    if any(each.tag in _ELSEWHERE for each in elements_around(node, MAX_DEPTH)):
        return True
    link = node.css_first("a[href]")
    return link is not None and clean(node_text(link)) == _text(node)
