"""Plausible Vietnamese news text, made from a seed: sentences with slots over a small vocabulary.

The same generator always writes the same text, so a story is known by its number and needs no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random

from tests.replica import vocabulary

_SLOT = re.compile(r"\{(\w+)\}")
_ASCII = str.maketrans(
    dict.fromkeys("àáảãạăằắẳẵặâầấẩẫậ", "a")
    | dict.fromkeys("èéẻẽẹêềếểễệ", "e")
    | dict.fromkeys("ìíỉĩị", "i")
    | dict.fromkeys("òóỏõọôồốổỗộơờớởỡợ", "o")
    | dict.fromkeys("ùúủũụưừứửữự", "u")
    | dict.fromkeys("ỳýỷỹỵ", "y")
    | {"đ": "d"}
)


def slugify(text: str, *, limit: int = 120) -> str:
    """The address form of a title, as Vietnamese CMSs make it.

    >>> slugify("“Giữ lửa” cho chợ phiên ở Đồng Than")
    'giu-lua-cho-cho-phien-o-dong-than'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower().translate(_ASCII)).strip("-")[:limit].rstrip("-")


def sentence_case(text: str) -> str:
    """The text with its first letter a capital.

    >>> sentence_case("đến nay")
    'Đến nay'
    """
    return text[:1].upper() + text[1:]


@cache
def _parsed(template: str) -> tuple[str, ...]:
    """A template cut into literal, slot, literal, slot, ..., literal."""
    return tuple(_SLOT.split(template))


class Writer:
    """Writes one story's text; what it speaks of (place, person) stays the same through the story."""

    def __init__(self, random: Random, places: tuple[str, ...]) -> None:
        self._random = random.random
        self._places = places
        self.place = self.choose(places)
        self.thing = self.choose(vocabulary.THINGS)
        self.office = self.choose(vocabulary.OFFICES)
        self.hero = self.person()

    def restart(self, random: Random) -> None:
        """Go on with other chances, still speaking of the same place and person."""
        self._random = random.random

    def choose(self, items: tuple[str, ...]) -> str:
        return items[int(self._random() * len(items))]

    def number(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def person(self) -> str:
        names = (vocabulary.FAMILY_NAMES, vocabulary.MIDDLE_NAMES, vocabulary.GIVEN_NAMES)
        return " ".join([self.choose(part) for part in names])

    def write(self, template: str) -> str:
        """The template with each slot filled; a slot with a capital starts with one."""
        pieces = list(_parsed(template))
        for position in range(1, len(pieces), 2):
            slot = pieces[position]
            fill = _FILLERS[slot.lower()](self)
            pieces[position] = sentence_case(fill) if slot[0].isupper() else fill
        return "".join(pieces)

    def sentence(self) -> str:
        return self.write(self.choose(vocabulary.SENTENCES))

    def paragraph(self) -> str:
        return " ".join([self.sentence() for _ in range(self.number(2, 4))])

    def claim(self) -> str:
        return self.write(self.choose(vocabulary.CLAIMS))

    def opening(self) -> str:
        return self.write(self.choose(vocabulary.OPENINGS))

    def any_place(self) -> str:
        return self.choose(self._places)

    def money(self) -> str:
        if self.number(0, 1):
            return f"{self.number(1, 98)},{self.number(1, 9)} tỷ đồng"
        return f"{self.number(2, 95) * 10} triệu đồng"


_FILLERS: dict[str, Callable[[Writer], str]] = {
    "place": lambda w: w.place,
    "place2": Writer.any_place,
    "thing": lambda w: w.thing if w.number(0, 1) else w.choose(vocabulary.THINGS),
    "thing2": lambda w: w.choose(vocabulary.THINGS),
    "office": lambda w: w.office if w.number(0, 1) else w.choose(vocabulary.OFFICES),
    "person": lambda w: w.hero if w.number(0, 1) else w.person(),
    "role": lambda w: w.choose(vocabulary.ROLES),
    "doing": lambda w: w.choose(vocabulary.DOINGS),
    "doing2": lambda w: w.choose(vocabulary.DOINGS),
    "aim": lambda w: w.choose(vocabulary.AIMS),
    "claim": Writer.claim,
    "opening": Writer.opening,
    "unit": lambda w: w.choose(vocabulary.UNITS),
    "money": Writer.money,
    "n": lambda w: str(w.number(12, 987)),
    "small": lambda w: str(w.number(2, 9)),
    "pct": lambda w: str(w.number(11, 96)),
    "day": lambda w: f"{w.number(1, 28)}/{w.number(1, 12)}",
    "month": lambda w: str(w.number(1, 12)),
}
