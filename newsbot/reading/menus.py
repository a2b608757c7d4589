"""Finds the menus of a page: elements for navigation that hold links and hardly anything else.

A third of what stands on a newspaper's page is in them, and none of it is an article's.
"""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.node_text import take_out

#: Minimum share of the letters in links.
_MOST: Final = 0.9
#: Links that stay at each end of a menu. Nothing is looked for in so many texts beside a title or a text
#: (`newsbot.reading.surroundings`), so that what lies beyond the menu is as far away as before.
_LEFT: Final = 30
#: Elements for navigation that are looked at; a page may have thousands, each within the next.
_LOOKED_AT: Final = 100
#: One of these stands in an article that a page has in its ``<nav>``, and none in a menu.
_OF_ARTICLES: Final = "h1, p, br, article, table"


def menus(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the elements for navigation whose text is links, but for those within another.

    Some pages have all of their text in a ``<nav>``: that is no menu.

    >>> html = "<nav><h1>Lũ về</h1><p>Nước lên nhanh. <a href=/>Trang chủ</a></nav><nav><a href=/1>Thời sự</a></nav>"
    >>> [node.text() for node in menus(LexborHTMLParser(html))]
    ['Thời sự']
    """
    found: list[LexborNode] = []
    within: set[int] = set()
    for node in tree.css("nav")[:_LOOKED_AT]:
        if node.mem_id not in within and not _may_hold_article(node) and _is_linked(node):
            found.append(node)
            within.update(inner.mem_id for inner in node.css("nav"))
    return found


def shorten_menus(tree: LexborHTMLParser) -> None:
    """Take the middle out of long menus, so that nothing is looked for among hundreds of links to other pages.

    >>> tree = LexborHTMLParser("<nav>" + "".join(f"<a href=/{n}>{n}</a>" for n in range(99)) + "</nav>")
    >>> shorten_menus(tree)
    >>> [node.text() for node in tree.css("nav a")[29:31]]
    ['29', '69']
    """
    for node in tree.css("nav")[:_LOOKED_AT]:
        links = node.css("a[href]")
        if len(links) > 3 * _LEFT and not _may_hold_article(node):
            take_out(links[_LEFT:-_LEFT])


def _may_hold_article(node: LexborNode) -> bool:
    return node.css_first(_OF_ARTICLES) is not None


def _is_linked(node: LexborNode) -> bool:
    linked = sum(len(link.text(strip=True)) for link in node.css("a[href]"))
    return linked > 0 and linked >= _MOST * len(node.text(strip=True))
