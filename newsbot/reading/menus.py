"""Finds the menus of a page: elements for navigation that hold links and hardly anything else.

A third of what stands on a newspaper's page is in them, and none of it is an article's.
"""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.node_text import take_out
from newsbot.reading.parsing import parsed

#: Maximum share of the letters outside of links, and number: labels, a date, a telephone's number.
_BESIDE: Final = 0.1
_MOST_BESIDE: Final = 200
#: Links that stay at each end of a menu. Nothing is looked for in so many texts beside a title or a text
#: (`newsbot.reading.surroundings`), so that what lies beyond the menu is as far away as before.
_LEFT: Final = 30
_LINKS: Final = "a[href]"
_LISTS: Final = "ul, ol"
#: Minimum number of links in a list that is a menu although no element says so, and maximum mean length of its entries,
#: in letters: titles of articles and documents are longer.
_FEWEST_LISTED: Final = 8
_LONGEST_ENTRY: Final = 25
#: One of these stands in an article that a page has in its ``<nav>``, and none in a menu.
_OF_ARTICLES: Final = "h1, p, br, article, table"


def menus(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the elements for navigation, within no other, whose text is links.

    Some pages have all of their text in a ``<nav>``: that is no menu.

    >>> html = "<nav><h1>Lũ về</h1><p>Nước lên nhanh. <a href=/>Trang chủ</a></nav><nav><a href=/1>Thời sự</a></nav>"
    >>> [node.text() for node in menus(LexborHTMLParser(html))]
    ['Thời sự']
    """
    return [node for node in _marked(tree) if _is_menu(node)]


def unmarked_menus(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the lists, within no other, of many links with short texts, and of nothing else.

    >>> html = "<ul>" + "<li><a href=/>Thời sự</a>" * 9 + "</ul><ol><li>Nước lên. <a href=/1>Lũ về</a></ol>"
    >>> [node.tag for node in unmarked_menus(LexborHTMLParser(html))]
    ['ul']
    """
    return [node for node in _outermost(tree.css(_LISTS), _LISTS) if _has_short_links(node) and _is_menu(node)]


def shorten_menus(tree: LexborHTMLParser) -> None:
    """Take the middle out of long menus, so that nothing is looked for among hundreds of links to other pages.

    Entries go with their links.

    >>> tree = LexborHTMLParser("<nav>" + "".join(f"<a href=/{n}>{n}</a>" for n in range(99)) + "</nav>")
    >>> shorten_menus(tree)
    >>> [node.text() for node in tree.css("nav a")[29:31]]
    ['29', '69']
    """
    whole: list[LexborNode] = []
    for place, node in enumerate(_marked(tree)):
        links = node.css(_LINKS)
        if len(links) <= 3 * _LEFT or node.css_first(_OF_ARTICLES) is not None:
            continue
        kept = sum(map(_letters, (*links[:_LEFT], *links[-_LEFT:])))
        take_out([*map(_entry, links[_LEFT:-_LEFT])])
        # What is left beside links is all there was: told sooner than what each link says. Most prove to be menus.
        if not _is_nearly_all(kept, _letters(node)):
            whole = whole or _marked(parsed(tree.raw_html or b""))
            if not _is_menu(whole[place]):
                node.replace_with(whole[place])


def _marked(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the elements for navigation that are in no other."""
    return _outermost(tree.tags("nav"), "nav")


def _outermost(nodes: list[LexborNode], selector: str) -> list[LexborNode]:
    """Return those of the nodes selected that are in no other: what is looked at in them is no more than the page."""
    found: list[LexborNode] = []
    within: set[int] = set()
    for node in nodes:
        if node.mem_id not in within:
            found.append(node)
            if node is not nodes[-1]:  # in the last there is none
                within.update(inner.mem_id for inner in node.css(selector))
    return found


def _is_menu(node: LexborNode) -> bool:
    if node.css_first(_OF_ARTICLES) is not None:
        return False
    return _is_nearly_all(len("".join([link.text(strip=True) for link in node.css(_LINKS)])), _letters(node))


def _has_short_links(node: LexborNode) -> bool:
    links = len(node.css(_LINKS))
    return links >= _FEWEST_LISTED and _letters(node) <= _LONGEST_ENTRY * links


def _is_nearly_all(linked: int, letters: int) -> bool:
    """Whether hardly any letters are outside of links."""
    return linked > 0 and letters - linked <= min(_MOST_BESIDE, _BESIDE * letters)


def _letters(node: LexborNode) -> int:
    return len(node.text(strip=True))


def _entry(link: LexborNode) -> LexborNode:
    """Return what would be empty without a link: the element that holds nothing else, or the link itself."""
    if link.prev is None and link.next is None and (holder := link.parent) is not None and holder.tag != "a":
        return holder
    return link
