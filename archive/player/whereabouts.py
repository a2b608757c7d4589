"""The WARC files of a collection that can be played: those in its folder, and those that have left for another one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.index.index import Index

_FILENAME: Final = b'"filename": '


def playable(collection: Collection) -> list[Path]:
    """Return the files in the folder, then those that are in another one now, as far as that is there.

    :raises ArchiveError: if the list of those that have left cannot be read.
    """
    here = collection.files()
    names = {path.name for path in here}
    left = (collection.retired.path(name) for name in sorted(collection.retired.files().keys() - names))
    return [*here, *filter(None, left)]


def lines_into(collection: Collection, files: Iterable[Path]) -> Iterator[bytes]:
    """Yield the lines of all indexes that lead into some playable files, in order, each index for the files beside it.

    :raises ArchiveError: if an index cannot be read.
    """
    by_folder: dict[Path, set[bytes]] = {}
    for path in files:
        by_folder.setdefault(path.parent, set()).add(json.dumps(path.name).encode() + b"}")
    indexes = ((_index(collection, folder), endings) for folder, endings in by_folder.items())
    return merge(*(_lines(index, endings) for index, endings in indexes))


def _index(collection: Collection, folder: Path) -> Index:
    """Return the index of a folder of WARC files; another one has its index beside it, as a data folder does."""
    return collection.index if folder == collection.folder else Index(folder.parent / "index")


def _lines(index: Index, endings: set[bytes]) -> Iterator[bytes]:
    return (line for line in index.lines() if line.rpartition(_FILENAME)[2] in endings)
