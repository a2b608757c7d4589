"""The records of a WARC file that can be relied on, and read again by offset and length alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.members import Damage, Member, walk

_GZIP: Final = b"\x1f\x8b"


def sound_records(path: Path) -> Iterator[Member | Damage]:
    """Yield the whole, undamaged records that an index can point at, and all damage, in the order of the file.

    In an uncompressed file, a record's length is without the line ends behind it, as indexes give it.

    :raises ArchiveError: if the file cannot be read.
    """
    plain: bool | None = None
    for found in walk(path):
        if isinstance(found, Damage):
            yield found
        elif found.complete and found.alone and not found.damaged:
            if plain is None:
                plain = not _is_gzip(path)
            if plain:
                found.length = len(found.head) + len(found.block)
            yield found


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP
