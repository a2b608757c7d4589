"""Dates in the order in which records were written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from archive.records.members import Member
from archive.verify.heads import read_date
from archive.verify.report import FileReport

#: A record is dated by its begin and written at its end, so one that took long may stand behind younger ones.
LONGEST_FETCH: Final = timedelta(hours=1)
#: Where the end is known, only the clock's grain and the writer's queue are left to explain a difference.
_GRAIN: Final = timedelta(seconds=5)


@dataclass(slots=True)
class Order:
    """Follows dates through a file; a warcinfo record begins anew, since files may be joined."""

    _latest: datetime | None = None
    _latest_end: datetime | None = None

    def see(self, record: Member, report: FileReport) -> None:
        """Take a record's date."""
        if record.type == "warcinfo":
            self._latest = self._latest_end = None
            return
        date = read_date(record.get("WARC-Date"))
        if date is None:
            return
        if self._latest and date < self._latest - LONGEST_FETCH:
            message = f"{record.get('WARC-Date')} stands behind {self._latest:%Y-%m-%dT%H:%M:%SZ}"
            report.add(record.offset, "date-order", message)
        self._latest = max(date, self._latest or date)

    def ended(self, end: datetime, record: Member, report: FileReport) -> None:
        """Take the moment at which an exchange ended: they are written as they end."""
        if self._latest_end and end < self._latest_end - _GRAIN:
            message = f"its exchange ended {end:%Y-%m-%dT%H:%M:%SZ}, one in front of it {self._latest_end:%H:%M:%SZ}"
            report.add(record.offset, "date-order", message)
        self._latest_end = max(end, self._latest_end or end)
