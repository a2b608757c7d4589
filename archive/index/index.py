"""The CDXJ index of a folder of WARC files: kept as sorted runs, merged as they grow in number, searched on disk.

What one WARC file gives is a run; eight runs of about one size become one. So a collection of hundreds of thousands of
files has a few dozen runs, each line is rewritten a handful of times in years, and a look-up is a binary search in each
run. Everything can be made again from the WARC files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from itertools import takewhile
from pathlib import Path
from typing import Final

from archive.errors import DamagedCacheError
from archive.files.atomic import replace_file
from archive.index.cdxj import IndexEntry, read_line
from archive.index.index_runs import MENDS, IndexRun, IndexRuns
from archive.index.sorted_lines import SortedLines, sort_lines
from archive.index.surt import surt

#: Number of runs of one size that are merged into one.
_FAN_IN: Final = 8
#: Runs of up to this many bytes count as one size; the next size is `_FAN_IN` times as large.
_SMALLEST: Final = 1 << 18
#: The last field of each line; JSON cannot hold this in a value.
_FILENAME: Final = b'"filename": '
_EARLIEST: Final = "00010101000000"


class Index:
    """The index under a folder, which need not exist yet; several processes may use it.

    :raises ArchiveError: from every method, if the index cannot be read or written; it is as before then.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._runs = IndexRuns(folder)

    def files(self) -> set[str]:
        """Return the names of the WARC files that are indexed."""
        return set().union(*(self._runs.files(run) for run in self._runs.named()))

    def add(self, filenames: Collection[str], lines: Iterable[bytes]) -> None:
        """Index WARC files: their lines, in any order, take the place of those they had. Durable on return."""
        ready = sort_lines(lines)  # before the lock: to read a hundred WARC files takes minutes
        with self._runs.locked():
            others = [self._without(run, filenames) for run in self._runs.named()]
            added = self._runs.write(ready, filenames)
            self._runs.name([*others, added])
            self._merge_runs()

    def remove(self, *filenames: str) -> None:
        """Drop the lines of WARC files; no byte of them stays in the index."""
        with self._runs.locked():
            self._runs.name([self._without(run, filenames) for run in self._runs.named()])

    def check(self) -> None:
        """Look whether all that the index names is there, in its length.

        :raises DamagedCacheError: if it is not.
        """
        self._runs.opened()
        self.files()

    def clear(self) -> None:
        """Drop all lines, also those of an index that is damaged."""
        self._runs.clear()

    def take_over(self, other: Index) -> None:
        """Let the lines of an index on the same disk take the place of all these, in one step; it is of no use then."""
        self._runs.take_over(other._runs)

    def merge(self) -> None:
        """Make one run of all."""
        with self._runs.locked():
            self._runs.name([self._merged(self._runs.named())])

    def lines(self) -> Iterator[bytes]:
        """Yield all lines in order, without line feeds."""
        return merge(*(run.from_offset(0) for run in self._runs.opened()))

    def export(self, path: Path) -> None:
        """Write all lines to one sorted CDXJ file, which appears whole or not at all."""
        replace_file(path, (line + b"\n" for line in self.lines()))

    def captures(self, url: str, since: str = "", until: str = "") -> Iterator[IndexEntry]:
        """Yield the entries of a URL in the order of time.

        :param since: digits of the earliest time, as many as wanted: "2026", "20261122030405".
        :param until: digits of the latest time; "2026" is its last second.
        """
        key = f"{surt(url)} ".encode()
        last = until.ljust(14, "9")
        for line in self._from(key, since.encode()):
            entry = _entry(line)
            if entry.timestamp > last:
                return
            yield entry

    def holds(self, line: bytes) -> bool:
        """Return whether a line is in the index, byte for byte."""
        return any(found == line for found in self._from(line, b""))

    def nearest(self, url: str, at: str) -> Iterator[IndexEntry]:
        """Yield the entries of a URL, the nearest in time first, of two as near the earlier.

        :param at: digits of a time, as many as wanted.
        """
        key = f"{surt(url)} ".encode()
        wanted = _moment(at)
        later = (_measured(line, wanted, 1) for line in self._from(key, at.encode()))
        earlier = (_measured(line, wanted, 0) for line in self._before(key, at.encode()))
        return (entry for _, _, entry in merge(earlier, later, key=lambda measured: measured[:2]))

    def backwards(self, url: str, before: str) -> Iterator[IndexEntry]:
        """Yield the entries of a URL from before a time, the latest first.

        :param before: digits of it, as many as wanted.
        """
        return map(_entry, self._before(f"{surt(url)} ".encode(), before.encode()))

    def with_prefix(self, *prefixes: str) -> Iterator[IndexEntry]:
        """Yield the entries whose keys begin with a prefix, in the order of keys, one prefix after the other."""
        for prefix in prefixes:
            yield from map(_entry, self._from(prefix.encode(), b""))

    def _from(self, prefix: bytes, rest: bytes) -> Iterator[bytes]:
        """Yield the lines that begin with ``prefix``, from ``prefix + rest`` on."""
        sources = (run.from_offset(run.find(prefix + rest)) for run in self._runs.opened())
        return merge(*(takewhile(lambda line: line.startswith(prefix), source) for source in sources))

    def _before(self, prefix: bytes, rest: bytes) -> Iterator[bytes]:
        """Yield the lines that begin with ``prefix`` and are less than ``prefix + rest``, backwards."""
        sources = (run.before_offset(run.find(prefix + rest)) for run in self._runs.opened())
        return merge(*(takewhile(lambda line: line.startswith(prefix), source) for source in sources), reverse=True)

    def _merge_runs(self) -> None:
        """Merge runs of one size until there are not many of any."""
        while crowd := _crowd(runs := self._runs.named()):
            self._runs.name([*(run for run in runs if run not in crowd), self._merged(crowd)])

    def _merged(self, runs: list[IndexRun]) -> IndexRun | None:
        sources: list[SortedLines] = [self._runs.lines(run) for run in runs]
        files: set[str] = set().union(*(self._runs.files(run) for run in runs))
        return self._runs.write(merge(*(source.from_offset(0) for source in sources)), files)

    def _without(self, run: IndexRun, filenames: Collection[str]) -> IndexRun | None:
        """Return a run, or what it is without the lines of some WARC files."""
        dropped = self._runs.held(run, filenames)
        if not dropped:
            return run
        endings = {json.dumps(filename).encode() + b"}" for filename in dropped}
        lines = self._runs.lines(run).from_offset(0)
        kept = (line for line in lines if line.rpartition(_FILENAME)[2] not in endings)
        return self._runs.write(kept, self._runs.files(run) - dropped)


