"""Reduces a text to what it is compared by: the hashes of its runs of three words, and its numbers and names.

Both come from folded text (`newsbot.vietnamese.text.fold`), so that tone style, NFD, case and invisible characters do
not count, nor do punctuation and the cut into paragraphs.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, filterfalse, pairwise, repeat
from typing import Final, Generic, NamedTuple, TypeVar
from unicodedata import is_normalized
from zlib import crc32

from newsbot.vietnamese.text import fold, fold_once

_Made = TypeVar("_Made")

#: Words in a run: unrelated articles then share less than 0.022 of their runs.
SHINGLE_WORDS: Final = 3
#: Maximum number of hashes kept of a text, the smallest (16 KB): a longer text is compared by this sample.
MOST_HASHES: Final = 4096
#: Maximum number of numbers kept of a text, and of names: the first to appear.
MOST_DETAILS: Final = 256
#: Minimum number of numbers, or of names, to compare: fewer may agree by chance, or change with place and day.
FEW_DETAILS: Final = 4

#: What stands around words. Inside one ("12/3", "Hà-Nội") it stays: to look for it would cost as much as all the rest.
_PUNCTUATION = " .,:;!?…\"'“”‘’«»()[]{}<>/\\|-–—−*•+=_~`´&%#@^°·"
_NUMBER = re.compile(r"\d+")
#: Maximum number of words remembered, and of characters in one: most of a text are a few thousand syllables.
_MOST_WORDS: Final = 1 << 14
_LONGEST_WORD: Final = 40


class Shingles(NamedTuple):
    """What is kept of a text to compare it by."""

    #: CRC-32 of each run of words, ascending, each once.
    hashes: tuple[int, ...]
    #: A reprint keeps these, and the names; another event of the same kind has others.
    numbers: frozenset[str]
    #: Pairs of capitalised words that stand together.
    names: frozenset[str]

    def pack(self) -> tuple[bytes, str]:
        """Return the hashes, four bytes each, little end first, and the details, one a line."""
        return struct.pack(f"<{len(self.hashes)}I", *self.hashes), "\n".join(sorted(self.numbers | self.names))

    @classmethod
    def unpack(cls, hashes: bytes, details: str) -> Shingles:
        return cls(unpack_hashes(hashes), *details_of(details))


def details_of(packed: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the numbers and the names that were packed."""
    lines = frozenset(packed.split("\n"))
    numbers = frozenset(filter(str.isdecimal, lines))
    return numbers, lines - numbers - {""}


def unpack_hashes(hashes: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(hashes) // 4}I", hashes)


class Likeness(NamedTuple):
    """How much two texts have in common, each from 0 to 1."""

    #: Jaccard: shared runs of all runs of both.
    resemblance: float
    #: Shared runs of all runs of the first.
    containment: float
    #: Shared numbers of all numbers of the first, or shared names of all its names, whichever is less.
    details: float


def shingles(*parts: str) -> Shingles:
    """Return what a text is compared by, given as one or in parts; names are found in clean text only.

    >>> shingles("Mưa to ở Hoà Bình, 30 nhà tốc mái.") == shingles("Mưa to ở  Hòa Bình: 30 nhà\\n\\nTỐC MÁI")
    True
    >>> len(shingles("Mưa to ở Hoà Bình").hashes), sorted(shingles("Mưa to ở Hoà Bình, 30 nhà").names)
    (3, ['hòa bình'])
    """
    text = " ".join(parts)
    words = text.split()
    if _folds_word_by_word(text):
        folded = [*map(_folded.__getitem__, words)]
    else:
        folded = [*map(str.strip, " ".join(map(fold, parts)).split(), repeat(_PUNCTUATION))]
    numbers = _NUMBER.findall(" ".join(filterfalse(str.isalpha, folded)))
    details = [*dict.fromkeys(numbers)], [*dict.fromkeys(_names(words, folded))]
    hashes = sorted(set(_run_hashes([*map(_lines.__getitem__, filter(None, folded))])))
    return Shingles(tuple(hashes[:MOST_HASHES]), *(frozenset(some[:MOST_DETAILS]) for some in details))


class _Remembered(dict[str, _Made], Generic[_Made]):
    """What is made of words; it is kept of many, since they come again and again."""

    def __init__(self, make: Callable[[str], _Made]):
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> _Made:
        made = self._make(word)
        if len(self) >= _MOST_WORDS:
            self.clear()
        if len(word) <= _LONGEST_WORD:
            self[word] = made
        return made


_folded: Final = _Remembered(lambda word: fold_once(word).strip(_PUNCTUATION))
_lines: Final = _Remembered(lambda word: f"{word}\n".encode())


def _folds_word_by_word(text: str) -> bool:
    """Whether folding a text folds each of its words, as it does where nothing invisible joins or parts them.

    Its only white space is then spaces and line feeds, across which nothing is composed.
    """
    return text.replace("\n", " ").isprintable() and is_normalized("NFC", text)


def _run_hashes(words: list[bytes]) -> Iterator[int]:
    """Return the CRC-32 of each run, which grows by a word in each round: no run need ever be put together.

    >>> [*_run_hashes([b"a", b"b", b"c", b"d"])] == [crc32(b"abc"), crc32(b"bcd")]
    True
    """
    hashes: Iterator[int] = map(crc32, words)
    for start in range(1, SHINGLE_WORDS):
        hashes = map(crc32, words[start:], hashes)
    return hashes


def likeness(first: Shingles, second: Shingles) -> Likeness:
    """Compare two texts exactly, or by the sample that was kept of both where one was too long.

    >>> likeness(shingles("a b c d 1"), shingles("a b c d e 2"))
    Likeness(resemblance=0.4, containment=0.6666666666666666, details=1.0)
    """
    a, b = _comparable(first.hashes, second.hashes)
    details = details_shared((first.numbers, first.names), second.numbers | second.names)
    shared = len({*a}.intersection(b))
    if not shared:
        return Likeness(0.0, 0.0, details)
    return Likeness(shared / (len(a) + len(b) - shared), shared / len(a), details)


def details_shared(of_first: Sequence[frozenset[str]], of_second: frozenset[str]) -> float:
    """Return the least of the shares of the first text's numbers, and of its names, that the second has, too.

    :param of_first: its numbers, and its names.
    :param of_second: its numbers and names.
    """
    return min([len(some & of_second) / len(some) for some in of_first if len(some) >= FEW_DETAILS], default=1.0)


def _names(words: Sequence[str], folded: Sequence[str]) -> list[str]:
    """Return the pairs of capitalised words, folded; single ones would hardly tell one name from another.

    >>> _names("Chiều qua, bà Lò Thị Hạnh".split(), "chiều qua bà lò thị hạnh".split())
    ['lò thị', 'thị hạnh']
    """
    if len(words) != len(folded):  # folding took away a word of invisible characters
        return []
    capital = compress(range(len(words)), map(str.istitle, words))
    return [f"{folded[i]} {folded[j]}" for i, j in pairwise(capital) if j == i + 1]


def _comparable(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Leave out the hashes above what either text has kept: below, both are complete."""
    limit = min((hashes[-1] for hashes in (a, b) if len(hashes) == MOST_HASHES), default=None)
    return (a, b) if limit is None else (a[: bisect_right(a, limit)], b[: bisect_right(b, limit)])
