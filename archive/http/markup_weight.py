"""Tells markup that a parser reads in no time, however it is made, from what may take any time and memory."""

from __future__ import annotations

from typing import Final

# Whatever stays below these takes at most a second and 150 MB to read, however it is made (`tests.hostile.weights`
# measures it; trafilatura's time grows with the square of the paragraphs); real articles have 60 to 200 KB, and up to
# 2,500 tags, those that close counted.
LIGHT_BYTES: Final = 1_000_000
_LIGHT_TAGS: Final = 4_000
#: Bytes of one tag. A parser compares each attribute with all before it.
_LIGHT_TAG: Final = 4_000


def is_light(body: bytes) -> bool:
    """Whether a page can be read in place, told by counts over its bytes alone.

    In every encoding that browsers know, a tag begins with the byte of "<".
    """
    return len(body) <= LIGHT_BYTES and body.count(b"<") <= _LIGHT_TAGS and not _has_long_tag(body)


def _has_long_tag(body: bytes) -> bool:
    """Whether a tag of a page may be longer than a light one, told by looking at a few of its bytes.

    >>> _has_long_tag(b"<p>a b c d</p><a b=c>" + bytes(9000)), _has_long_tag(b"<p " + bytes(5000))
    (False, True)
    """
    position = 0
    while len(body) - position > _LIGHT_TAG:
        end = body.rfind(b">", position, position + _LIGHT_TAG)
        if end < 0:
            end = body.find(b">", position + _LIGHT_TAG)
            end = len(body) if end < 0 else end
            start = body.find(b"<", position, end)
            if start >= 0 and end - start > _LIGHT_TAG:
                return True
        position = end + 1
    return False
