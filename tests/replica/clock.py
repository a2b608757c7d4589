"""The replica's clock: the real time, or a time a test has set, at which it stands still."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import formatdate


class Clock:
    """Tells the time to the sites and, as a Date header, to the clients."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._second = -1
        self._date = b""
        self.fixed = fixed

    def now(self) -> datetime:
        """The time, aware of its zone."""
        return self.fixed or datetime.now(UTC)

    def date_header(self) -> bytes:
        """The time as HTTP prints it, made anew once a second."""
        second = int(self.fixed.timestamp() if self.fixed else time.time())
        if second != self._second:
            self._second, self._date = second, formatdate(second, usegmt=True).encode()
        return self._date


def parse_now(text: str) -> datetime:
    """A time with its zone from ISO 8601; without a zone it is Vietnam's.

    >>> parse_now("2026-10-02T18:38:00").isoformat()
    '2026-10-02T18:38:00+07:00'
    """
    now = datetime.fromisoformat(text)
    return now if now.tzinfo else datetime.fromisoformat(now.isoformat() + "+07:00")
