"""The search index over article lines: which there are, and where; brought up to date by what is new in their files.

Files of lines are finished, and then only replaced as a whole (by `redact`, `rebuild`, `convert`). So each is known by
its inode, size and time; one that has changed is read anew, unless it has only grown. The lines themselves stay where
they are.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final, NamedTuple

from archive.errors import os_errors
from newsbot.publishing.lines import content_of
from newsbot.vietnamese.dates import VIETNAM
from newsbot.viewer.search_database import DamagedDatabaseError, SearchDatabase
from newsbot.viewer.search_text import with_diacritics, without_diacritics

_KIND: Final = ".jsonl"
#: Files read in one transaction: what is interrupted goes on from there.
_BATCH: Final = 50
#: Maximum number of characters of a title, or of a text, that can be found; and of a title that is kept.
_LONGEST_TEXT: Final = 1_000_000
_LONGEST_TITLE: Final = 1_000
#: From so many lines that have gone on, and so large a share, the index of words is made anew without theirs.
_MANY_GONE, _SHARE_GONE = 1000, 0.25
#: Nanoseconds for which a folder's time of change says nothing yet.
_UNSETTLED: Final = 2_000_000_000
_INSERT: Final = "INSERT INTO versions VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?)"


class LineFile(NamedTuple):
    """A finished file of lines as it is now."""

    source: str
    name: str
    inode: int
    size: int
    changed: int


class Known(NamedTuple):
    """A file of lines as it was when it was read: up to ``size``."""

    number: int
    inode: int
    size: int
    changed: int
    first: str


@dataclass
class Updated:
    """What was brought up to date."""

    files: int = 0
    lines: int = 0
    #: Lines that are no article's, in words.
    problems: list[str] = field(default_factory=list)


class SearchIndex:
    """Keeps the index in step with a folder of lines.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: from every method, if a file cannot be read or the database not be written.
    """

    def __init__(self, database: SearchDatabase, articles: Path):
        self._database = database
        self._articles = articles
        self._updating = Lock()
        #: When each source's folder had changed last when it was looked through, for the database that was there.
        self._seen: dict[str, int] = {}
        self._filled = 0

    def update(self, advance: Callable[[int], object] = lambda size: None) -> Updated:
        """Take in what is new and drop what has gone.

        :param advance: called with the size of each file that was read, in bytes.
        """
        with self._updating:
            try:
                return self._update(advance)
            except DamagedDatabaseError:
                return self._update(advance)

    def size_of_new(self) -> int:
        """Return how many bytes an update would have to read."""
        try:
            known = self._known()
        except DamagedDatabaseError:
            known = {}
        return sum(
            file.size
            for source in self._sources()
            for file in self._files(source)
            if (file.source, file.name) not in known
        )

    def is_that_of_the_database(self) -> bool:
        """Return whether the database is the one that was brought up to date last: redaction removes it."""
        return self._filled == self._database.number()

    def _update(self, advance: Callable[[int], object]) -> Updated:
        done = Updated()
        if not self.is_that_of_the_database():
            self._seen = {}
            self._filled = self._database.number()
        folders = {source: self._changed(source) for source in self._sources()}
        here = {*folders}
        if folders == self._seen:
            return done
        known = self._known()
        due = [source for source, changed in folders.items() if self._seen.get(source) != changed]
        files = [file for source in due for file in self._files(source)]
        present = {(file.source, file.name) for file in files}
        gone = [key for key in known if (key[0] in due or key[0] not in here) and key not in present]
        if gone:
            numbers = [known[key].number for key in gone]
            self._database.carry_out(lambda connection: _drop(connection, numbers), writing=True)
        new = [file for file in files if not _is_same(file, known.get((file.source, file.name)))]
        # In the order of time, as far as names tell it: what comes later has the larger number.
        new.sort(key=lambda file: (file.name.removeprefix(f"{file.source}-"), file.source))
        for start in range(0, len(new), _BATCH):
            self._take_in(new[start : start + _BATCH], done, advance)
        # What has just changed may change again without a trace in its time.
        settled = time.time_ns() - _UNSETTLED
        self._seen = {source: changed if changed < settled else 0 for source, changed in folders.items()}
        if self._has_many_gone():
            self._database.clear()
            return self._update(advance)
        return done

    def _take_in(self, files: Sequence[LineFile], done: Updated, advance: Callable[[int], object]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for file in files:
                known = _known_file(connection, file)
                if not _is_same(file, known):  # another process may have been here first
                    _read(connection, self._articles / file.source / file.name, file, known, done)

        self._database.carry_out(work, writing=True)
        for file in files:
            done.files += 1
            advance(file.size)

    def _has_many_gone(self) -> bool:
        query = "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'versions'), (SELECT count(*) FROM versions)"
        ((given, left),) = self._database.read(query)
        gone = (given or 0) - left
        return bool(gone >= _MANY_GONE and gone > _SHARE_GONE * given)

    def _known(self) -> dict[tuple[str, str], Known]:
        rows = self._database.read("SELECT source, name, number, inode, size, changed, first FROM files")
        return {(source, name): Known(*rest) for source, name, *rest in rows}

    def _sources(self) -> list[str]:
        if not self._articles.is_dir():
            return []
        with os_errors(f"cannot read {self._articles}"), os.scandir(self._articles) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir())

    def _changed(self, source: str) -> int:
        with os_errors(f"cannot read {self._articles / source}"):
            return (self._articles / source).stat().st_mtime_ns

    def _files(self, source: str) -> Iterator[LineFile]:
        folder = self._articles / source
        with os_errors(f"cannot read {folder}"), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_KIND) and entry.is_file():
                    stat = entry.stat()
                    yield LineFile(source, entry.name, stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _is_same(file: LineFile, known: Known | None) -> bool:
    return known is not None and known[1:4] == file[2:5]


def _known_file(connection: sqlite3.Connection, file: LineFile) -> Known | None:
    query = "SELECT number, inode, size, changed, first FROM files WHERE source = ? AND name = ?"
    row = connection.execute(query, (file.source, file.name)).fetchone()
    return Known(*row) if row else None


def _read(connection: sqlite3.Connection, path: Path, found: LineFile, before: Known | None, done: Updated) -> None:
    """Take in the lines of a file: those behind what is known of it, or all."""
    with os_errors(f"cannot read {path}"), path.open("rb") as file:
        first = _digest(file.readline())
        start = 0
        if before is not None and before.inode == found.inode and before.first == first and found.size > before.size:
            start = before.size
            connection.execute("DELETE FROM files WHERE number = ?", (before.number,))
            number = before.number
        else:
            if before is not None:
                _drop(connection, [before.number])
            ((number,),) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM files").fetchall()
        file.seek(start)
        end = start
        for offset, text in _lines(file, start):
            end = offset + len(text)
            if not _add(connection, number, offset, text, found.source):
                done.problems.append(f"{path}: at {offset}: a line that is no article's")
            done.lines += 1
    values = (number, found.source, found.name, found.inode, found.size, found.changed, first)
    # What is no whole line is read again when the file has changed.
    size = found.size if end >= found.size else end
    connection.execute("INSERT INTO files VALUES (?,?,?,?,?,?,?)", (*values[:4], size, *values[5:]))


def _lines(file: IO[bytes], offset: int) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of each whole line."""
    for line in file:
        if not line.endswith(b"\n"):
            return
        yield offset, line
        offset += len(line)


