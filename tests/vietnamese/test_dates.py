"""Every form of date that the sources print, and what must not be taken for one."""

from __future__ import annotations

import logging
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.vietnamese.dates import VIETNAM, parse_date, parse_machine_date

#: 10:20 in Vietnam.
CAPTURED = datetime(2026, 11, 22, 3, 20, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        # as the sources print them
        ("Chủ Nhật, 05/08/2018, 07:13 [GMT+7]", "2018-08-05T07:13:00+07:00", "minute"),
        ("Thứ 4, 01/12/2021 | 11:51:00 [GMT +7]", "2021-12-01T11:51:00+07:00", "second"),
        ("Thứ 6, 02/10/2026 18:38 [(GMT +7)]", "2026-10-02T18:38:00+07:00", "minute"),
        ("Thứ 6, 02/10/2026 18:38 (GMT +7)", "2026-10-02T18:38:00+07:00", "minute"),
        (" 14:29 | 01/10/2026", "2026-10-01T14:29:00+07:00", "minute"),
        ("26/04/2022 11:05", "2022-04-26T11:05:00+07:00", "minute"),
        ("26/04/2022 - 11:05", "2022-04-26T11:05:00+07:00", "minute"),
        ("10:30, 15/05/2011", "2011-05-15T10:30:00+07:00", "minute"),
        ("08/01/2026 - 18:21", "2026-01-08T18:21:00+07:00", "minute"),
        ("17/06/2025 13:43", "2025-06-17T13:43:00+07:00", "minute"),
        ("THỨ TƯ, 25/01/2023 11:40:14", "2023-01-25T11:40:14+07:00", "second"),
        ("14:25 23/09/2020", "2020-09-23T14:25:00+07:00", "minute"),
        ("Đăng ngày 04 - 10 - 2023", "2023-10-04", "day"),
        ("(20/11/2023 2:21 CH)", "2023-11-20T14:21:00+07:00", "minute"),
        ("(20/11/2023 9:05 SA)", "2023-11-20T09:05:00+07:00", "minute"),
        ("20/11/2023 2:21:45 CH", "2023-11-20T14:21:45+07:00", "second"),
        ("…tại các đơn vị sự nghiệp công lập trực...(20/11/2023 2:21 CH)", "2023-11-20T14:21:00+07:00", "minute"),
        # as other papers do
        ("Cập nhật lúc 08h15, 02/09/2024", "2024-09-02T08:15:00+07:00", "minute"),
        ("07-03-2026 - 09:40 AM", "2026-03-07T09:40:00+07:00", "minute"),
        ("12:30 | 01/07/2025", "2025-07-01T12:30:00+07:00", "minute"),
        # AM and PM, SA and CH, beside either clock
        ("07-03-2026 - 02:40 PM", "2026-03-07T14:40:00+07:00", "minute"),
        ("07-03-2026 - 14:40 PM", "2026-03-07T14:40:00+07:00", "minute"),
        ("07-03-2026 - 14:40 AM", "2026-03-07T14:40:00+07:00", "minute"),
        ("07-03-2026 - 12:00 AM", "2026-03-07", "day"),
        ("20/11/2023 12:00 SA", "2023-11-20", "day"),
        ("20/11/2023 12:00 CH", "2023-11-20T12:00:00+07:00", "minute"),
        ("20/11/2023 00:00", "2023-11-20T00:00:00+07:00", "minute"),
        ("07-03-2026 - 12:05 AM", "2026-03-07T00:05:00+07:00", "minute"),
        ("07-03-2026 - 12:05 PM", "2026-03-07T12:05:00+07:00", "minute"),
        ("20/11/2023 12:05 SA", "2023-11-20T00:05:00+07:00", "minute"),
        ("20/11/2023 12:05 CH", "2023-11-20T12:05:00+07:00", "minute"),
        ("20/11/2023, 8h30 tối", "2023-11-20T20:30:00+07:00", "minute"),
        ("2:21 CH, 20/11/2023", "2023-11-20T14:21:00+07:00", "minute"),
        # words
        ("Thứ năm, ngày 8 tháng 1 năm 2026, lúc 18 giờ 05 phút", "2026-01-08T18:05:00+07:00", "minute"),
        ("ngày 08 tháng 01 năm 2026", "2026-01-08", "day"),
        ("THỨ HAI, NGÀY 05 THÁNG 5 NĂM 2025", "2025-05-05", "day"),
        ("8 Tháng Mười Hai, 2025", "2025-12-08", "day"),
        ("8 tháng năm năm 2025", "2025-05-08", "day"),
        ("Tháng Một 8, 2025", "2025-01-08", "day"),
        ("8 thg 1, 2026", "2026-01-08", "day"),
        ("Ngày 08/2/2023, UBND tỉnh ban hành quyết định", "2023-02-08", "day"),
        # marks, spaces, zones, other weekdays
        ("04 – 10 – 2023", "2023-10-04", "day"),
        ("12 giờ 30, 05.08.2018", "2018-08-05T12:30:00+07:00", "minute"),
        ("5/8/2018 7:13", "2018-08-05T07:13:00+07:00", "minute"),
        ("05/08/2018\xa0\n 07:13", "2018-08-05T07:13:00+07:00", "minute"),
        ("05/08/2018 (Chủ Nhật) 07:13", "2018-08-05T07:13:00+07:00", "minute"),
        ("07:13 Chủ Nhật, ngày 05/08/2018", "2018-08-05T07:13:00+07:00", "minute"),
        ("07:13 GMT+7 Chủ nhật, 05/08/2018", "2018-08-05T07:13:00+07:00", "minute"),
        ("CN, 05/08/2018 07:13 UTC+7", "2018-08-05T07:13:00+07:00", "minute"),
        ("05/08/2018 00:13 GMT", "2018-08-05T00:13:00+00:00", "minute"),
        ("05/08/2018 07:13 (GMT+07:00)", "2018-08-05T07:13:00+07:00", "minute"),
        ("05/08/2018 lúc 8h", "2018-08-05T08:00:00+07:00", "minute"),
        ("14:25 -23/09/2020", "2020-09-23T14:25:00+07:00", "minute"),
        ("2025-06-17 13:43", "2025-06-17T13:43:00+07:00", "minute"),
        ("Xuất bản: 26/04/2022 11:05 | Lượt xem: 1.024", "2022-04-26T11:05:00+07:00", "minute"),
        ("29/02/2024", "2024-02-29", "day"),
        (unicodedata.normalize("NFD", "Chủ Nhật, ngày 5 tháng 8 năm 2018"), "2018-08-05", "day"),
    ],
)
def test_printed_forms(text: str, value: str, precision: str) -> None:
    date = parse_date(text, reference=CAPTURED)
    assert date is not None
    assert (date.isoformat(), date.precision) == (value, precision)
    assert date.value.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("3 giờ trước", "2026-11-22", "day"),
        ("11 giờ trước", "2026-11-21", "day"),
        ("1 ngày trước", "2026-11-21", "day"),
        ("Đăng 2 ngày trước", "2026-11-20", "day"),
        ("15 phút trước", "2026-11-22T10:05:00+07:00", "minute"),
    ],
)
def test_relative_dates_count_from_the_capture_and_claim_no_more_than_they_tell(
    text: str, value: str, precision: str
) -> None:
    date = parse_date(text, reference=CAPTURED)
    assert date is not None
    assert (date.isoformat(), date.precision) == (value, precision)
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["2 tuần trước", "3 tháng trước", "1 năm trước", "vừa xong", "hôm nay"])
def test_relative_dates_that_tell_no_day(text: str) -> None:
    assert parse_date(text, reference=CAPTURED) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Đăng ngày",
        "31/02/2023",
        "29/02/2023",
        "32/01/2023 10:30",
        "15/13/2023",
        "4/26/2022 11:05:00 AM",
        "00/00/0000",
        "01/01/0001 12:00",
        "26/04/2022 25:61",
        "30/04/1975",
        "01/01/2199",
        "25/11/2026",
        "100%",
        "243 người đang online",
        "0 / 500 ký tự",
        "1.234.567 lượt xem",
        "0912.345.678",
        "Số 45/2023/QĐ-UBND",
        "Bình luận (12)",
        "10:30",
        "Cập nhật lúc 10:30",
        "08/01 18:21",
        "Thứ hai 8/1 18:21",
        "tháng 10 năm 2023",
        "10/2023",
        "10:30 10/2023",
        "năm 2023",
        "ngày 5 tháng 8",
        "mùng 5 Tết, 10 giờ 30",
        "Thứ tư, 10 giờ 30 phút 15",
    ],
)
def test_no_date_is_none_and_never_today(text: str) -> None:
    assert parse_date(text, reference=CAPTURED) is None


