"""What a text is compared by: the hashes of its runs of three words, and its numbers and names.

Both come from folded text (`newsbot.text.fold`), so that tone style, NFD, case and invisible characters do not count,
nor do punctuation and the cut into paragraphs.
"""

from __future__ import annotations

import re
import struct
from itertools import accumulate
from typing import Final, NamedTuple
from zlib import crc32

from newsbot.text import fold

#: Words in a run (NEWS_RULES.md section 3: unrelated articles then share less than 0.022 of their runs).
SHINGLE_WORDS: Final = 3
#: Hashes kept of a text, its smallest: 16 KB. A longer text is compared by this sample.
MOST_HASHES: Final = 4096
#: Numbers and names kept of a text, the first to appear.
MOST_DETAILS: Final = 256

_WORD = re.compile(r"\w+")
_ALL: Final = 2**32


class Shingles(NamedTuple):
    """What is kept of a text to compare it by."""

    #: CRC-32 of each run of words, ascending, each once.
    hashes: tuple[int, ...]
    #: Numbers, and pairs of words in capitals: a reprint keeps them, another event of the same kind has others.
    details: frozenset[str]

    def pack(self) -> tuple[bytes, str]:
        """Return the hashes, four bytes each, little end first, and the details, one a line."""
        return struct.pack(f"<{len(self.hashes)}I", *self.hashes), "\n".join(sorted(self.details))

    @classmethod
    def unpack(cls, hashes: bytes, details: str) -> Shingles:
        return cls(struct.unpack(f"<{len(hashes) // 4}I", hashes), frozenset(details.splitlines()))


class Likeness(NamedTuple):
    """How much two texts have in common, each from 0 to 1."""

    #: Jaccard: shared runs of all runs of both.
    resemblance: float
    #: Shared runs of all runs of the first.
    containment: float
    #: Shared details of all details of the first.
    details: float


def shingles(text: str) -> Shingles:
    """Return what a text is compared by; names are found in clean text only.

    >>> shingles("Mưa to ở Hoà Bình, 30 nhà tốc mái.") == shingles("Mưa to ở  Hòa Bình: 30 nhà\\n\\nTỐC MÁI")
    True
    >>> len(shingles("Mưa to ở Hoà Bình").hashes), sorted(shingles("Mưa to ở Hoà Bình, 30 nhà").details)
    (3, ['30', 'hòa bình'])
    """
    words = _WORD.findall(fold(text))
    # Cut out of one byte string: joining and encoding every run would take three times as long.
    data = " ".join(words).encode()
    ends = list(accumulate(len(word) + 1 for word in data.split(b" ")))
    runs = map(slice, [0, *ends], [end - 1 for end in ends[SHINGLE_WORDS - 1 :]])
    hashes = sorted(set(map(crc32, map(data.__getitem__, runs))))
    details = [*dict.fromkeys(word for word in words if word.isdecimal()), *_names(text)]
    return Shingles(tuple(hashes[:MOST_HASHES]), frozenset(details[:MOST_DETAILS]))


def likeness(first: Shingles, second: Shingles) -> Likeness:
    """Compare two texts exactly, or by the sample that was kept of both where one was too long.

    >>> likeness(shingles("a b c d 1"), shingles("a b c d e 2"))
    Likeness(resemblance=0.4, containment=0.6666666666666666, details=0.0)
    """
    a, b = _comparable(first.hashes, second.hashes)
    shared = len(a & b)
    details = len(first.details & second.details) / len(first.details) if first.details else 1.0
    if not shared:
        return Likeness(0.0, 0.0, details)
    return Likeness(shared / (len(a) + len(b) - shared), shared / len(a), details)


def _names(text: str) -> list[str]:
    """Pairs of capitalised words, folded; single ones would hardly tell one name from another."""
    words = _WORD.findall(text)
    capitalised = [word.istitle() for word in words]
    pairs = [f"{words[i]} {words[i + 1]}" for i in range(len(words) - 1) if capitalised[i] and capitalised[i + 1]]
    return fold("|".join(dict.fromkeys(pairs))).split("|") if pairs else []


def _comparable(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[set[int], set[int]]:
    """Leave out the hashes above what either text has kept: below, both are complete."""
    limit = min(hashes[-1] if len(hashes) == MOST_HASHES else _ALL for hashes in (a, b))
    return {value for value in a if value <= limit}, {value for value in b if value <= limit}
