"""Addresses that differ only in what keeps caches away: a moment or a random number, new at each visit."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

#: Parameters that only ever do that, where they hold a number.
_NAMES: Final = re.compile(r"_|cb|r|rnd|rand|random|t|ts|time|timestamp|nocache|v?cache\w*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
#: A moment in seconds or milliseconds, or a fraction as Math.random gives it.
_MOMENT: Final = re.compile(r"[0-9]{10}|[0-9]{13}|0\.[0-9]{6,}")


def without_moment(url: str) -> str:
    """Return an address without what keeps caches away.

    >>> without_moment("https://a.vn/list?id=7&_=1764408000123"), without_moment("https://a.vn/a.js?0.8351423123")
    ('https://a.vn/list?id=7', 'https://a.vn/a.js')
    >>> without_moment("https://a.vn/a.js?v=2"), without_moment("https://a.vn/tin?r=tay-bac")
    ('https://a.vn/a.js?v=2', 'https://a.vn/tin?r=tay-bac')
    """
    parts = urlsplit(url)
    if not parts.query:
        return url
    kept = [pair for pair in parts.query.split("&") if not _is_moment(pair)]
    return parts._replace(query="&".join(kept)).geturl()


def _is_moment(pair: str) -> bool:
    name, sign, value = pair.partition("=")
    if not sign:
        return bool(_MOMENT.fullmatch(name))
    return bool(_MOMENT.fullmatch(value) or (_NAMES.fullmatch(name) and _NUMBER.fullmatch(value)))
