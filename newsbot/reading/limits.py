"""How much a page may be: what is small is read in place, what is larger where it can be stopped."""

from __future__ import annotations

import re
from typing import Final

from archive.http.markup_weight import LIGHT_BYTES, is_light

__all__ = ["LIGHT_BYTES", "MAX_BYTES", "MAX_DEPTH", "ReadingLimitError", "has_endless_host", "is_light"]

#: Bytes. An article with pictures pasted into it may have several millions; what is longer is no article.
MAX_BYTES: Final = 24_000_000
#: For each new block a parser walks up all open ones: 100,000 nested tags cost ten seconds. Real pages nest 100.
MAX_DEPTH: Final = 10_000

#: Characters of an address; servers and proxies take hardly more.
LONGEST_ADDRESS: Final = 2_000

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
