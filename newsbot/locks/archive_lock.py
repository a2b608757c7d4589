"""The lock on the whole archive: shared by readers, exclusive for whoever rewrites it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from archive.errors import ArchiveError, os_errors
from archive.files.lock import open_lock, try_lock
from archive.redaction.journal import Journal
from newsbot.locks.source_lock import LockedError, SourceLock

#: No source's name has a dot.
_NAME = "archive.rewriting.lock"


def refuse_half_redacted(data: Path) -> None:
    """Let nobody read or add to an archive in which a redaction was cut short; hold a lock that keeps redactions out.

    :param data: the data folder.
    :raises ArchiveError: if one was. No other process will see to that: somebody has to be told.
    """
    if Journal(data / "redaction").is_pending():
        raise ArchiveError(f"{data}: a redaction was cut short: `scrapy redact` without a URL finishes it")


@contextmanager
def archive_lock(folder: Path, *, rewriting: bool) -> Iterator[None]:
    """Hold the archive's lock, alone for ``rewriting``; never waits, and ends with the process.

    :param folder: of the locks.
    :raises LockedError: if another process rewrites the archive, or, for rewriting, reads all of it.
    :raises ArchiveError: if the lock cannot be made.
    """
    path = folder / _NAME
    with open_lock(path) as descriptor:
        with os_errors(f"cannot lock {path}"):
            is_held = try_lock(descriptor, shared=not rewriting)
        if not is_held:
            doing = "packages, repairs, retires or redacts" if rewriting else "repairs, retires or redacts"
            raise LockedError(f"another process {doing} in this archive (it holds {path}): try again later")
        yield


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
