"""What can go wrong with an archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class ArchiveError(Exception):
    """The archive cannot be written, or cannot be trusted; the message is one line and names the file or setting."""


class BusyError(ArchiveError):
    """The archive is being rewritten: what was asked for is to be had again when that has ended."""


class DamagedCacheError(ArchiveError):
    """A file that can be made again from the WARC files is damaged; the message says how that is done."""


@contextmanager
def os_errors(message: str) -> Iterator[None]:
    """Raise an OSError as an `ArchiveError` with a message, to which its reason is added."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{message}: {error.strerror}") from error
