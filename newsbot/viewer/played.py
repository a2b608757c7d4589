"""The package that the player plays: all finished WARC files of a collection, wherever they are now."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from archive.clock import now
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.player.virtual_wacz import Contents, KnownSums, VirtualWacz
from archive.player.whereabouts import lines_into, playable

#: Packages of a moment ago that a browser may still be reading.
_KEPT: Final = 3
#: Nanoseconds for which a folder's time of change says nothing yet: it may change again within one tick of the clock.
_UNSETTLED: Final = 2_000_000_000


class _Seen(NamedTuple):
    """The files of a folder, and when that had changed last when they were looked for, in nanoseconds since 1970."""

    changed: int
    key: str
    warcs: list[Path]


class Played:
    """Makes the package when it is first asked for, and another one when WARC files have come, gone or changed.

    :raises ArchiveError: from every method, if files or index cannot be read.
    """

    def __init__(self, collection: Collection, known: KnownSums, title: str):
        self._collection, self._known, self._title = collection, known, title
        self._lock = Lock()
        self._packages: dict[str, VirtualWacz] = {}
        self._seen: _Seen | None = None

    def close(self) -> None:
        for package in self._packages.values():
            package.close()

    def key(self) -> str:
        """Return what names the package that there is now."""
        return self._now().key

    def package(self) -> VirtualWacz:
        """Return the package over the files that there are now."""
        _, key, warcs = self._now()
        with self._lock:
            if key not in self._packages:
                self._drop_changed()
                while len(self._packages) >= _KEPT:
                    self._packages.pop(next(iter(self._packages))).close()
                contents = Contents(
                    key, warcs, lines_into(self._collection, warcs), self._title, f"{now():%Y-%m-%dT%H:%M:%SZ}"
                )
                self._packages[key] = VirtualWacz(contents, self._known)
            return self._packages[key]

    def named(self, key: str) -> VirtualWacz | None:
        """Return the package of a key, also one to which files have been added since.

        What its index says of files that have changed is not to be had any more: they may have been redacted.
        """
        if key == self.key():
            return self.package()
        with self._lock:
            self._drop_changed()
            return self._packages.get(key)

    def unindexed(self) -> list[Path]:
        """Return the WARC files that no index leads to."""
        return self._collection.unindexed()

    def _drop_changed(self) -> None:
        for key, package in [*self._packages.items()]:
            if not package.is_here():
                self._packages.pop(key).close()

    def _now(self) -> _Seen:
        """Return the files that there are; looked for only when their folder has changed, since they may be many."""
        folder = self._collection.folder
        try:
            changed = folder.stat().st_mtime_ns if folder.is_dir() else 0
        except OSError as error:
            raise ArchiveError(f"cannot read {folder}: {error.strerror}") from error
        seen = self._seen
        if seen is None or seen.changed != changed or changed > time.time_ns() - _UNSETTLED:
            warcs = playable(self._collection)
            seen = self._seen = _Seen(changed, _key(warcs), warcs)
        return seen


def _key(warcs: list[Path]) -> str:
    try:
        stats = ((path, path.stat()) for path in warcs)
        said = "\n".join(f"{name} {stat.st_size} {stat.st_ino} {stat.st_mtime_ns}" for name, stat in stats)
    except OSError as error:
        raise ArchiveError(f"cannot read {error.filename}: {error.strerror}") from error
    return sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
