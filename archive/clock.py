"""The time, asked for in one place, so that years of crawls can be played in minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """Return the time in UTC: the real one, or one that runs on from the moment that was set."""
    return datetime.now(UTC) + _ahead


def set_clock(moment: datetime | None) -> None:
    """Let the time be ``moment`` (aware) from now on, and run; None brings the real time back.

    >>> set_clock(datetime(2031, 1, 1, tzinfo=UTC))
    >>> f"{now():%Y-%m-%d}"
    '2031-01-01'
    >>> set_clock(None)
    """
    global _ahead
    _ahead = moment - datetime.now(UTC) if moment else timedelta()


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let the time be ``moment`` (aware), and run on, for as long as a block of code takes.

    >>> with clock_at(datetime(2031, 1, 1, tzinfo=UTC)):
    ...     f"{now():%Y-%m-%d}"
    '2031-01-01'
    """
    global _ahead
    before = _ahead
    set_clock(moment)
    try:
        yield
    finally:
        _ahead = before
