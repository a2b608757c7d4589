"""Remembers in the search index's database the sums of WARC files: to have them costs a look at every byte."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from archive.errors import ArchiveError, os_errors
from archive.player.virtual_wacz import Sums
from newsbot.viewer.search_database import DamagedDatabaseError, SearchDatabase


class RememberedSums:
    """The sums of files by path, size and time; see `archive.player.virtual_wacz.KnownSums`.

    :raises ArchiveError: from every method, if a file is not there or the database cannot be used.
    """

    def __init__(self, database: SearchDatabase):
        self._database = database

    def get(self, path: Path) -> Sums | None:
        size, changed = _state(path)
        query = "SELECT crc32, sha256 FROM sums WHERE path = ? AND size = ? AND changed = ?"
        try:
            rows = self._database.read(query, _name(path), size, changed)
        except DamagedDatabaseError:
            return None
        return Sums(*rows[0]) if rows else None

    def learn(self, path: Path, read: Callable[[Path], Sums]) -> None:
        before = _state(path)
        row = (_name(path), *before, *read(path))
        if _state(path) != before:
            raise ArchiveError(f"{path}: it has changed while it was read")
        insert = "INSERT OR REPLACE INTO sums VALUES (?,?,?,?,?)"
        self._database.carry_out(lambda connection: connection.execute(insert, row), writing=True)


def _state(path: Path) -> tuple[int, int]:
    with os_errors(f"cannot read {path}"):
        stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def _name(path: Path) -> str:
    name = os.path.abspath(path)  # noqa: PTH100  # a link stays one
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise ArchiveError(f"{name!r} is no name that can be written down") from error
    return name
