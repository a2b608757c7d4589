"""One WARC file while it is being written."""

from __future__ import annotations

import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from archive.errors import ArchiveError

_OPEN = ".open"


def file_name(prefix: str, serial: int) -> str:
    """Return a name that no other process, host or moment gives: prefix, time, serial number, host, random (R24)."""
    now = datetime.now(UTC)
    host = "".join(c if c.isalnum() or c == "." else "_" for c in socket.gethostname())
    return f"{prefix}-{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}-{serial:05}-{host}-{uuid4().hex[:8]}.warc.gz"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    :raises OSError: if the file system refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class WarcFile:
    """A file that only ever grows by whole records, and is named ``….open`` until it is closed.

    Every method raises `ArchiveError` naming the file if the file system fails.
    """

    def __init__(self, folder: Path, prefix: str, serial: int):
        self.name = file_name(prefix, serial)
        self.size = 0
        self._sync_failed = False
        self._path = folder / (self.name + _OPEN)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(folder)
        except OSError as error:
            raise ArchiveError(f"cannot create {self._path}: {error.strerror}") from error

    def append(self, data: bytes) -> int:
        """Append whole records in one write and return the offset at which they begin.

        After an error the file holds what it held before.
        """
        offset = self.size
        try:
            written = os.write(self._descriptor, data)
            while written < len(data):
                written += os.write(self._descriptor, memoryview(data)[written:])
        except OSError as error:
            self._cut_back(offset)
            raise ArchiveError(f"cannot write to {self._path}: {error.strerror}") from error
        self.size += len(data)
        return offset

    def _cut_back(self, offset: int) -> None:
        try:
            os.ftruncate(self._descriptor, offset)
            os.lseek(self._descriptor, offset, os.SEEK_SET)
        except OSError as error:
            raise ArchiveError(f"cannot cut {self._path} back to {offset} bytes: {error.strerror}") from error

    def sync(self) -> None:
        """Return when everything appended so far is on disk.

        A failed sync is final: the kernel may have dropped the pages, and a second try would claim success.
        """
        try:
            if self._sync_failed:
                raise OSError(0, "an earlier sync failed")
            os.fsync(self._descriptor)
        except OSError as error:
            self._sync_failed = True
            raise ArchiveError(f"cannot sync {self._path}: {error.strerror}") from error

    def close(self) -> Path:
        """Sync, give the file its final name, and return its path."""
        final = self._path.with_name(self.name)
        try:
            self.sync()
            self._path.rename(final)
            sync_folder(final.parent)
        except OSError as error:
            raise ArchiveError(f"cannot finish {self._path}: {error.strerror}") from error
        finally:
            os.close(self._descriptor)
        return final
