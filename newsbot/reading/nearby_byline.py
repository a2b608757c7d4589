"""The author's line that a page prints near its title or right behind its text, where no selector says which it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.element_names import searching
from newsbot.reading.node_text import BLOCKS, is_small, node_text
from newsbot.reading.surroundings import AUTHOR_ICON, LONGEST_LINE, Surroundings, elements_around, is_in_list
from newsbot.vietnamese.bylines import is_credited, looks_like_byline, parse_byline
from newsbot.vietnamese.names import are_initials_of, has_surname, is_initials
from newsbot.vietnamese.text import clean

_AUTHOR: Final = re.compile(r"author|byline|tac-?gia|pseudonym|but-?danh|icon-user|reporter", re.IGNORECASE)
_is_authors: Final = searching(_AUTHOR)
#: Of names that stand together, and in characters.
_MOST_LINES: Final = 4
_LONGEST: Final = 400
_AUTHOR_PAGE: Final = re.compile(r"/(?:author|tac-gia)/", re.IGNORECASE)
_HEADINGS: Final = frozenset(("h2", "h3", "h4", "h5", "h6"))
_BAR: Final = re.compile("[|•·]")
#: In pieces of text: so near behind the text an element for the author may begin with a heading.
_NEXT: Final = 3
_NOT_AUTHOR: Final = re.compile(r"comment|relat|card", re.IGNORECASE)
_is_not_authors: Final = searching(_NOT_AUTHOR)


def nearby_byline(around: Surroundings) -> list[str]:
    """Return the lines of the author near the title or right behind the text, if the page marks them as such."""
    for node in (*around.near_title(), *_below_text(around)):
        if lines := _byline_of(node, around):
            return lines
    if around.first is not None and around.titles and around.first - 1 > around.titles[0]:
        node = around.texts[around.first - 1]
        text = clean(node.text_content or "")
        if len(text) <= LONGEST_LINE and has_surname(text) and looks_like_byline(text) and not is_in_list(node):
            return [text]  # a name right above the text, and nothing else
    return []


def _below_text(around: Surroundings) -> Iterator[LexborNode]:
    """Yield what stands right behind the text; a heading ends it, if it is not the author's."""
    yield from around.behind()
    if around.last is not None:
        for node in around.texts[around.last + 1 : around.last + 1 + _NEXT]:
            yield node
            if any(each.tag in _HEADINGS for each in elements_around(node, 3)):
                return


def completed_byline(lines: list[str], around: Surroundings) -> list[str]:
    """Return the author's lines as the page says them most fully.

    ``lines`` are those of the text. Where they are but initials, the name that they stand for comes from the page's
    head, and so does any that it marks as the author's; a source may be named behind the text.
    """
    bylines = [parse_byline(line) for line in lines]
    names = [name for byline in bylines for name in byline.authors]
    if not lines:
        lines = nearby_byline(around)
    elif names and all(map(is_initials, names)) and not any(byline.agency for byline in bylines):
        for node in around.near_title():
            marked = _byline_of(node, around)
            told = [name for line in marked for name in parse_byline(line).authors]
            if any(map(is_initials, told)):
                continue
            if told and (are_initials_of(names, told) or _is_link_to_author(node)):
                lines = marked
                break
    if lines and not any(parse_byline(line).agency for line in lines):
        for node in around.behind():
            line = _credited_line(node)
            if line and line not in lines and not (byline := parse_byline(line)).authors and byline.agency:
                return [*lines, line]
    return lines


def author_lines(holder: LexborNode) -> list[str]:
    """Return the lines of an element for authors; names in elements of their own that nothing parts are one line each.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<p><a href=/1>Lan Chi</a><a href=/2>Hà Thu</a></p><p><b>L</b>an Chi<br>PV</p>"
    >>> [author_lines(node) for node in LexborHTMLParser(html).css("p")]
    [['Lan Chi', 'Hà Thu'], ['Lan Chi', 'PV']]
    """
    text = node_text(holder)
    if len(text) <= _LONGEST and any(before.islower() and after.isupper() for before, after in pairwise(text)):
        innermost = (node for node in holder.css("a, span, b, strong, em, i") if next(node.iter(), None) is None)
        names = [name for node in innermost if (name := clean(node_text(node)))]
        parted = "".join(names) == "".join(text.split("\n"))
        if parted and len(names) > 1 and all(" " in name and looks_like_byline(name) for name in names):
            return names
        text = node_text(holder, apart=True)
    return [clean(line) for line in text.split("\n")]


def _byline_of(node: LexborNode, around: Surroundings) -> list[str]:
    text = clean(node.text_content or "")
    if len(text) > LONGEST_LINE or not any(map(str.isupper, text)):
        return []
    for holder in elements_around(node, 3):
        attributes = holder.attributes
        marks = " ".join(filter(None, map(attributes.get, ("class", "itemprop", "rel"))))
        if _is_not_authors(marks):
            break
        is_link = _is_link_of_author(holder)
        if not (is_link or _is_authors(marks) or around.has_author_icons):
            continue
        if not is_small(holder):
            break
        if is_link or _is_authors(marks) or holder.css_first(AUTHOR_ICON) is not None:
            peers = holder.parent.css("a[href]") if is_link and holder.parent and is_small(holder.parent) else []
            lines = [clean(node_text(peer)) for peer in peers if _is_link_of_author(peer)] or author_lines(holder)
            if len(lines) <= _MOST_LINES and all(map(looks_like_byline, lines)):
                return lines
            return [text] if has_surname(text) and looks_like_byline(text) else []  # above what tells of the author
    # Unmarked, between the title and the text, a line is believed that says so itself.
    line = _credited_line(node)
    return [line] if line else []


def _is_link_of_author(holder: LexborNode) -> bool:
    if holder.tag != "a":
        return False
    rel, href = (holder.attributes.get(name) or "" for name in ("rel", "href"))
    return "author" in rel.split() or _AUTHOR_PAGE.search(href[:_LONGEST]) is not None


def _credited_line(node: LexborNode) -> str:
    """Return the line that a text is in if it says by itself whom it names: "Tác giả: …"; empty if not.

    The name may be a link, in a line of its own.
    """
    text = clean(node.text_content or "")
    block = next((each for each in elements_around(node, 3) if each.tag in BLOCKS), None)
    if block is not None and is_small(block) and (len(block.css("a[href]")) < 2 and block.tag != "li"):
        whole = clean(node_text(block))
        for line in (whole, *map(str.strip, _BAR.split(whole))) if len(whole) <= LONGEST_LINE else ():
            if (line != text or "|" in whole) and is_credited(line) and looks_like_byline(line):
                return line
    return text if is_credited(text) and looks_like_byline(text) and not is_in_list(node) else ""


def _is_link_to_author(node: LexborNode) -> bool:
    return any(
        "author" in (each.attributes.get(name) or "").split()
        for each in elements_around(node, 2)
        for name in ("rel", "itemprop")
    )