def test_bounds() -> None:
    assert parse_date("24/11/2026 09:00", reference=CAPTURED) is not None
    assert parse_date("24/11/2026 11:00", reference=CAPTURED) is None
    assert parse_date("24/11/2026 11:00") is not None
    assert parse_date("01/01/1990") is not None
    assert parse_date("31/12/1989") is None


def test_raw_is_what_was_printed() -> None:
    date = parse_date("  Chủ Nhật,\xa005/08/2018,  07:13 [GMT+7] ")
    assert date is not None
    assert date.raw == "Chủ Nhật, 05/08/2018, 07:13 [GMT+7]"


def test_raw_of_a_long_text_is_the_date_alone() -> None:
    date = parse_date("Bản tin " + "dài " * 50 + "đăng lúc 14:25 23/09/2020 rồi " + "thôi " * 50)
    assert date is not None
    assert date.raw == "14:25 23/09/2020"


def test_what_stands_far_behind_is_not_read() -> None:
    assert parse_date("chữ " * 400 + "23/09/2020") is None


@pytest.mark.parametrize(
    ("text", "value"), [("08/01/26", "2026-01-08"), ("2023 05 10", "2023-05-10"), ("8.1.26", "2026-01-08")]
)
def test_dateparser_is_the_logged_fallback(text: str, value: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "newsbot.vietnamese.dates"):
        date = parse_date(text, reference=CAPTURED)
    assert date is not None
    assert date.isoformat() == value
    assert repr(text) in caplog.text


