"""Tells whether a file that others have put among the WARC files is all there, or is perhaps still being copied."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from time import time
from typing import Final

from archive.errors import ArchiveError, os_errors
from archive.records.members import Member, walk

#: Seconds for which nobody must have written to it. A copy that goes on writes every second; ssh and NFS hold on to a
#: connection that has gone silent for two or three minutes before they give it up, and may go on until then.
QUIET: Final = 300


def has_arrived(path: Path) -> bool:
    """Return whether a file was left alone for a while, and ends in a whole record; one that cannot be read does not.

    Whoever keeps a file's times sets them when it is copied; the machine's own clock counts, whatever a crawl's is.
    """
    try:
        with os_errors(f"cannot read {path}"):
            age = time() - path.stat().st_mtime
        if abs(age) < QUIET:  # a time to come is that of the file's maker, or another machine's
            return False
        last = next(iter(deque(walk(path), maxlen=1)), None)
    except ArchiveError:
        return False
    return last.complete if isinstance(last, Member) else last is not None and not last.lost
