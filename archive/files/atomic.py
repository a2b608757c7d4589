"""Durable changes to a file system: files that appear whole or not at all, and folders, also after a crash."""

from __future__ import annotations

import fcntl
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from archive.errors import ArchiveError

#: Ends the name of a file that is being written.
TEMPORARY = ".tmp"
_CHUNK = 1 << 20
#: Hexadecimal digits in such a name, and bytes of the file's own name in it.
_RANDOM: Final = 8
_LONGEST: Final = 240


class Replacement:
    """A file that is written beside its place, under a name that no other has, and then put there, or dropped.

    It is locked as long as it is written: what a killed process has left goes when the same place is written to again.

    :param mode: its permissions; None leaves them to the umask.
    :raises ArchiveError: if what is there is no regular file, nor a link to one: a pipe, a device, a folder.
    :raises OSError: from every method but `drop`, if the file system refuses.
    """

    def __init__(self, path: Path, mode: int | None = None):
        _refuse_odd(path)
        _remove_abandoned(path)
        self._path = path
        self._temporary, descriptor = _created(path)
        self.file: BinaryIO = open(descriptor, "wb")  # noqa: PTH123, SIM115  # closed by `finish` and `drop`
        try:
            if mode is not None:
                os.fchmod(descriptor, mode)
        except OSError:
            self.drop()
            raise

    def finish(self) -> None:
        """Sync the file and put it in its place, durably."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self._temporary.replace(self._path)
        sync_folder(self._path.parent)
        self.file.close()

    def drop(self) -> None:
        """Remove what was written, unless it is in its place."""
        for undo in (partial(self._temporary.unlink, missing_ok=True), self.file.close):
            with suppress(OSError):  # a file that could not be written fails once more when it is closed
                undo()


def replace_file(path: Path, chunks: Iterable[bytes], mode: int | None = None) -> None:
    """Write a file beside its place, sync it, and move it there; what was there before stays until then.

    :param mode: its permissions; None leaves them to the umask.
    :raises ArchiveError: if the file system fails, or what is there is no regular file; nothing has changed then, and
        nothing is left behind. The same holds for what ``chunks`` raises.
    """
    try:
        written = Replacement(path, mode)
        try:
            written.file.writelines(chunks)
            written.finish()
        finally:
            written.drop()
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {error.strerror}") from error


def copy_file(source: Path, target: Path) -> None:
    """Copy a file to a place on any disk, whole or not at all.

    :raises OSError: if the source cannot be opened.
    :raises ArchiveError: if it cannot be read or the copy not written.
    """
    with source.open("rb") as file:
        replace_file(target, iter(partial(file.read, _CHUNK), b""))


def make_folder(folder: Path) -> None:
    """Create a folder and those above it, durably."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    :raises OSError: if the file system refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_odd(path: Path) -> None:
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        is_regular = not path.is_symlink()
    if not is_regular:
        raise ArchiveError(f"cannot write {path}: it is no regular file")


def _created(path: Path) -> tuple[Path, int]:
    """Create and lock a file to be written in place of another; returns its path and descriptor."""
    while True:
        temporary = path.with_name(f"{_stem(path)}.{uuid4().hex[:_RANDOM]}{TEMPORARY}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        with suppress(OSError):  # a file system without locks: there, what a killed process leaves stays
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return temporary, descriptor
        os.close(descriptor)  # removed as abandoned before it was locked


def _stem(path: Path) -> str:
    """Return how the name of a file begins that is written in place of another: not too long for what is added."""
    return os.fsdecode(os.fsencode(path.name)[:_LONGEST])


def _remove_abandoned(path: Path) -> None:
    """Remove what killed processes have left of a file."""
    name = re.compile(rf"{re.escape(_stem(path))}\.[0-9a-f]{{{_RANDOM}}}{re.escape(TEMPORARY)}")
    left: list[Path] = []
    with suppress(OSError), os.scandir(path.parent) as entries:
        left += [Path(entry.path) for entry in entries if name.fullmatch(entry.name)]
    for each in left:
        with suppress(OSError):  # it is being written, or gone meanwhile, or another user's
            descriptor = os.open(each, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                each.unlink()
            finally:
                os.close(descriptor)
