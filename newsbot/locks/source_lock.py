"""Locks on a source: one crawl at a time, and one crawlall that means to crawl it; they end with their holders."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from archive.files.lock import open_to_lock, try_lock
from newsbot.health.exit_status import ExitStatus

#: Seconds from which on it is said for how long a lock has been held.
_LONG: Final = 2 * 3600.0
#: Seconds between two tries.
_PAUSE: Final = 0.5


class LockedError(Exception):
    """Another process holds the lock; the message says which.

    :param seconds: for how long it does, as far as that is known.
    """

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


def failure_status(error: Exception, longest: float = math.inf) -> ExitStatus:
    """Return the exit status for a lock that is held, or any other error of the archive or the disk.

    :param longest: seconds that a lock may be held: behind them nobody looks after the source any more.

    >>> failure_status(LockedError("it is being crawled", 60), 3600).name, failure_status(OSError()).name
    ('LOCKED', 'NOT_ARCHIVED')
    """
    if not isinstance(error, LockedError):
        return ExitStatus.NOT_ARCHIVED
    return ExitStatus.LOCKED if error.seconds < longest else ExitStatus.UNHEALTHY


def failure_text(error: Exception, path: object) -> str:
    """Return what such an error says.

    :param path: what could not be used, where an OSError does not name it.
    """
    return f"cannot use {error.filename or path}: {error.strerror}" if isinstance(error, OSError) else str(error)


class SourceLock:
    """An advisory lock (flock) on a file named after the source, with the holder's process id in it.

    The kernel gives the lock up when the process ends, however it ends, so a file left behind locks nothing; and the
    file is never removed, because a second process could have opened the one removed. Raises `LockedError` where
    another process holds it, OSError where the file cannot be made.
    """

    _suffix: ClassVar[str] = ".lock"
    #: What it means that another process has it; with the source's name.
    _meaning: ClassVar[str] = "another run is crawling {}"

    def __init__(self, directory: Path, source: str) -> None:
        self.path = directory / f"{source}{self._suffix}"
        self.source = source
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock now or raise; never waits."""
        file = open_to_lock(self.path)
        try:
            if not try_lock(file):
                raise self._locked(file)
            os.ftruncate(file, 0)
            os.write(file, f"{os.getpid()}\n".encode())
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def _locked(self, file: int) -> LockedError:
        holder = os.read(file, 32).decode("ascii", "replace").strip() or "unknown"
        seconds = max(0.0, time.time() - os.fstat(file).st_mtime)
        since = f" for {seconds / 3600:.0f} hours: `kill {holder}` ends it in good order" if seconds >= _LONG else ""
        return LockedError(f"{self._meaning.format(self.source)} (process {holder} holds {self.path}{since})", seconds)

    def last_taken(self) -> float:
        """Return when somebody took the lock last, in seconds since 1970; 0 if nobody ever did."""
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0

    def close(self) -> None:
        """Give the lock up; a lock that is not held stays so."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class SourceClaim(SourceLock):
    """What a crawlall holds of each of its sources until that source's crawl has ended, begun or not.

    A second crawlall leaves such a source alone. The crawl itself takes the `SourceLock`, so that a source which is
    only claimed can still be crawled by hand, recovered or redacted.
    """

    _suffix = ".claim"
    _meaning = "another crawlall has taken {} on"


def hold(
    held: ExitStack, lock: Callable[[], AbstractContextManager[Any]], deadline: float, tell: Callable[[str], object]
) -> None:
    """Take a lock and hold it; who has it is told while it is waited for.

    :param deadline: of the monotonic clock.
    :raises LockedError: if it is not to be had until then.
    """
    told = ""
    while True:
        try:
            held.enter_context(lock())
            return
        except LockedError as error:
            if time.monotonic() >= deadline:
                raise
            if str(error) != told:
                told = str(error)
                tell(f"waiting: {told}")
            time.sleep(_PAUSE)
