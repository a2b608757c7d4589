"""Durable changes to a file system: files that appear whole or not at all, and folders, also after a crash."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError

#: Ends the name of a file that is being written.
TEMPORARY = ".tmp"
_CHUNK = 1 << 20


def replace_file(path: Path, chunks: Iterable[bytes], mode: int | None = None) -> None:
    """Write a file beside its place, sync it, and move it there; what was there before stays until then.

    :param mode: its permissions; None leaves them to the umask.
    :raises ArchiveError: if the file system fails; nothing has changed then, and nothing is left behind. The same
        holds for what ``chunks`` raises.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with open_to_write(temporary) as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):  # the cause is raised below
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ArchiveError(f"cannot write {path}: {error.strerror}") from error
        raise


def copy_file(source: Path, target: Path) -> None:
    """Copy a file to a place on any disk, whole or not at all.

    :raises OSError: if the source cannot be opened.
    :raises ArchiveError: if it cannot be read or the copy not written.
    """
    with source.open("rb") as file:
        replace_file(target, iter(partial(file.read, _CHUNK), b""))


def open_to_write(path: Path) -> BinaryIO:
    """Open a file for writing from its beginning, with the permissions of the umask; symbolic links are refused.

    :raises OSError: if the file system refuses.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    return open(os.open(path, flags, 0o666), "wb")  # noqa: PTH123  # a descriptor has no path; the caller's


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
