"""Files that appear whole or not at all, also after a crash."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from archive.errors import ArchiveError
from archive.files.open_file import open_to_write, sync_folder

#: Ends the name of a file that is being written.
TEMPORARY = ".tmp"


def replace_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file beside its place, sync it, and move it there; what was there before stays until then.

    :raises ArchiveError: if the file system fails; nothing has changed then, and nothing is left behind. The same
        holds for what ``chunks`` raises.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with open_to_write(temporary) as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):  # said below, by its cause
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ArchiveError(f"cannot write {path}: {error.strerror}") from error
        raise
