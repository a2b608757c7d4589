"""Whether the data folder takes data, found out before anything is fetched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from archive.errors import ArchiveError

#: Bytes of the file that is written to see whether the disk takes it.
PROBE_SIZE = 1 << 16


def check_data_folder(folder: Path, disk_floor: int) -> None:
    """Create the folder, write a small file in it, sync and remove it.

    :param disk_floor: bytes that must be free.
    :raises ArchiveError: if any of this fails, or less than ``disk_floor`` bytes are free.
    """
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        try:
            with probe.open("wb") as file:
                file.write(bytes(PROBE_SIZE))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise ArchiveError(f"cannot write in the data folder {folder}: {error.strerror}") from error
    if free < disk_floor:
        raise ArchiveError(f"only {free} bytes are free for {folder}, DISK_FLOOR is {disk_floor}")
