"""Text as it was written before Unicode, in the letters that whoever takes it for Latin-1 sees."""

from __future__ import annotations

from functools import cache
from unicodedata import normalize

from viparse.normalize.encodings import CHARMAPS

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_MORE = {"vni": {"ẳ": "aú", "Ẳ": "AÚ", "ỵ": "î", "Ỵ": "Î"}, "tcvn3": {}}


def written_in(encoding: str, text: str) -> str:
    """The text in TCVN3 (which lacks capitals with tones), VNI or windows-1258.

    >>> written_in("tcvn3", "Được"), written_in("vni", "Được"), written_in("windows-1258", "Được")
    ('§\\xadîc', 'Ñöôïc', 'Ðýõòc')
    """
    if encoding == "windows-1258":
        return "".join(map(_in_1258, normalize("NFC", text)))
    letters = _letters(encoding)
    return "".join(letters.get(letter, letter) for letter in text)


@cache
def _letters(encoding: str) -> dict[str, str]:
    return {letter: legacy for legacy, letter in reversed(CHARMAPS[encoding].pairs)} | _MORE[encoding]


def _in_1258(letter: str) -> str:
    apart = normalize("NFD", letter)
    base = normalize("NFC", "".join(each for each in apart if each not in _TONES))
    spelt = base + "".join(each for each in apart if each in _TONES)
    for form in (letter, spelt):
        try:
            return form.encode("cp1258").decode("cp1252")
        except UnicodeError:
            continue
    return letter
