"""Reads the archive only while nobody rewrites it, and no longer than an answer takes: nobody has to wait for a viewer.

`redact`, `repair` and `retire` change files, index and lines one after the other. Between two of these steps they do
not fit each other, and what is being taken out is still in some of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from archive.errors import BusyError
from archive.player.player_site import Quiet
from newsbot.locks.archive_lock import refuse_half_redacted, viewing_lock
from newsbot.locks.source_lock import LockedError


def quiet_in(data: Path) -> Quiet:
    """Return what keeps whoever rewrites the archive of a data folder waiting.

    :raises BusyError: from what is returned, if another process rewrites the archive.
    :raises ArchiveError: from what is returned, if a redaction was cut short.
    """

    @contextmanager
    def quiet() -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(viewing_lock(data / "locks"))
            except LockedError as error:
                message = "the archive is being redacted, repaired or retired: load this page again when that has ended"
                raise BusyError(message) from error
            refuse_half_redacted(data)
            yield

    return quiet
