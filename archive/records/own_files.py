"""Which WARC files this project wrote: each of their records can be pointed at, so that the index has them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.records.members import members

#: How the software line of our warcinfo records reads (`archive.crawling.description`).
_SOFTWARE: Final = re.compile(rb"(?m)^software: [^\r\n]* \(Scrapy ")


def is_own_file(path: Path) -> bool:
    """Return whether this project wrote a file, as far as its first record tells."""
    try:
        first = next(members(path), None)
    except ArchiveError:
        return False
    return first is not None and first.type == "warcinfo" and bool(_SOFTWARE.search(bytes(first.block[: 1 << 16])))
