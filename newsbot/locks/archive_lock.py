"""The lock on the whole archive: shared by readers, exclusive for whoever rewrites it.

A viewer, which reads again and again but never for long, keeps nobody out: whoever rewrites the archive waits until its
answers under way are given, and it gives no other meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError, os_errors
from archive.files.lock import open_lock, try_lock
from archive.redaction.journal import Journal
from newsbot.locks.source_lock import LockedError, SourceLock

#: No source's name has a dot.
_NAME: Final = "archive.rewriting.lock"
_VIEWING: Final = "archive.viewing.lock"
#: Seconds for which a viewer may be waited for: until it has looked whether the archive is locked, and until it has
#: given its answers.
_GLANCE, _ANSWER = 0.5, 30.0
_PAUSE: Final = 0.005


def refuse_half_redacted(data: Path) -> None:
    """Let nobody read or add to an archive in which a redaction was cut short; hold a lock that keeps redactions out.

    :param data: the data folder.
    :raises ArchiveError: if one was. No other process will see to that: somebody has to be told.
    """
    if Journal(data / "redaction").is_pending():
        raise ArchiveError(f"{data}: a redaction was cut short: `scrapy redact` without a URL finishes it")


@contextmanager
def archive_lock(folder: Path, *, rewriting: bool) -> Iterator[None]:
    """Hold the archive's lock, alone for ``rewriting``; waits for viewers alone, and ends with the process.

    :param folder: of the locks.
    :raises LockedError: if another process rewrites the archive, or, for rewriting, reads all of it.
    :raises ArchiveError: if the lock cannot be made.
    """
    path, viewing = folder / _NAME, folder / _VIEWING
    doing = "packages, repairs, retires or redacts" if rewriting else "repairs, retires or redacts"
    with ExitStack() as held:
        if not _locked(held, path, _GLANCE if rewriting else 0.0, shared=not rewriting):
            raise LockedError(f"another process {doing} in this archive (it holds {path}): try again later")
        if rewriting and not _locked(held, viewing, _ANSWER, shared=False):
            raise LockedError(f"`scrapy replay` is reading this archive (it holds {viewing}): try again later")
        yield


@contextmanager
def viewing_lock(folder: Path) -> Iterator[None]:
    """Keep whoever rewrites the archive waiting; to be held for seconds at most.

    :param folder: of the locks.
    :raises LockedError: if another process rewrites the archive, or is about to.
    :raises ArchiveError: if the lock cannot be made.
    """
    with ExitStack() as held, ExitStack() as looking:
        # In this order: who has the first to himself then waits for the second.
        if not (
            _locked(held, folder / _VIEWING, 0.0, shared=True) and _locked(looking, folder / _NAME, 0.0, shared=True)
        ):
            raise LockedError(f"another process repairs, retires or redacts in this archive ({folder / _NAME})")
        looking.close()
        yield


def _locked(held: ExitStack, path: Path, patience: float, *, shared: bool) -> bool:
    """Take a lock, within so many seconds; false if another process has it."""
    descriptor = held.enter_context(open_lock(path))
    ends = time.monotonic() + patience
    while True:
        with os_errors(f"cannot lock {path}"):
            if try_lock(descriptor, shared=shared):
                return True
        if time.monotonic() >= ends:
            return False
        time.sleep(_PAUSE)


@contextmanager
def sole_lock(data: Path, sources: Iterable[str]) -> Iterator[None]:
    """Lock the archive and every source: nobody may refer to what moves or leaves, or write beside it.

    :param data: the data folder.
    :raises LockedError: if a crawl is running, or another process works on the whole archive.
    :raises ArchiveError: if a lock cannot be made, or a redaction was cut short.
    """
    locks = data / "locks"
    with ExitStack() as held:
        held.enter_context(archive_lock(locks, rewriting=True))
        refuse_half_redacted(data)
        for source in sources:
            with os_errors(f"cannot make the lock of {source} in {locks}"):
                held.enter_context(SourceLock(locks, source))
        yield
