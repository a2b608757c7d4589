"""Where index and dedup store are made anew: beside those that count, until they are whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.dedup import remove_unfinished
from archive.errors import os_errors
from archive.files.lock import locked, open_lock, try_lock


class Unfinished:
    """The places of an index and a store that are being made.

    :param index: folder of the index that counts.
    :param dedup: file of the store that counts; None if there is none.
    :raises ArchiveError: from every method, if the file system fails.
    """

    def __init__(self, index: Path, dedup: Path | None):
        self.index = index / "unfinished"
        self.dedup = dedup and dedup.with_name(f"{dedup.name}.unfinished")
        self._lock = index / "rebuild.lock"

    @contextmanager
    def places(self, waiting: Callable[[], object]) -> Iterator[None]:
        """Have the places, empty; what was not taken from them is removed at the end.

        :param waiting: called once before waiting for another process that has them.
        """
        with locked(self._lock, waiting):
            self._clear()
            try:
                yield
            finally:
                self._clear()

    def remove_left(self) -> None:
        """Remove what a process that was killed has left; what one is making stays."""
        if self.index.exists() or (self.dedup and self.dedup.exists()):
            with open_lock(self._lock) as lock:
                with os_errors(f"cannot lock {self._lock}"):
                    is_left = try_lock(lock)
                if is_left:
                    self._clear()

    def _clear(self) -> None:
        with os_errors(f"cannot remove what was left beside {self._lock}"):
            if self.dedup:
                remove_unfinished(self.dedup)
            if self.index.exists():
                shutil.rmtree(self.index)
