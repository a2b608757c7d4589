"""Reads the attribute ``srcset``: the same picture in several sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_GAP: Final = re.compile(r"[\s,]*")
_WORD: Final = re.compile(r"\S+")


def candidates(value: str) -> Iterator[str]:
    """Yield the addresses of a srcset by the rules of HTML: they may hold commas, but not end with one.

    https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute

    >>> list(candidates("a.jpg 1x, /w_200,h_100/b.jpg 480w,c.jpg"))
    ['a.jpg', '/w_200,h_100/b.jpg', 'c.jpg']
    >>> list(candidates("a.jpg,b.jpg 2x")), list(candidates("a.jpg, b.jpg calc(1px, 2px) , "))
    (['a.jpg,b.jpg'], ['a.jpg', 'b.jpg'])
    """
    at = 0
    while word := _WORD.match(value, _end(_GAP, value, at)):
        at = word.end()
        yield word[0].rstrip(",")
        if not word[0].endswith(","):
            at = _descriptors_end(value, at)


def _end(pattern: re.Pattern[str], value: str, at: int) -> int:
    match = pattern.match(value, at)
    return match.end() if match else at


def _descriptors_end(value: str, at: int) -> int:
    """Return where the next comma outside of parentheses is, or the end."""
    depth = 0
    while at < len(value) and (value[at] != "," or depth):
        depth += (value[at] == "(") - (value[at] == ")" and depth > 0)
        at += 1
    return at
