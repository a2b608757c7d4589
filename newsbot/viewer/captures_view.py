"""All captures of one address, month by month."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final, NamedTuple

from archive.index.cdxj import IndexEntry
from archive.index.index import Index

#: Maximum number of captures of a month that are shown.
MOST: Final = 1000
_LONGEST_URL: Final = 4000
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_LATEST: Final = "9" * 15


class Capture(NamedTuple):
    """A capture; ``date`` is as in a WARC-Date."""

    date: str
    status: str
    kind: str
    file: str
    offset: int
    url: str


class Captures(NamedTuple):
    """The captures of an address in a month, the newest first, and the months before and behind it that have any."""

    url: str
    month: str
    shown: list[Capture]
    is_cut: bool
    before: str
    after: str


def captures_view(index: Index, url: str, month: str) -> Captures | None:
    """Return the captures of an address; None if there is none.

    :param month: such as 2026-11; empty for the last one that has any.
    :raises ArchiveError: if the index cannot be read.
    """
    if not url or len(url) > _LONGEST_URL:
        return None
    try:
        last = next(index.backwards(url, _LATEST), None)
    except ValueError:  # no address
        return None
    if last is None:
        return None
    found = _MONTH.fullmatch(month)
    digits = f"{found[1]}{found[2]}" if found else last.timestamp[:6]
    entries = [*islice(index.captures(url, digits, digits), MOST + 1)]
    before = next(index.backwards(url, digits), None)
    after = next(index.captures(url, _behind(digits)), None)
    shown = [_capture(entry) for entry in reversed(entries[:MOST])]
    months = (_written(entry.timestamp) if entry else "" for entry in (before, after))
    return Captures(url, _written(digits), shown, len(entries) > MOST, *months)


def _capture(entry: IndexEntry) -> Capture:
    time = entry.timestamp
    written = f"{time[:4]}-{time[4:6]}-{time[6:8]}T{time[8:10]}:{time[10:12]}:{time[12:14]}Z"
    kind = "unchanged" if entry.is_revisit else entry.mime
    return Capture(written, entry.status, kind, entry.filename, entry.offset, entry.url)


def _written(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}"


def _behind(digits: str) -> str:
    """Return digits that come after every moment of a month, and before those of the next.

    >>> _behind("202601"), _behind("999912")
    ('202602', '999913')
    """
    return f"{digits[:4]}{int(digits[4:6]) + 1:02}"
