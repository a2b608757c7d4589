"""Decodes what on a page is in an encoding from before Unicode: all of it, a table pasted into it, a word in ".VnTime".

Each block of a page is judged by itself, since most such pages have both; one with Unicode letters in it, piece by
piece. A text too short to tell is decoded where its font says so, or another text of the page is sure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from newsbot.items import Article
from newsbot.reading.node_text import BLOCKS, CELLS
from newsbot.vietnamese.legacy_encodings import (
    ENCODINGS,
    decoded,
    evidence,
    has_unicode,
    may_be_legacy,
    surest_encoding,
)

#: The name of a tag is ASCII: "Toán <Văn" is text.
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)([^<>]*)>")
_ATTRIBUTE: Final = re.compile(r"""(\s(?:alt|content|title)\s{0,9}=\s{0,9})("[^"]*"|'[^']*')""", re.IGNORECASE)
_FONT: Final = re.compile(
    r"""(?:\sface\s{0,9}=|font-family\s{0,9}:)\s{0,9}["']?(?:&quot;)?\s{0,9}(?:(\.vn)|(vni-))""", re.IGNORECASE
)
_RAW: Final = frozenset(("script", "style"))
#: Elements that set a font; without their end tags the font would go on.
_FONT_TAGS: Final = frozenset(("b", "div", "font", "i", "p", "span", "strong", "td"))
#: Minimum number of words, in texts too short to tell each, that together are sure.
_FEWEST_TOGETHER: Final = 6


@dataclass(slots=True)
class _Text:
    """A piece of the text of a page."""

    place: int  # among the parts of the page
    text: str
    block: int
    font: str | None


@dataclass(slots=True)
class _Unit:
    """Texts that are judged together."""

    texts: list[_Text]
    encoding: str | None = None

    @property
    def text(self) -> str:
        return "".join(each.text for each in self.texts)


def is_suspicious(article: Article) -> bool:
    """Whether what was read of a page has letters of such an encoding."""
    captions = (image["caption"] or "" for image in article.images)
    return any(map(may_be_legacy, (article.title, article.sapo or "", article.body, *captions)))


def in_unicode(html: str) -> tuple[str, list[str]]:
    """Return the HTML of a page in Unicode, and the encodings that were found in it, in alphabetical order.

    >>> in_unicode("<p>Thủy lợi</p><td><font face='.VnTime'>Hµ Néi</font><td>25 µm, Malmö")
    ("<p>Thủy lợi</p><td><font face='.VnTime'>Hà Nội</font><td>25 µm, Malmö", ['tcvn3'])
    """
    parts, texts = _parts(html)
    units = [unit for unit in _units(texts) if not unit.text.isascii()]
    for unit in units:
        unit.encoding = surest_encoding(unit.text)
    is_whole = not has_unicode(html)
    sure = {unit.encoding for unit in units if unit.encoding} or _sure_together(units)
    for unit in units:
        unit.encoding = unit.encoding or _possible_encoding(unit, sure, is_whole=is_whole)
        for each in unit.texts if unit.encoding else ():
            parts[each.place] = decoded(each.text, unit.encoding or "")
    return "".join(parts), sorted({unit.encoding for unit in units if unit.encoding})


def _possible_encoding(unit: _Unit, sure: set[str], *, is_whole: bool) -> str | None:
    """Return the encoding that the font of a short text names, or that is sure elsewhere, if the text may be in it.

    :param is_whole: whether nothing on the page is in Unicode.
    """
    named = {each.font for each in unit.texts if each.font}
    for encoding in ENCODINGS:
        if encoding in named or encoding in sure:
            found = evidence(unit.text, encoding)
            if found.is_possible or (is_whole and encoding in sure and 0 < found.changed == found.after):
                return encoding
    return None


def _sure_together(units: Iterable[_Unit]) -> set[str]:
    """Return the encoding of which no text is sure, but which many short ones may be in."""
    changed: Counter[str] = Counter()
    for unit in units:
        for encoding in ENCODINGS:
            found = evidence(unit.text, encoding)
            if found.before < found.changed == found.after and found.vietnamese == found.words:
                changed[encoding] += found.changed
    return {encoding for encoding, number in changed.most_common(1) if number >= _FEWEST_TOGETHER}


def _units(texts: Iterable[_Text]) -> Iterator[_Unit]:
    for _, group in groupby(texts, key=lambda each: each.block):
        block = list(group)
        if any(has_unicode(each.text) for each in block):
            yield from (_Unit([each]) for each in block if not has_unicode(each.text))
        else:
            yield _Unit(block)


def _parts(html: str) -> tuple[list[str], list[_Text]]:
    """Take a page apart: joined, the parts are the page; those that are text, or an attribute's, are named."""
    parts: list[str] = []
    texts: list[_Text] = []
    block = position = 0
    raw = ""  # the open element whose text is no text
    fonts: list[tuple[str, str | None]] = []

    def add(text: str) -> None:
        if text and not raw:
            texts.append(_Text(len(parts), text, block, fonts[-1][1] if fonts else None))
        parts.append(text)

    for tag in _TAG.finditer(html):
        add(html[position : tag.start()])
        position = tag.end()
        is_end, name, attributes = tag[1] == "/", tag[2].lower(), tag[3]
        if name in _RAW:
            raw = "" if is_end or "ld+json" in attributes else name
        if raw and not is_end:
            parts.append(tag[0])
            continue
        if name in BLOCKS or name in CELLS or name in ("script", "title"):
            block += 1
        if name in _FONT_TAGS:
            _turn(fonts, name, attributes, is_end=is_end)
        start = tag.start()
        for attribute in _ATTRIBUTE.finditer(tag[0]):
            parts.append(html[start : tag.start() + attribute.start(2)])
            block += 1
            add(attribute[2])
            block += 1
            start = tag.start() + attribute.end()
        parts.append(html[start : tag.end()])
    add(html[position:])
    return parts, texts


def _turn(fonts: list[tuple[str, str | None]], name: str, attributes: str, *, is_end: bool) -> None:
    """Take note of the font that an element sets, or of its end; one whose end tag is missing ends with its block."""
    if not is_end:
        found = _FONT.search(attributes)
        around = fonts[-1][1] if fonts else None
        fonts.append((name, ("tcvn3" if found[1] else "vni") if found else around))
        return
    while fonts and fonts[-1][0] != name and name in ("div", "p", "td"):
        fonts.pop()
    if fonts and fonts[-1][0] == name:
        fonts.pop()
