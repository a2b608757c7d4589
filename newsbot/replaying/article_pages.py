"""The captured pages of a source's articles, by its lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from archive.errors import os_errors

#: Bytes of a file.
_MOST: Final = 1 << 63


class ArticlePage(NamedTuple):
    """A version of an article, and where its capture is."""

    url: str
    #: Moment of the capture, as in a WARC-Date.
    fetched_at: str
    record_id: str
    #: Name of the WARC file, and the offset there.
    file: str
    offset: int
    #: File of lines, and the offset of its line.
    lines: Path
    at: int

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
        with os_errors(f"cannot read {path}"), path.open("rb") as file:
            at = 0
            for content in file:
                line, start, at = _line(content), at, at + len(content)
                capture = line.get("capture")
                if line.get("change") == "removed" or not isinstance(capture, dict):
                    continue
                if (place := _place(line | capture)) is not None:
                    yield ArticlePage(*place, path, start)


def _place(names: dict[str, object]) -> tuple[str, str, str, str, int] | None:
    """Return URL, moment, record id, file and offset; None if one of them is none."""
    match names:
        case {
            "url": str(url), "fetched_at": str(moment), "record_id": str(record_id), "file": str(file),
            "offset": int(offset),
        } if 0 <= offset < _MOST:  # fmt: skip
            return url, moment, record_id, file, offset
    return None


def shuffled(pages: list[ArticlePage], seed: str) -> list[ArticlePage]:
    """Return pages in an order that has nothing to do with them, and is the same for the same seed."""
    return sorted(pages, key=lambda page: sha256(f"{seed} {page.record_id}".encode()).digest())


def _line(content: bytes) -> dict[str, object]:
    try:
        line = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}
