"""Parses dates as Vietnamese sites print them, and as their metadata writes them.

A small grammar of our own, because general parsers misread these very forms: day and month swapped, "GMT+7" taken for
-07:00, "CH" (afternoon) dropped, missing parts filled in from today. The raw string is kept beside what was read in it.
What cannot be read is None, never today.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final, Literal

from newsbot.vietnamese.date_grammar import DateParts, find_age, find_date
from newsbot.vietnamese.text import clean

logger = logging.getLogger(__name__)

Precision = Literal["second", "minute", "day"]

#: Asia/Ho_Chi_Minh. A fixed offset is exact since 1975 and needs no time-zone data on the machine.
VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
EARLIEST_YEAR: Final = 1990
LATEST_YEAR: Final = 2100
#: How far behind ours a capture's clock may be, or a post dated ahead; beyond it the date was misread.
TOLERANCE: Final = timedelta(days=2)

#: Maximum length of a text that is read, in characters.
_LONGEST_TEXT: Final = 1000
#: Maximum length of `raw`, in characters; of a longer text only the date itself is kept.
_LONGEST_RAW: Final = 120
_LONGEST_FALLBACK: Final = 60
_EPOCH: Final = re.compile(r"\d{10}(?:\d{3})?")
# dateparser makes a date even of "10 giờ 30 phút 15": a year must be there to be seen.
_YEAR: Final = re.compile(r"(?<!\d)(?:(?:19|20)\d\d|\d{1,2}([/.-])\d{1,2}\1\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date with what is known of its exactness."""

    #: Aware; in Vietnam's time unless the text names another zone. Midnight if the precision is a day.
    value: datetime
    precision: Precision
    #: The text it was read in, with single spaces.
    raw: str

    def isoformat(self) -> str:
        """Return the article's form: ISO 8601 with offset, a plain date where no time was printed.

        >>> parse_date("08/01/2026 - 18:21").isoformat(), parse_date("Đăng ngày 04 - 10 - 2023").isoformat()
        ('2026-01-08T18:21:00+07:00', '2023-10-04')
        """
        return self.value.date().isoformat() if self.precision == "day" else self.value.isoformat(timespec="seconds")


def parse_date(text: str, *, reference: datetime | None = None) -> PrintedDate | None:
    """Return the date printed in a line, which may have other text around it.

    ``reference`` (aware) is when the page was captured: a relative date is counted from it, and a date over two days
    after it is refused, as is one before 1990 or one that no calendar has. Without it relative dates are None. A date
    is never completed from today.

    >>> parse_date("Chủ Nhật, 05/08/2018, 07:13 [GMT+7]").value.isoformat()
    '2018-08-05T07:13:00+07:00'
    >>> parse_date("1 ngày trước", reference=datetime(2026, 11, 22, 10, tzinfo=VIETNAM)).isoformat()
    '2026-11-21'
    >>> parse_date("31/02/2023"), parse_date("1 ngày trước"), parse_date("Cập nhật lúc 10:30")
    (None, None, None)
    """
    text = clean(text[:_LONGEST_TEXT])
    parts = find_date(text)
    if parts:
        found = _printed(text, parts)
    elif age := find_age(text):
        found = _before(reference, *age, text) if reference else None
    else:
        found = _ask_dateparser(text)
    return found if found and _plausible(found.value, reference) else None


def parse_machine_date(text: str, *, reference: datetime | None = None) -> PrintedDate | None:
    """Return the date in a JSON-LD, meta, feed or ``datetime`` value: ISO 8601, RFC 822, American, or Unix seconds.

    A value without a zone is in Vietnam's time. Numbers with slashes are month first beside an English AM or PM, or
    where they can be nothing else; day first otherwise.

    >>> parse_machine_date("2021-12-01 11:51:00").isoformat(), parse_machine_date("2012-03-01T01:31:19Z").isoformat()
    ('2021-12-01T11:51:00+07:00', '2012-03-01T01:31:19+00:00')
    >>> parse_machine_date("4/26/2022 11:05:00 AM").isoformat(), parse_machine_date("1640000000").isoformat()
    ('2022-04-26T11:05:00+07:00', '2021-12-20T18:33:20+07:00')
    """
    text = clean(text[:_LONGEST_TEXT])
    if _EPOCH.fullmatch(text):
        found: PrintedDate | None = PrintedDate(datetime.fromtimestamp(int(text[:10]), VIETNAM), "second", text)
    elif parts := find_date(text):
        american = parts.swappable and (parts.month > 12 or (parts.english_clock and parts.day <= 12))
        found = _printed(text, parts, swap=american)
    else:
        return None
    return found if found and _plausible(found.value, reference) else None


def is_known_form(raw: str) -> bool:
    """Say whether the own grammar reads a date in a text, so that dateparser was not needed.

    >>> is_known_form("14:25 23/09/2020"), is_known_form("08/01/26")
    (True, False)
    """
    return find_date(raw) is not None or find_age(raw) is not None or _EPOCH.fullmatch(raw) is not None


def _printed(text: str, parts: DateParts, *, swap: bool = False) -> PrintedDate | None:
    day, month = (parts.month, parts.day) if swap else (parts.day, parts.month)
    zone = VIETNAM if parts.offset is None else timezone(timedelta(minutes=parts.offset))
    try:
        value = datetime(parts.year, month, day, parts.hour or 0, parts.minute, parts.second or 0, tzinfo=zone)
    except ValueError:
        return None
    precision: Precision = "day" if parts.hour is None else "minute" if parts.second is None else "second"
    start, end = parts.span
    return PrintedDate(value, precision, text if len(text) <= _LONGEST_RAW else text[start:end])


def _before(reference: datetime, count: int, unit: str, text: str) -> PrintedDate:
    # "3 giờ trước" is true within an hour: it tells the day, and claims no minute.
    raw = text[:_LONGEST_RAW]
    moment = reference.astimezone(VIETNAM).replace(microsecond=0)
    if unit in ("giây", "phút"):
        age = timedelta(minutes=count) if unit == "phút" else timedelta(seconds=count)
        return PrintedDate((moment - age).replace(second=0), "minute", raw)
    age = timedelta(days=count) if unit == "ngày" else timedelta(hours=count)
    return PrintedDate((moment - age).replace(hour=0, minute=0, second=0), "day", raw)


def _ask_dateparser(text: str) -> PrintedDate | None:
    """Return what dateparser reads in a form that the grammar does not know, only if it is complete."""
    if len(text) > _LONGEST_FALLBACK or not _YEAR.search(text):
        return None
    from dateparser.date import DateDataParser  # slow to import, and hardly ever needed

    found = DateDataParser(
        languages=["vi"],
        settings={
            "DATE_ORDER": "DMY",
            "STRICT_PARSING": True,  # else a missing day, month or year is today's
            "PARSERS": ["absolute-time"],
            "RETURN_TIME_AS_PERIOD": True,
        },
    ).get_date_data(text)
    if found is None or found.date_obj is None:
        return None
    value = found.date_obj if found.date_obj.tzinfo else found.date_obj.replace(tzinfo=VIETNAM)
    precision: Precision = "minute" if found.period == "time" else "day"
    logger.info("The date %r is in a form unknown to the grammar; dateparser reads %s", text, value.isoformat())
    return PrintedDate(value, precision, text)


def _plausible(value: datetime, reference: datetime | None) -> bool:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        return False
    return reference is None or value <= reference + TOLERANCE
