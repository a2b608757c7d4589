"""Reads the dates that a list page prints beside its links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.lists.list_dates import Span, day_span
from newsbot.vietnamese.date_grammar import find_age, find_date
from newsbot.vietnamese.dates import is_known_form, parse_date, parse_machine_date

#: Maximum number of steps up from a link to the box that holds only this article.
_STEPS: Final = 8
#: Maximum length of a date, in characters; in a longer text a date may be about anything.
_LONGEST: Final = 40
_MACHINE: Final = ("datetime", "rel", "data-time", "content")
_PLACES: Final = frozenset({"time", "span", "div", "p", "small", "em", "i", "li", "td", "font"})
_SILENT: Final = frozenset({"script", "style", "template", "noscript"})
_OUTERMOST: Final = frozenset({"body", "html", "-undef"})
#: Of an element whose links lead to several articles.
_SEVERAL: Final = "\0"


@dataclass(slots=True)
class _Element:
    """An element of a page, with what is in it, folded up from below: so that no part is looked at twice."""

    node: LexborNode
    tag: str
    parent: _Element | None
    children: list[_Element] = field(default_factory=list)
    #: The article to which its links lead; `_SEVERAL` for more than one, None for none.
    article: str | None = None
    has_link: bool = False
    #: Its text; None if that is longer than any date.
    text: str | None = ""
    is_read: bool = False


def printed_dates(
    tree: LexborHTMLParser, article_of: Callable[[str], str | None], reference: datetime
) -> dict[str, Span]:
    """Return the day printed in the box of each article of a list, by the article's id.

    :param article_of: gives the id of the article that a link leads to; None if it leads to none.

    >>> page = LexborHTMLParser('''<ul><li><a href="/che-7.html">Chè</a><p>Vụ chè xuân</p><i>14:29 | 01/10/2026</i></li>
    ... <li><a href="/lua-8.html">Lúa</a><p>Năm 2020 được mùa, từ ngày 5/6/2020 đến nay chưa khi nào như thế.</p></li>
    ... </ul>''')
    >>> found = printed_dates(page, lambda href: href[-6:-5], datetime(2026, 10, 2).astimezone())
    >>> {article: span.first.isoformat() for article, span in found.items()}
    {'7': '2026-10-01'}
    """
    found: dict[str, Span] = {}
    articles: dict[str, str | None] = {}
    links = []
    elements = _elements(tree)
    for element in elements:
        if element.tag == "a" and (href := element.node.attributes.get("href")) is not None:
            if href not in articles:
                articles[href] = article_of(href)
            element.has_link, element.article = True, articles[href]
            links.append((element, element.article))
    for element in reversed(elements):  # what is in an element comes behind it
        if element.parent is not None:
            _fold(element, element.parent)
    for link, article in links:
        if article and article not in found and (span := _date_in(_box(link, article), reference)):
            found[article] = span
    return found


def _elements(tree: LexborHTMLParser) -> list[_Element]:
    """Return the elements of a page in its order, with their texts as elements of their own."""
    elements: list[_Element] = []
    by_id: dict[int, _Element] = {}
    if tree.root is None:
        return elements
    for node in tree.root.traverse(include_text=True):
        parent = by_id.get(node.parent.mem_id) if node.parent is not None else None
        if parent is not None and parent.tag in _SILENT:
            continue
        element = _Element(node, node.tag or "", parent)
        if element.tag == "-text":
            element.text = _short((node.text_content or "").strip())
        by_id[node.mem_id] = element
        elements.append(element)
        if parent is not None:
            parent.children.append(element)
    return elements


def _fold(element: _Element, parent: _Element) -> None:
    """Add what is in an element to what holds it; its last child comes first."""
    parent.has_link = parent.has_link or element.has_link
    if element.article is not None:
        parent.article = element.article if parent.article in (None, element.article) else _SEVERAL
    if element.text is None or parent.text is None:
        parent.text = None
    elif element.text:
        parent.text = _short(f"{element.text} {parent.text}".rstrip())


def _short(text: str) -> str | None:
    return text if len(text) <= _LONGEST else None


def _box(link: _Element, article: str) -> _Element:
    """Return the widest element around a link in which all articles' links lead to the same one."""
    box = link
    for _ in range(_STEPS):
        parent = box.parent
        if parent is None or parent.tag in _OUTERMOST or parent.article != article:
            break
        box = parent
    return box


def _date_in(box: _Element, reference: datetime) -> Span | None:
    for text, is_machine in _texts(box):
        found = parse_machine_date(text, reference=reference) if is_machine else None
        if found is None and is_known_form(text):
            found = parse_date(text, reference=reference)
        if found and (span := day_span(found.isoformat())):
            rounded = find_age(text) is not None and find_date(text) is None  # "2 ngày trước" may be nearly three
            return Span(span.first - timedelta(days=1), span.last) if rounded else span
    return None


def _texts(box: _Element) -> Iterator[tuple[str, bool]]:
    """Yield what may be a date, and whether it is written for machines; of each element once."""
    waiting = [box]
    while waiting:
        element = waiting.pop()
        if element.is_read:
            continue
        element.is_read = True
        waiting.extend(reversed(element.children))
        if element.tag not in _PLACES:
            continue
        if element.tag == "time":
            attributes = element.node.attributes
            yield from ((value, True) for name in _MACHINE if (value := attributes.get(name)))
        if element.text and not element.has_link:
            yield element.text, False
