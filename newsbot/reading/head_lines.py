"""Lines above a text: its title, and its date with a name beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from newsbot.reading.blocks import Block
from newsbot.reading.leftovers import is_label
from newsbot.vietnamese.bylines import looks_like_byline
from newsbot.vietnamese.text import fold

LONGEST_HEAD_LINE: Final = 100
DATE: Final = re.compile(
    r"\d{1,4}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}|ngày\s+\d|\d\s+(?:phút|giờ|ngày)\s+trước|\d{1,2}:\d\d"
    r"|\b\d{1,2}\s?(?:tháng|thg)\s\w+(?:\s\w+)?,?\s(?:năm\s)?\d{4}\b"
    r"|\b(?:tháng|thg)\s\w+(?:\s\w+)?\s\d{1,2},\s?\d{4}\b"
    r"|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)\w*\.? \d{1,2},? \d{4}|\b\d{1,2} \w{3,9}\.? \d{4}\b",
    re.IGNORECASE,
)
#: What else stands in the line of a date.
_BESIDE_DATE: Final = re.compile(
    r"\b(?:thứ|chủ nhật|hai|ba|tư|năm|sáu|bảy|ngày|tháng|lúc|giờ|gmt|utc|sa|ch|am|pm|cập nhật|đăng|xuất bản|published"
    r"|updated|posted|on|at|by|bởi|last)\b|[\W\d_]+"
)


def parted(blocks: list[Block], title_key: str) -> list[Block]:
    """Return the blocks with the title, the date below it and the links behind a label as blocks of their own.

    In old tables single line breaks part them from the text.
    """
    found: list[Block] = []
    for block in blocks:
        lines = block.lines if block.kind == "text" else ()
        head = 0
        while head < len(lines) - 1 and (is_title(lines[head], title_key) or _is_date_line(lines[head])):
            head += 1
        if head and not any(is_title(line, title_key) for line in lines[:head]):
            head = 0
        tail = next((place for place, line in enumerate(lines) if place >= head and is_label(line)), len(lines))
        if not block.link or tail == len(lines) - 1:
            tail = len(lines)
        if not head and tail in (0, len(lines)):
            found.append(block)
            continue
        found += [_part(block, (line,), 0.0) for line in lines[:head]]
        rest, links = " ".join(lines[head:tail]), " ".join(lines[tail:])
        if rest:
            found.append(_part(block, lines[head:tail], 0.0 if links else block.linked))
        if links:
            found.append(_part(block, lines[tail:], min(1.0, block.linked * len(block.text) / len(links))))
    return found


def _part(block: Block, lines: tuple[str, ...], linked: float) -> Block:
    return replace(block, text=" ".join(lines), lines=lines, link=block.link if linked else "", linked=linked)


def is_title(line: str, title_key: str) -> bool:
    return abs(len(line) - len(title_key)) < 10 and fold(line) == title_key


def is_head_line(text: str, title_key: str) -> bool:
    """Whether a line is but a date, or the title with a date behind it."""
    if title_key and len(text) <= len(title_key) + LONGEST_HEAD_LINE and (key := fold(text)).startswith(title_key):
        return _is_date_line(key[len(title_key) :])
    return _is_date_line(text)


def _is_date_line(text: str) -> bool:
    """Whether a line is but a date, with a name beside it perhaps.

    >>> _is_date_line("HÀ THU và 1 tác giả khác08/01/2026 10:02"), _is_date_line("Ngày 8/1/2026, thành phố họp báo.")
    (True, False)
    """
    if len(text) > LONGEST_HEAD_LINE or text.endswith((".", "!", "?", ":", ";", "”", '"')):
        return False
    rest = DATE.sub(" ", text)
    if rest == text:
        return False
    return len(_BESIDE_DATE.sub(" ", fold(rest)).split()) <= 4 or looks_like_byline(rest.strip(" •·|-–—"))
