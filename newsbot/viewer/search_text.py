"""Text as it is searched, with its diacritics and without; and what somebody has typed, as a query of SQLite's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from unicodedata import combining, normalize

from newsbot.vietnamese.text import fold

#: Maximum number of words of a query that are looked for, and of characters that are looked at.
MOST_WORDS: Final = 32
LONGEST_QUERY: Final = 500
_WORD: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile(r'"([^"]*)"|([^"]+)')


def with_diacritics(text: str) -> str:
    """Return a text in the form in which it is compared, with its diacritics.

    >>> with_diacritics("Hoà  BÌNH")
    'hòa bình'
    """
    return fold(text)


def without_diacritics(folded: str) -> str:
    """Return a folded text without its diacritics; đ is a letter of its own to Unicode, and has none.

    >>> without_diacritics("cầu dân sinh ở đường 20/7")
    'cau dan sinh o duong 20/7'
    """
    if folded.isascii():
        return folded
    apart = normalize("NFD", folded.replace("đ", "d"))
    return "".join([character for character in apart if character < "\u0300" or not combining(character)])


@dataclass(frozen=True)
class Query:
    """What is looked for: all words, those in quotation marks side by side."""

    #: Each a word, or several that stand side by side, as they were typed but folded.
    parts: tuple[str, ...]

    @classmethod
    def read(cls, typed: str) -> Query:
        """Read what somebody has typed; nothing in it is an operator but quotation marks.

        >>> Query.read('Cầu "dân sinh" OR NEAR(x) *').parts
        ('cầu', 'dân sinh', 'or', 'near', 'x')
        >>> Query.read('" ( * "').parts
        ()
        """
        parts: list[str] = []
        for found in _PART.finditer(typed[:LONGEST_QUERY]):
            quoted, bare = found.groups()
            words = _WORD.findall(fold(bare if quoted is None else quoted))
            parts += words if quoted is None or not words else [" ".join(words)]
        return cls(tuple(parts[:MOST_WORDS]))

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def has_diacritics(self) -> bool:
        return any(without_diacritics(part) != part for part in self.parts)

    def words(self, *, exact: bool) -> str:
        """Return the query for texts that hold all parts, somewhere."""
        return " AND ".join(map(_quoted, self._parts(exact)))

    def phrase(self, *, exact: bool) -> str:
        """Return the query for texts that hold all words side by side, as they were typed."""
        return _quoted(" ".join(self._parts(exact)))

    def _parts(self, exact: bool) -> Iterable[str]:
        return self.parts if exact else map(without_diacritics, self.parts)


def _quoted(words: str) -> str:
    """Return words as a string of FTS5, in which nothing has a meaning but a quotation mark, and words have none."""
    return f'"{words}"'
