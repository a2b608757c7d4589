"""Finds the payloads that revisit records refer to: in the collection, and in the files at hand."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from tempfile import mkdtemp

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.exchange.http_message import MessageError, stored_form
from archive.index.cdxj import Entry, indexed
from archive.index.index import Index, digits
from archive.records.members import Member, read_member
from archive.records.record import digest
from archive.records.revisit import NOT_MODIFIED


class UnresolvedError(Exception):
    """What a revisit record refers to is not to be had; the message says why."""


class Resolver:
    """Finds originals by the URL and date that a revisit names, or by its own URL where it names none.

    :param files: WARC files to look in, besides those of the collection; indexed for the purpose when first needed.
    """

    def __init__(self, collection: Collection | None = None, files: Iterable[Path] = ()):
        self._collection = collection
        self._files = {path.name: path for path in files}
        self._local: Index | None = None

    def payload(self, revisit: Member) -> bytes:
        """Return the payload of a revisit record, still content-encoded; that of a 304 is empty, as it was sent.

        :raises UnresolvedError: if it cannot be found.
        """
        if revisit.get("WARC-Profile").endswith(NOT_MODIFIED.rpartition("/")[2]):
            return b""
        wanted = revisit.get("WARC-Payload-Digest")
        for path, entry in self._candidates(revisit):
            if (found := _payload(path, entry, wanted)) is not None:
                return found
        url, date = revisit.get("WARC-Refers-To-Target-URI"), revisit.get("WARC-Refers-To-Date")
        raise UnresolvedError(
            f"it refers to a capture that is not here: {url or revisit.get('WARC-Target-URI')} {date}"
        )

    def _candidates(self, revisit: Member) -> Iterator[tuple[Path, Entry]]:
        """Yield the captures that may be the original, the likeliest first."""
        url = revisit.get("WARC-Refers-To-Target-URI") or revisit.get("WARC-Target-URI")
        date = revisit.get("WARC-Refers-To-Date")
        for index in self._indexes():
            nearest = index.nearest(_bare(url), digits(date or revisit.get("WARC-Date")))
            if date:
                nearest = takewhile(lambda entry: entry.timestamp == digits(date), nearest)
            for entry in nearest:
                if not entry.is_revisit and _bare(entry.url) == _bare(url) and (path := self._path(entry.filename)):
                    yield path, entry

    def _indexes(self) -> Iterator[Index]:
        if self._collection:
            yield self._collection.index
        if not self._files:
            return
        if self._local is None:
            folder = mkdtemp(prefix="archive-index-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._local = Index(Path(folder))
            self._local.add(self._files, (line for path in self._files.values() for line in _lines(path)))
        yield self._local

    def _path(self, filename: str) -> Path | None:
        path = self._files.get(filename)
        if path is None and self._collection:
            path = self._collection.path(filename)
        return path if path and path.exists() else None


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the index lines of a file as far as it can be read; damage is reported by whoever reads the file itself."""
    return (line for _, line in indexed(path, []))


def _payload(path: Path, entry: Entry, wanted: str) -> bytes | None:
    """Return the payload of the record that an entry points at, if it is the wanted one."""
    try:
        record = read_member(path, entry.offset)
        payload = bytes(stored_form(bytes(record.block)).payload)
    except (ArchiveError, MessageError):
        return None
    if wanted.startswith("sha256:"):
        return payload if digest(payload) == wanted else None
    return payload if record.get("WARC-Payload-Digest") == wanted else None


def _bare(url: str) -> str:
    return url.removeprefix("<").removesuffix(">")
