"""Moves WARC files out of a folder in idempotent steps, so that a killed process loses nothing.

Copied and compared; completed; written down; removed; dropped from index, store and manifest. Up to the writing down
the files are here and nothing has changed; after it they are elsewhere, and what may be left over here is a file that
is known to be there, too, or an index that knows it still: the next call and `Collection.catch_up` see to that.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from archive.collection import Collection
from archive.crawling.disk import free_bytes, too_full
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import copy_file, make_folder, sync_folder
from archive.files.manifest import file_digest
from archive.retired import RetiredFile
from archive.retirement.originals import borrow
from archive.retirement.plan import Plan

#: Maximum number of files indexed at a time.
_BATCH = 100


def collection_in(folder: Path) -> Collection:
    """Return the collection that a folder holds: ``warc``, ``index``, ``dedup.sqlite``, as a data folder does."""
    return Collection(folder / "warc", folder / "index", folder / "dedup.sqlite")


class Leaving:
    """Lets files leave a collection that nobody else is using.

    :param to: the folder that gets them, in its ``warc``; None: they are deleted.
    :raises ArchiveError: from every method, if a file cannot be read or written.
    """

    def __init__(self, collection: Collection, to: Path | None):
        self._collection = collection
        self._digests = collection.manifest.digests()
        self.target = collection_in(to.resolve()) if to else None

    def damaged(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the files that are not what the manifest says they were: they should be looked at, not put away."""
        for name in names:
            if file_digest(self._collection.folder / name) != self._digests.get(name):
                yield name

    def copy(self, plan: Plan, floor: int) -> Iterator[str]:
        """Bring the files over, compared byte for byte, and what they refer to; yields each when it is there.

        On one file system nothing is copied: the file gets a second name.

        :param floor: bytes that must stay free.
        """
        if self.target is None:
            return
        folder = self.target.folder
        with os_errors(f"cannot make {folder}"):
            make_folder(folder)
            free = free_bytes(folder)
        if folder.samefile(self._collection.folder):
            raise ArchiveError(f"{folder} is the folder that the files should leave")
        sources = [self._collection.folder / name for name in plan.leaving]
        disk = folder.stat().st_dev
        size = sum(stat.st_size for path in sources if (stat := path.stat()).st_dev != disk)
        if size and free - size < floor:
            raise too_full(folder, free - size, floor)
        for path in sources:
            self._bring(path, folder / path.name)
            yield path.name
        for start in range(0, len(plan.leaving), _BATCH):
            batch = plan.leaving[start : start + _BATCH]
            # On purpose: one that has been there before may have been brought back here, and redacted.
            self.target.add(*(folder / name for name in batch), changed=True)
        self.target.catch_up(attended=True)
        borrow(self.target, {(self._collection.folder / name, offset) for name, offset in plan.borrowed})

    def _bring(self, path: Path, target: Path) -> None:
        wanted = self._digests[path.name]
        with os_errors(f"cannot copy {path} to {target}"):
            if target.exists():
                if file_digest(target) != wanted:
                    raise ArchiveError(f"{target} is there already, and is another file")
                return
            if not _linked(path, target):
                copy_file(path, target)
        if file_digest(target) != wanted:
            raise ArchiveError(f"{target} is not what was copied from {path}")

    def leave_behind(self, plan: Plan) -> None:
        """Keep copies here of the records to which files that stay refer."""
        if plan.left_behind:
            records = {(self._collection.folder / name, offset) for name, offset in plan.left_behind}
            borrow(self._collection, records, plan.leaving)

    def entries(self, plan: Plan, at: datetime, by: str) -> list[RetiredFile]:
        """Return what there is to write down of the files."""
        to = str(self.target.folder) if self.target else None
        return [
            RetiredFile(
                name,
                self._digests[name],
                (self._collection.folder / name).stat().st_size,
                plan.spans[name].first,
                plan.spans[name].last,
                to,
                at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                by,
            )
            for name in plan.leaving
        ]

    def remove(self, names: Sequence[str]) -> None:
        """Remove the files here, and forget them."""
        try:
            for name in names:
                (self._collection.folder / name).unlink(missing_ok=True)
            sync_folder(self._collection.folder)
        except OSError as error:
            raise ArchiveError(f"cannot remove {error.filename}: {error.strerror}") from error
        self._collection.drop_retired()


def _linked(path: Path, target: Path) -> bool:
    """Give a file a second name, if the file system can."""
    try:
        os.link(path, target)
    except OSError:  # another disk, or one that knows no second names
        return False
    sync_folder(target.parent)
    return True
