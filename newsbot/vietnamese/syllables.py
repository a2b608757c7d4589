"""The syllables that Vietnamese can write: what stands at their beginning, what follows, and which tones that may have.

Spelling rules as in any grammar of Vietnamese; that a syllable can be written does not mean that a word has it.
"""

from __future__ import annotations

from itertools import product
from typing import Final
from unicodedata import normalize

#: A syllable may also begin with none of these, and then, where a rime begins with "i", is written with "y".
_ONSETS: Final = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph r s t th tr v x"
_BARE: Final = "yêm yên yêng yêt yêu"
_RIMES: Final = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et
    ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot
    oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ooc oong
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uôc uôi uôm
    uôn uông uôt uơ uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp
    ươt ươu y
"""
_FRONT: Final = frozenset("eêiy")
#: Onsets that stand before front vowels alone, and those that never do ("gi" counts as an onset).
_BEFORE_FRONT: Final = frozenset(("gh", "k", "ngh"))
_NOT_BEFORE_FRONT: Final = frozenset(("c", "ng"))

_TONES: Final = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
#: A syllable with a stop at its end has one of two tones.
_STOPS: Final = ("c", "ch", "p", "t")
_OF_STOPS: Final = frozenset("\u0301\u0323")
_LONGEST: Final = 7


def is_syllable(word: str) -> bool:
    """Whether a word is one syllable that Vietnamese can write, in any case.

    >>> [word for word in ("nghiêng", "QUỐC", "gì", "hoà", "hòa", "hũa", "quynh") if not is_syllable(word)]
    []
    >>> [word for word in ("viet", "Hµ", "château", "kôn", "ngiêng", "hoằ", "việt1") if is_syllable(word)]
    []
    """
    if len(word) > _LONGEST:
        return False
    apart = normalize("NFD", word.lower())
    bare = apart.translate(_TONES)
    tones = len(apart) - len(bare)
    if tones > 1 or normalize("NFC", bare) not in _SYLLABLES:
        return False
    return not bare.endswith(_STOPS) or (tones == 1 and not _OF_STOPS.isdisjoint(apart))


def _goes_with(onset: str, rime: str) -> bool:
    is_front = rime[0] in _FRONT
    return not (onset in _BEFORE_FRONT and not is_front) and not (onset in _NOT_BEFORE_FRONT and is_front)


def _after_q(rime: str) -> str:
    """Return how a rime that begins with "o" or "u" is written behind "q"."""
    return f"qu{rime[1:]}"


_SYLLABLES: Final = frozenset((
    *(onset + rime for onset, rime in product(("", *_ONSETS.split()), _RIMES.split()) if _goes_with(onset, rime)),
    *_BARE.split(),
    *(_after_q(rime) for rime in _RIMES.split() if len(rime) > 1 and rime[0] in "ou" and rime[1] in "aăâeêôơy"),
    "gi", "qui", "quit",
))  # fmt: skip
