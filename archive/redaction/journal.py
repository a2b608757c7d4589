"""An atomic change of many files: made in full or not at all, whenever its process is killed.

New files are prepared beside, then `commit` writes down what is meant to happen: before that, nothing has changed and
the next run forgets it; after that, the next run carries it out. Every step is idempotent.
"""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any, Final

from archive.errors import ArchiveError, os_errors
from archive.files.atomic import copy_file, make_folder, replace_file, sync_folder

_PLAN: Final = "plan.json"
_NEW: Final = ".new"


class Journal:
    """The journal in a folder; the files that change may be on other disks.

    :raises ArchiveError: from every method, if the file system fails.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._replaced: list[str] = []

    def is_pending(self) -> bool:
        """Return whether a change was committed and not carried out to its end."""
        return (self.folder / _PLAN).exists()

    def forget(self) -> None:
        """Remove what was prepared and never committed."""
        if not self.is_pending():
            self._remove()

    def begin(self) -> None:
        """Begin to prepare."""
        self._remove()
        with os_errors(f"cannot create {self.folder}"):
            make_folder(self.folder)

    def prepared(self) -> Path:
        """Return where to write what shall take the next file's place; call `replace` when it is there."""
        return self.folder / f"{len(self._replaced)}{_NEW}"

    def replace(self, path: Path) -> None:
        """Have a file replaced by what was just prepared for it."""
        self._replaced.append(str(path.resolve()))

    def commit(self, content: dict[str, Any]) -> None:
        """From here on, the change will happen."""
        plan = {"replace": self._replaced, **content}
        replace_file(self.folder / _PLAN, [json.dumps(plan, ensure_ascii=False, indent=1).encode()])

    def content(self) -> dict[str, Any]:
        """Return what was committed.

        :raises ArchiveError: also if it cannot be read.
        """
        try:
            content: dict[str, Any] = json.loads((self.folder / _PLAN).read_bytes())
        except (OSError, ValueError) as error:
            raise ArchiveError(f"cannot read {self.folder / _PLAN}: {error}") from error
        return content

    def replace_files(self) -> list[Path]:
        """Put the prepared files in place, those that are not there yet; returns the paths of all."""
        paths = [Path(path) for path in self.content()["replace"]]
        for number, path in enumerate(paths):
            new = self.folder / f"{number}{_NEW}"
            with os_errors(f"cannot replace {path}"):
                if new.exists():
                    _take_place(new, path)
                    sync_folder(path.parent)
        return paths

    def done(self) -> None:
        """The change has been carried out."""
        with os_errors(f"cannot remove {self.folder / _PLAN}"):
            (self.folder / _PLAN).unlink()
            sync_folder(self.folder)
        self._remove()

    def _remove(self) -> None:
        with os_errors(f"cannot remove {self.folder}"):
            if self.folder.exists():
                shutil.rmtree(self.folder)
                sync_folder(self.folder.parent)


def _take_place(new: Path, path: Path) -> None:
    """Put a file in another's place, on whatever disk that is; idempotent."""
    try:
        new.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy_file(new, path)
        new.unlink()
