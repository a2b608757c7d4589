"""What lies beside the files that the index knows, and may hold a page: files of others, of repairs, packages.

WARC files of any shape are redacted record by record. What is in a form that this project only reads is named, so that
nobody takes a redaction for done that left a copy behind.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection as Several
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.atomic import TEMPORARY
from archive.files.file_kind import START, other_format
from archive.files.zip_faults import ZIP_FAULTS
from archive.records.members import Damage, Member, walk
from archive.records.own_files import is_own_file
from archive.records.revisit import bare
from archive.redaction.edits import is_tombstone, page_of
from archive.redaction.targets import Target

#: Names of archive files outside the folder of WARC files.
_ARCHIVES: Final = re.compile(r"\.(w?arc|wacz)(\.|$)", re.IGNORECASE)
#: Indexes that crawlers leave beside their files: they hold addresses, and no page.
_INDEXES: Final = (".cdx", ".cdxj", ".cdx.gz", ".idx")
_CHUNK: Final = 1 << 20
_CONVERT: Final = "it holds the page in a form that is only read here: `scrapy convert` it, remove it, redact again"


class Elsewhere:
    """Looks through the files of a collection's folder, and the archive files of a data folder, that need a look.

    :param data: the data folder.
    :param known: folders in it that others see to.
    """

    def __init__(self, collection: Collection, data: Path, known: Several[Path] = ()):
        self._collection = collection
        self._data = data
        self._known = [path.resolve() for path in known]
        #: Files that can be rewritten.
        self.warcs: list[Path] = []
        #: Why files that hold the page, or may, are left as they are.
        self.left: dict[Path, str] = {}

    def look(self, urls: Several[str], ids: Several[str] = ()) -> list[Target]:
        """Return the captures of some URLs, or with some ids, in files that can be rewritten."""
        self.warcs, self.left = [], {}
        found: dict[str, Target] = {}
        for path in self._files():
            try:
                for target in self._captures(path, urls, ids):
                    found.setdefault(target.key, target)
            except (ArchiveError, OSError) as error:
                self.left[path] = f"it cannot be read: {error}"
        return list(found.values())

    def _files(self) -> Iterator[Path]:
        own = self._collection.folder.resolve()
        beside = (path for path in self._data.rglob("*") if _ARCHIVES.search(path.name))
        inside = self._collection.folder.rglob("*") if self._collection.folder.is_dir() else ()
        known = self._collection.index.files()
        indexed = {path.resolve() for path in self._collection.files() if path.name in known}
        for path in sorted({path.resolve() for path in (*inside, *beside) if path.is_file()}):
            if path.name.endswith((TEMPORARY, *_INDEXES)) or any(path.is_relative_to(folder) for folder in self._known):
                continue
            if path in indexed and is_own_file(path):
                continue
            yield self._collection.folder / path.name if path.parent == own else path

    def _captures(self, path: Path, urls: Several[str], ids: Several[str]) -> Iterator[Target]:
        convert = False
        for found in walk(path):
            if isinstance(found, Damage):
                convert |= found.code == "format-convert"
                if found.code == "format-unknown":
                    if why := _unknown(path, urls):
                        self.left[path] = why
                    return
                continue
            if found.type in ("request", "warcinfo") or is_tombstone(found):
                continue
            of_page = page_of(found) in urls or found.get("WARC-Segment-Origin-ID") in ids
            if convert and of_page:
                self.left[path] = _CONVERT
                return
            if found.type in ("response", "revisit", "resource", "conversion") and (
                bare(found.get("WARC-Target-URI")) in urls
            ):
                yield Target(path, found)
        if not convert:
            self.warcs.append(path)


def _unknown(path: Path, urls: Several[str]) -> str:
    """Return why a file that holds no records may hold a page; empty if it does not seem to."""
    with path.open("rb") as file:
        start = file.read(START)
        if start.startswith(b"PK\x03\x04"):
            return _in_package(path, urls)
        format_ = other_format(start)
        if "unpack" in format_ or "7-Zip" in format_:
            return f"nobody has looked into it: it is {format_}"
        wanted = [url.encode() for url in urls]
        longest, window = max(map(len, wanted), default=0), start
        while window:
            if any(url in window for url in wanted):
                return "it names the page, and is no archive file"
            more = file.read(_CHUNK)
            window = window[-longest:] + more if more else b""
    return ""


def _in_package(path: Path, urls: Several[str]) -> str:
    """Return why a package that holds a page is left; empty if it does not hold it."""
    try:
        with ZipFile(path) as package, TemporaryDirectory(prefix="archive-package-") as folder:
            for info in package.infolist():
                if not _ARCHIVES.search(info.filename) or info.is_dir():
                    continue
                unpacked = Path(folder, "archive")
                with package.open(info) as source, unpacked.open("wb") as file:
                    shutil.copyfileobj(source, file)
                records = (found for found in walk(unpacked) if isinstance(found, Member))
                if any(bare(record.get("WARC-Target-URI")) in urls for record in records):
                    return "it is a package that holds the page: remove it, or make it anew"
    except ZIP_FAULTS as error:
        return f"it is a package that cannot be read: {error or 'it ends too early'}"
    return ""
