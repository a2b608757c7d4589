"""What is packed in a file: gzip, bzip2, xz, zstd, ZIP or tar."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from typing import IO, Final

from archive.files.file_kind import ZIP_FAULTS, is_tar
from archive.files.inflate import GZIP_MAGIC
from archive.files.zip_reading import opened_zip
from archive.files.zstd_frame import ZstdError, ZstdFile, dictionary, is_zstd

ZIP_MAGIC: Final = b"PK\x03\x04"
#: What reading a damaged one may raise, besides OSError.
PACKING_FAULTS: Final = (*ZIP_FAULTS, tarfile.TarError, ZstdError)
_CHUNK: Final = 1 << 20

#: What is packed in a file, with its name, if it has one.
Packed = tuple[str, IO[bytes] | gzip.GzipFile | ZstdFile]


def contents(file: IO[bytes]) -> Iterator[Packed]:
    """Yield what is packed in a file; nothing if the file is not packed."""
    file.seek(0)
    start = file.read(tarfile.BLOCKSIZE)
    file.seek(0)
    if start.startswith(ZIP_MAGIC):
        with opened_zip(file) as package:
            for info in package.infolist():
                if not info.is_dir():
                    with package.open(info) as inside:
                        yield info.filename, inside
    elif start.startswith(GZIP_MAGIC):
        yield "", gzip.GzipFile(fileobj=file)
    elif start.startswith(b"BZh"):
        yield "", bz2.BZ2File(file)
    elif start.startswith(b"\xfd7zXZ\0"):
        yield "", lzma.LZMAFile(file)  # noqa: SIM115  # the file is its caller's
    elif is_zstd(start):
        yield "", ZstdFile(file, zstd_dict=dictionary(file.fileno()))
    elif is_tar(start):
        yield from _in_tar(file)


def files_in(file: IO[bytes]) -> Iterator[Packed]:
    """Yield what `contents` does, but in place of a tar that is packed itself what is in it, read as it is unpacked."""
    for name, inside in contents(file):
        start = inside.read(tarfile.BLOCKSIZE)
        inside.seek(0)
        if is_tar(start):
            yield from _in_tar(inside)
        else:
            yield name, inside


def _in_tar(file: IO[bytes] | gzip.GzipFile | ZstdFile) -> Iterator[Packed]:
    """Yield the files in a tar.

    :raises tarfile.TarError: also where it does not go on behind a file, but something stands there: a damaged header
        would end it silently, and so do tars that were put one behind the other.
    """
    with tarfile.open(fileobj=file, mode="r:") as tar:
        for member in tar:
            if member.isfile() and (content := tar.extractfile(member)):
                yield member.name, content
        file.seek(tar.offset)
        while chunk := file.read(_CHUNK):
            if chunk.strip(b"\0"):
                raise tarfile.ReadError("something other than a file follows in the tar")
