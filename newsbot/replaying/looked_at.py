"""Remembers which captures `scrapy qa` has looked at: a small cache, without which it looks at them once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from archive.dedup import remove_database
from archive.errors import ArchiveError
from newsbot.health.replay_score import FOLDER

_TABLE: Final = "CREATE TABLE IF NOT EXISTS looked (record_id TEXT PRIMARY KEY) WITHOUT ROWID"

_Result = TypeVar("_Result")


class LookedAt:
    """The ids of captures, in a database of a data folder; one that is damaged is made anew.

    :raises ArchiveError: from every method, if it cannot be read or written.
    """

    def __init__(self, data: Path):
        self._path = data / FOLDER / "looked-at.sqlite"

    def all(self) -> set[str]:
        """Return the ids of all captures looked at."""
        if not self._path.exists():
            return set()
        return self._carry_out(lambda database: {each for (each,) in database.execute("SELECT record_id FROM looked")})

    def add(self, record_ids: Iterable[str]) -> None:
        """Remember captures."""
        if rows := [(record_id,) for record_id in record_ids]:
            self._carry_out(lambda database: database.executemany("INSERT OR IGNORE INTO looked VALUES (?)", rows))

    def _carry_out(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._carried_out(work)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                remove_database(self._path)
                return self._carried_out(work)
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(f"{self._path}: {error}") from error

    def _carried_out(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        with closing(sqlite3.connect(self._path, timeout=60)) as database, database:
            database.execute(_TABLE)
            return work(database)
