"""How long a site asks us to stay away: the Retry-After header (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?", re.ASCII)
#: Longer numbers mean no more than "very long", and would cost time to convert.
_MOST_DIGITS = 9


def read_http_date(text: str) -> datetime | None:
    """Return an HTTP-date as an aware time, or None if it is none.

    >>> read_http_date("Sun, 06 Nov 1994 08:49:37 GMT").isoformat()
    '1994-11-06T08:49:37+00:00'
    >>> read_http_date("soon"), read_http_date("Sun, 99 Nov 1994 08:49:37 GMT")
    (None, None)
    """
    try:
        date = parsedate_to_datetime(text[:64])
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def read_retry_after(value: str, *, now: datetime, date: str = "") -> float | None:
    """Return for how many seconds to stay away (never negative), or None if the value says nothing.

    ``date`` is the response's Date header: an HTTP-date is measured from it, so that a server with a wrong clock is
    understood all the same; ``now`` (aware) is used where the server gave none. Some servers send a fraction of a
    second, which the standard does not know; it is read.

    >>> now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    >>> read_retry_after("120", now=now), read_retry_after(" 1.5 ", now=now)
    (120.0, 1.5)
    >>> read_retry_after("Sun, 22 Nov 2026 03:02:00 GMT", now=now)
    120.0
    >>> read_retry_after("Sun, 22 Nov 2026 05:00:10 GMT", now=now, date="Sun, 22 Nov 2026 05:00:00 GMT")
    10.0
    >>> read_retry_after("Sun, 22 Nov 2020 03:02:00 GMT", now=now)
    0.0
    >>> read_retry_after("9" * 5000, now=now)
    inf
    >>> read_retry_after("-5", now=now), read_retry_after("later", now=now), read_retry_after("", now=now)
    (None, None, None)
    """
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value) if len(value) <= _MOST_DIGITS else math.inf
    until = read_http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (read_http_date(date) or now)).total_seconds())
