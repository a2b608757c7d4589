"""What the chain of a data folder is about, and under which names: WARC files, lines, receipts, acknowledgements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.files.open_file import OPEN
from archive.verify.acknowledged import NAME as ACKNOWLEDGED
from newsbot.publishing.lines import run_of

WARC: Final = "warc/"
ARTICLES: Final = "articles/"
RECEIPTS: Final = "receipts/"


class Places:
    """The files of a data folder that its chain is about.

    :param data: the data folder.
    """

    def __init__(self, data: Path, warcs: Collection):
        self._data, self._warcs = data, warcs
        self._acknowledged = warcs.folder.parent / ACKNOWLEDGED
        #: Where the folders are by whose names files are called: each may be a link to another disk.
        self._folders = {WARC: _real(warcs.folder)} | {name: _real(data / name) for name in (ARTICLES, RECEIPTS)}

    def name(self, path: Path) -> str:
        """Return the name of a file in the chain; empty for one that it is not about."""
        folder = _real(path.parent)
        if path.name == ACKNOWLEDGED and folder == _real(self._acknowledged.parent):
            return ACKNOWLEDGED
        for name, place in self._folders.items():
            if folder == place or (name != WARC and folder.is_relative_to(place)):
                return f"{name}{(folder / path.name).relative_to(place).as_posix()}"
        return ""

    def path(self, name: str) -> Path:
        """Return where the file with a name is, or should be; a WARC file also where it has been moved to."""
        if name.startswith(WARC):
            return self._warcs.path(name.removeprefix(WARC))
        return self._acknowledged if name == ACKNOWLEDGED else self._data / name

    def warcs(self) -> Iterator[Path]:
        """Yield the finished WARC files."""
        yield from self._warcs.files()

    def lines(self) -> Iterator[Path]:
        """Yield the finished files of lines."""
        yield from sorted(path for path in (self._data / "articles").rglob("*.jsonl") if path.is_file())

    def others(self) -> Iterator[Path]:
        """Yield the other files."""
        yield from sorted((self._data / "receipts").glob("*.json"))
        if self._acknowledged.exists():
            yield self._acknowledged

    def runs_under_way(self) -> set[str]:
        """Return the runs that have not ended, or were killed, and are not recovered yet."""
        folders = (self._warcs.folder, self._data / "articles")
        return {run_of(path.name) for folder in folders for path in folder.rglob(f"*{OPEN}")}


def _real(path: Path) -> Path:
    """Return where a path leads; as far as it does where a link leads to itself."""
    return Path(os.path.realpath(path))