def _add(connection: sqlite3.Connection, file: int, offset: int, text: bytes, source: str) -> bool:
    """Take in a line; false if it is no article's."""
    line = content_of(text)
    if line is None:
        return False
    try:
        said, title, body = _said(line), str(line["title"]), _text(line)
        row = (
            *(file, offset, len(text), said["id"], source, said["url"], title[:_LONGEST_TITLE], said["fetched_at"]),
            *(local_day(said["fetched_at"]), int(line["version"]), said["change"], line.get("duplicate_of")),
        )
        number = connection.execute(_INSERT, row).lastrowid
    except (KeyError, TypeError, ValueError, OverflowError, sqlite3.InterfaceError, sqlite3.ProgrammingError):
        return False
    exact = [with_diacritics(each[:_LONGEST_TEXT]) for each in (title, body)]
    plain = [without_diacritics(each) for each in exact]
    for table, texts in (("exact", exact), ("plain", plain)):
        connection.execute(f"INSERT INTO {table} (rowid, title, text) VALUES (?,?,?)", (number, *texts))  # noqa: S608
    return True


def _said(line: dict[str, Any]) -> dict[str, str]:
    said = {name: line[name] for name in ("id", "url", "fetched_at", "change")}
    if not all(isinstance(value, str) and value for value in said.values()):
        raise TypeError("not an article's line")
    for value in said.values():
        value.encode()  # half a UTF-16 pair is no text
    return said


def _text(line: dict[str, Any]) -> str:
    return "\n".join(str(line[name]) for name in ("sapo", "body") if line.get(name))


def _drop(connection: sqlite3.Connection, files: Iterable[int]) -> None:
    numbers = [(number,) for number in files]
    connection.executemany("DELETE FROM versions WHERE file = ?", numbers)
    connection.executemany("DELETE FROM files WHERE number = ?", numbers)


def _digest(line: bytes) -> str:
    return sha256(line).hexdigest()


def local_day(date: str) -> str:
    """Return the day in Vietnam of a WARC-Date.

    >>> local_day("2026-11-22T20:00:00Z"), local_day("0999-11-22T20:00:00Z"), local_day("9999-12-31T20:00:00Z")
    ('2026-11-23', '0999-11-23', '9999-12-31')

    :raises ValueError: if it is none.
    """
    moment = datetime.fromisoformat(date)
    with suppress(OverflowError):  # it is the first day that there is, or the last
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(VIETNAM)
    return moment.date().isoformat()
