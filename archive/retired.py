"""The list of WARC files that have left a folder, and where they are now: ``retired.jsonl`` beside the folder.

A line a file, never taken back. A file that lies in the folder is there, whatever is written here: a process may have
been killed between writing a file down and removing it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.plain_file import read_regular

#: Maximum size in bytes.
_MOST: Final = 1 << 28
NAME: Final = "retired.jsonl"


class RetiredFile(NamedTuple):
    """A WARC file that has left; ``first`` and ``last`` are the times of its captures, digits as in the index."""

    file: str
    sha256: str
    size: int
    first: str
    last: str
    #: The folder that has it now; None: it was deleted.
    to: str | None
    at: str
    by: str

    @property
    def fate(self) -> str:
        """What has become of it: "moved to /mnt/old/warc on 2026-11-22"."""
        return f"{f'moved to {self.to}' if self.to else 'deleted'} on {self.at[:10]}"


class Retired:
    """The list beside a folder of WARC files.

    :raises ArchiveError: from every method, if the list cannot be read or written.
    """

    def __init__(self, folder: Path):
        self._path = folder.parent / NAME
        self._seen: tuple[int, int] | None = None
        self._files: dict[str, RetiredFile] = {}

    def files(self) -> dict[str, RetiredFile]:
        """Return all files that have left, by name; read again only when the list has changed."""
        try:
            stat = self._path.stat()
            if (stat.st_mtime_ns, stat.st_ino) != self._seen:
                entries = (RetiredFile(**json.loads(line)) for line in read_regular(self._path, _MOST).splitlines())
                self._files = {entry.file: entry for entry in entries}
                self._seen = stat.st_mtime_ns, stat.st_ino
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ArchiveError(f"cannot read {self._path}: {error.strerror}") from error
        except (ValueError, TypeError) as error:
            raise ArchiveError(f"{self._path} holds a line that is none of its own: {error}") from error
        return self._files

    def add(self, entries: Iterable[RetiredFile]) -> None:
        """Write files down, durably, all or none; a file that left before and came back is written down anew."""
        known = self.files() | {entry.file: entry for entry in entries}
        replace_file(
            self._path, (json.dumps(entry._asdict(), ensure_ascii=False).encode() + b"\n" for entry in known.values())
        )

    def path(self, filename: str) -> Path | None:
        """Return where a file is now; None if it never left, was deleted, or its disk is not there."""
        entry = self.files().get(filename)
        path = Path(entry.to, filename) if entry and entry.to else None
        return path if path and path.exists() else None
