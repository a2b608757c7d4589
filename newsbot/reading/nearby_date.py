"""The date that a page prints near its title or its text, where no selector says which one is the article's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.node_text import is_small, node_text
from newsbot.reading.page import Page
from newsbot.reading.surroundings import AFTER, BEFORE, LONGEST_LINE, Surroundings, elements_around, is_in_list
from newsbot.vietnamese.dates import PrintedDate, parse_date

_DATE_LIKE: Final = re.compile(r"\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d|ngày\s+\d|\d\s+(?:phút|giờ|ngày)\s+trước")


def nearby_date(around: Surroundings) -> PrintedDate | None:
    """Return the date printed nearest to the title: after it, else before it or before the text unless it is a
    clock, else right behind the text."""
    for title in around.titles:
        for node in around.below(title):
            if date := _date_of(node, around.page):
                return date
        for node in reversed(around.texts[max(0, title - BEFORE) : title]):
            if (date := _date_of(node, around.page)) and not _is_clock(date, around.page):
                return date
    if around.first is not None:
        for node in reversed(around.texts[max(0, around.first - AFTER) : around.first]):
            if (date := _date_of(node, around.page)) and not _is_clock(date, around.page):
                return date
    for node in around.behind():
        if date := _date_of(node, around.page):
            return date
    return None


def finer_date(node: LexborNode, page: Page) -> PrintedDate | None:
    """Return the date in the elements around a node; of several the smallest that tells the most.

    A date and its time may stand in neighbouring elements.
    """
    best: PrintedDate | None = None
    for holder in elements_around(node, 3):
        if not is_small(holder) or (best and holder.css_first("a[href]") is not None):
            break
        whole = node_text(holder, apart=True)
        if len(whole) > LONGEST_LINE:
            break
        date = parse_date(whole, reference=page.time)
        if date is None:
            continue
        same_day = best is not None and date.value.date() == best.value.date()
        if best is None or (same_day and best.precision == "day" and date.precision != "day"):
            best = date
    return best


def _date_of(node: LexborNode, page: Page) -> PrintedDate | None:
    """Return the date in a text, or in the smallest element around it that tells it more exactly."""
    text = node.text_content or ""
    if not _DATE_LIKE.search(text) or is_in_list(node):
        return None
    return finer_date(node, page) or (parse_date(text, reference=page.time) if len(text) <= LONGEST_LINE else None)


def _is_clock(date: PrintedDate, page: Page) -> bool:
    now = page.time
    if date.precision == "day":
        return date.value.date() == now.astimezone(date.value.tzinfo).date()
    return abs(date.value - now) < timedelta(minutes=15)
