"""Ids that look random, as some CMSs make them; here a story's index can be read back from its id."""

from __future__ import annotations

_SHORT = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789"
_OFFSET = 5_271_009_410_229


def _spell(number: int, alphabet: str, length: int) -> str:
    letters = []
    for _ in range(length):
        number, value = divmod(number, len(alphabet))
        letters.append(alphabet[value])
    return "".join(letters)


def _read(text: str, alphabet: str) -> int:
    number = 0
    for letter in reversed(text):
        number = number * len(alphabet) + alphabet.index(letter)
    return number


_SHORT_SPACE, _SHORT_FACTOR = 64**9, 11_400_714_819_323_199
_SHORT_INVERSE = pow(_SHORT_FACTOR, -1, _SHORT_SPACE)
_KEY_SPACE, _KEY_FACTOR = 36**6, 1_103_515_247
_KEY_INVERSE = pow(_KEY_FACTOR, -1, _KEY_SPACE)


def shortid(index: int) -> str:
    """The index-th story's id of nine characters, as npm's shortid makes them.

    >>> shortid(7), index_of(shortid(7))
    ('K5iBzmMyr', 7)
    """
    return _spell((index * _SHORT_FACTOR + _OFFSET) % _SHORT_SPACE, _SHORT, 9)


def index_of(text: str) -> int:
    """The index whose shortid this is; some huge number for an id that no story has."""
    return (_read(text, _SHORT) - _OFFSET) * _SHORT_INVERSE % _SHORT_SPACE


def key_of(index: int) -> str:
    """The six letters and digits that end the index-th story's name in an old portal address.

    >>> index_of_key(key_of(7))
    7
    """
    return _spell((index * _KEY_FACTOR + _OFFSET) % _KEY_SPACE, _PLAIN, 6)


def index_of_key(text: str) -> int:
    """The index whose key this is, in either case."""
    return (_read(text.lower(), _PLAIN) - _OFFSET) * _KEY_INVERSE % _KEY_SPACE
