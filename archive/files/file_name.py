"""Tells the name of a file from a path: names in lines, records and packages may come from anywhere."""

from __future__ import annotations

import os
from typing import Final

#: Maximum length of a file's name in bytes, on all usual file systems.
_LONGEST: Final = 255


def is_file_name(name: str) -> bool:
    r"""Return whether a file in a folder can have a name: it leads nowhere else, and the system takes it.

    >>> [is_file_name(name) for name in ("a.warc.gz", "Lũ về", "..a")]
    [True, True, True]
    >>> [is_file_name(name) for name in ("", "..", "../a", "/a", "a\0b", "\ud83c", "a" * 256)]
    [False, False, False, False, False, False, False]
    """
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError:  # half of a UTF-16 pair
        return False
    return encoded not in (b"", b".", b"..") and not set(encoded) & {0, ord("/")} and len(encoded) <= _LONGEST
