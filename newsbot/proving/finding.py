"""Finds the line that somebody has a question about: by article id, by address, by its place, or by what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any, Final

from archive.errors import os_errors
from archive.files.file_name import is_file_name
from archive.files.plain_file import lines_in, open_regular
from newsbot.items import SOURCE_NAME
from newsbot.proving.exact_json import TwiceError, exactly, is_same
from newsbot.publishing.lines import content_of

_PLACE: Final = re.compile(r"(?P<file>.+\.jsonl):(?P<number>[0-9]{1,9})", re.DOTALL)
_ID: Final = re.compile(rf"{SOURCE_NAME.pattern}:[^/\s]\S*")

Line = dict[str, Any]


class NoLineError(Exception):
    """The archive has no such line; the message says what it has instead."""


class OrderError(ValueError):
    """It cannot be told which line is meant."""


@dataclass(frozen=True)
class FoundLine:
    """A line of the archive, and where it stands."""

    path: Path
    #: From 1.
    number: int
    #: As it stands in the file, its line feed included.
    text: bytes
    content: Line

    @property
    def id(self) -> str:
        return str(self.content["id"])

    @property
    def version(self) -> int:
        version = self.content.get("version")
        return version if type(version) is int else 0


@dataclass(frozen=True)
class Wanted:
    """The line that is meant, with all lines of its article, the oldest run's first."""

    line: FoundLine
    versions: list[FoundLine]


def find(order: str, version: int | None, articles: Path, ids_of: Callable[[str], list[str]]) -> Wanted:
    """Return the line that is meant.

    :param order: an article's id or address, a file of lines and a number, or a line.
    :param version: which, where an article is named; None for the latest.
    :param ids_of: gives the ids that an address has with any source.
    :raises OrderError: if it cannot be told what is meant.
    :raises NoLineError: if there is no such line.
    :raises ArchiveError: if a file cannot be read.
    """
    if order.lstrip().startswith("{"):
        return _like(order, articles)
    if place := _PLACE.fullmatch(order):
        return _at(place["file"], int(place["number"]), articles)
    if _ID.fullmatch(order):  # that of a page which no source knows is an address behind a name
        ids = [order]
    elif "://" in order:
        ids = ids_of(order)
        if not ids:
            raise OrderError(f"{order} is not the address of an article of any source")
    else:
        raise OrderError(f"{order!r} is no article id, no address, no FILE.jsonl:NUMBER and no line")
    lines = next((found for each in ids if (found := versions_of(articles, each))), [])
    if not lines:
        raise NoLineError(f"{ids[0]}: the archive has no line of it")
    chosen = [line for line in lines if line.version == version] if version else [max(lines, key=lambda x: x.version)]
    if not chosen:
        known = ", ".join(str(line.version) for line in lines)
        raise NoLineError(f"{lines[0].id}: there is no version {version}, but {known}")
    return Wanted(chosen[-1], lines)


def versions_of(articles: Path, article_id: object) -> list[FoundLine]:
    """Return the lines of an article, as `each_version` has them."""
    return list(each_version(articles, article_id))


def each_version(articles: Path, article_id: object) -> Iterator[FoundLine]:
    """Yield the lines of an article, the oldest run's first; files that are being written are not looked at.

    :param article_id: from anywhere; what is no id, or would lead out of the folder of a source, has no lines.
    :raises ArchiveError: if a file cannot be read.
    """
    source = article_id.partition(":")[0] if isinstance(article_id, str) else ""
    if not is_file_name(source):
        return
    wanted = json.dumps(article_id, ensure_ascii=False).encode("utf-8", "replace")
    for path in sorted((articles / source).glob("*.jsonl")):
        yield from (line for line in lines_with(path, wanted) if line.id == article_id)


def lines_with(path: Path, mark: bytes) -> Iterator[FoundLine]:
    """Yield the lines of a file that hold some bytes, and are an article's.

    :raises ArchiveError: if it cannot be read.
    """
    with os_errors(f"cannot read {path}"), open_regular(path) as file:
        for number, text in enumerate(lines_in(file), 1):
            content = content_of(text) if mark in text else None
            if content is not None and isinstance(content.get("id"), str):
                yield FoundLine(path, number, text, content)


def _like(text: str | bytes, articles: Path) -> Wanted:
    """Return the line of the archive that says the same as another: its fields may be in another order."""
    try:
        content = exactly(text)
    except TwiceError as error:
        raise NoLineError(f"the archive has no such line: {error}") from error
    except (ValueError, ArithmeticError, RecursionError):
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("id"), str):
        raise OrderError("the line is no article's: it has no id, or is no JSON object")
    lines = versions_of(articles, content["id"])
    line = next((line for line in lines if _says(content, line.text)), None)
    if line is None:
        raise NoLineError(f"{content['id']}: the archive has no line that says this, value for value")
    return Wanted(line, lines)


def _says(content: Line, text: bytes) -> bool:
    """Return whether a line of the archive has the same values, of the same types."""
    try:
        return is_same(exactly(text), content)
    except (ValueError, ArithmeticError, RecursionError):
        return False


def _at(file: str, number: int, articles: Path) -> Wanted:
    """Return a line by its place, or one that says the same as that line of some other file."""
    known = [path for path in (Path(file), *articles.glob(f"*/{escape(Path(file).name)}")) if path.is_file()]
    if not known:
        raise OrderError(f"there is no file {file}")
    path = known[0]
    with os_errors(f"cannot read {path}"), open_regular(path) as lines:
        text = next((text for each, text in enumerate(lines_in(lines), 1) if each == number), None)
    if text is None:
        raise OrderError(f"{path} has no line {number}")
    if not path.resolve().is_relative_to(articles.resolve()):
        return _like(text, articles)
    content = content_of(text)
    if content is None or not isinstance(content.get("id"), str):
        raise NoLineError(f"{path}: line {number} is no article's")
    return Wanted(FoundLine(path, number, text, content), versions_of(articles, content["id"]))
