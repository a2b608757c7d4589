"""Which language a text is in: Vietnamese, or one of those in which Vietnamese papers have editions."""

from __future__ import annotations

import re
from typing import Final

from newsbot.vietnamese.text import fold

#: Characters that are looked at, and minimum number of words of a text that can tell its language.
_LOOKED_AT: Final = 5_000
_FEWEST_WORDS: Final = 30
#: The same, of a beginning that is full of Vietnamese letters, as most are.
_SAMPLE: Final = 600
_FEWEST_LETTERS: Final = 30
_WORD: Final = re.compile(r"[^\W\d_]+")
_VIETNAMESE: Final = re.compile("[ăâđêôơưạảấầẩẫậắằặẻẽẹếềểễệỉĩịọỏốồổỗộớờởỡợụủứừửữựỳỷỹỵ]")
#: Letters of other scripts, by the language that papers write in them; kana before Han, which Japanese has, too.
_SCRIPTS: Final = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "km": re.compile("[\u1780-\u17d3]"),
    "lo": re.compile("[\u0e81-\u0edf]"),
    "th": re.compile("[\u0e01-\u0e4e]"),
    "ru": re.compile("[\u0400-\u04ff]"),
}
#: Words of which any text is full.
_ENGLISH: Final = "the of and to in is for that with on was by as at from are has have an be its will this their which"
_FRENCH: Final = "le la les des et du une est dans pour que qui sur au aux par son ses avec ce cette plus"
_USUAL: Final = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
#: Share of a script's letters, of usual words and of words with Vietnamese letters from which a language is believed.
_MOSTLY: Final = 0.4
_ENOUGH: Final = 0.15
_NEARLY_NONE: Final = 0.1
_FEWEST_USUAL: Final = 3


def language_of_text(text: str) -> str | None:
    """Return the language of a text; None if it is too short to tell, or none that is known here.

    >>> language_of_text("Nước sông dâng cao từ đêm qua, hàng trăm hộ dân phải chuyển đồ lên gác. " * 3)
    'vi'
    >>> language_of_text("The water has risen since last night, and hundreds of families have moved to the hills. " * 3)
    'en'
    >>> language_of_text("Wi-Fi 7 is on"), language_of_text("河水上涨，数百户居民转移到高处。" * 9)
    (None, 'zh')
    """
    sample = text[:_SAMPLE].lower()
    if len(_VIETNAMESE.findall(sample)) >= max(_FEWEST_LETTERS, _NEARLY_NONE * len(sample)):
        return "vi"
    key = fold(text[:_LOOKED_AT])
    letters = sum(map(str.isalpha, key))
    for language, script in _SCRIPTS.items():
        found = len(script.findall(key))
        if found >= _FEWEST_WORDS and found >= (_MOSTLY if language != "ja" else _NEARLY_NONE) * letters:
            return language
    words = _WORD.findall(key)
    if len(words) < _FEWEST_WORDS:
        return None
    vietnamese = sum(_VIETNAMESE.search(word) is not None for word in words) / len(words)
    if vietnamese >= _ENOUGH:
        return "vi"
    shares = {language: sum(word in usual for word in words) / len(words) for language, usual in _USUAL.items()}
    language = max(shares, key=lambda each: shares[each])
    return language if shares[language] >= _ENOUGH and vietnamese < _NEARLY_NONE else None


def may_be_english(text: str) -> bool:
    """Whether a text, however short, is written with English words, and no letter in it is Vietnamese.

    >>> may_be_english("The water is still on the rise in the north"), may_be_english("Xem file")
    (True, False)
    """
    key = fold(text[:_LOOKED_AT])
    return _VIETNAMESE.search(key) is None and sum(word in _USUAL["en"] for word in _WORD.findall(key)) >= _FEWEST_USUAL
