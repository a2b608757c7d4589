"""The forms of dates that Vietnamese sites print, as patterns: where in a text a date stands and what its parts are.

Nothing here decides whether a date is possible or in which zone a bare one is; `newsbot.vietnamese.dates` does. A date
is a day with an optional time behind it ("08/01/2026 - 18:21") or in front of it ("14:25 23/09/2020"). All repetition
is bounded, since the text is a stranger's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_ENGLISH_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS: Final = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_MONTH_NUMBER: Final = {
    **{word: number for words in (_MONTHS, _ENGLISH_MONTHS) for number, word in enumerate(words, 1)},
    "giêng": 1,
    "bốn": 4,
    "chạp": 12,
}
_MONTH: Final = (
    r"(?:tháng|thg)\s?(?P<month>\d{1,2}|mười\s(?:một|hai)|giêng|chạp|một|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)"
)
_ENGLISH: Final = rf"(?P<month>{'|'.join(_ENGLISH_MONTHS)})[a-z]{{0,6}}"
_DAY: Final = r"(?<!\d)(?P<day>\d{1,2})"
_YEAR: Final = r"(?P<year>\d{4})(?!\d)"

#: In the order in which they are tried; "first" and "second" are day and month, or the other way round in the USA.
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 05/08/2018 · 04 - 10 - 2023 · 8.1.2026
        rf"(?<!\d)(?<!\d[/.])(?P<first>\d{{1,2}})\s?(?P<mark>[/.–-])\s?(?P<second>\d{{1,2}})\s?(?P=mark)\s?{_YEAR}",
        # 2021-12-01 · 2021/12/01
        r"(?<!\d)(?P<year>\d{4})\s?(?P<mark>[/.-])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<day>\d{1,2})(?!\d)",
        # ngày 8 tháng 1 năm 2026 · 8 Tháng Một, 2026 · 8 thg 1, 2026
        rf"{_DAY}\s?{_MONTH}[\s,]{{0,3}}(?:năm\s?)?{_YEAR}",
        # Tháng Mười Hai 5, 2023
        rf"{_MONTH}\s{_DAY},\s?(?:năm\s)?{_YEAR}",
        # Wed, 25 Jan 2023 (feeds)
        rf"{_DAY}[\s-]{_ENGLISH}\.?,?[\s-]{_YEAR}",
        # January 25, 2023
        rf"(?<![a-z]){_ENGLISH}\.?\s{_DAY},?\s{_YEAR}",
    )
)

# 07:13 · 11:51:00 · 08h15 · 8 giờ 15 phút · 8h · 2:21 CH · 09:40 AM
_CLOCK: Final = (
    r"(?<![\d:])(?P<hour>\d{1,2})(?:\s?(?::|h|g|giờ)\s?(?P<minute>\d{2})(?!\d)(?:\s?:\s?(?P<second>\d{2})(?:[.,]\d{1,9})?(?!\d))?"
    r"(?:\s?(?:phút|p|'|’)(?!\w))?|\s?(?:h|giờ)(?!\w))"
    r"(?:\s?(?P<half>SA|CH|[AP]M|[AP]\.M\.?|sáng|chiều|tối)(?!\w))?"
)
# [GMT+7] · (GMT +7) · UTC+07:00 · GMT (feeds), and where only a machine writes so: Z · +0700 · +07:00
_NAMED_ZONE: Final = r"(?:GMT|UTC)(?:\s?(?P<zone>[+-]?\s?\d{1,2}(?::?\d{2})?)(?!\d))?"
_ZONE: Final = rf"(?:\s?[\[(]{{0,2}}(?:{_NAMED_ZONE}|(?P<offset>Z(?!\w)|[+-]\d{{2}}(?::?\d{{2}})?(?![\d/.-]))))?"
_GAP: Final = r"[\s,;|/•·–—()\[\]-]{0,8}"
_WEEKDAY: Final = r"(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s?nhật|CN|T[2-7])?"
_TIME_BEHIND: Final = re.compile(
    rf"{_GAP}(?:{_WEEKDAY}{_GAP}(?:vào\s)?(?:lúc|at)?:?\s?|T){_CLOCK}{_ZONE}", re.IGNORECASE
)
_TIME_BEFORE: Final = re.compile(
    rf"{_CLOCK}(?:\s?[\[(]?{_NAMED_ZONE})?{_GAP}{_WEEKDAY}{_GAP}(?:ngày)?:?\s?\Z", re.IGNORECASE
)
_LONGEST_TIME: Final = 48

_AGO: Final = re.compile(r"(?<!\d)(?P<count>\d{1,3})\s?(?P<unit>giây|phút|giờ|tiếng|ngày)\strước", re.IGNORECASE)
_AFTERNOON: Final = frozenset({"CH", "PM", "P.M", "P.M.", "CHIỀU", "TỐI"})


@dataclass(frozen=True, slots=True)
class DateParts:
    """The parts of a date as they stand in a text, not yet checked; None where nothing stands."""

    year: int
    month: int
    day: int
    hour: int | None
    minute: int
    second: int | None
    #: Minutes east of Greenwich.
    offset: int | None
    #: True if the day and the month could be the other way round: numbers with one mark between them.
    swappable: bool
    #: True if the clock has AM or PM in English.
    english_clock: bool
    #: Where in the text the date and its time stand.
    span: tuple[int, int]


@lru_cache(maxsize=16)  # the form of a date is looked up right after it was read
def find_date(text: str) -> DateParts | None:
    """Return the parts of the first date in a text; None if there is none.

    >>> parts = find_date("(20/11/2023 2:21 CH)")
    >>> parts.day, parts.hour, parts.minute, parts.second, parts.span
    (20, 14, 21, None, (1, 19))
    >>> find_date("06/01/2014 | 12:00 AM").hour, find_date("06/01/2014 | 12:00 PM").hour
    (None, 12)
    """
    date = next(filter(None, (pattern.search(text) for pattern in _DATES)), None)
    if date is None:
        return None
    start, end = date.span()
    clock = _TIME_BEHIND.match(text, end)
    if clock:
        end = clock.end()
    elif clock := _TIME_BEFORE.search(text[max(0, start - _LONGEST_TIME) : start]):
        start -= len(clock.string) - clock.start()
    day = date.groupdict()
    time = clock.groupdict() if clock else {}
    half = (time.get("half") or "").upper()
    hour = _hour(int(time["hour"]), half) if clock else None
    minute, second = int(time.get("minute") or 0), int(time["second"]) if time.get("second") else None
    if half and not (hour or minute or second):
        hour = second = None  # "12:00 AM" is what a CMS prints that keeps days alone
    return DateParts(
        year=int(day["year"]),
        month=_month(day.get("month") or day["second"]),
        day=int(day.get("day") or day["first"]),
        hour=hour,
        minute=minute,
        second=second,
        offset=_offset(clock) if clock else None,
        swappable="first" in day,
        english_clock=half.startswith(("A", "P")),
        span=(start, end),
    )


def find_age(text: str) -> tuple[int, str] | None:
    """Return count and unit of a relative date in seconds, minutes, hours or days; None if there is none.

    Weeks, months and years are left alone: no day can be told from them.

    >>> find_age("Đăng 3 giờ trước"), find_age("2 tuần trước")
    ((3, 'giờ'), None)
    """
    match = _AGO.search(text)
    return (int(match["count"]), match["unit"].lower()) if match else None


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTH_NUMBER.get(" ".join(text.casefold().split()), 0)


def _hour(hour: int, half: str) -> int:
    """Return the hour of a 24-hour clock; one that is already beyond twelve is kept, whatever stands beside it."""
    if half in _AFTERNOON:
        return hour + 12 if hour < 12 else hour
    return 0 if half and hour == 12 else hour


def _offset(clock: re.Match[str]) -> int | None:
    """Return the minutes east of Greenwich that a zone names; None where none is named, or one that is nowhere."""
    parts = clock.groupdict()
    text = parts.get("zone") or parts.get("offset")
    if text is None:
        return 0 if re.search("GMT|UTC", clock[0], re.IGNORECASE) else None
    if text in "Zz":
        return 0
    digits = re.sub(r"\D", "", text)
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 14 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if "-" in text else 1)
