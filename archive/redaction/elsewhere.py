"""Finds a page in files that the index does not know: those of other crawlers, remains of repairs, packages.

WARC files of any shape are redacted record by record. What is in a form that this project only reads is named, so that
no redaction that left a copy behind is taken for complete.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection as Several
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from archive.beside import ARCHIVE
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.atomic import TEMPORARY
from archive.files.file_kind import ZIP_FAULTS
from archive.files.packed import ZIP_MAGIC, contents
from archive.records.members import Damage, Member, walk
from archive.records.run_record import is_own_file
from archive.redaction.edits import is_tombstone, page_of
from archive.redaction.targets import Target
from archive.redaction.traces import Traces

#: Indexes that crawlers leave beside their files: they hold addresses, and no page.
_INDEXES: Final = (".cdx", ".cdxj", ".cdx.gz", ".idx")
_CONVERT: Final = "it holds the page in a form that is only read here: `scrapy convert` it, remove it, redact again"


class Elsewhere:
    """Looks through the files of a collection's folder, and the archive files of a data folder, that need a look.

    :param data: the data folder.
    :param known: folders and files in it that are handled elsewhere.
    """

    def __init__(self, collection: Collection, data: Path, known: Several[Path] = ()):
        self._collection = collection
        self._data = data
        self._known = [path.resolve() for path in known]
        #: Files that can be rewritten.
        self.warcs: list[Path] = []
        #: Why files that hold the page, or may, are left as they are.
        self.left: dict[Path, str] = {}
        #: Files with damage in which the page stands: it goes only where the file is written anew.
        self.damaged: dict[Path, str] = {}
        #: The archive files among those looked at.
        self._looked: set[Path] = set()

    def look(self, urls: Several[str], ids: Several[str] = ()) -> list[Target]:
        """Return the captures of some URLs, or with some ids, in files that can be rewritten."""
        self.warcs, self.left, self.damaged, self._looked = [], {}, {}, set()
        found: dict[str, Target] = {}
        for path in self._files():
            self._looked.add(path)
            try:
                for target in self._captures(path, urls, ids):
                    found.setdefault(target.key, target)
            except (ArchiveError, OSError) as error:
                self.left[path] = f"it cannot be read: {error}"
        return list(found.values())

    def others(self, traces: Traces, handled: Several[Path]) -> dict[Path, str]:
        """Return why all other files, of whatever form, may hold the page; those that do not seem to are left out.

        :param handled: files and folders that are handled elsewhere.
        """
        seen = {path.resolve() for path in (*self._looked, *self._own_files())}
        known = [*self._known, *(path.resolve() for path in handled)]
        folders = [path for path in known if path.is_dir()]
        seen |= {*known}
        found: dict[Path, str] = {}
        for path in sorted({*self._data.rglob("*"), *self._collection.folder.rglob("*")}):
            real = path.resolve()
            if real in seen or path.name.endswith(TEMPORARY) or any(real.is_relative_to(each) for each in folders):
                continue
            try:
                if real.is_file() and (why := traces.in_file(real, addresses=not path.name.endswith(_INDEXES))):
                    found[path] = f"{why}: remove it"
            except OSError as error:
                found[path] = f"it cannot be read: {error.strerror}"
        return found

    def _own_files(self) -> Iterator[Path]:
        """Yield the files of this project that the index has in full."""
        known = self._collection.index.files()
        yield from (path for path in self._collection.files() if path.name in known and is_own_file(path))

    def _files(self) -> Iterator[Path]:
        own = self._collection.folder.resolve()
        beside = (path for path in self._data.rglob("*") if ARCHIVE.search(path.name))
        inside = self._collection.folder.rglob("*") if self._collection.folder.is_dir() else ()
        indexed = {path.resolve() for path in self._own_files()}
        for path in sorted({path.resolve() for path in (*inside, *beside) if path.is_file()} - indexed):
            if path.name.endswith((TEMPORARY, *_INDEXES)) or any(path.is_relative_to(folder) for folder in self._known):
                continue
            yield self._collection.folder / path.name if path.parent == own else path

    def _captures(self, path: Path, urls: Several[str], ids: Several[str]) -> Iterator[Target]:
        convert = False
        traces = Traces(urls)
        for found in walk(path):
            if isinstance(found, Damage):
                convert |= found.code == "format-convert"
                if found.code == "format-unknown":
                    with path.open("rb") as file:
                        is_package = file.read(4) == ZIP_MAGIC
                    if why := _in_package(path, urls) if is_package else traces.in_file(path):
                        self.left[path] = why
                    elif not is_package:
                        self._looked.remove(path)
                    return
                if found.lost and traces.in_range(path, found.offset, found.length):
                    self.damaged[path] = f"what is damaged at {found.offset} names the page: {found.message}"
                continue
            if found.type in ("request", "warcinfo") or is_tombstone(found):
                continue
            of_page = page_of(found) in urls or found.get("WARC-Segment-Origin-ID") in ids
            if convert and of_page:
                self.left[path] = _CONVERT
                return
            if found.type in ("response", "revisit", "resource", "conversion") and found.url in urls:
                yield Target(path, found)
        if not convert:
            self.warcs.append(path)


def _in_package(path: Path, urls: Several[str]) -> str:
    """Return why a package that holds a page is left; empty if it does not hold it."""
    try:
        with path.open("rb") as package, TemporaryDirectory(prefix="archive-package-") as folder:
            for name, source in contents(package):
                unpacked = Path(folder, "archive")
                with unpacked.open("wb") as file:
                    shutil.copyfileobj(source, file)
                has_records = False
                for found in walk(unpacked) if ARCHIVE.search(name) else ():
                    if isinstance(found, Member):
                        has_records = True
                        if found.url in urls:
                            return "it is a package that holds the page: remove it, or make it anew"
                if not has_records and Traces(urls).in_file(unpacked):
                    return f"it is a package in which {name} names the page: remove it, or make it anew"
    except ZIP_FAULTS as error:
        return f"it is a package that cannot be read: {error or 'it ends too early'}"
    return ""
