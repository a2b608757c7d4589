"""Vietnamese text: the form that is stored, and the form that is compared.

Stored text keeps what the page says and how it spells it; only damage is undone (`clean`). Keys for digests,
deduplication and search are folded further (`fold`), so that two spellings of one text are one text.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from functools import lru_cache
from html.entities import html5
from typing import Final
from unicodedata import combining, is_normalized, normalize

_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
#: No character has a number of more than seven digits; Python refuses to read one of some thousands.
_ENDLESS: Final = re.compile(r"&(?:amp;){0,9}#[0-9]{8,}")

# What takes no room and says nothing: controls but white space, soft hyphen, zero-width and bidirectional marks, word
# joiner, byte order mark, invisible tags, noncharacters. A joiner stays inside an emoji, which would fall apart.
# Begins with a set of characters, as `_NEW_STYLE` does, for the same reason.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f](?:(?<!\u200d)|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]\u200d))"
)
# Windows punctuation that went through a Latin-1 reader: HTML gives the same meaning to references such as &#150;.
_WINDOWS: Final = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_WINDOWS_CHARACTER: Final = re.compile("[\x80-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

# A long run of what is neither letter nor space may be combining marks. Unicode puts them in order by a sort that takes
# quadratic time: 80,000 on one letter hold a crawl for four seconds. Text of any language has at most 30 (UAX 15).
_MARKS: Final = re.compile(r"[^\w\s\x00-\x7f]{31,}")
_MOST_MARKS: Final = 30
#: Maximum number of marks on one letter when a whole page is read; Vietnamese has two.
_HIGHEST_PILE: Final = 4
_TAG_OR_CHARACTER: Final = re.compile(r"<[^<>]*>|[^<]|<")
_PILE: Final = re.compile(rf"[^\w\s\x00-\x7f](?:[^\w\s\x00-\x7f]|<[^<>]*>){{{_HIGHEST_PILE},}}")

_VOWELS: Final = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
_WORD: Final = re.compile(r"[^\W\d_]+")
#: "Ðà", "ðường", "Ðắk", "Ðray", and the letter alone ("Quốc lộ 1Ð").
_D_SYLLABLE: Final = re.compile(rf"[ÐðƉ](?:[rl]?[{_VOWELS}]{{1,3}}(?:c|ch|k|m|n|ng|nh|p|t)?)?", re.IGNORECASE)
#: "HÐND", "QÐ", "BÐKH", "LÐTBXH": at most one vowel, which tells them from an Icelandic "GUÐMUNDUR".
_D_ACRONYM: Final = re.compile("[B-DF-HJ-NP-TV-XZĐÐƉ]*[AEIOUYĂÂÊÔƠƯ]?[B-DF-HJ-NP-TV-XZĐÐƉ]*")
_LONGEST_WORD: Final = 8
#: Maximum length, in characters, of a text whose key is remembered for a while.
_LONGEST_REPEATED: Final = 200
_TO_VIETNAMESE_D: Final = str.maketrans("ÐðƉ", "ĐđĐ")

# The mark of an open "oa", "oe", "uy" on the second letter (new style) goes to the first (old style). Closed syllables
# ("hoàn", "huỳnh") and "quý" (qu + ý) are written in one way only.
_OLD_STYLE: Final = {
    normalize("NFC", first + second + mark): normalize("NFC", first + mark + second)
    for first, second in ("oa", "oe", "uy")
    for mark in "\u0300\u0301\u0303\u0309\u0323"
}
#: Begins with a set of letters, which the engine looks for by itself; an alternative there costs three times as much.
_NEW_STYLE: Final = re.compile(r"[ou](?:(?<=o)[àáảãạèéẻẽẹ]|(?<=u)(?<!qu)[ỳýỷỹỵ])(?![^\W\d_]|[\u0300-\u036f])")


def clean(text: str) -> str:
    r"""Return one paragraph as it is stored: NFC, without damage, with single spaces.

    Character references are resolved until none is left, twice at most, since titles and JSON-LD come escaped once too
    often. Invisible characters go, any white space becomes one space. Ð becomes Đ where it can only be that. The
    spelling, tone marks included, stays.

    >>> clean("  UBND t&amp;#7881;nh\xa0Quảng\u200b Ninh\n họp ")
    'UBND tỉnh Quảng Ninh họp'
    >>> clean("Ðại biểu HÐND gặp Guðrún Ðorvaldsdóttir")
    'Đại biểu HĐND gặp Guðrún Ðorvaldsdóttir'
    """
    if (
        text.isprintable()
        and is_normalized("NFC", text)
        and "&" not in text
        and "  " not in text
        and "\xd0" not in text
        and "\xf0" not in text
        and "\u0189" not in text
    ):
        return text.strip()
    if "&" in text:
        text = _ENTITY.sub(_resolve, _ENTITY.sub(_resolve, text))
    text = " ".join(_visible(text).split())
    if "Ð" in text or "ð" in text or "Ɖ" in text:
        parts = text.split(" ")
        for place, part in enumerate(parts):
            if "Ð" in part or "ð" in part or "Ɖ" in part:  # few have one
                parts[place] = _WORD.sub(_vietnamese_d, part)
        text = " ".join(parts)
    return text


def fold(text: str) -> str:
    r"""Return the key form of a text: NFC, lower case, one tone-mark style, đ for its look-alikes, single spaces.

    Two texts that a reader takes for the same have the same key. Keys are never shown.

    >>> fold("HOÀ  BÌNH:\n\nUỷ ban Ð\u200bà Bắc") == fold("Hòa Bình: Ủy ban Đà Bắc") == "hòa bình: ủy ban đà bắc"
    True
    >>> fold("Quý khách hoàn toàn")
    'quý khách hoàn toàn'
    """
    return _folded(text) if len(text) <= _LONGEST_REPEATED else _folded_long(text)


def fold_once(text: str) -> str:
    """Return the key form of a text, as `fold` does, without remembering it."""
    text = _visible(text)
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
    text = text.strip().lower()
    if not is_normalized("NFC", text):  # "İ" falls apart in lower case
        text = normalize("NFC", text)
    text = text.replace("ð", "đ").replace("ɖ", "đ")
    return _NEW_STYLE.sub(lambda match: _OLD_STYLE[match[0]], text)


#: Titles, names, tags and labels are folded again and again, on one page and on the next.
_folded: Final = lru_cache(maxsize=1024)(fold_once)
#: Lead and body are folded for a digest, and odd ones then for what they are compared by.
_folded_long: Final = lru_cache(maxsize=2)(fold_once)


def content_digest(title: str, sapo: str | None, body: str) -> str:
    """Return "sha256:<hex>" over the folded title, sapo and body, each on a line of its own.

    >>> content_digest("Thuỷ lợi", None, "Nước về.") == content_digest("THỦY LỢI", "", "Nước  về.")
    True
    >>> content_digest("a", "b", "c")
    'sha256:ea7fb08b7a2dc4619ffb7c7bb38d95a2047935fa165d71b12efd3852a2e6d0cc'
    """
    key = "\n".join((fold(title), fold(sapo or ""), fold(body)))
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def unescape(text: str) -> str:
    """Return a text with its character references resolved, whatever they are.

    >>> unescape("&amp;quot; &#7897;"), unescape("&#" + "9" * 5000 + ";")
    ('&quot; ộ', '\ufffd')
    """
    return html.unescape(without_endless_references(text))


def without_endless_references(text: str) -> str:
    """Return a text, escaped any number of times, with no reference whose number Python refuses to read.

    >>> without_endless_references("&amp;#" + "0" * 5000 + "7; #12345678")
    '&#65533; #12345678'
    """
    return _ENDLESS.sub("&#65533", text) if "#" in text else text


def without_piles(page: str) -> str:
    r"""Return the HTML of a page with a few combining marks on each letter, tags between them or not.

    For readers of pages that normalise without a bound themselves; what is stored keeps more.

    >>> without_piles("L\u0169 ve\u0302\u0300" + "\u0315\u0316" * 9) == "L\u0169 ve\u0302\u0300\u0315\u0316"
    True
    >>> without_piles("a\u0316</b><b>\u0315\u0316\u0315\u0316\u0315")
    'a\u0316</b><b>\u0315\u0316\u0315'
    """
    if is_normalized("NFC", page):
        return page
    return _PILE.sub(lambda match: _few_marks(_TAG_OR_CHARACTER.findall(match[0]), _HIGHEST_PILE), page)


def _few_marks(pieces: Iterable[str], most: int) -> str:
    """Return characters, and tags among them, with as many combining marks on each letter at most."""
    kept, marks = [], 0
    for piece in pieces:
        if len(piece) == 1:
            marks = marks + 1 if combining(piece) else 0
        if marks <= most or len(piece) > 1:
            kept.append(piece)
    return "".join(kept)


def _resolve(match: re.Match[str]) -> str:
    # Only whole names with their semicolon: html.unescape alone would read "?a=1&copy=2" as "?a=1©=2".
    reference = match[0]
    return html.unescape(reference) if reference[1] == "#" or reference[1:] in html5 else reference


def _visible(text: str) -> str:
    """Return the text in NFC without invisible characters; white space is left for the caller."""
    if not text.isprintable():
        text = text.replace("\xa0", " ").replace("\n\n", " ").replace("\n", " ")
        if not text.isprintable():
            text = _WINDOWS_CHARACTER.sub(lambda match: _WINDOWS[ord(match[0])], text)
            text = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))
    if not is_normalized("NFC", text):
        text = normalize("NFC", _MARKS.sub(lambda match: _few_marks(match[0], _MOST_MARKS), text))
    return text


def _vietnamese_d(match: re.Match[str]) -> str:
    word = match[0]
    if len(word) <= _LONGEST_WORD and (_D_SYLLABLE.fullmatch(word) or _D_ACRONYM.fullmatch(word)):
        return word.translate(_TO_VIETNAMESE_D)
    return word
