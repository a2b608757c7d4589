"""Vietnamese text for fonts and code pages from before Unicode, sent as if it were Latin-1.

TCVN3 (fonts called ".VnTime") and VNI ("VNI-Times") give the letters of Latin-1 other shapes; windows-1258 puts tones
behind vowels. Whoever takes such bytes for Latin-1, or copies them into a page in Unicode, shows "Hµ Néi" for "Hà Nội".

Tables of TCVN3 and VNI are those of viparse, which would also decode "hòa" to "hũa": what is decoded, and with which
table, is told here, by whether the words before and after are ones that Vietnamese can write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final, NamedTuple
from unicodedata import normalize

from newsbot.vietnamese.syllables import is_syllable

ENCODINGS: Final = ("tcvn3", "vni", "windows-1258")

#: Letters and what stands for letters in these encodings, as Latin-1 has them, and those that only Unicode has.
_WORD: Final = re.compile("[A-Za-z\xa1-\u024f\u0300-\u036f\u1e00-\u1eff]+")
_UNICODE: Final = re.compile("[\u0100-\u024f\u0300-\u036f\u1e00-\u1eff]")
#: What texts in these encodings are full of, and Vietnamese in Unicode has only in foreign words, if at all.
_TELLING: Final = "µ¸®¶¹¾¼ª¨¬öøïðåæäëîñ÷þßüûç"
_SYMBOLS: Final = "©®«»·°²³¹"
#: Units of measurement, which are no words.
_UNITS: Final = frozenset(("µA", "µF", "µV", "µg", "µl", "µm", "µs"))
#: VNI's ẳ and ỵ, which are not in the table.
_MISSING_IN_VNI: Final = {"aú": "ẳ", "AÚ": "Ẳ", "î": "ỵ", "Î": "Ỵ"}

#: Minimum number of words that a text changes in a surely known encoding; share of them that must then be Vietnamese;
#: by how much more that must be than before; and share of all its words.
_FEWEST_CHANGED: Final = 4
_PLAUSIBLE: Final = 0.9
_MORE_THAN_BEFORE: Final = 0.4
_VIETNAMESE: Final = 0.7


class Evidence(NamedTuple):
    """The words of a text that an encoding would change: how many, and how many are Vietnamese after and before."""

    changed: int = 0
    after: int = 0
    before: int = 0
    #: All words of more than one letter, and those that are Vietnamese once decoded.
    words: int = 0
    vietnamese: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether the text is in the encoding, whatever is known besides."""
        return (
            self.changed >= _FEWEST_CHANGED
            and self.after >= _PLAUSIBLE * self.changed
            and self.after - self.before >= _MORE_THAN_BEFORE * self.changed
            and self.vietnamese >= _VIETNAMESE * self.words
        )

    @property
    def is_possible(self) -> bool:
        """Whether the text is in the encoding if a font or its neighbours say so."""
        return self.before < self.after and self.changed <= 2 * self.after

    def __add__(self, other: tuple[int, ...]) -> Evidence:  # type: ignore[override]
        return Evidence(*map(sum, zip(self, other, strict=True)))


def may_be_legacy(text: str) -> bool:
    """Whether a text has letters without which nothing can be written in one of these encodings; costs next to nothing.

    >>> may_be_legacy("Hµ Néi"), may_be_legacy("Hà Nội, château, café")
    (True, False)
    """
    return any(letter in text for letter in _TELLING)


def has_unicode(text: str) -> bool:
    """Whether a text has a letter of Vietnamese that Latin-1 has not, so that it is in none of these encodings.

    >>> has_unicode("Việt"), has_unicode("hòa – “VnTime”")
    (True, False)
    """
    return _UNICODE.search(text) is not None


