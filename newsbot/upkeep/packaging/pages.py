"""Lists the pages of a package: its articles, with their text from their lines, or read again where there is none."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scrapy.http import Response

from archive.errors import ArchiveError, os_errors
from archive.files.plain_file import lines_in, open_regular
from archive.records.members import read_member
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from archive.wacz.contents import Contents, Held
from archive.wacz.package import PageEntry
from newsbot.items import Article, article_of, captures_of
from newsbot.publishing.lines import content_of
from newsbot.replaying.captures import Reader
from newsbot.replaying.pages_ahead import PagePlace, PagesAhead
from newsbot.replaying.read_once import READ_ONCE, ReadOnce

logger = logging.getLogger(__name__)

Line = dict[str, Any]


class ArticleLines:
    """The lines in a folder whose captures a package holds; they point into its files.

    :param sources: only these sources' lines are looked through.
    """

    def __init__(self, folder: Path, sources: Iterable[str], contents: Contents):
        self._contents = contents
        #: Lines that are left out, by file and number, and why.
        self.wrong: dict[str, None] = {}
        self._files = [path for source in sorted(sources) for path in sorted((folder / source).glob("*.jsonl"))]

    def files(self) -> Iterator[tuple[str, Iterator[Line]]]:
        """Yield the name and the lines of each file that has such a line.

        :raises ArchiveError: if a file cannot be read.
        """
        for path in self._files:
            if next(self._lines(path), None) is not None:
                yield path.name, self._lines(path)

    def _lines(self, path: Path) -> Iterator[Line]:
        with os_errors(str(path)), open_regular(path) as file:
            for number, text in enumerate(lines_in(file), 1):
                line = content_of(text) or {}
                try:
                    capture = self._in_package(captures_of(line)[0])
                    if capture is None:
                        continue
                    article_of(line)
                except ValueError as error:
                    self.wrong[f"{path}: line {number} is left out, it is no article's: {error}"] = None
                    continue
                pages = [page and self._in_package(page) for page in line.get("pages", ())]
                yield line | {"capture": capture} | ({"pages": pages} if "pages" in line else {})

    def _in_package(self, capture: Line) -> Line | None:
        """Return a capture of a line where the package has it."""
        held = self._contents.get(capture["record_id"])
        return capture | {"file": held.file, "offset": held.offset, "length": held.length} if held is not None else None


def line_bytes(line: Line) -> bytes:
    """Return a line as it is written in a file."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Pages:
    """The list of pages: each version of an article that has a line, and each article without one once.

    :param readers: of the sources whose articles are looked for where there is no line.
    :param ahead: has pages read by processes; by default they are read here.
    """

    def __init__(
        self, contents: Contents, lines: ArticleLines, readers: Iterable[Reader], ahead: PagesAhead | None = None
    ):
        self._contents = contents
        self._lines = lines
        self._readers = list(readers)
        self._ahead = ahead
        #: Articles whose pages have been handed out and not been taken yet.
        self._awaited: set[str] = set()
        #: On disk, since a package may have millions of articles.
        self._articles = sqlite3.connect("", isolation_level=None)
        self._articles.executescript("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID; BEGIN;")

    def __iter__(self) -> Iterator[PageEntry]:
        for _, lines in self._lines.files():
            for line in lines:
                self._note(line["id"])
                text = _text(line["title"], line.get("sapo"), line["body"])
                yield PageEntry(line["capture"]["record_id"], line["url"], line["fetched_at"], line["title"], text)
        for held, once in self._held():
            article = self._article(held, once)
            if article is not None and article.title:
                self._note(article.id)
                text = _text(article.title, article.sapo, article.body)
                yield PageEntry(held.record_id, held.url, held.date, article.title, text)
        self._articles.close()

    def _note(self, article_id: str) -> None:
        self._articles.execute("INSERT OR IGNORE INTO ids VALUES (?)", (article_id,))

    def _held(self) -> Iterator[tuple[Held, ReadOnce | None]]:
        """Yield the captured pages, some of them read ahead."""
        if self._ahead is None:
            return ((held, None) for held in self._contents.pages())
        return self._ahead.through(self._contents.pages(), self._place, lambda held: 0)

    def _place(self, held: Held) -> PagePlace | None:
        """Return the place of a page that may be an article's which has no page yet; of each article one at a time."""
        reader, article_id = self._reader(held)
        if reader is None or article_id in self._awaited or self._is_noted(article_id):
            return None
        if (original := self._original(held)) is None:
            return None
        self._awaited.add(article_id)
        place = Path(original.source), original.source_offset
        return PagePlace(reader.spider.name, *place, original.record_id, held.url, held.date)

    def _article(self, held: Held, once: ReadOnce | None) -> Article | None:
        """Return an article that has no page yet; None if it has one, or what was captured is no article."""
        reader, article_id = self._reader(held)
        if once is not None:
            self._awaited.discard(article_id)
        if reader is None or self._is_noted(article_id) or (response := self._response(held)) is None:
            return None
        if once is not None:
            response.meta[READ_ONCE] = once
        found = reader.page(response)
        return found if isinstance(found, Article) else None

    def _reader(self, held: Held) -> tuple[Reader | None, str]:
        """Return what reads a page, and the id of its article; None if it is no article's."""
        for reader in self._readers:
            if article_id := reader.spider.article_id(held.url):
                return reader, article_id
        return None, ""

    def _is_noted(self, article_id: str) -> bool:
        return self._articles.execute("SELECT 1 FROM ids WHERE id = ?", (article_id,)).fetchone() is not None

    def _original(self, held: Held) -> Held | None:
        return self._contents.original(held) if held.type == "revisit" else held

    def _response(self, held: Held) -> Response | None:
        """Return a captured page under its own address; of a revisit, what the package has of it elsewhere."""
        if (original := self._original(held)) is None:
            return None
        path = Path(original.source)
        try:
            response = response_of(path, read_member(path, original.source_offset), Resolver())
        except ArchiveError as error:
            logger.warning("Not among the pages: %s", error)
            return None
        capture = response.meta["capture"]
        capture.url, capture.date, capture.record_id = held.url, held.date, held.record_id
        return response.replace(url=held.url)


def _text(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)
