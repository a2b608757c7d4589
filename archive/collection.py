"""A folder of WARC files with what is kept about them: the index, and the dedup store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from scrapy.settings import BaseSettings

from archive.cdxj import indexed
from archive.dedup import Dedup
from archive.dedup_facts import revisit_in, seen_in
from archive.index import Index
from archive.members import Damage, Member

logger = logging.getLogger(__name__)

_SUFFIXES = (".warc.gz", ".warc")


class Collection:
    """Keeps index and dedup store in step with the files.

    :param folder: where the WARC files are.
    :param index: folder of the index.
    :param dedup: the dedup store's file; None if the crawl shall not refer to earlier captures, nor later ones to it.
    :raises ArchiveError: from every method, if index or store cannot be read or written.
    """

    def __init__(self, folder: Path, index: Path, dedup: Path | None, min_bytes: int = 1024):
        self.folder = folder
        self.index = Index(index)
        self._dedup_path = dedup
        self._min_bytes = min_bytes

    @cached_property
    def dedup(self) -> Dedup | None:
        return Dedup(self._dedup_path, self.folder, self._min_bytes) if self._dedup_path else None

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Collection:
        """Open the collection that ARCHIVE_DIR, ARCHIVE_INDEX_DIR, ARCHIVE_DEDUP and ARCHIVE_DEDUP_MIN_BYTES name."""
        folder = Path(settings["ARCHIVE_DIR"])
        index = Path(settings["ARCHIVE_INDEX_DIR"] or folder.parent / "index")
        dedup = str(settings["ARCHIVE_DEDUP"] or folder.parent / "dedup.sqlite")
        min_bytes = settings.getint("ARCHIVE_DEDUP_MIN_BYTES", 1024)
        return cls(folder, index, None if dedup == "off" else Path(dedup), min_bytes)

    def files(self) -> list[Path]:
        """Return the WARC files, but for those being written, in the order of their names."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if path.name.endswith(_SUFFIXES) and path.is_file())

    def path(self, filename: str) -> Path:
        return self.folder / filename

    def add(self, path: Path) -> list[Damage]:
        """Take in a file that has got its final name: index it, then let its payloads be referred to.

        Safe to call again, also after a crash in between, and for a file that has been written anew. Returns what is
        damaged in the file; the records around it are taken in.
        """
        damages: list[Damage] = []
        if self.dedup:
            self.dedup.forget(path.name)
        self.index.add(path.name, self._lines(path, damages))
        if self.dedup:
            self.dedup.commit(path.name)
        return damages

    def remove(self, filename: str) -> None:
        """Drop a file from index and store; see `Dedup.dependants` first."""
        if self.dedup:
            self.dedup.remove(filename)
        self.index.remove(filename)

    def missing(self) -> list[Path]:
        """Return the files that index or store do not know: a crash came before they were taken in."""
        known = self.index.files()
        if self.dedup:
            known &= self.dedup.files()
        return [path for path in self.files() if path.name not in known]

    def catch_up(self) -> None:
        """Take in all files that are not yet; one that cannot be read is named in the log and left for `verify`."""
        for path in self.missing():
            try:
                path.open("rb").close()
            except FileNotFoundError:
                continue
            except OSError as error:
                logger.warning("%s is not indexed: %s", path, error.strerror)
                continue
            for damage in self.add(path):
                logger.warning("%s: at %d: %s", path, damage.offset, damage.message)

    def rebuild(self, note: Callable[[Path, list[Damage]], None] = lambda path, damages: None) -> None:
        """Make index and store anew from the files; ``note`` is called after each."""
        present = {path.name for path in self.files()}
        gone = self.index.files() | (self.dedup.files() if self.dedup else set())
        for filename in sorted(gone - present):
            self.remove(filename)
        for path in self.files():
            note(path, self.add(path))
        self.index.merge()

    def _lines(self, path: Path, damages: list[Damage]) -> Iterator[bytes]:
        """Yield the index lines of a file, and note for the store what it holds."""
        for record, line in indexed(path, damages):
            yield line
            self._note(record, path.name)

    def _note(self, record: Member, filename: str) -> None:
        if not self.dedup:
            return
        if seen := seen_in(record):
            self.dedup.add(seen, filename, record.offset)
        if revisit := revisit_in(record, filename):
            self.dedup.add_revisit(revisit)
