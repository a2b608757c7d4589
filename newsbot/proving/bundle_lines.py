"""Finds the line that a package proves among the files of lines in it, and keeps no more of these than it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from newsbot.proving.finding import FoundLine, Wanted, each_version, lines_with

#: Maximum number of lines of one article in a package.
_MOST: Final = 10_000


def wanted_in(articles: Path, text: bytes) -> Wanted:
    """Return a line by its text, with the others of its article: of these, what the version before it says is there.

    :param articles: the files of lines.
    :raises ValueError: if the line is none, or in none of the files, or there are too many of its article; likewise
        KeyError, TypeError and RecursionError.
    :raises ArchiveError: if a file cannot be read.
    """
    asked = FoundLine(articles, 0, text, json.loads(text))
    lines: list[FoundLine] = []
    chosen = before = None
    for line in _lines(articles, asked):
        if len(lines) == _MOST:
            raise ValueError(f"there are more than {_MOST} lines of {asked.id}")
        if chosen is None and line.text == text:
            chosen = line
        elif before is None and line.version == asked.version - 1:
            before = line
        else:
            lines.append(_place_of(line))
            continue
        lines.append(line)
    if chosen is None:
        raise ValueError("it is in none of the package's files of lines")
    return Wanted(chosen, lines)


def _place_of(line: FoundLine) -> FoundLine:
    """Return where a line is, and of which version, without what it says."""
    return replace(line, text=b"", content={"id": line.id, "version": line.version})


def _lines(articles: Path, asked: FoundLine) -> Iterator[FoundLine]:
    """Yield the lines of an article; that which is asked for may be in another folder than its id says."""
    is_there = False
    for line in each_version(articles, asked.content["id"]):
        is_there = is_there or line.text == asked.text
        yield line
    if not is_there:
        files = sorted(articles.glob("*/*.jsonl"))
        yield from (line for path in files for line in lines_with(path, asked.text) if line.text == asked.text)