def test_dateparser_is_not_loaded_for_known_forms() -> None:
    code = (
        "import sys; from newsbot.vietnamese.dates import parse_date, parse_machine_date\n"
        "parse_date('14:25 23/09/2020'); parse_date('Khải Hoàn'); parse_machine_date('2021-12-01')\n"
        "sys.exit('dateparser' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2021-12-01 11:51:00", "2021-12-01T11:51:00+07:00", "second"),
        ("2021-12-01T11:51:00", "2021-12-01T11:51:00+07:00", "second"),
        ("2012-03-01T01:31:19Z", "2012-03-01T01:31:19+00:00", "second"),
        ("2021-12-01T04:51:00.123Z", "2021-12-01T04:51:00+00:00", "second"),
        ("2025-06-17T13:43:00+0700", "2025-06-17T13:43:00+07:00", "second"),
        ("2025-06-17T13:43:00+07:00", "2025-06-17T13:43:00+07:00", "second"),
        ("2025-06-17T13:43:00.0000000+07:00", "2025-06-17T13:43:00+07:00", "second"),
        ("2025-06-17T13:43:00 +07:00", "2025-06-17T13:43:00+07:00", "second"),
        ("2025-06-17T13:43+07", "2025-06-17T13:43:00+07:00", "minute"),
        ("2025-06-17T06:43:00-03:30", "2025-06-17T06:43:00-03:30", "second"),
        ("2025-06-17", "2025-06-17", "day"),
        ("4/26/2022 11:05:00 AM", "2022-04-26T11:05:00+07:00", "second"),
        ("4/6/2022 2:05:00 PM", "2022-04-06T14:05:00+07:00", "second"),
        ("26/4/2022 11:05:00 AM", "2022-04-26T11:05:00+07:00", "second"),
        ("4/26/2022", "2022-04-26", "day"),
        ("06/04/2022 11:05", "2022-04-06T11:05:00+07:00", "minute"),
        ("06/04/2022 11:05:00 SA", "2022-04-06T11:05:00+07:00", "second"),
        ("Wed, 25 Jan 2023 11:40:14 +0700", "2023-01-25T11:40:14+07:00", "second"),
        ("Wed, 25 Jan 2023 04:40:14 GMT", "2023-01-25T04:40:14+00:00", "second"),
        ("January 25, 2023", "2023-01-25", "day"),
        ("1640000000", "2021-12-20T18:33:20+07:00", "second"),
        ("1640000000000", "2021-12-20T18:33:20+07:00", "second"),
        ("Thứ 4, 01/12/2021 | 11:51:00 [GMT +7]", "2021-12-01T11:51:00+07:00", "second"),
    ],
)
def test_machine_forms(text: str, value: str, precision: str) -> None:
    date = parse_machine_date(text, reference=CAPTURED)
    assert date is not None
    assert (date.isoformat(), date.precision) == (value, precision)


@pytest.mark.parametrize(
    "text",
    ["", "0", "null", "2021", "2021-02-30", "0001-01-01T00:00:00", "9999999999", "13/13/2022", "26/4/22", "PT5M"],
)
def test_machine_values_that_are_no_date(text: str) -> None:
    assert parse_machine_date(text, reference=CAPTURED) is None


PARTS = """Thứ tư|Chủ Nhật|ngày|tháng|năm|mười hai|05|8|2018|31/12/2023|/|-| – |:|07:13|8h15|giờ|phút|CH|SA|AM
[GMT+7]|GMT|+99:99|Z|T|trước|3|99999999999|Jan|ſep|ıı|²|٣|İ|,|(|)|2023-|1640000000|lúc"""
FRAGMENTS = st.sampled_from([*PARTS.replace("\n", "|").split("|"), "\n", "\xa0"])
LINES = st.one_of(
    st.text(max_size=60), st.lists(FRAGMENTS, max_size=12).map(" ".join), st.lists(FRAGMENTS).map("".join)
)


@settings(deadline=None, derandomize=True)
@given(LINES)
def test_no_text_raises_or_gives_what_is_out_of_bounds(text: str) -> None:
    for date in (parse_date(text, reference=CAPTURED), parse_machine_date(text, reference=CAPTURED)):
        if date is not None:
            assert date.value.year >= 1990
            assert date.value <= CAPTURED + timedelta(days=2)


@settings(deadline=None, derandomize=True)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 11, 20)))
def test_every_minute_comes_back(moment: datetime) -> None:
    expected = moment.replace(second=0, microsecond=0, tzinfo=VIETNAM)
    for form in ("%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d-%m-%Y - %I:%M %p", "%Hh%M, %d/%m/%Y", "%Y-%m-%dT%H:%M+07:00"):
        # %I has no CH and SA: Vietnamese Windows writes them for %p.
        text = expected.strftime(form)
        date = parse_date(text.replace("PM", "CH").replace("AM", "SA"))
        assert date is not None
        # "12:00 AM" is what a CMS prints that keeps days alone.
        told = "day" if "%p" in form and (expected.hour, expected.minute) == (0, 0) else "minute"
        assert (date.value, date.precision) == (expected, told)
