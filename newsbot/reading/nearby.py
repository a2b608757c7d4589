"""The lead and the date that a page prints near its title or its text, where no selector says which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.blocks import is_running
from newsbot.reading.node_text import BLOCKS, has_more_letters, is_hidden, is_small, node_text, siblings
from newsbot.reading.page import Page
from newsbot.reading.surroundings import (
    AFTER,
    BEFORE,
    LONGEST_LINE,
    Surroundings,
    elements_around,
    is_in_list,
)
from newsbot.vietnamese.dates import PrintedDate, parse_date, parse_machine_date
from newsbot.vietnamese.text import clean, fold

#: In characters, of a lead; a longer one need not end as a sentence does.
_SHORTEST_LEAD: Final = 40
_LONG_LEAD: Final = 80
_LONGEST_LEAD: Final = 1000
_STRONG: Final = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_STRONG_NAME: Final = re.compile(r"(?:^|[\s_-])(?:semi)?bold(?:$|[\s_-])|(?:^|\s)fw-?(?:[6-9]00|bold)", re.IGNORECASE)
_LEAD_NAME: Final = re.compile(
    r"sapo|summary|chapeau|headlines|short-?(?:detail|desc|intro|content)"
    r"|(?:^|[\s_-])(?:lead|desc(?:ription)?|intro|reply|tom-?tat|mo-?dau|trich-?dan)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION_NAME: Final = re.compile(r"caption|image|img|photo|pic(?:ture)?(?:$|[\s_-])", re.IGNORECASE)
_DATE_LIKE: Final = re.compile(
    r"\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d|ngày\s+\d|\d\s+(?:phút|giờ|ngày)\s+trước"
    # 3 Tháng Tư, 2025 · Tháng Tư 3, 2025
    r"|\d\s?(?:tháng|thg)\s|\b(?:tháng|thg)\s[^\W\d]+(?:\s[^\W\d]+)?\s\d",
    re.IGNORECASE,
)
#: A page that was kept says so for ever; the element's own attribute tells when.
_AGO: Final = re.compile(r"\btrước\b", re.IGNORECASE)
#: A time of day and nothing else.
_TIME: Final = re.compile(
    r"[\W_]*\d{1,2}\s?(?::|h|giờ)\s?\d{2}(?::\d{2})?\s?(?:phút|am|pm|sa|ch)?[\W_]*", re.IGNORECASE
)
#: What may stand between a date and its time.
_MARKS: Final = " \t\r\n\xa0|-–—•·,"


def nearby_lead(around: Surroundings) -> str:
    """Return the lead where the page marks one: between title and text, or as the text's first paragraph.

    The first paragraph is marked if all of it is bold, or in an element named so, and the second is not.
    """
    for title in around.titles[:1] if around.first is not None else ():
        for node in around.below(title):
            text = clean(node.text_content or "")
            if len(text) < _SHORTEST_LEAD:
                continue
            is_link = any(holder.tag == "a" for holder in elements_around(node, 5))
            aside = is_link or is_in_list(node) or _is_caption(node)
            if not aside and _is_strong(node):
                block = next((each for each in elements_around(node, 4) if each.tag in BLOCKS), None)
                whole = clean(node_text(block)) if block is not None and is_small(block) else text
                return whole if len(whole) <= _LONGEST_LEAD else text
    paragraphs = around.paragraphs
    if len(paragraphs) < 2 or around.first is None or len(paragraphs[0]) > _LONGEST_LEAD:
        return ""
    if _may_be_lead(paragraphs[0]):
        marks = [_is_named, _is_strong]
    elif is_running(paragraphs[0]):
        marks = [_is_named]
    else:
        return ""
    second = next((place for place in around.places(paragraphs[1]) if place > around.first), None)
    if second is None:
        return ""
    both = (_pieces(around, around.first, paragraphs[0]), _pieces(around, second, paragraphs[1]))
    for is_marked in marks:
        is_first, is_second = (bool(pieces) and all(map(is_marked, pieces)) for pieces in both)
        if is_first and not is_second:
            return paragraphs[0]
    return ""


def _pieces(around: Surroundings, start: int, paragraph: str) -> list[LexborNode]:
    """Return the texts that make a paragraph, or as much of it as stands together."""
    rest = "".join(fold(paragraph).split())
    found = []
    for node in around.texts[start:]:
        key = "".join(fold(node.text_content or "").split())
        if not key or not rest.startswith(key):
            break
        found.append(node)
        rest = rest[len(key) :]
    return found


def _may_be_lead(text: str) -> bool:
    """Whether a bold text is one, and no heading of the text's first part, nor the first question of an interview."""
    if text.endswith(("?", ":")) or text[0].isdigit():
        return False
    return len(text) >= _LONG_LEAD or (len(text) >= _SHORTEST_LEAD and text.endswith((".", "!", "”", '"')))


def _is_caption(node: LexborNode) -> bool:
    return any(
        holder.tag in ("figure", "figcaption", "td") or _CAPTION_NAME.search(holder.attributes.get("class") or "")
        for holder in elements_around(node, 3)
    )


