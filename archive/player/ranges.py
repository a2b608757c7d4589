"""Reads the Range header of a request (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Range(NamedTuple):
    """A part of something: from ``start`` up to, but not at, ``end``."""

    start: int
    end: int


def read_range_header(header: str | None, size: int) -> Range | None:
    """Return what a Range header asks for; None for all of it, as for what is no single range.

    A player asks for the end of a package by a length that may be more than there is.

    >>> read_range_header("bytes=2-5", 10), read_range_header("bytes=-65558", 10), read_range_header("bytes=4-", 10)
    (Range(start=2, end=6), Range(start=0, end=10), Range(start=4, end=10))
    >>> read_range_header(None, 10), read_range_header("bytes=1-2,4-5", 10), read_range_header("bytes=-", 10)
    (None, None, None)

    :raises ValueError: if nothing is in the range: it begins behind the end, or is as long as nothing.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= size:
        raise ValueError(f"nothing of {size} bytes is in {header}")
    return Range(start, end) if start < end else None
