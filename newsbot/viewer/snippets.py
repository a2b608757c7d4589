"""A few lines of a text around the words that were looked for."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from newsbot.viewer.search_text import Query, with_diacritics, without_diacritics

#: Words that are shown, those in front of the first that was found, and those of a text that are looked through.
_SHOWN, _BEFORE, _MOST = 40, 10, 20_000
_LONGEST_WORD: Final = 100
_SIDES: Final = re.compile(r"^[\W_]+|[\W_]+$")


class Piece(NamedTuple):
    """A run of text, and whether it was looked for."""

    text: str
    is_found: bool


def snippet(text: str, query: Query) -> list[Piece]:
    """Return the part of a text in which the most of a query's words stand first, or its beginning.

    >>> [tuple(piece) for piece in snippet("Lễ khánh thành cầu dân sinh.", Query.read("cau dan"))]
    [('Lễ khánh thành ', False), ('cầu dân', True), (' sinh.', False)]
    """
    words = text.split(None, _MOST)[:_MOST]
    sought = {without_diacritics(word) for part in query.parts for word in part.split()}
    found = [without_diacritics(with_diacritics(_SIDES.sub("", word[:_LONGEST_WORD]))) in sought for word in words]
    start = max(0, _densest(found) - _BEFORE)
    shown = range(start, min(len(words), start + _SHOWN))
    pieces: list[Piece] = []
    for number in shown:
        word, is_found = words[number][:_LONGEST_WORD], found[number]
        if not pieces:
            pieces.append(Piece(word, is_found))
        elif pieces[-1].is_found == is_found:
            pieces[-1] = Piece(f"{pieces[-1].text} {word}", is_found)
        elif is_found:
            pieces[-1] = Piece(f"{pieces[-1].text} ", False)
            pieces.append(Piece(word, True))
        else:
            pieces.append(Piece(f" {word}", False))
    if start:
        pieces.insert(0, Piece("… ", False))
    if shown and shown[-1] < len(words) - 1:
        pieces.append(Piece(" …", False))
    return pieces


def _densest(found: list[bool]) -> int:
    """Return where the run of words begins that holds the most that were looked for.

    >>> _densest([True, False, False] * 10 + [True, True, True] + [False] * 40)
    3
    """
    size = _SHOWN - _BEFORE
    best, most, count = 0, 0, 0
    for number, hit in enumerate(found):
        count += hit - (found[number - size] if number >= size else 0)
        if count > most:
            best, most = max(0, number - size + 1), count
    return next((number for number in range(best, len(found)) if found[number]), 0)
