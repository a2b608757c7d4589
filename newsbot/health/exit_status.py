"""The exit statuses of a crawl, for cron and for people."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Self


class ExitStatus(IntEnum):
    """The exit statuses of crawl and crawlall; docs/operate/exit-status.md has them from here.

    >>> ExitStatus(0).name, ExitStatus(0).meaning
    ('WELL', 'all well')
    """

    meaning: str

    WELL = 0, "all well"
    UNHEALTHY = (
        1,
        "finished, but a source is not well, was not reached, or has been locked by one run for HEALTH_LOCKED_HOURS; "
        "or told to stop (Ctrl-C, SIGTERM) before all was seen; standard error names the source and says why",
    )
    CONFIGURATION = (
        2,
        "the command line, a setting or `data/do-not-fetch.txt` is wrong, and nothing was fetched; or one of several "
        "sources cannot be loaded, and the others were crawled",
    )
    NOT_ARCHIVED = (
        3,
        "the archive could not be written (disk full, folder not writable, a redaction cut short): stopped, so that "
        "nothing is published without its capture",
    )
    LOCKED = 75, "another run holds the lock of every source that was asked for (EX_TEMPFAIL of sysexits.h)"

    def __new__(cls, value: int, meaning: str = "") -> Self:
        status = int.__new__(cls, value)
        status._value_ = value
        status.meaning = meaning
        return status


def worst(statuses: Iterable[int]) -> ExitStatus:
    """Return the status of a run of several sources.

    A source that another run is crawling is looked after; only when there was nothing but such is it the answer.

    >>> worst([0, 1, 3, 2]).name, worst([0, 1, 2]).name, worst([1, 75, 0]).name
    ('NOT_ARCHIVED', 'CONFIGURATION', 'UNHEALTHY')
    >>> worst([75, 0]).name, worst([75, 75]).name, worst([]).name
    ('WELL', 'LOCKED', 'WELL')

    A status that is none of ours (killed: negative) counts as unhealthy.

    >>> worst([0, -9]).name
    'UNHEALTHY'
    """
    known = {status if status in set(ExitStatus) else ExitStatus.UNHEALTHY for status in statuses}
    if known == {ExitStatus.LOCKED}:
        return ExitStatus.LOCKED
    return ExitStatus(max(known - {ExitStatus.LOCKED}, default=ExitStatus.WELL))
