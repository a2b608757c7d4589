"""Files that appear whole or not at all, also after a crash."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from archive.errors import ArchiveError
from archive.files.open_file import sync_folder

#: Ends the name of a file that is being written.
TEMPORARY = ".tmp"


def replace_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file beside its place, sync it, and move it there; what was there before stays until then.

    :raises ArchiveError: if the file system fails; nothing has changed then.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ArchiveError(f"cannot write {path}: {error.strerror}") from error
