"""One WARC file while it is being written."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from archive.clock import now
from archive.errors import ArchiveError, os_errors
from archive.files.open_file import OPEN, create, finish, remove
from archive.writing.soundness import check_written

_NAME: Final = re.compile(r"(?P<prefix>[^-]+)-(?P<time>\d{17})-\d{5,}-.*-(?P<run>[0-9a-f]{8})\.warc\.gz", re.ASCII)


def new_run() -> str:
    """Return a name for a run: eight random hex digits, part of the names of all its files."""
    return uuid4().hex[:8]


def file_name(prefix: str, serial: int, run: str) -> str:
    """Return a name that no other process, host or moment gives: prefix, time, serial number, host, run."""
    moment = now()
    host = "".join(c if c.isalnum() or c == "." else "_" for c in socket.gethostname())
    return f"{prefix}-{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03}-{serial:05}-{host}-{run}.warc.gz"


class NameParts(NamedTuple):
    """What the name of one of our files tells."""

    prefix: str
    #: When it was begun, in digits.
    time: str
    run: str


def parts_of_name(name: str) -> NameParts | None:
    """Return what a finished file's name tells; None if it is none of ours.

    >>> parts_of_name("baosonla-20261122032011123-00001-vm-0123abcd.warc.gz")
    NameParts(prefix='baosonla', time='20261122032011123', run='0123abcd')
    """
    match = _NAME.fullmatch(name)
    return NameParts(match["prefix"], match["time"], match["run"]) if match else None


def is_foreign(name: str) -> bool:
    """Return whether a WARC file is called as no run calls its files, whatever its name begins with.

    >>> is_foreign("baosonla-2019.warc.gz")
    True
    """
    return parts_of_name(name) is None


def files_of_run(folder: Path, prefix: str, run: str) -> list[Path]:
    """Return the finished files of one run, in the order in which they were written."""
    files = (path for path in folder.glob(f"{prefix}-*-{run}.warc.gz") if not is_foreign(path.name))
    return sorted(files, key=lambda path: _serial(path.name))


def _serial(name: str) -> tuple[int, str]:
    """Return by what the files of a run are put in order; a name that nobody here has given comes last."""
    serial = name.rsplit("-", 3)[1:2]
    return (int(serial[0]) if serial and re.fullmatch("[0-9]{1,9}", serial[0]) else 10**9), name


class WarcFile:
    """A file that only ever grows by whole records, and is named ``….open`` until it is closed.

    Every method raises `ArchiveError` naming the file if the file system fails. After a failure that leaves it unknown
    what the disk holds, the file stays ``….open``: the next start finds out (`archive.writing.recovery`).
    """

    def __init__(self, folder: Path, prefix: str, serial: int, run: str):
        self.size = 0
        self._written = hashlib.sha256()
        self._doubtful = False
        with os_errors(f"cannot create a WARC file in {folder}"):
            self._descriptor, self._path = create(lambda: folder / (file_name(prefix, serial, run) + OPEN))
        self.name = self._path.name.removesuffix(OPEN)

    def append(self, data: bytes) -> int:
        """Append whole records in one write and return the offset at which they begin.

        After an error the file holds what it held before.
        """
        offset, written = self.size, 0
        try:
            while written < len(data):
                written += os.pwrite(self._descriptor, memoryview(data)[written:], offset + written)
        except OSError as error:
            self._cut_back(offset)
            raise ArchiveError(f"cannot write to {self._path}: {error.strerror}") from error
        self.size += len(data)
        self._written.update(data)
        return offset

    def _cut_back(self, offset: int) -> None:
        try:
            os.ftruncate(self._descriptor, offset)
        except OSError as error:
            self._doubtful = True
            raise ArchiveError(f"cannot cut {self._path} back to {offset} bytes: {error.strerror}") from error

    def sync(self) -> None:
        """Return when everything appended so far is on disk.

        A failed sync is final: the kernel may have dropped the pages, and a second try would claim success.
        """
        try:
            if self._doubtful:
                raise OSError(0, "an earlier cut or sync failed")
            os.fsync(self._descriptor)
        except OSError as error:
            self._doubtful = True
            raise ArchiveError(f"cannot sync {self._path}: {error.strerror}") from error

    def close(self) -> Path:
        """Sync, read everything again, give the file its final name, and return its path."""
        try:
            self.sync()
            check_written(self._descriptor, self._path, self.digest)
            return finish(self._path)
        except OSError as error:
            raise ArchiveError(f"cannot finish {self._path}: {error.strerror}") from error
        finally:
            os.close(self._descriptor)

    @property
    def digest(self) -> str:
        """The SHA-256 of what has been written, in hex."""
        return self._written.hexdigest()

    def discard(self) -> None:
        """Remove the file, which holds no capture."""
        try:
            with os_errors(f"cannot remove {self._path}"):
                remove(self._path)
        finally:
            os.close(self._descriptor)
