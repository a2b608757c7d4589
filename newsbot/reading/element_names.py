"""Looks for words in the names of elements, their classes and ids, which the pages of a site have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

#: Maximum length, in characters, of a name that is remembered, and number of such names.
_LONGEST: Final = 200
_MOST: Final = 1024


def searching(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a pattern is in a name, and remembers what it has found.

    >>> is_shared = searching(re.compile("share", re.IGNORECASE))
    >>> is_shared("box-Share"), is_shared("noi-dung")
    (True, False)
    """

    def is_in(name: str) -> bool:
        return pattern.search(name) is not None

    remembered = lru_cache(maxsize=_MOST)(is_in)
    return lambda name: remembered(name) if len(name) <= _LONGEST else is_in(name)
