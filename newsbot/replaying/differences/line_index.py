"""Where the lines of some captures are: an index on disk, so that an archive of any size can be compared."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

from archive.errors import os_errors
from newsbot.line_types import is_text
from newsbot.publishing.lines import content_of

_MOST_NAMED: Final = 20
#: Maximum length of a line in bytes: one that is longer is no article's; nor is one that is nested deeper than this.
_LONGEST: Final = 1 << 26
_DEEPEST: Final = 10
#: Texts by which lines are found, and named; all else of them may be odd.
_LOOKED_FOR: Final = ("id", "source", "url", "fetched_at")
_TABLE: Final = """
create table line (
    key text primary key, id text, source text, warc text, file integer, at integer, seen integer default 0
) without rowid;
create index line_id on line (id);
create table met (id text primary key) without rowid;
"""


class LineIndex:
    """Finds the line of an article's capture in files of lines; what is no line is counted.

    :param folder: where the index is made; it is of no use afterwards.
    """

    def __init__(self, folder: Path):
        self.problems: list[str] = []
        #: Lines that are none, of which the first are named in ``problems``.
        self.wrong = 0
        #: Lines that can be compared.
        self.number = 0
        #: Lines of a capture that has one already.
        self.doubles = 0
        self._files: list[Path] = []
        self._database = sqlite3.connect(folder / "lines.sqlite", isolation_level=None)
        self._database.executescript(f"pragma journal_mode = off; pragma synchronous = off; {_TABLE}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._database.close()

    def add(self, path: Path) -> None:
        """Take in the lines of a file.

        :raises ArchiveError: if it cannot be read.
        """
        self._database.execute("begin")
        for number, (at, line) in enumerate(_lines(path), 1):
            capture = line.get("capture") if line else None
            warc = capture.get("file") if isinstance(capture, dict) else None
            if line is None or not all(map(is_text, (warc, *map(line.get, _LOOKED_FOR)))):
                self.wrong += 1
                if self.wrong <= _MOST_NAMED:
                    self.problems.append(f"{path}: line {number} is no article line")
                continue
            values = _key(line), line["id"], line["source"], warc, len(self._files), at
            into = "insert or ignore into line (key, id, source, warc, file, at) values (?, ?, ?, ?, ?, ?)"
            added = self._database.execute(into, values).rowcount
            self.number += added
            self.doubles += not added
        self._database.execute("commit")
        self._files.append(path)

    def take(self, line: dict[str, Any]) -> dict[str, Any] | None:
        """Return the line of the same article's capture, which then is none that is left; None without one."""
        taking = "update line set seen = 1 where key = ? returning file, at"
        row = self._database.execute(taking, (_key(line),)).fetchone()
        return self._line(*row) if row else None

    def has_article(self, article_id: str) -> bool:
        """Return whether an article has any line."""
        return self._finds("select 1 from line where id = ? limit 1", article_id)

    def was_met(self, article_id: str) -> bool:
        """Return whether this was asked of an article before."""
        return not self._database.execute("insert or ignore into met values (?)", (article_id,)).rowcount

    def _finds(self, query: str, value: str) -> bool:
        return self._database.execute(query, (value,)).fetchone() is not None

    def leave_out_others(self, warcs: Iterable[str], sources: Iterable[str]) -> int:
        """Leave out the lines of other WARC files or other sources from here on; returns how many they are."""
        wanted = [("warc", name) for name in warcs] + [("source", name) for name in sources]
        self._database.execute("create temporary table wanted (kind text, name text, primary key (kind, name))")
        self._database.executemany("insert or ignore into wanted values (?, ?)", wanted)
        others = self._database.execute(
            "delete from line where not exists (select 1 from wanted where kind = 'warc' and name = line.warc)"
            " or not exists (select 1 from wanted where kind = 'source' and name = line.source)"
        ).rowcount
        self.number -= others
        return others

    def left(self) -> Iterator[dict[str, Any]]:
        """Yield the lines that nobody has taken."""
        rows = self._database.execute("select file, at from line where not seen order by file, at")
        for file, at in rows:
            yield self._line(file, at)

    def _line(self, file: int, at: int) -> dict[str, Any]:
        path = self._files[file]
        with os_errors(f"cannot read {path}"), path.open("rb") as lines:
            lines.seek(at)
            line: dict[str, Any] = json.loads(lines.readline())
            return line


def line_files(path: Path) -> list[Path]:
    """Return the files of lines that a path names: itself, or all below a folder, those that are being written, too."""
    return [path] if path.is_file() else sorted(each for each in path.rglob("*.jsonl*") if each.is_file())


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file that are whole.

    :raises ArchiveError: if it cannot be read.
    """
    return (line for _, line in _lines(path) if line is not None)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield where each line begins, and what it says; None if that is no article's.

    A last line without a line feed may be cut short: it counts if it is whole.
    """
    with os_errors(f"cannot read {path}"), closing(path.open("rb")) as file:
        at = 0
        while line := file.readline(_LONGEST):
            begin, at = at, at + len(line)
            if len(line) == _LONGEST and not line.endswith(b"\n"):
                while (more := file.readline(_LONGEST)) and not more.endswith(b"\n"):
                    at += len(more)
                at += len(more)
                yield begin, None
                continue
            content = content_of(line)
            if content is not None and not _is_shallow(content, _DEEPEST):
                content = None
            if content is not None or line.endswith(b"\n"):
                yield begin, content


def _is_shallow(value: dict[str, Any] | list[Any], depth: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_shallow(each, depth - 1) for each in inside if isinstance(each, dict | list))


def _key(line: dict[str, Any]) -> str:
    """Return what names an article's capture, whatever file it lies in."""
    return f"{line['id']} {line['fetched_at']}"
