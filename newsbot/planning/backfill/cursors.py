"""Stores how far a backfill has come in each list, so that one that was killed goes on where it was.

A cache: without it, lists are walked again from their beginning; the articles that they name are known by other tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, delete, insert, select

from newsbot.planning.backfill.window import Window
from newsbot.state.state import State
from newsbot.state.statements import batches
from newsbot.state.tables import BACKFILLS


class Cursor(NamedTuple):
    """How far one list has been walked for one window."""

    source: str
    #: ISO dates; ``until`` is empty if open.
    since: str
    until: str
    #: Its URL.
    root: str
    #: "sitemap", "archive" or "section".
    kind: str
    #: The page to request next, and its number; None: the list is done.
    next_url: str | None = None
    next_page: int = 1
    #: The page before it.
    last_url: str = ""
    #: Number of articles requested so far.
    articles: int = 0
    #: The days of the first page and of the last one walked, as far as is known.
    begun: str | None = None
    reached: str | None = None
    #: WARC-Date of the last page that is done.
    done_at: str = ""

    @property
    def is_done(self) -> bool:
        return bool(self.done_at) and self.next_url is None


class Cursors:
    """The rows of one source's backfill of one window.

    :raises ArchiveError: from every method, if the database cannot be read or written.
    """

    def __init__(self, state: State, source: str, window: Window):
        table, (since, until) = BACKFILLS.c, window.names()
        self._state = state
        self._own = and_(table.source == source, table.since == since, table.until == until)

    def all(self) -> dict[str, Cursor]:
        """Return the rows by list."""
        with self._state.transaction() as connection:
            return {row.root: Cursor(*row) for row in connection.execute(select(BACKFILLS).where(self._own))}

    def put(self, rows: Sequence[Cursor]) -> None:
        """Write rows in place of those of the same lists, all or none."""
        latest = {row.root: row for row in rows}
        with self._state.transaction() as connection:
            for roots in batches(latest):
                connection.execute(delete(BACKFILLS).where(self._own, BACKFILLS.c.root.in_(roots)))
                connection.execute(insert(BACKFILLS), [latest[root]._asdict() for root in roots])
