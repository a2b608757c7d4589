"""Puts a package together from WARC files, without holding them in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Final, NamedTuple

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.deflate import gzip_member
from archive.index.cdxj import cdxj_line, read_line
from archive.index.replayable import replayable
from archive.index.sorted_lines import sort_lines
from archive.requisites.page_info import captures_of, described_page
from archive.wacz.contents import Contents
from archive.wacz.originals import AddedOriginals
from archive.wacz.selection import Period, Slice
from archive.wacz.zip_file import PackageFile

WACZ_VERSION: Final = "1.1.1"
_CHUNK: Final = 1 << 20
_PAGES_HEADING: Final = {"format": "json-pages-1.0", "id": "pages", "title": "All pages", "hasText": True}
NAME: Final = "index.cdx.gz"
LIST_NAME: Final = "index.idx"
PAGES: Final = "pages/pages.jsonl"
#: Lines in a member, as other writers of WACZ have it.
_LINES: Final = 3000


class PageEntry(NamedTuple):
    """An entry of the list of pages; ``ts`` is a WARC-Date."""

    id: str
    url: str
    ts: str
    title: str
    text: str


class Package(PackageFile):
    """Writes a package, step by step in the order of the methods; leaving the context before `describe` drops it.

    :raises ArchiveError: from every method, if a WARC file cannot be read or the package cannot be written.
    """

    def __init__(self, path: Path, created: datetime):
        super().__init__(path, created)
        self.contents = Contents()
        #: Names of the WARC files, and the first and last WARC-Date in them.
        self.warcs: list[str] = []
        self.captured: tuple[str, str] = "", ""
        self.pages = 0
        #: What could not be done, in words.
        self.problems: list[str] = []
        self._paths: list[Path] = []
        self._created = created
        self._lines = TemporaryFile()  # noqa: SIM115  # closed with the package

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what it still had to write is of no use any more
            self._lines.close()
        self.contents.close()
        super().__exit__(kind, error, traceback)

    def add_warc(self, path: Path, period: Period, *, or_leave: bool = False) -> None:
        """Add what a WARC file holds of a period; nothing, if that is nothing.

        :param or_leave: whether a file that is damaged is left out, and named among the problems.
        """
        end = self._lines.tell()
        try:
            source = Slice(path, period)
            source.name = self._free(source.name)
            with self.contents.all_or_nothing():
                self._add(source)
        except ArchiveError as error:
            if not or_leave:
                raise
            self._lines.seek(end)
            self._lines.truncate()
            self.problems.append(f"left out: {error}")
            return
        self._paths.append(path)
        self._store(source)
        if source.first_date:
            first, last = self.captured
            self.captured = min(first or source.first_date, source.first_date), max(last, source.last_date)

    def add_originals(self, collection: Collection, *, borrow: bool = True) -> list[str]:
        """Add what revisits and pages in the package refer to elsewhere in the collection; returns what is nowhere.

        :param borrow: False to leave that out.
        """
        originals = AddedOriginals(self.contents, collection, self._paths)
        originals.name = self._free(originals.name)  # this package may have been one before
        originals.find(borrow=borrow)
        self._add(originals)
        self._store(originals)
        return originals.problems

    def write_index(self) -> None:
        """Add the index of all WARC files added."""
        self._lines.seek(0)
        with TemporaryFile() as file:
            entries = write_index(sort_lines(line.rstrip(b"\n") for line in self._lines), file)
            size = file.tell()
            file.seek(0)
            self.store(f"indexes/{NAME}", iter(partial(file.read, _CHUNK), b""), size)
        self.add(f"indexes/{LIST_NAME}", entries)

    def write_pages(self, pages: Iterable[PageEntry]) -> None:
        """Add the list of pages; one that gives no page is written all the same, players ask for it."""
        self.add(PAGES, page_lines(self._counted(pages)))

    def describe(self, description: dict[str, Any]) -> None:
        """Add the description and finish the package.

        :param description: further keys of datapackage.json, such as title and mainPageUrl.
        """
        created = self._created.strftime("%Y-%m-%dT%H:%M:%SZ")
        super().describe({"wacz_version": WACZ_VERSION, "created": created, **description})

    def _add(self, source: Slice | AddedOriginals) -> None:
        """Add the records of a WARC file to index and contents."""
        for taken in source:
            member = taken.member
            source_offset, member.offset = member.offset, taken.offset
            try:
                line = cdxj_line(member, source.name)
            except ValueError as error:
                self.problems.append(
                    f"{taken.path}: the record at {source_offset} is not in the package's index: {error}"
                )
                line = None
            if line:
                self._lines.write(line + b"\n")
                if member.type in ("response", "revisit"):
                    self.contents.add(member, read_line(line), str(taken.path), source_offset)
                elif page := described_page(member):
                    self.contents.add_page(page, member.get("WARC-Date"), captures_of(member.block))
            member.offset = source_offset

    def _store(self, source: Slice | AddedOriginals) -> None:
        if source.size:
            self.store(f"archive/{source.name}", source.chunks(), source.size)
            self.warcs.append(source.name)

    def _free(self, name: str) -> str:
        """Return a name for a WARC file that no other in the package has."""
        number, free = 1, name
        while free in self.warcs:
            number += 1
            stem, dot, ending = name.partition(".warc")
            free = f"{stem}-{number}{dot}{ending}"
        return free

    def _counted(self, pages: Iterable[PageEntry]) -> Iterator[PageEntry]:
        for page in pages:
            self.pages += 1
            yield page


def page_lines(pages: Iterable[PageEntry]) -> Iterator[bytes]:
    """Yield the lines of a list of pages."""
    yield _json(_PAGES_HEADING)
    for page in pages:
        yield _json(page._asdict() | {"ts": f"{page.ts[:19]}Z"})


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def write_index(lines: Iterable[bytes], file: IO[bytes]) -> list[bytes]:
    r"""Write sorted CDXJ lines, compressed, and return the lines of the list that leads into them.

    Answers that nothing was modified are left out.

    >>> import gzip
    >>> from io import BytesIO
    >>> file = BytesIO()
    >>> lines = [b'a)/ 20260101000000 {"url": "http://a/"}', b'a)/ 20260102000000 {"status": "304"}']
    >>> first, second = write_index(lines, file)
    >>> gzip.decompress(file.getvalue())
    b'a)/ 20260101000000 {"url": "http://a/"}\n'
    >>> first
    b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'
    >>> second.startswith(b'a)/ 20260101000000 {"offset": 0, "length": ')
    True
    """
    heading = {"format": "cdxj-gzip-1.0", "filename": NAME}
    entries = [f"!meta 0 {json.dumps(heading)}\n".encode()]
    offset, remaining = 0, replayable(lines)
    while batch := list(islice(remaining, _LINES)):
        member = gzip_member(b"".join(line + b"\n" for line in batch))
        file.write(member)
        entries.append(list_entry(batch[0], member, offset))
        offset += len(member)
    return entries


def list_entry(lines: bytes, member: bytes, offset: int) -> bytes:
    """Return the line of the list that leads to a member of the index.

    :param lines: what the member holds, or the first line of that.
    :raises ValueError: if they are no lines of an index.
    """
    place = {"offset": offset, "length": len(member), "digest": f"sha256:{sha256(member).hexdigest()}"}
    key = lines[: lines.index(b" {")]
    return key + f" {json.dumps(place | {'filename': NAME})}\n".encode()
