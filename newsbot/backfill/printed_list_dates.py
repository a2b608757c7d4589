"""The dates that a page of a list prints beside its links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.backfill.window import Span, day_span
from newsbot.reading.node_text import node_text
from newsbot.vietnamese.date_grammar import find_age, find_date
from newsbot.vietnamese.dates import is_known_form, parse_date, parse_machine_date

#: Steps up from a link to the box that holds nothing but this article.
_STEPS: Final = 8
#: Characters: more is a text, in which a date may be about anything.
_LONGEST: Final = 40
_MACHINE: Final = ("datetime", "rel", "data-time", "content")
_PLACES: Final = "time, span, div, p, small, em, i, li, td, font"


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
    for node in tree.css("a[href]"):
        href = node.attributes.get("href") or ""
        if href not in articles:
            articles[href] = article_of(href)
        article = articles[href]
        if (
            article
            and article not in found
            and (span := _date_in(_box(node, article, article_of, articles), reference))
        ):
            found[article] = span
    return found


def _box(
    link: LexborNode, article: str, article_of: Callable[[str], str | None], articles: dict[str, str | None]
) -> LexborNode:
    """Return the widest element around a link in which all articles' links lead to the same one."""
    box = link
    for _ in range(_STEPS):
        parent = box.parent
        if parent is None or parent.tag in ("body", "html", "-undef"):
            break
        for node in parent.css("a[href]"):
            href = node.attributes.get("href") or ""
            if href not in articles:
                articles[href] = article_of(href)
            if articles[href] not in (None, article):
                return box
        box = parent
    return box


def _date_in(box: LexborNode, reference: datetime) -> Span | None:
    for text, is_machine in _texts(box):
        found = parse_machine_date(text, reference=reference) if is_machine else None
        if found is None and is_known_form(text):
            found = parse_date(text, reference=reference)
        if found and (span := day_span(found.isoformat())):
            rounded = find_age(text) is not None and find_date(text) is None  # "2 ngày trước" may be nearly three
            return Span(span.first - timedelta(days=1), span.last) if rounded else span
    return None


def _texts(box: LexborNode) -> Iterator[tuple[str, bool]]:
    """Yield what may be a date, and whether it is written for machines."""
    for node in box.css(_PLACES):
        if node.tag == "time":
            yield from ((value, True) for name in _MACHINE if (value := node.attributes.get(name)))
        if node.css_first("a") is None and 0 < len(text := node_text(node, apart=True)) <= _LONGEST:
            yield text, False
