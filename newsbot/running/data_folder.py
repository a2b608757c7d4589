"""Whether the data folder takes data, found out before anything is fetched."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile

from archive.crawling.disk import free_bytes, too_full
from archive.errors import ArchiveError
from archive.files.open_file import make_folder

#: Bytes of the file that is written to see whether the disk takes it.
PROBE_SIZE = 1 << 16


def check_data_folder(folder: Path, disk_floor: int) -> None:
    """Create the folder, write a nameless small file in it and sync that.

    :param disk_floor: bytes that must be free.
    :raises ArchiveError: if any of this fails, or less than ``disk_floor`` bytes are free.
    """
    try:
        make_folder(folder)
        free = free_bytes(folder)
        with TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(PROBE_SIZE))
            os.fsync(file.fileno())
    except OSError as error:
        raise ArchiveError(f"cannot write in the data folder {folder}: {error.strerror}") from error
    if free < disk_floor:
        raise too_full(folder, free, disk_floor)
