"""Finds archive files in a collection's folder that do not belong to it, but may refer into its files.

They may be compressed or packed in any way, lie in subfolders, or be remains of a repair: all are unpacked.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final
from zipfile import ZipFile

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.atomic import TEMPORARY
from archive.files.file_kind import START, ZIP_FAULTS
from archive.files.inflate import GZIP_MAGIC
from archive.records.members import Member, walk, what_it_is

_CHUNK: Final = 1 << 20
#: Names of archive files, in whatever they are packed.
_ARCHIVE: Final = re.compile(r"\.(w?arc|wacz)(\.|$)", re.IGNORECASE)
_NO_RECORDS: Final = re.compile(r"\.(cdxj?(\.gz)?|idx|md5|sha\d+)$", re.IGNORECASE)
#: Maximum depth of archives packed in archives.
_DEEPEST: Final = 3
_BROKEN: Final = (ArchiveError, tarfile.TarError, OSError, *ZIP_FAULTS)


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
        except _BROKEN as error:
            raise UnreadError(str(error) or type(error).__name__) from error
        yield found


def _archives(path: Path, name: str, folder: Path, depth: int = 0) -> list[Path]:
    if any(isinstance(found, Member) for found in walk(path)):
        return [path]
    packed = False
    found: list[Path] = []
    if depth < _DEEPEST:
        for number, (inside, file) in enumerate(_unpacked(path)):
            packed = True
            copy = folder / f"{depth}-{number}"
            with copy.open("wb") as output:
                shutil.copyfileobj(file, output, _CHUNK)
            below = folder / f"{depth}-{number}.d"
            below.mkdir()
            found += _archives(copy, inside or name, below, depth + 1)
            if copy not in found:
                copy.unlink()
    kind = what_it_is(path)
    if not packed and ("7-Zip" in kind or (_ARCHIVE.search(name) and "unknown" in kind)):
        raise UnreadError(f"no record is in it that can be read: it is {kind}")
    return found


def _unpacked(path: Path) -> Iterator[tuple[str, IO[bytes] | gzip.GzipFile]]:
    """Yield what is packed in a file, with the name that is given of it."""
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith(b"PK\x03\x04"):
        with ZipFile(path) as package:
            for info in package.infolist():
                if not info.is_dir():
                    with package.open(info) as inside:
                        yield info.filename, inside
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is not None:
                    yield member.name, content
    elif start.startswith(b"BZh"):
        with bz2.open(path) as inside:
            yield "", inside
    elif start.startswith(b"\xfd7zXZ\0"):
        with lzma.open(path) as inside:
            yield "", inside
    elif start.startswith(GZIP_MAGIC):
        with gzip.open(path) as unpacked:
            yield "", unpacked
