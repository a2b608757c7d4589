"""Finishes the WARC files that a killed run, or a machine that lost its power, left open.

What a file holds up to its last whole exchange is kept and gets its final name; nothing is ever appended to it. What
lies behind is cut off and kept beside it as ``….torn``: `scrapy repair` can look into it.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.errors import os_errors
from archive.files.atomic import replace_file, sync_folder
from archive.files.open_file import OPEN, finish, hold, remove
from archive.files.plain_file import read_range
from archive.writing.soundness import soundness

logger = logging.getLogger(__name__)

TORN = ".torn"


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file that was left open: under its final name, or None if it held no capture and was removed."""

    name: str
    path: Path | None
    #: Bytes cut off its end.
    torn: int


def recover(folder: Path, finished: Callable[[Path], object] = lambda path: None) -> list[Recovered]:
    """Finish every file in a folder that is open without a living writer, and say what became of each.

    A lock tells the living: the kernel gives it up when its holder ends. Killed in the middle, the next call goes on.

    :param finished: called with the path of each file that has got its final name.
    :raises ArchiveError: if a file cannot be read or finished.
    """
    recovered = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        with os_errors(f"cannot recover {path}"):
            result = _recover_file(path)
        if result is None:
            continue
        recovered.append(result)
        if result.path is not None:
            finished(result.path)
    return recovered


def _recover_file(path: Path) -> Recovered | None:
    """Return what became of a file; None if its writer lives, or another process was faster."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        logger.warning("%s is a link: no crawl has left it, and it stays as it is", path)
        return None
    try:
        if not hold(descriptor, path):
            return None
        os.fsync(descriptor)
        found = soundness(descriptor, path)
        torn = os.fstat(descriptor).st_size - found.end
        if not found.holds_captures:
            _put_away(path, keep=bool(torn and found.end))
            return Recovered(path.name.removesuffix(OPEN), None, torn)
        if torn:
            logger.warning("%s: its last %d bytes are cut off and kept as %s (%s)", path, torn, TORN, found.problem)
            replace_file(_torn_path(path), read_range(descriptor, found.end, torn))
            os.ftruncate(descriptor, found.end)
            os.fsync(descriptor)
        final = finish(path)
        logger.warning("%s was left open: finished", final)
        return Recovered(final.name, final, torn)
    finally:
        os.close(descriptor)


def _put_away(path: Path, *, keep: bool) -> None:
    """Remove a file without a whole exchange; kept as torn if more follows its opening records, which might be one."""
    if keep:
        path.rename(_torn_path(path))
        sync_folder(path.parent)
    else:
        remove(path)
    logger.warning("%s was left open without a whole exchange: %s", path, "kept as torn" if keep else "removed")


def _torn_path(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(OPEN) + TORN)
