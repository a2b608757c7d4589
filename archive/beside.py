"""Finds archive files in a collection's folder that do not belong to it, but may refer into its files.

They may be compressed or packed in any way, lie in subfolders, or be remains of a repair: all are unpacked.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.atomic import TEMPORARY
from archive.files.packed import PACKING_FAULTS, files_in
from archive.records.members import Member, walk, what_it_is

_CHUNK: Final = 1 << 20
#: Names of archive files, in whatever they are packed.
ARCHIVE: Final = re.compile(r"\.(w?arc|wacz)(\.|$)", re.IGNORECASE)
_NO_RECORDS: Final = re.compile(r"\.(cdxj?(\.gz)?|idx|md5|sha\d+)$", re.IGNORECASE)
#: Maximum depth of archives packed in archives; a tar counts together with what it is compressed by.
_DEEPEST: Final = 5


class UnreadError(Exception):
    """It cannot be told which records a file holds; the message says why."""


def files_beside(collection: Collection) -> list[Path]:
    """Return the files in the folder, and in those in it, that may hold records and are not the collection's."""
    own = set(collection.files())
    files = sorted(collection.folder.rglob("*")) if collection.folder.is_dir() else []
    others = (path for path in files if path not in own and path.is_file())
    return [path for path in others if not path.name.endswith(TEMPORARY) and not _NO_RECORDS.search(path.name)]


@contextmanager
def archives_in(path: Path) -> Iterator[list[Path]]:
    """Give the files with records that a file is or holds, unpacked where need be.

    :raises UnreadError: if there may be some that cannot be read.
    """
    with TemporaryDirectory(prefix="archive-beside-") as folder:
        try:
            found = _archives(path, path.name, Path(folder))
        except (ArchiveError, OSError, *PACKING_FAULTS) as error:
            raise UnreadError(str(error) or type(error).__name__) from error
        yield found


def _archives(path: Path, name: str, folder: Path, depth: int = 0) -> list[Path]:
    if any(isinstance(found, Member) for found in walk(path)):
        return [path]
    is_packed = False
    found: list[Path] = []
    with path.open("rb") as packed:
        for inside, file in files_in(packed):
            if depth == _DEEPEST:
                raise UnreadError("it is packed too often to be looked into")
            is_packed = True
            with NamedTemporaryFile(dir=folder, delete=False) as output:
                shutil.copyfileobj(file, output, _CHUNK)
            copy = Path(output.name)
            found += _archives(copy, inside or name, folder, depth + 1)
            if copy not in found:
                copy.unlink()
    kind = what_it_is(path)
    if not is_packed and ("7-Zip" in kind or (ARCHIVE.search(name) and "unknown" in kind)):
        raise UnreadError(f"no record is in it that can be read: it is {kind}")
    return found
