"""A folder of lines that are made anew: all of them, or none that could be taken for all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError, os_errors
from archive.files.open_file import OPEN, create, hold, remove

#: Stands in a folder until all its lines are there, locked while somebody writes them.
_MARK: Final = f"rebuild{OPEN}"
#: What a rebuild calls its files, from the folder on; those of a crawl name their run, too.
_LINES: Final = re.compile(rf"(?P<source>[^/-]+)/(?P=source)-\d{{17}}\.jsonl(?:{re.escape(OPEN)})?", re.ASCII)


def is_free(folder: Path) -> bool:
    """Whether lines may be written into a folder: it is not there, or empty, or left by a rebuild that was killed."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    if not (folder / _MARK).is_file():
        return not any(folder.iterdir())
    files = {path for path in folder.rglob("*") if not path.is_dir()}
    return files == {folder / _MARK, *_lines(folder)}


@contextmanager
def being_filled(folder: Path) -> Iterator[None]:
    """Mark a folder as unfinished for as long as its lines are written; if that fails, none stay there.

    :raises ArchiveError: if another process writes there, or the file system fails.
    """
    _clear_left(folder)
    with os_errors(f"cannot write in {folder}"):
        descriptor, mark = create(lambda: folder / _MARK)
    try:
        try:
            yield
        except BaseException:
            _clear(folder)
            raise
        with os_errors(f"cannot write in {folder}"):
            remove(mark)
    finally:
        os.close(descriptor)


def _clear_left(folder: Path) -> None:
    """Remove what a rebuild that was killed has left."""
    mark = folder / _MARK
    with os_errors(f"cannot write in {folder}"), suppress(FileNotFoundError):
        descriptor = os.open(mark, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if not hold(descriptor, mark):
                raise ArchiveError(f"another rebuild is writing in {folder}")
            _clear(folder)
        finally:
            os.close(descriptor)


def _clear(folder: Path) -> None:
    """Remove the lines in a folder, and the mark when they are gone."""
    for path in [*_lines(folder)]:
        path.unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.is_dir():
            with suppress(OSError):  # it holds what no rebuild has written
                path.rmdir()
    (folder / _MARK).unlink(missing_ok=True)


def _lines(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder that have the names a rebuild gives."""
    for path in folder.glob("*/*"):
        if _LINES.fullmatch(path.relative_to(folder).as_posix()) and not path.is_dir():
            yield path