def evidence(text: str, encoding: str) -> Evidence:
    """Return what speaks for an encoding.

    >>> evidence("Uû ban nh©n d©n tØnh Hµ T©y", "tcvn3")
    Evidence(changed=6, after=6, before=0, words=7, vietnamese=7)
    >>> evidence("hòa, là, nhé, trẻ", "tcvn3").is_possible, evidence("le château de la reine", "tcvn3").is_sure
    (False, False)
    """
    decode = _decoder(encoding)
    changed = after = before = words = vietnamese = 0
    for word in _WORD.findall(text):
        if _is_no_word(word) or (len(word) == 1 and word.isascii()):
            continue
        found = decode(word)
        is_vietnamese = is_syllable(found.strip(_SYMBOLS))
        words += 1
        vietnamese += is_vietnamese
        if found != word:
            changed += 1
            after += is_vietnamese
            before += is_syllable(word.strip(_SYMBOLS))
    return Evidence(changed, after, before, words, vietnamese)


def surest_encoding(text: str) -> str | None:
    """Return the encoding that a text surely is in; None if it is in Unicode, is no Vietnamese, or cannot be told.

    >>> surest_encoding("Uû ban nh©n d©n tØnh Hµ T©y võa ban hµnh"), surest_encoding("Thuỷ lợi: hoà, toà, hòa, tòa")
    ('tcvn3', None)
    >>> surest_encoding("Uyû ban nhaân daân tænh Ñoàng Nai"), surest_encoding("Uyò ban nhân dân tiÒnh ðaÞ hoòp")
    ('vni', 'windows-1258')
    """
    found = {encoding: evidence(text, encoding) for encoding in ENCODINGS}
    best = max(ENCODINGS, key=lambda encoding: found[encoding].after - found[encoding].before)
    return best if found[best].is_sure else None


def decoded(text: str, encoding: str) -> str:
    """Return a text, known to be in an encoding, in Unicode; words that are Vietnamese only as they are stay.

    Capitals of TCVN3 are those of another font: a line whose other letters are capitals is one of capitals.

    >>> decoded("Hµ Néi, tµu Château ®Õn", "tcvn3"), decoded("UBND TØNH Hµ T©Y", "tcvn3")
    ('Hà Nội, tàu Château đến', 'UBND TỈNH HÀ TÂY')
    >>> decoded("Ñoàng Nai khaúng ñònh", "vni"), decoded("ðiòa phýõng", "windows-1258")
    ('Đồng Nai khẳng định', 'địa phương')
    """
    text = _WORD.sub(lambda match: _decoded_word(match[0], _decoder(encoding)), text)
    return text.upper() if encoding == "tcvn3" and _is_in_capitals(text) else text


def _decoded_word(word: str, decode: Callable[[str], str]) -> str:
    if _is_no_word(word):
        return word
    found = decode(word)
    if len(found) < len(word) or is_syllable(found.strip(_SYMBOLS)):  # that two letters make one is no accident
        return found
    return word if _is_foreign(word) else found


def _is_no_word(word: str) -> bool:
    """Whether what looks like a word is in Unicode, a symbol or a unit."""
    return (len(word) == 1 and word in _SYMBOLS) or word in _UNITS or _UNICODE.search(word) is not None


def _is_foreign(word: str) -> bool:
    """Whether a word may be meant as it stands: it has but letters, of which acronyms of ours would be capitals."""
    return word.isalpha() and not word.isupper() and "µ" not in word and "ª" not in word


def _is_in_capitals(text: str) -> bool:
    letters = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return len(letters) > 2 and "".join(letters).isupper() and not text.isupper()


@cache
def _decoder(encoding: str) -> Callable[[str], str]:
    if encoding == "windows-1258":
        return _decoded_1258
    # Few pages need it, and it imports readers of many formats.
    from viparse.normalize.encodings import CHARMAPS
    from viparse.normalize.tables import convert

    charmap = CHARMAPS[encoding]
    if encoding == "vni":
        return lambda word: convert(_replaced(word, _MISSING_IN_VNI.items()), charmap)
    return lambda word: convert(word, charmap)


def _replaced(word: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        word = word.replace(old, new)
    return word


def _decoded_1258(word: str) -> str:
    try:
        return normalize("NFC", word.encode("cp1252").decode("cp1258"))
    except UnicodeError:
        return word
