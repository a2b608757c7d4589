"""Captures that a file of the archive has no more, because it was damaged: which articles were read from them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import ArchiveError
from archive.records.members import members


@dataclass(slots=True)
class Lost:
    """What a file had and has no more."""

    #: By the id of each article that was read from it: its source and its URL.
    articles: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: URLs that the index had of it.
    urls: set[str] = field(default_factory=set)
    #: How many articles and lists are asked for again because of that.
    due: int = 0


def lost_articles(articles: Path, warc: Path) -> dict[str, tuple[str, str]]:
    """Return source and URL of each article, by its id, whose line points into a file at a record that is not there.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: if a file cannot be read.
    """
    there = {member.get("WARC-Record-ID") for member in members(warc)}
    mark = f'"file":"{warc.name}"'.encode()
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(articles.rglob("*.jsonl")):
        try:
            with path.open("rb") as lines:
                for line in lines:
                    if mark in line and (article := _article(line, warc.name, there)):
                        found[article[0]] = article[1:]
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
    return found


def _article(line: bytes, warc: str, there: set[str]) -> tuple[str, str, str] | None:
    """Return id, source and URL of a line whose record is not there; None for another line."""
    try:
        read = json.loads(line)
        capture = read["capture"]
        lost = capture["file"] == warc and capture["record_id"] not in there
        return (str(read["id"]), str(read["source"]), str(read["url"])) if lost else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # no article; `scrapy verify` says so
