"""Writes the JSONL file of one run: it grows by synced batches and is named ``….open`` until the run has ended well.

It is there from the start of the run: an ``….open`` file without a writer means that the run was cut short, and that
its WARC files, whose names end in the same eight digits, may hold articles that have no line yet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from archive.clock import now
from archive.errors import os_errors
from archive.files.open_file import OPEN, create, finish, hold, remove
from archive.files.plain_file import lines_in, open_regular
from archive.writing.warc_file import parts_of_name

_KIND = ".jsonl"


class LineFile:
    """Appends lines under ``folder``.

    :param sync: False if it is enough that lines are on disk when the file has been closed.

    Every method raises `ArchiveError` naming the file if the file system fails; what was synced before stays.
    """

    def __init__(self, folder: Path, name: str, run: str = "", *, sync: bool = True):
        self._folder = folder
        self._name = name
        self._run = run
        self._sync = sync
        self._path = folder
        self._descriptor: int | None = None
        self._size = 0

    def begin(self) -> None:
        """Create the file, durably; without this it appears with the first line."""
        if self._descriptor is None:
            with os_errors(f"cannot create a file in {self._folder}"):
                self._descriptor, self._path = create(self._new_path)

    def _new_path(self) -> Path:
        moment = now()
        run = f"-{self._run}" if self._run else ""
        return self._folder / f"{self._name}-{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03}{run}{_KIND}{OPEN}"

    def append(self, lines: Iterable[bytes]) -> None:
        """Append lines, each without its line feed, and return when they are on disk."""
        data = b"".join([line + b"\n" for line in lines])
        if not data:
            return
        self.begin()
        assert self._descriptor is not None
        with os_errors(f"cannot write {self._path}"):
            written = 0
            while written < len(data):
                written += os.pwrite(self._descriptor, memoryview(data)[written:], self._size + written)
            if self._sync:
                os.fsync(self._descriptor)
        self._size += len(data)

    def close(self) -> None:
        """Give the file its final name; one without a line is removed."""
        if self._descriptor is None:
            return
        try:
            if not self._sync:
                with os_errors(f"cannot write {self._path}"):
                    os.fsync(self._descriptor)
            _finish(self._path, is_empty=not self._size)
        finally:
            self.leave_open()

    def leave_open(self) -> None:
        """Leave the file as it is: the next start of the source completes and closes it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@dataclass(frozen=True)
class Orphan:
    """A file whose writer has ended without closing it, cut back to its whole lines."""

    path: Path
    #: The digits that its run's WARC files have in their names, too.
    run: str
    is_empty: bool

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield its lines; what is no JSON object any more is empty.

        :raises ArchiveError: if it cannot be read.
        """
        with os_errors(f"cannot read {self.path}"), open_regular(self.path) as file:
            for line in lines_in(file):
                yield content_of(line) or {}

    def close(self) -> None:
        """Give it its final name, now that nothing of its run is missing; one without a line is removed."""
        _finish(self.path, is_empty=self.is_empty)


def _finish(path: Path, *, is_empty: bool) -> None:
    with os_errors(f"cannot finish {path}"):
        remove(path) if is_empty else finish(path)


def orphans(folder: Path) -> Iterator[Orphan]:
    """Yield the files that no living process writes, the oldest first.

    They are cut at the first line that is not whole: neither it nor what follows was ever reported as written, and the
    captures are there to be read again.
    """
    for path in sorted(folder.glob(f"*{_KIND}{OPEN}")):
        if path.is_symlink():  # no run has left it
            continue
        with os_errors(f"cannot recover {path}"):
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                if not hold(descriptor, path):
                    continue
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)  # so that the disk is asked
                size = _size_of_whole_lines(path)
                os.ftruncate(descriptor, size)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        yield Orphan(path, run_of(path.name), is_empty=not size)


def _size_of_whole_lines(path: Path) -> int:
    """Return where the first line begins that is not a JSON object, in bytes."""
    size = 0
    with open_regular(path) as file:
        for line in lines_in(file):
            if not line.endswith(b"\n") or content_of(line) is None:
                break
            size += len(line)
    return size


def content_of(line: bytes) -> dict[str, Any] | None:
    """Return what a line says; None if it is no JSON object."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def run_of(name: str) -> str:
    """Return the run that a WARC file or a file of lines belongs to; another crawler's file is one by itself.

    >>> run_of("baosonla-20261122032011123-00000-host-0123abcd.warc.gz")
    '0123abcd'
    >>> run_of("baosonla-20261122032011123-0123abcd.jsonl.open")
    '0123abcd'
    >>> run_of("rec-november-0.warc.gz")
    'rec-november-0.warc.gz'
    """
    name = name.removesuffix(OPEN)
    if name.endswith(_KIND):
        return name.removesuffix(_KIND).rpartition("-")[2]
    parts = parts_of_name(name)
    return parts.run if parts else name


def lines_of(folder: Path, article_id: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of an article, the oldest run first.

    Only lines that hold the id are read as JSON: a folder of years is gone through at the speed of the disk.

    :param folder: where the JSONL files of its source are.
    :raises OSError: if a file cannot be read.
    """
    return (found.content for found in found_lines(folder, article_id) if found.content)


class FoundLine(NamedTuple):
    """A line, and where it is: lines are counted from 1."""

    path: Path
    number: int
    #: None if it is no JSON object.
    content: dict[str, Any] | None


def found_lines(folder: Path, article_id: str) -> Iterator[FoundLine]:
    """Yield the lines of an article with their places, as `lines_of` does, and those that may once have been its.

    :raises OSError: if a file cannot be read.
    """
    wanted = json.dumps(article_id, ensure_ascii=False).encode("utf-8", "replace")  # no line has half a character
    for path in sorted(folder.glob("*.jsonl*")):
        with open_regular(path) as file:
            for number, line in enumerate(lines_in(file), 1):
                if wanted in line and line.endswith(b"\n"):
                    content = content_of(line)
                    if content is None or content.get("id") == article_id:
                        yield FoundLine(path, number, content)
