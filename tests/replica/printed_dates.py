"""The date forms the sources print, written from a moment; the counterpart of what newsbot has to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

HANOI = timezone(timedelta(hours=7))
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_NUMBERED = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ Nhật")

Form = Callable[[datetime], str]


def vnpt(moment: datetime) -> str:
    """As family C printed it until 2020.

    >>> vnpt(datetime(2018, 8, 5, 7, 13, tzinfo=HANOI))
    'Chủ Nhật, 05/08/2018, 07:13 [GMT+7]'
    """
    return f"{_WEEKDAYS[moment.weekday()]}, {moment:%d/%m/%Y, %H:%M} [GMT+7]"


def vnpt_box(moment: datetime) -> str:
    """As the boxes of family C's second design print it: '10:30, 15/05/2011'."""
    return f"{moment:%H:%M, %d/%m/%Y}"


def mediatech(moment: datetime) -> str:
    """As family B prints an article's date.

    >>> mediatech(datetime(2021, 12, 1, 11, 51, tzinfo=HANOI))
    'Thứ 4, 01/12/2021 | 11:51:00 [GMT +7]'
    """
    return f"{_NUMBERED[moment.weekday()]}, {moment:%d/%m/%Y | %H:%M:%S} [GMT +7]"


def mediatech_clock(moment: datetime) -> str:
    """As family B prints the present moment in its header: 'Thứ 6, 02/10/2026 18:38 [(GMT +7)]'."""
    return f"{_NUMBERED[moment.weekday()]}, {moment:%d/%m/%Y %H:%M} [(GMT +7)]"


def mediatech_card(moment: datetime) -> str:
    """As family B prints it on a card: '14:29 | 01/10/2026'."""
    return f"{moment:%H:%M | %d/%m/%Y}"


def capitals(moment: datetime) -> str:
    """As both Hải Dương sites print it.

    >>> capitals(datetime(2023, 1, 25, 11, 40, 14, tzinfo=HANOI))
    'THỨ TƯ, 25/01/2023 11:40:14'
    """
    return f"{_WEEKDAYS[moment.weekday()].upper()}, {moment:%d/%m/%Y %H:%M:%S}"


def onecms(moment: datetime) -> str:
    """As family A prints it: '26/04/2022 11:05'."""
    return f"{moment:%d/%m/%Y %H:%M}"


def onecms_dashes(moment: datetime) -> str:
    """As the older head of family A prints it: '15-01-2024 13:04'."""
    return f"{moment:%d-%m-%Y %H:%M}"


def onecms_dash(moment: datetime) -> str:
    """As some papers of families A and D print it: '05/09/2026 - 22:17'."""
    return f"{moment:%d/%m/%Y - %H:%M}"


def american(moment: datetime) -> str:
    """As family A writes it in its meta tags, month first.

    >>> american(datetime(2022, 4, 26, 11, 5, tzinfo=HANOI))
    '4/26/2022 11:05:00 AM'
    """
    return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % 12 or 12}:{moment:%M:%S %p}"


def time_first(moment: datetime) -> str:
    """As SK&MT printed it in 2020: '14:25 23/09/2020'."""
    return f"{moment:%H:%M %d/%m/%Y}"


def time_bar(moment: datetime) -> str:
    """As SK&MT's present pages print it: '12:30 | 01/07/2025'."""
    return f"{moment:%H:%M | %d/%m/%Y}"


def posted(moment: datetime) -> str:
    """As the Yên Mỹ portal prints an article's day: 'Đăng ngày 04 - 10 - 2023'."""
    return f"Đăng ngày {moment:%d - %m - %Y}"


def twelve_hours(moment: datetime) -> str:
    """As SharePoint in Vietnamese prints it, SA before noon and CH after.

    >>> twelve_hours(datetime(2023, 11, 20, 14, 21, tzinfo=HANOI))
    '(20/11/2023 2:21 CH)'
    """
    return f"({moment:%d/%m/%Y} {moment.hour % 12 or 12}:{moment:%M} {'CH' if moment.hour >= 12 else 'SA'})"


def relative(moment: datetime, now: datetime) -> str:
    """As a listing says how old an article is.

    >>> relative(datetime(2023, 1, 2, tzinfo=HANOI), datetime(2023, 1, 3, 1, tzinfo=HANOI))
    '1 ngày trước'
    """
    minutes = max(1, int((now - moment).total_seconds() // 60))
    for size, unit in ((1440, "ngày"), (60, "giờ"), (1, "phút")):
        if minutes >= size:
            return f"{minutes // size} {unit} trước"
    return "1 phút trước"


def rfc822(moment: datetime) -> str:
    """As RSS wants it, in local time: 'Wed, 01 Dec 2021 11:51:00 +0700'."""
    return f"{moment:%a, %d %b %Y %H:%M:%S %z}"


def http(moment: datetime) -> str:
    """As HTTP headers want it: 'Wed, 01 Dec 2021 04:51:00 GMT'."""
    return f"{moment.astimezone(UTC):%a, %d %b %Y %H:%M:%S} GMT"


def zulu(moment: datetime) -> str:
    """UTC as family B's JSON-LD writes it.

    >>> zulu(datetime(2021, 12, 1, 11, 51, tzinfo=HANOI))
    '2021-12-01T04:51:00.000000Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000000Z"


def local(moment: datetime) -> str:
    """Local time without a zone, as family B's JSON-LD writes it: '2021-12-01 11:51:00'."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
