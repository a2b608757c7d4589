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
from archive.records.members import read_member
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from archive.wacz.contents import Contents, Held
from archive.wacz.package import PageEntry
from newsbot.items import Article, captures_of
from newsbot.replaying.captures import Reader

logger = logging.getLogger(__name__)

Line = dict[str, Any]


class ArticleLines:
    """The lines in a folder whose captures a package holds; they point into its files.

    :param sources: only these sources' lines are looked through.
    """

    def __init__(self, folder: Path, sources: Iterable[str], contents: Contents):
        self._contents = contents
        self._files = [path for source in sorted(sources) for path in sorted((folder / source).glob("*.jsonl"))]

    def files(self) -> Iterator[tuple[str, Iterator[Line]]]:
        """Yield the name and the lines of each file that has such a line.

        :raises ArchiveError: if a file cannot be read, or a line is none.
        """
        for path in self._files:
            if next(self._lines(path), None) is not None:
                yield path.name, self._lines(path)

    def _lines(self, path: Path) -> Iterator[Line]:
        try:
            with os_errors(str(path)), path.open(encoding="utf-8") as file:
                for text in file:
                    line = json.loads(text)
                    captures_of(line)
                    pages = [page and self._in_package(page) for page in line.get("pages", ())]
                    if (capture := self._in_package(line["capture"])) is not None:
                        yield line | {"capture": capture} | ({"pages": pages} if "pages" in line else {})
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{path}: a line that is no article's: {error!r}") from error

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
    """

    def __init__(self, contents: Contents, lines: ArticleLines, readers: Iterable[Reader]):
        self._contents = contents
        self._lines = lines
        self._readers = list(readers)
        #: On disk, since a package may have millions of articles.
        self._articles = sqlite3.connect("", isolation_level=None)
        self._articles.executescript("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID; BEGIN;")

    def __iter__(self) -> Iterator[PageEntry]:
        for _, lines in self._lines.files():
            for line in lines:
                self._note(line["id"])
                text = _text(line["title"], line["sapo"], line["body"])
                yield PageEntry(line["capture"]["record_id"], line["url"], line["fetched_at"], line["title"], text)
        for held in self._contents.pages():
            article = self._article(held)
            if article is not None and article.title:
                self._note(article.id)
                text = _text(article.title, article.sapo, article.body)
                yield PageEntry(held.record_id, held.url, held.date, article.title, text)
        self._articles.close()

    def _note(self, article_id: str) -> None:
        self._articles.execute("INSERT OR IGNORE INTO ids VALUES (?)", (article_id,))

    def _article(self, held: Held) -> Article | None:
        """Return an article that has no page yet; None if it has one, or what was captured is no article."""
        for reader in self._readers:
            if article_id := reader.spider.article_id(held.url):
                known = self._articles.execute("SELECT 1 FROM ids WHERE id = ?", (article_id,)).fetchone()
                response = None if known else self._response(held)
                found = reader.page(response) if response is not None else None
                return found if isinstance(found, Article) else None
        return None

    def _response(self, held: Held) -> Response | None:
        """Return a captured page under its own address; of a revisit, what the package has of it elsewhere."""
        original = self._contents.original(held) if held.type == "revisit" else held
        if original is None:
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