def _is_strong(node: LexborNode) -> bool:
    for holder in elements_around(node, 5):
        if not is_small(holder):
            return False
        attributes = holder.attributes
        name = attributes.get("class") or ""
        if holder.tag in ("b", "strong", "h2", "h3") or _STRONG.search(attributes.get("style") or ""):
            return True
        if _STRONG_NAME.search(name) or _LEAD_NAME.search(name):
            return True
    return False


def _is_named(node: LexborNode) -> bool:
    """Whether a text is in a small element named as a lead's."""
    return any(
        is_small(holder) and _LEAD_NAME.search(holder.attributes.get("class") or "")
        for holder in elements_around(node, 2)
    )


def nearby_date(around: Surroundings) -> PrintedDate | None:
    """Return the date printed nearest to the title: after it, else before it or before the text unless it is a
    clock, else right behind the text."""
    for node, may_be_clock in _places_of_date(around):
        date = _date_of(node, around.page)
        if date and not (may_be_clock and _is_clock(date, around.page)):
            return date
    return None


def _places_of_date(around: Surroundings) -> Iterator[tuple[LexborNode, bool]]:
    """Yield where a date may be printed, and whether a clock may be there."""
    for title in around.titles:
        yield from zip(around.below(title), repeat(False))
        yield from zip(around.above(title, BEFORE), repeat(True))
    if around.first is not None:
        yield from zip(around.above(around.first, AFTER), repeat(True))
    yield from zip(around.behind(), repeat(False))


def finer_date(node: LexborNode, page: Page) -> PrintedDate | None:
    """Return the date in the elements around a node; of several the smallest that tells the most.

    A date and its time may stand in neighbouring elements.
    """
    best: PrintedDate | None = None
    for holder in elements_around(node, 3):
        if not is_small(holder) or (best and holder.css_first("a[href]") is not None):
            break
        if has_more_letters(holder, LONGEST_LINE) or len(whole := node_text(holder, apart=True)) > LONGEST_LINE:
            break
        date = parse_date(whole, reference=page.time)
        if date is None:
            continue
        same_day = best is not None and date.value.date() == best.value.date()
        if best is None or (same_day and best.precision == "day" and date.precision != "day"):
            best = date
    return (_with_time_beside(node, page) if best is None or best.precision == "day" else None) or best


def _with_time_beside(node: LexborNode, page: Page) -> PrintedDate | None:
    """Return the date in a node with the time that stands right before or behind it, where much else is around both."""
    for each in (node, *elements_around(node, 2)):
        own = _short_text(each)
        day = parse_date(own, reference=page.time) if own else None
        if day is None or day.precision != "day":
            continue
        for beside in (_neighbour(each, forward=True), _neighbour(each, forward=False)):
            time = _short_text(beside) if beside is not None else ""
            if _TIME.fullmatch(time):
                date = parse_date(f"{own} {time}", reference=page.time)
                if date and date.precision != "day" and date.value.date() == day.value.date():
                    return date
    return None


def _short_text(node: LexborNode) -> str:
    """Return the text of a node if it may be a date's or a time's line; empty if not."""
    if node.tag == "-text":
        text = " ".join((node.text_content or "").split())
    elif is_small(node) and not is_hidden(node.attributes) and not has_more_letters(node, LONGEST_LINE):
        text = node_text(node, apart=True)
    else:
        return ""
    return text if len(text) <= LONGEST_LINE else ""


def _neighbour(node: LexborNode, *, forward: bool) -> LexborNode | None:
    """Return the next node, or the one before, that shows anything."""
    return next((beside for beside in siblings(node, forward=forward) if _shows(beside)), None)


def _shows(node: LexborNode) -> bool:
    if node.tag in ("-text", "br"):
        return bool((node.text_content or "").strip(_MARKS))
    return node.tag != "-comment"


def _date_of(node: LexborNode, page: Page) -> PrintedDate | None:
    """Return the date in a text, or in the smallest element around it that tells it more exactly."""
    text = node.text_content or ""
    if not _DATE_LIKE.search(text) or (is_in_list(node) and not _is_alone_in_list(node)):
        return None
    holder = node.parent
    if holder is not None and holder.tag == "time" and _AGO.search(text):
        machine = parse_machine_date(holder.attributes.get("datetime") or "", reference=page.time)
        if machine is not None:
            return machine
    return finer_date(node, page) or (parse_date(text, reference=page.time) if len(text) <= LONGEST_LINE else None)


def _is_alone_in_list(node: LexborNode) -> bool:
    """Whether a date stands in a list that tells of one article: its section, its author, its date."""
    row = node.parent
    if row is None or row.tag != "li" or row.parent is None or not is_small(row.parent) or row.css_first("a[href]"):
        return False
    rows = [each for each in row.parent.iter() if each.tag == "li"]
    dated = sum(_DATE_LIKE.search(node_text(each)) is not None for each in rows)
    return dated == 1 and len(row.parent.css("a[href]")) < len(rows)


def _is_clock(date: PrintedDate, page: Page) -> bool:
    now = page.time
    if date.precision == "day":
        return date.value.date() == now.astimezone(date.value.tzinfo).date()
    return abs(date.value - now) < timedelta(minutes=15)
