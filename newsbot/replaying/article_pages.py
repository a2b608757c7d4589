"""The captured pages of a source's articles, by its lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from archive.errors import os_errors
from archive.files.plain_file import lines_in, open_regular

#: Bytes of a file, and further pages of an article.
_MOST: Final = 1 << 63
_MOST_PAGES: Final = 30


class Place(NamedTuple):
    """Where a capture is: its record, the name of the WARC file, and the offset there."""

    record_id: str
    file: str
    offset: int


class ArticlePage(NamedTuple):
    """A version of an article, and where its captures are."""

    url: str
    #: Moment of its own capture, as in a WARC-Date.
    fetched_at: str
    #: Its own capture, and those of the further pages whose text is joined to it.
    places: tuple[Place, ...]
    #: File of lines, and the offset of its line.
    lines: Path
    at: int

    @property
    def own(self) -> Place:
        """Where its own capture is."""
        return self.places[0]

    def text(self) -> str:
        """Return the article's title and body as its line has them; empty if that is not there any more.

        :raises ArchiveError: if the file cannot be read.
        """
        with os_errors(f"cannot read {self.lines}"), self.lines.open("rb") as file:
            file.seek(self.at)
            line = _line(file.readline())
        return f"{line.get('title') or ''}\n{line.get('body') or ''}"


def article_pages(folder: Path) -> Iterator[ArticlePage]:
    """Yield the pages of a source, but for those that show that an article is gone; lines that are none are left out.

    :param folder: of its lines.
    :raises ArchiveError: if a file cannot be read.
    """
    for path in sorted(folder.glob("*.jsonl")):
        with os_errors(f"cannot read {path}"), open_regular(path) as file:
            at = 0
            for content in lines_in(file):
                line, start, at = _line(content), at, at + len(content)
                url, moment, own = line.get("url"), line.get("fetched_at"), place_of(line.get("capture"))
                if line.get("change") == "removed" or own is None:
                    continue
                if isinstance(url, str) and isinstance(moment, str):
                    yield ArticlePage(url, moment, (own, *_further(line)), path, start)


def _further(line: dict[str, object]) -> list[Place]:
    pages = line.get("pages")
    return [*filter(None, map(place_of, pages[:_MOST_PAGES]))] if isinstance(pages, list) else []


def place_of(pointer: object) -> Place | None:
    """Return where a line's pointer leads; None if it is none."""
    match pointer:
        case {"record_id": str(record_id), "file": str(file), "offset": int(offset)} if 0 <= offset < _MOST:
            return Place(record_id, file, offset)
    return None


def shuffled(pages: list[ArticlePage], seed: str) -> list[ArticlePage]:
    """Return pages in an order that has nothing to do with them, and is the same for the same seed."""
    return sorted(pages, key=lambda page: sha256(f"{seed} {page.own.record_id}".encode()).digest())


def _line(content: bytes) -> dict[str, object]:
    try:
        line = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}
