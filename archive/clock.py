"""The clock of the project: the real time, or one that is set, so that years of crawls are simulated in minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

_ahead = timedelta()
_latest = datetime.min.replace(tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def now() -> datetime:
    """Return the time in UTC: the real one, or one that runs on from the moment that was set.

    Where the machine's clock is set back meanwhile it goes on, if slowly: a run's captures are in the order of their
    dates.
    """
    global _latest
    _latest = max(datetime.now(UTC) + _ahead, _latest + _TICK)
    return _latest


def set_clock(moment: datetime | None) -> None:
    """Set the time to ``moment`` (aware), from which it runs on; None restores the real time.

    >>> set_clock(datetime(2031, 1, 1, tzinfo=UTC))
    >>> f"{now():%Y-%m-%d}"
    '2031-01-01'
    >>> set_clock(None)
    """
    global _ahead, _latest
    _ahead = moment - datetime.now(UTC) if moment else timedelta()
    _latest = datetime.min.replace(tzinfo=UTC)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Set the time to ``moment`` (aware), from which it runs on, for the duration of a block.

    >>> with clock_at(datetime(2031, 1, 1, tzinfo=UTC)):
    ...     f"{now():%Y-%m-%d}"
    '2031-01-01'
    """
    global _ahead, _latest
    before = _ahead, _latest
    set_clock(moment)
    try:
        yield
    finally:
        _ahead, _latest = before
