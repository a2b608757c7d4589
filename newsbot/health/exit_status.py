"""What a crawl's exit status says, to cron and to people."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit statuses of crawl and crawlall (README, "Exit statuses")."""

    WELL = 0
    UNHEALTHY = 1  # finished, but a source is not well; standard error names it
    CONFIGURATION = 2  # the command line or a setting is wrong; nothing was fetched
    NOT_ARCHIVED = 3  # the archive could not be written: stopped, so that nothing is published without its capture
    LOCKED = 75  # another run is crawling this source (EX_TEMPFAIL of sysexits.h)


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
