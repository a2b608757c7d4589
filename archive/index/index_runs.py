"""The runs of an index on disk: which there are, and the one way in which that changes.

A run is a file of sorted CDXJ lines, and a file with the names of the WARC files whose lines it holds. Runs never
change. ``runs.json`` names those that count; it is replaced in one step when everything it names is on disk, so a
crash leaves either the old state or the new one, and at most files that nobody names, which the next change removes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from archive.errors import ArchiveError, DamagedCacheError, os_errors
from archive.files.atomic import replace_file, sync_folder
from archive.files.lock import locked
from archive.files.plain_file import content_of, read_regular
from archive.index.sorted_lines import SortedLines

_LINES, _FILES = ".cdxj", ".files"
#: How a damaged index is mended, for messages.
MENDS = "`scrapy index rebuild` makes it again"
#: Maximum size, in bytes, of a file of names.
_MOST_NAMES = 1 << 28
_FORMAT = "archive-index-1"


class IndexRun(NamedTuple):
    """A run as ``runs.json`` names it; ``size`` is that of its lines in bytes."""

    name: str
    size: int
    lines: int


class IndexRuns:
    """The runs under a folder, which need not exist yet.

    :raises ArchiveError: from every method, if the file system fails or a file is not as it was written.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._list = folder / "runs.json"
        #: The content of ``runs.json`` that belongs to what is open.
        self._seen = b""
        self._open: dict[str, SortedLines] = {}

    def named(self) -> list[IndexRun]:
        """Return the runs that count now."""
        return self._parsed(content_of(self._list))

    def opened(self) -> list[SortedLines]:
        """Return the lines of all runs that count now; they stay readable whatever changes afterwards."""
        while not (written := content_of(self._list)) or written != self._seen:
            runs = self._parsed(written)
            try:
                self._open = {run.name: self._open.get(run.name) or self._opened(run) for run in runs}
            except FileNotFoundError as error:
                # Replaced between the two looks; else it is lost.
                if content_of(self._list) == written:
                    raise DamagedCacheError(f"{error.filename} is missing: {MENDS}") from error
                continue
            except OSError as error:
                raise ArchiveError(f"cannot read {error.filename}: {error.strerror}") from error
            self._seen = written
            break
        return list(self._open.values())

    def lines(self, run: IndexRun) -> SortedLines:
        """Return the lines of one run."""
        with os_errors(f"cannot read {self._folder / (run.name + _LINES)}"):
            return self._opened(run)

    def files(self, run: IndexRun) -> set[str]:
        """Return the names of the WARC files whose lines a run holds."""
        try:
            return set(self._names(run).decode().split("\n")) - {""}
        except UnicodeDecodeError as error:
            raise DamagedCacheError(f"{self._folder / (run.name + _FILES)} is damaged ({error}): {MENDS}") from error

    def held(self, run: IndexRun, filenames: Iterable[str]) -> set[str]:
        """Return those of these WARC files whose lines a run holds."""
        names = b"\n" + self._names(run)
        return {filename for filename in filenames if f"\n{filename}\n".encode() in names}

    def clear(self) -> None:
        """Let no run count any more."""
        with self._changing():
            self.name([])

    def take_over(self, other: IndexRuns) -> None:
        """Let the runs of another folder on the same disk be those that count, in one step."""
        with self._changing():
            runs = other.named()
            for name in (run.name + suffix for run in runs for suffix in (_LINES, _FILES)):
                (other._folder / name).replace(self._folder / name)
            sync_folder(self._folder)
            self.name(runs)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing the runs meanwhile; remove what a crash left behind."""
        with self._changing():
            self._sweep({run.name for run in self.named()})
            yield

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with locked(self._folder / "lock"):
            try:
                yield
            except OSError as error:
                what = error.filename or self._folder
                raise ArchiveError(f"cannot change the index: {what}: {error.strerror}") from error

    def write(self, lines: Iterable[bytes], files: Iterable[str]) -> IndexRun | None:
        """Write a run; it does not count before `name` is called with it. Without a file there is no run."""
        names = sorted(files)
        if not names:
            return None
        run = f"run-{uuid4().hex[:12]}"
        size = count = 0

        def counted() -> Iterator[bytes]:
            nonlocal size, count
            for line in lines:
                size += len(line) + 1
                count += 1
                yield line + b"\n"

        replace_file(self._folder / (run + _LINES), counted())
        replace_file(self._folder / (run + _FILES), (f"{name}\n".encode() for name in names))
        return IndexRun(run, size, count)

    def name(self, runs: Iterable[IndexRun | None]) -> None:
        """Make these the runs that count; the files of others are removed."""
        kept = [run for run in runs if run]
        written: dict[str, Any] = {"format": _FORMAT, "runs": [run._asdict() for run in kept]}
        replace_file(self._list, [json.dumps(written, indent=1).encode()])
        self._sweep({run.name for run in kept})

    def _names(self, run: IndexRun) -> bytes:
        path = self._folder / (run.name + _FILES)
        try:
            return read_regular(path, _MOST_NAMES)
        except FileNotFoundError as error:
            raise DamagedCacheError(f"{path} is missing: {MENDS}") from error
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error.strerror}") from error

    def _opened(self, run: IndexRun) -> SortedLines:
        path = self._folder / (run.name + _LINES)
        lines = SortedLines(path)
        if lines.size != run.size:
            raise DamagedCacheError(f"{path} has {lines.size} bytes instead of {run.size}: {MENDS}")
        return lines

    def _parsed(self, written: bytes) -> list[IndexRun]:
        """Read ``runs.json``; where there is none, there are no runs."""
        if not written and not self._list.exists():
            return []
        try:
            content = json.loads(written)
            if content["format"] != _FORMAT:
                raise ValueError(f"format {content['format']!r}")
            return [IndexRun(**run) for run in content["runs"]]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise DamagedCacheError(f"{self._list} is damaged ({error}): {MENDS}") from error

    def _sweep(self, named: set[str]) -> None:
        for path in self._folder.glob("run-*"):
            if path.name.partition(".")[0] not in named:
                path.unlink(missing_ok=True)
