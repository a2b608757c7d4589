"""MinHash signatures cut into bands: two texts that have a band in common are worth comparing.

A pair of resemblance j (Jaccard) has one with probability 1 - (1 - j³)⁴⁰: .995 at .5, .93 at .4, .66 at .3, .003 at
.04. With more rows to a band, reprints that dropped half the paragraphs would be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rensa import RMinHash  # type: ignore[import-untyped]

from newsbot.state.tables import BANDS, ROWS

_SEED: Final = 2026
_MIX: Final = 0x9E3779B97F4A7C15  # odd, so that no bit is lost
_WORD: Final = 2**64 - 1


def bands(texts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the bands of each text, given as the hashes of its shingles; each band is a signed 64-bit integer.

    >>> (first, second) = bands([range(0, 900), range(100, 1000)])
    >>> len(first), len(set(first) & set(second)) > 10
    (40, True)
    """
    signatures = RMinHash.digest_matrix_from_token_hash_sets([*map(list, texts)], BANDS * ROWS, _SEED).to_rows()
    return [
        [_key(number, signature[number * ROWS : (number + 1) * ROWS]) for number in range(BANDS)]
        for signature in signatures
    ]


def _key(number: int, values: Sequence[int]) -> int:
    key = number
    for value in values:
        key = (key * _MIX + value) & _WORD
    return key - 2**63
