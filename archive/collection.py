"""A folder of WARC files with what is kept about them: the manifest, the index, and the dedup store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from scrapy.settings import BaseSettings

from archive.dedup import Dedup, replace_database, revisit_in, seen_in
from archive.errors import ArchiveError, DamagedCacheError
from archive.files.file_name import is_file_name
from archive.files.manifest import Manifest, file_digest
from archive.index.cdxj import cdxj_line, indexed
from archive.index.index import Index
from archive.records.arrival import has_arrived
from archive.records.members import Damage, Member
from archive.records.revisit import Seen
from archive.retired import Retired
from archive.unfinished import Unfinished
from archive.writing.warc_file import is_foreign

logger = logging.getLogger(__name__)

_SUFFIXES = (".warc.gz", ".warc")
#: Maximum number of files added at a time.
_BATCH = 100
#: Characters shown of a name that is none.
_SHOWN = 100


class FileDamage(NamedTuple):
    """A part of a file that is damaged, or cannot be read."""

    path: Path
    offset: int
    message: str


class Collection:
    """Keeps manifest, index and dedup store consistent with the files.

    :param folder: where the WARC files are.
    :param index: folder of the index.
    :param dedup: the dedup store's file; None if the crawl shall not refer to earlier captures, nor later ones to it.
    :raises ArchiveError: from every method, if index or store cannot be read or written.
    """

    def __init__(self, folder: Path, index: Path, dedup: Path | None, min_bytes: int = 1024):
        self.folder = folder
        self.manifest = Manifest(folder)
        self.retired = Retired(folder)
        self.index = Index(index)
        self._dedup_path = dedup
        self._dedup: Dedup | None = None
        self._min_bytes = min_bytes
        self._unfinished_places = Unfinished(index, dedup)
        #: Index lines of files that are being written.
        self._unfinished: dict[str, IO[bytes]] = {}

    @property
    def dedup(self) -> Dedup | None:
        """The store, opened when first asked for."""
        if self._dedup is None and self._dedup_path:
            self._dedup = Dedup(self._dedup_path, self.folder, self._min_bytes)
        return self._dedup

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
        """Return where a WARC file is, be it one that has left for another folder; if nowhere, where it should be.

        :raises ArchiveError: also if no file in a folder can be called so: lines have names from anywhere.
        """
        if not is_file_name(filename):
            raise ArchiveError(f"{filename[:_SHOWN]!r} cannot be the name of a WARC file")
        path = self.folder / filename
        return path if path.exists() else self.retired.path(filename) or path

    def found(self, filename: str) -> Path:
        """Return where a WARC file is, be it one that has left for another folder.

        :raises ArchiveError: if it is nowhere; the message says what has become of it.
        """
        path = self.path(filename)
        if path.exists():
            return path
        left = self.retired.files().get(filename)
        if left is None:
            raise ArchiveError(f"{filename} is not there")
        lacking = ("where it is not" if Path(left.to).is_dir() else "which is not there") if left.to else ""
        raise ArchiveError(f"{filename} was {left.fate}{lacking and f', {lacking}'}")

    def note(self, filename: str, record: Member, seen: Seen | None = None) -> None:
        """Remember a record as it is written, so that its file need not be read again when it is finished.

        :param seen: what later captures may refer to; others than those of this crawl may do so once all is finished.
        """
        if line := cdxj_line(record, filename):
            if filename not in self._unfinished:
                self._unfinished[filename] = TemporaryFile()  # noqa: SIM115  # lives as long as the file is open
            self._unfinished[filename].write(line + b"\n")
        self._remember(record, filename, seen)

    def finish(self, path: Path, digest: str) -> None:
        """Take in a file that has its final name, and all of whose records were passed to `note`.

        :param digest: its SHA-256 in hex, as just read from the disk.
        """
        self.manifest.add(path, digests={path.name: digest})
        with self._unfinished.pop(path.name) as lines:
            lines.seek(0)
            self.index.add([path.name], (line.rstrip(b"\n") for line in lines))
        if self.dedup:
            self.dedup.commit(path.name)

    def add(self, *paths: Path, changed: bool = False, digests: Mapping[str, str] | None = None) -> list[FileDamage]:
        """Take in files that have got their final names: note their digests, index them, let their payloads be used.

        Idempotent, also after a crash in between. Returns what is damaged in the files; the records around it
        are taken in.

        :param changed: whether the files were written anew on purpose; else they must be what they were at first.
        :param digests: as for `Manifest.add`.
        """
        problems: list[FileDamage] = []
        self.manifest.add(*paths, changed=changed, digests=digests)
        for path in paths:
            if self.dedup:
                self.dedup.forget(path.name)
        names = [path.name for path in paths]
        self.index.add(names, (line for path in paths for line in self._lines(path, problems)))
        for name in names:
            if self.dedup:
                self.dedup.commit(name)
        return problems

    def remove(self, *filenames: str) -> None:
        """Drop files that were removed on purpose; see `archive.retirement.references` first."""
        for filename in filenames:
            if self.dedup:
                self.dedup.remove(filename)
        self.index.remove(*filenames)
        self.manifest.remove(*filenames)

    def drop_retired(self) -> None:
        """Drop the files that have left and are known all the same, since a process was killed in between."""
        gone = {name for name in self.retired.files() if not (self.folder / name).exists()}
        known = self.index.files() | set(self.manifest.digests()) if gone else set()
        if self.dedup and gone:
            known |= self.dedup.files()
        if gone & known:
            self.remove(*sorted(gone & known))

    def missing(self) -> list[Path]:
        """Return the files that manifest, index or store do not know: a crash came before they were taken in."""
        known = self.index.files() & set(self.manifest.digests())
        if self.dedup:
            known &= self.dedup.files()
        return [path for path in self.files() if path.name not in known]

    def arriving(self) -> list[Path]:
        """Return the files of other crawlers that nobody has taken in, and that are perhaps still being copied."""
        known = self.manifest.digests()
        return [path for path in self.files() if path.name not in known and _is_arriving(path)]

    def lost(self) -> list[str]:
        """Return the files that the manifest names, and that are not there although nobody has let them go."""
        there = {path.name for path in self.files()}
        return sorted(self.manifest.digests().keys() - there - self.retired.files().keys())

    def unindexed(self) -> list[Path]:
        """Return the files that no index leads to."""
        known = self.index.files()
        return [path for path in self.files() if path.name not in known]

    def undigested(self) -> list[str]:
        """Return the files that were taken in, but of which the manifest has no digest any more."""
        known: set[str] = set()
        with suppress(DamagedCacheError):
            known |= self.index.files()
        with suppress(DamagedCacheError):
            known |= self.dedup.files() if self.dedup else set()
        known &= {path.name for path in self.files()}
        return sorted(known - set(self.manifest.digests())) if known else []

    def catch_up(self, tell: Callable[[str], object] = logger.error, *, attended: bool = False) -> None:
        """Take in all files that are not yet; what cannot be read is named in the log and left for `verify`.

        Also drops what has left: see `archive.retirement`.

        :param tell: called with a message if digests were lost: the manifest gets those that the files have now.
        :param attended: whether whoever has put files of other crawlers here knows of it, and wants all; else those
            that are perhaps still being copied are left for a later run.
        """
        self._unfinished_places.remove_left()
        self._mend()  # first: the damage is named where it is found
        if lost := self.undigested():
            tell(
                f"the manifest had lost the digests of {len(lost)} WARC files, such as {lost[0]}: they are taken anew, "
                "and nothing tells whether these files are what they were; a copy of the manifest would"
            )
        self.drop_retired()
        missing = self.missing()
        if not attended:
            arriving = [path for path in missing if _is_arriving(path)]
            for path in arriving:
                logger.warning("%s: left for a later run: it is being copied, or does not end in a whole record", path)
            missing = [path for path in missing if path not in arriving]
        for taken in self._take_in(missing):
            if isinstance(taken, FileDamage):
                logger.warning("%s: at %d, not indexed: %s", *taken)

    def _mend(self) -> None:
        """Drop an index or a store that is damaged: with all files missing from it, it is made again."""
        try:
            self.index.check()
        except DamagedCacheError as error:
            logger.warning("%s; this is done now", error)
            self.index.clear()
        try:
            _ = self.dedup
        except DamagedCacheError as error:
            logger.warning("%s; this is done now", error)

    def rebuild(self, waiting: Callable[[], object] = lambda: None) -> Iterator[FileDamage | Path]:
        """Make index and store anew from the files; yields what is wrong, and each file when it is taken in.

        They are made beside those there are, which stay until the end, and are then replaced, each in one step. The
        manifest stays as it is: it says what the files were, whatever they are now; what it has lost is named. Crawls
        may run meanwhile, and what they take in may have to be taken in again by the next one; nobody should change or
        remove files.

        :param waiting: called once if another process does the same, before waiting for it.
        """
        for name in self.undigested():
            yield FileDamage(self.folder / name, 0, "the manifest had lost its digest, which is taken anew")
        for name in self.lost():
            yield FileDamage(self.folder / name, 0, "it is in the manifest, but not there")
        with self._unfinished_places.places(waiting):
            made = Collection(
                self.folder, self._unfinished_places.index, self._unfinished_places.dedup, self._min_bytes
            )
            _ = made.dedup  # also where no file can be taken in
            seen: set[Path] = set()
            for _ in range(2):  # also what a crawl has finished meanwhile
                files = [path for path in self.files() if path not in seen]
                yield from made._take_in(files)
                seen.update(files)
            made.index.merge()
            self._take_over(made)
        yield from self._take_in([path for path in self.missing() if path not in seen])

    def _take_over(self, made: Collection) -> None:
        """Let the index and the store of another collection be those of this one."""
        for each in (made, self):
            if each._dedup:
                each._dedup.close()
                each._dedup = None
        self.index.take_over(made.index)
        if self._dedup_path and made._dedup_path:
            replace_database(self._dedup_path, made._dedup_path)

    def _take_in(self, paths: list[Path]) -> Iterator[FileDamage | Path]:
        """Take in files, several at a time."""
        for start in range(0, len(paths), _BATCH):
            batch = paths[start : start + _BATCH]
            digests: dict[str, str] = {}
            for path in batch:
                try:
                    digests[path.name] = file_digest(path)  # all of it: a disk may fail anywhere
                except ArchiveError:
                    yield FileDamage(path, 0, "it cannot be read")
            readable = [path for path in batch if path.name in digests]
            yield from self.add(*readable, digests=digests)
            yield from readable

    def _lines(self, path: Path, problems: list[FileDamage]) -> Iterator[bytes]:
        """Yield the index lines of a file, and note for the store what it holds."""
        damages: list[Damage] = []
        for record, line in indexed(path, damages):
            yield line
            self._remember(record, path.name, seen_in(record) if self.dedup else None)
        problems += (FileDamage(path, damage.offset, damage.message) for damage in damages)

    def _remember(self, record: Member, filename: str, seen: Seen | None) -> None:
        """Hand the store what a file holds."""
        if self.dedup and seen:
            self.dedup.add(seen, filename, record.offset)
        if self.dedup and (revisit := revisit_in(record, filename)):
            self.dedup.add_revisit(revisit)


def _is_arriving(path: Path) -> bool:
    return is_foreign(path.name) and not has_arrived(path)
