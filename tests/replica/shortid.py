"""Short ids of nine characters, as npm's shortid makes them; here a story's index can be read back from its id."""

from __future__ import annotations

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_SPACE = 64**9
_FACTOR, _OFFSET = 11_400_714_819_323_199, 5_271_009_410_229
_INVERSE = pow(_FACTOR, -1, _SPACE)


def shortid(index: int) -> str:
    """The id of the index-th story.

    >>> shortid(7), index_of(shortid(7))
    ('K5iBzmMyr', 7)
    """
    number = (index * _FACTOR + _OFFSET) % _SPACE
    letters = []
    for _ in range(9):
        number, value = divmod(number, 64)
        letters.append(_ALPHABET[value])
    return "".join(letters)


def index_of(text: str) -> int:
    """The index whose id this is; some huge number for an id that no story has."""
    number = 0
    for letter in reversed(text):
        number = number * 64 + _VALUES[letter]
    return (number - _OFFSET) * _INVERSE % _SPACE
