"""Which lines of an index players are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_NOT_MODIFIED: Final = b'"status": "304"'


def replayable(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield CDXJ lines but for those of answers that nothing was modified.

    ReplayWeb.page 2.4 and pywb 2.10 show these as they are, empty, in place of the nearest capture that has what they
    refer to.

    >>> [*replayable([b'a)/ 20260101000000 {"url": "http://a/"}', b'a)/ 20260102000000 {"status": "304"}'])]
    [b'a)/ 20260101000000 {"url": "http://a/"}']
    """
    return (line for line in lines if _NOT_MODIFIED not in line)