def _entry(line: bytes) -> IndexEntry:
    """Read a line of the index.

    :raises DamagedCacheError: if it is none.
    """
    try:
        return read_line(line)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedCacheError(f"the index has a line that is none ({line[:80]!r}): {MENDS}") from error


def digits(date: str) -> str:
    """Return a date of any form as the digits of an index time.

    >>> digits("2026-11-22T03:04:05.123456Z"), digits("2026-11")
    ('20261122030405', '202611')
    """
    return re.sub(r"[^0-9]", "", date)[:14]


def _crowd(runs: list[IndexRun]) -> list[IndexRun]:
    """Return runs of one size that are too many, or none."""
    sizes: dict[int, list[IndexRun]] = {}
    for run in runs:
        size, limit = 0, _SMALLEST
        while run.size > limit:
            size, limit = size + 1, limit * _FAN_IN
        sizes.setdefault(size, []).append(run)
    return next((crowd for crowd in sizes.values() if len(crowd) >= _FAN_IN), [])


def _measured(line: bytes, wanted: datetime, later: int) -> tuple[float, int, IndexEntry]:
    entry = _entry(line)
    return abs((_moment(entry.timestamp) - wanted).total_seconds()), later, entry


def _moment(time: str) -> datetime:
    padded = (time or "1")[:14]
    padded += _EARLIEST[len(padded) :]
    try:
        return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
