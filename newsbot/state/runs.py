"""Stores every run of every source: when it was, with which arguments, how it ended, what it brought.

A run is written down when it begins and again when it ends. One that was killed has no end until the next start of its
source finishes what it left. All of it can be had again from the archive (`archive.records.run_record`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, insert, select

from archive.errors import ArchiveError
from archive.records.members import Member, walk
from archive.records.run_record import Opening, read_closing
from newsbot.state.state import State
from newsbot.state.tables import RUNS
from newsbot.state.versions import Versions

#: Holds the spider's arguments; the archive keeps it with all other settings of the crawl.
ARGUMENTS_SETTING: Final = "SPIDER_ARGUMENTS"
#: How a run ended that did not come to its end.
CUT_SHORT: Final = "cut short"
_COUNTS: Final = ("requests", "captures", "bytes", "new", "changed", "gone")


class Run(NamedTuple):
    """One run of one source."""

    source: str
    #: WARC-Date.
    started: str
    #: What the names of the run's files end with.
    run: str
    #: WARC-Date; of a run that was cut short, of its last capture. None while it runs.
    finished: str | None = None
    #: Scrapy's finish reason, or `CUT_SHORT`.
    ended: str | None = None
    #: Whether it came to its own end and was not told to look at a part of the source.
    complete: int = 0
    #: Spider arguments (-a), as JSON.
    arguments: str = "{}"
    #: Request records, response and revisit records, bytes of WARC.
    requests: int = 0
    captures: int = 0
    bytes: int = 0
    #: Lines: of articles never seen before, of changed versions, of articles that are gone.
    new: int = 0
    changed: int = 0
    gone: int = 0

    @classmethod
    def opened(cls, opening: Opening) -> Run:
        """Return a run that has begun, as the first records of its files tell it."""
        arguments = as_arguments(opening.settings.get(ARGUMENTS_SETTING))
        return cls(opening.source, opening.started, opening.run, arguments=arguments)

    def closed(self, files: Sequence[Path], state: State) -> Run:
        """Return the run as the last of its files tells its end, or as all of them do where nothing tells it.

        A file that cannot be read tells nothing, and is named where its captures are read.

        :param state: knows the versions that were read from the files.
        :raises ArchiveError: if the state cannot be read.
        """
        closing = closing_of(files)
        return self.ends(closing) if closing else self._cut_short(files, state)

    def ends(self, closing: Mapping[str, object]) -> Run:
        """Return the run as its archive's closing record tells its end.

        >>> run = Run("a", "2026-11-22T00:00:00Z", "0123abcd").ends({"finish-reason": "finished", "new": "3"})
        >>> run.ended, run.complete, run.new
        ('finished', 0, 3)
        """
        counts: dict[str, Any] = {name: _number(closing.get(name)) for name in _COUNTS}
        return self._replace(
            finished=str(closing.get("run-finished", "")),
            ended=str(closing["finish-reason"]),
            complete=int(closing.get("complete") == "yes"),
            **counts,
        )

    def _cut_short(self, files: Sequence[Path], state: State) -> Run:
        requests = captures = 0
        finished = self.started
        for record in (found for path in files for found in _records(path)):
            requests += record.type == "request"
            if record.type in ("response", "revisit"):
                captures += 1
                finished = max(finished, record.get("WARC-Date"))
        return self._replace(
            finished=finished,
            ended=CUT_SHORT,
            requests=requests,
            captures=captures,
            bytes=sum(path.stat().st_size for path in files),
            **by_kind(Versions(state).changes(path.name for path in files)),
        )


class Runs:
    """The table.

    :raises ArchiveError: from every method, if the database cannot be read or written.
    """

    def __init__(self, state: State):
        self._state = state

    def put(self, run: Run) -> None:
        """Write a run down as it is now."""
        key = [getattr(RUNS.c, name) == getattr(run, name) for name in ("source", "started", "run")]
        with self._state.transaction() as connection:
            connection.execute(delete(RUNS).where(*key))
            connection.execute(insert(RUNS).values(run._asdict()))

    def started(self, source: str, newest: int | None = None) -> dict[str, str]:
        """Return when the runs of a source began, by their digits.

        :param newest: the maximum number of runs, the newest ones; all by default.
        """
        query = select(RUNS.c.run, RUNS.c.started).where(RUNS.c.source == source)
        query = query.order_by(RUNS.c.started.desc()).limit(newest)
        return {row.run: row.started for row in self._state.rows(query)}

    def under_way(self, source: str, moment: str) -> str | None:
        """Return when the run of a source began that was under way at a moment; None if none was."""
        query = select(RUNS.c.started, RUNS.c.finished).where(RUNS.c.source == source, RUNS.c.started <= moment)
        for row in self._state.rows(query.order_by(RUNS.c.started.desc()).limit(1)):
            if row.finished is None or row.finished >= moment:
                return str(row.started)
        return None

    def with_lines(self, source: str) -> set[str]:
        """Return the runs of a source that have published something."""
        query = select(RUNS.c.run).where(RUNS.c.source == source, RUNS.c.new + RUNS.c.changed + RUNS.c.gone > 0)
        return {row.run for row in self._state.rows(query)}

    def unfinished(self, source: str) -> list[Run]:
        """Return the runs of a source that have no end, the oldest first."""
        query = select(RUNS).where(RUNS.c.source == source, RUNS.c.ended.is_(None)).order_by(RUNS.c.started)
        return [Run(*row) for row in self._state.rows(query)]


def closing_of(files: Sequence[Path]) -> dict[str, str] | None:
    """Return what the last of a run's files says of its end; None if it says nothing, or cannot be read."""
    with suppress(ArchiveError):
        return read_closing(files[-1]) if files else None
    return None


def _records(path: Path) -> Iterator[Member]:
    """Yield the records of a file up to where it cannot be read."""
    with suppress(ArchiveError):
        yield from (found for found in walk(path) if isinstance(found, Member))


def as_arguments(arguments: object) -> str:
    """Return spider arguments as they are kept.

    >>> as_arguments({"until": "2020-12-31", "since": 2019}), as_arguments(None)
    ('{"since": "2019", "until": "2020-12-31"}', '{}')
    """
    given = arguments if isinstance(arguments, Mapping) else {}
    return json.dumps({str(name): str(value) for name, value in given.items()}, sort_keys=True)


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def by_kind(changes: Mapping[str, int]) -> dict[str, Any]:
    """Return lines by what they say of an article: never seen before, a changed version, no longer there.

    >>> by_kind({"new": 3, "body": 1, "headline": 1, "restored": 1})
    {'new': 3, 'changed': 3, 'gone': 0}
    """
    new, gone = changes.get("new", 0), changes.get("removed", 0)
    return {"new": new, "changed": sum(changes.values()) - new - gone, "gone": gone}
