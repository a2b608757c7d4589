"""``ARCHIVE_SYNC``: when what was written is forced to disk."""

from __future__ import annotations

import math

from archive.errors import ArchiveError


def sync_seconds(policy: str | float) -> float:
    """Return the seconds between two syncs: 0 for ``record`` (after each exchange), infinity for ``close``.

    >>> sync_seconds("5"), sync_seconds("record"), sync_seconds("close")
    (5.0, 0.0, inf)

    :raises ArchiveError: if the policy is neither of these words nor a number of seconds.
    """
    if policy in ("record", "close"):
        return 0.0 if policy == "record" else math.inf
    try:
        seconds = float(policy)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ArchiveError(f"ARCHIVE_SYNC: {policy!r} is not record, close or a number of seconds")
    return seconds
