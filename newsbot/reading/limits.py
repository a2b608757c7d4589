"""How much a page may be: what is small is read in place, what is larger where it can be stopped."""

from __future__ import annotations

import re
from typing import Final

#: Bytes. An article with pictures pasted into it may have several millions; what is longer is no article.
MAX_BYTES: Final = 24_000_000
#: For each new block a parser walks up all open ones: 100,000 nested tags cost ten seconds. Real pages nest 100.
MAX_DEPTH: Final = 10_000

#: Characters of an address; servers and proxies take hardly more.
LONGEST_ADDRESS: Final = 2_000

# Whatever stays below these takes at most a second and 150 MB to read, however it is made (`tests.hostile.weights`
# measures it; trafilatura's time grows with the square of the paragraphs); real articles have 60 to 200 KB, and up to
# 2,500 tags, those that close counted.
LIGHT_BYTES: Final = 1_000_000
_LIGHT_TAGS: Final = 4_000
#: Bytes of one tag. A parser compares each attribute with all before it.
_LIGHT_TAG: Final = 4_000


#: Characters of a host, with what may stand beside it; no name has more than 253 (RFC 1035, 2.3.4).
_LONGEST_HOST: Final = 300
_AUTHORITY: Final = re.compile(r"[\x00-\x20]*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?P<host>[^/?#]*)")
#: Left out of an address wherever they stand.
_LINE_ENDS: Final = re.compile("[\t\r\n]+")


class ReadingLimitError(Exception):
    """A page exceeds a limit of reading, or is cut off; the message says which and where."""


def has_endless_host(address: str) -> bool:
    """Whether an address has a host that is not ASCII and longer than any: `urlsplit` would compose its characters.

    That takes time with the square of the combining marks in a row.

    >>> has_endless_host("//a" + "\u0315" * 400 + ".vn/"), has_endless_host("https://báo.vn/" + "\u0315" * 400)
    (True, False)
    """
    if address.isascii():
        return False
    match = _AUTHORITY.match(_LINE_ENDS.sub("", address))
    return match is not None and len(match["host"]) > _LONGEST_HOST


def is_light(body: bytes) -> bool:
    """Whether a page can be read in place, told by counts over its bytes alone.

    In every encoding that `newsbot.reading.page.decode` knows, a tag begins with the byte of "<".
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
