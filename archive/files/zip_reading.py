"""Opens ZIP files of any origin, WACZ packages among them, and reads no more of them than they may hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from archive.files.inflate import DENSE, DENSE_FROM

#: The only methods that WACZ knows. `zipfile` unpacks those of others in one go, however little is asked for.
_METHODS: Final = frozenset((ZIP_STORED, ZIP_DEFLATED))
#: Maximum number of files in a ZIP file, and of bytes of one that is read into memory.
_MOST_FILES: Final = 100_000
_MOST_READ: Final = 1 << 25
_CHUNK: Final = 1 << 20
#: Characters shown of a name.
_SHOWN: Final = 100


@contextmanager
def opened_zip(file: Path | IO[bytes], *, most_files: int = _MOST_FILES, most: int | None = None) -> Iterator[ZipFile]:
    """Give a ZIP file whose files can be read piece by piece, each to the size that it says to have at most.

    :param most_files: maximum number of files in it.
    :param most: maximum number of bytes to which all of it unpacks; None where its own size alone tells.
    :raises zipfile.BadZipFile: if it holds more, or unpacks to more, or holds what is compressed in another way than
        by deflate; what else opening and reading may raise is in `ZIP_FAULTS`, and OSError.
    """
    with ZipFile(file) as package:
        files = package.infolist()
        if len(files) > most_files:
            raise BadZipFile(f"it holds {len(files)} files")
        for info in files:
            if info.compress_type not in _METHODS:
                raise BadZipFile(f"{info.filename[:_SHOWN]!r} is neither stored nor deflated")
        size = sum(info.file_size for info in files)
        if most is not None and size > most:
            raise BadZipFile(f"it unpacks to {size} bytes")
        if is_bomb(size, package.start_dir):
            raise BadZipFile(f"it unpacks to over {DENSE} times its size: nothing of it is read")
        yield package


def is_bomb(size: int, packed: int) -> bool:
    """Return whether so many bytes are too many to come out of so few."""
    return size > DENSE_FROM and size > DENSE * packed


def read_member(package: ZipFile, name: str, most: int = _MOST_READ) -> bytes:
    """Return the content of a file in a ZIP file.

    :raises KeyError: if there is none of this name.
    :raises zipfile.BadZipFile: if it has more than ``most`` bytes; what else this may raise is in `ZIP_FAULTS`.
    """
    if (size := package.getinfo(name).file_size) > most:
        raise BadZipFile(f"{name} has {size} bytes")
    return b"".join(pieces_of(package, name))


def pieces_of(package: ZipFile, name: str) -> Iterator[bytes]:
    """Yield the content of a file in a ZIP file piece by piece: in one go `zipfile` unpacks more than it then gives.

    :raises KeyError: if there is none of this name; what else this may raise is in `ZIP_FAULTS`.
    """
    with package.open(name) as file:
        while piece := file.read(_CHUNK):
            yield piece
