"""The pictures that stand between an article's title and its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.node_text import is_small
from newsbot.reading.surroundings import Surroundings, elements_around

#: How far behind the title a lead picture can be, in nodes; narrower ones, in pixels, are buttons.
_FURTHEST: Final = 2000
_NARROW: Final = 100
_NOT_AROUND_PICTURES: Final = frozenset(("nav", "header", "aside", "footer", "li", "button", "noscript"))
_PICTURE_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_BUTTON: Final = re.compile(
    r"share|social|icon|logo|google|zalo|follow|author|avatar|banner|relat|advert|sponsor|(?<![a-z])(?:ads?|qc)(?![a-z])",
    re.IGNORECASE,
)


def lead_pictures(around: Surroundings) -> list[LexborNode]:
    """Return the elements with a picture between the title and the text, which are no buttons, logos or teasers."""
    if around.first is None:
        return []
    above = [title for title in around.titles if title < around.first]
    if not above:
        return []
    start, end = around.texts[above[0]], around.texts[around.first].mem_id
    found: dict[int, LexborNode] = {}
    for node in islice(_onward(start), _FURTHEST):
        if node.mem_id == end:
            break
        if node.tag == "img" and (holder := _lead_holder(node)) is not None and is_small(holder):
            found.setdefault(holder.mem_id, holder)
    return [*found.values()]


def _onward(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the nodes of a page behind a node, in their order."""
    here: LexborNode | None = node
    while here is not None:
        following = here.first_child or here.next
        while following is None and here is not None:
            here = here.parent
            following = here.next if here is not None else None
        if following is not None:
            yield following
        here = following


def _lead_holder(image: LexborNode) -> LexborNode | None:
    """Return the element around a picture if it can be an article's."""
    width = re.match(r"\d+", image.attributes.get("width") or "")
    if width and int(width[0][:6]) < _NARROW:
        return None
    holder = image.parent
    for around in elements_around(image, 6):
        names = f"{around.attributes.get('class') or ''} {around.attributes.get('id') or ''}"
        href = around.attributes.get("href") if around.tag == "a" else None
        leads_away = href is not None and not _PICTURE_FILE.search(href)
        if around.tag in _NOT_AROUND_PICTURES or leads_away or _BUTTON.search(names):
            return None
        if around.tag == "figure":
            holder = around
    return holder
