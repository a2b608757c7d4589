"""The lead of an article where only its form marks it: bold, or in an element named so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.blocks import is_running
from newsbot.reading.node_text import BLOCKS, is_small, node_text
from newsbot.reading.surroundings import Surroundings, elements_around, is_in_list
from newsbot.vietnamese.text import clean, fold

#: In characters, of a lead; a longer one need not end as a sentence does.
_SHORTEST_LEAD: Final = 40
_LONG_LEAD: Final = 80
_LONGEST_LEAD: Final = 1000
_STRONG: Final = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_STRONG_NAME: Final = re.compile(r"(?:^|[\s_-])(?:semi)?bold(?:$|[\s_-])|(?:^|\s)fw-?(?:[6-9]00|bold)", re.IGNORECASE)
_LEAD_NAME: Final = re.compile(
    r"sapo|summary|chapeau|headlines|short-?(?:detail|desc|intro|content)"
    r"|(?:^|[\s_-])(?:lead|desc(?:ription)?|intro|tom-?tat|mo-?dau|trich-?dan)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION_NAME: Final = re.compile(r"caption|image|img|photo|pic(?:ture)?(?:$|[\s_-])", re.IGNORECASE)


def nearby_lead(around: Surroundings) -> str:
    """Return the lead where the page marks one: between title and text, or as the text's first paragraph.

    The first paragraph is marked if all of it is bold, or in an element named so, and the second is not.
    """
    for title in around.titles[:1] if around.first is not None else ():
        for node in around.below(title):
            text = clean(node.text_content or "")
            aside = is_in_list(node) or _in_link(node) or _is_caption(node)
            if len(text) >= _SHORTEST_LEAD and not aside and _is_strong(node):
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
    first_pieces = _pieces(around, around.first, paragraphs[0])
    second_pieces = _pieces(around, second, paragraphs[1])
    for is_marked in marks:
        if _are_marked(first_pieces, is_marked) and not _are_marked(second_pieces, is_marked):
            return paragraphs[0]
    return ""


def _are_marked(pieces: list[LexborNode], is_marked: Callable[[LexborNode], bool]) -> bool:
    return bool(pieces) and all(map(is_marked, pieces))


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


def _in_link(node: LexborNode) -> bool:
    """Whether a text leads away, as the title of another article does."""
    return any(holder.tag == "a" for holder in elements_around(node, 5))
