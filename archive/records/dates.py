"""Normalises WARC-Dates of any crawler."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

#: What the standard has, to the second or finer; such a date is left as it is.
_USUAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)
_DIGITS: Final = re.compile(r"\d{14}", re.ASCII)
#: WARC/1.1 allows a date to end anywhere: the earliest moment is meant, as in an index.
_EARLIEST: Final = "0001-01-01T00:00:00"
_BEGUN: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d)?)?)?)?", re.ASCII)


def usual_date(written: str) -> str:
    """Return a WARC-Date in UTC to the second or finer; one without a zone, or of 14 digits, is in UTC.

    >>> usual_date("2026-11-22T03:20:11.123456Z"), usual_date("20261122032011"), usual_date("2026-11")
    ('2026-11-22T03:20:11.123456Z', '2026-11-22T03:20:11Z', '2026-11-01T00:00:00Z')
    >>> usual_date("2026-11-22T03:20:11"), usual_date("2026-11-22T10:20:11+07:00")
    ('2026-11-22T03:20:11Z', '2026-11-22T03:20:11Z')

    :raises ValueError: if it is no date.
    """
    text = written.strip()
    if _USUAL.fullmatch(text):
        datetime.fromisoformat(text)
        return text
    begun = text.removesuffix("Z")
    if _DIGITS.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}"
    elif _BEGUN.fullmatch(begun):
        text = begun + _EARLIEST[len(begun) :]
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"its WARC-Date {written[:40]!r} is no date") from error
    fraction = f".{moment.microsecond:06}" if moment.microsecond else ""
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}{fraction}Z"


def by_moment(date: str) -> str:
    """Return a usual date in a form whose order is that of time, however fine each is.

    >>> sorted(["2026-11-22T03:20:11.5Z", "2026-11-22T03:20:12Z", "2026-11-22T03:20:11Z"], key=by_moment)
    ['2026-11-22T03:20:11Z', '2026-11-22T03:20:11.5Z', '2026-11-22T03:20:12Z']
    """
    return date.removesuffix("Z")


def index_time(written: str) -> str:
    """Return a WARC-Date as the 14 digits of an index line; of what is no date, the digits that it has.

    >>> index_time("2026-11-22T10:20:11+07:00"), index_time("2026-11"), index_time("no date of 2026")
    ('20261122032011', '20261101000000', '2026')
    """
    with suppress(ValueError):
        written = usual_date(written)
    return re.sub(r"[^0-9]", "", written)[:14]
