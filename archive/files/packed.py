"""What is packed in a file: gzip, bzip2, xz, ZIP or tar."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from typing import IO, Final
from zipfile import ZipFile

from archive.files.file_kind import ZIP_FAULTS
from archive.files.inflate import GZIP_MAGIC

ZIP_MAGIC: Final = b"PK\x03\x04"
#: What reading a damaged one may raise, besides OSError.
PACKING_FAULTS: Final = (*ZIP_FAULTS, tarfile.TarError)


def contents(file: IO[bytes]) -> Iterator[tuple[str, IO[bytes] | gzip.GzipFile]]:
    """Yield what is packed in a file, each with its name, if it has one; nothing if the file is not packed."""
    file.seek(0)
    start = file.read(6)
    file.seek(0)
    if start.startswith(ZIP_MAGIC):
        with ZipFile(file) as package:
            for info in package.infolist():
                if not info.is_dir():
                    with package.open(info) as inside:
                        yield info.filename, inside
    elif start.startswith(GZIP_MAGIC):
        yield "", gzip.GzipFile(fileobj=file)
    elif start.startswith(b"BZh"):
        yield "", bz2.BZ2File(file)
    elif start == b"\xfd7zXZ\0":
        yield "", lzma.LZMAFile(file)  # noqa: SIM115  # the file is its caller's
    elif tarfile.is_tarfile(file):
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            for member in tar:
                if member.isfile() and (content := tar.extractfile(member)):
                    yield member.name, content
