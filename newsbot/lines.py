"""The JSONL file of one run: it grows by whole synced batches and is named ``….open`` until it is closed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import ArchiveError
from archive.open_file import sync_folder

_OPEN = ".open"


class LineFile:
    """Appends lines under ``folder``; the file appears with the first line.

    Every method raises `ArchiveError` naming the file if the file system fails; what was synced before stays.
    """

    def __init__(self, folder: Path, name: str):
        self._folder = folder
        now = datetime.now(UTC)
        self._final = folder / f"{name}-{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}.jsonl"
        self._open = self._final.with_name(self._final.name + _OPEN)
        self._descriptor: int | None = None
        self._size = 0

    def append(self, lines: list[str]) -> None:
        """Append lines and return when they are on disk."""
        if not lines:
            return
        data = "".join(f"{line}\n" for line in lines).encode()
        try:
            if self._descriptor is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._descriptor = os.open(self._open, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
                sync_folder(self._folder)
            written = 0
            while written < len(data):
                written += os.pwrite(self._descriptor, memoryview(data)[written:], self._size + written)
            os.fsync(self._descriptor)
        except OSError as error:
            raise ArchiveError(f"cannot write {self._open}: {error.strerror}") from error
        self._size += len(data)

    def close(self) -> None:
        """Cut off what was not appended whole, and give the file its final name."""
        if self._descriptor is None:
            return
        try:
            os.ftruncate(self._descriptor, self._size)
            os.fsync(self._descriptor)
            self._open.rename(self._final)
            sync_folder(self._folder)
        except OSError as error:
            raise ArchiveError(f"cannot finish {self._open}: {error.strerror}") from error
        finally:
            os.close(self._descriptor)
            self._descriptor = None


def orphans(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Finish the files that a killed run left open; yields each with its whole lines.

    A broken last line is cut off: its article was never published, and its capture is still there to be read again. The
    caller must hold the lock of the source, or it would take a running crawl's file for an orphan.
    """
    for path in sorted(folder.glob(f"*.jsonl{_OPEN}")):
        try:
            data = path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            with path.open("r+b") as file:
                file.truncate(len(whole))
                os.fsync(file.fileno())
            yield path, whole.decode().splitlines()
            path.rename(path.with_name(path.name.removesuffix(_OPEN))) if whole else path.unlink()
            sync_folder(folder)
        except OSError as error:
            raise ArchiveError(f"cannot finish {path}: {error.strerror}") from error
