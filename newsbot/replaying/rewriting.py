"""Writes files of the archive anew: manifest, index, article lines and state follow, and what is lost is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from archive.clock import now
from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.index.cdxj import read_line
from archive.records.members import Member, members, whole_records
from newsbot.configuration.folders import Folders, collection
from newsbot.configuration.sources import all_sources
from newsbot.locks.archive_lock import sole_lock
from newsbot.planning.schedule import warc_date
from newsbot.state.resources import Resources
from newsbot.state.state import State
from newsbot.state.versions import Versions


class Rewriting:
    """The archive that the settings name, for commands that write files of it anew.

    :raises ArchiveError: from every method, if the archive cannot be read or written.
    """

    def __init__(self, settings: BaseSettings):
        self._settings = settings.copy()
        Folders().update_settings(self._settings)
        self._archive = collection(self._settings)
        self._data = Path(self._settings["DATA_DIR"])

    def holds(self, path: Path) -> bool:
        """Return whether a file is, or would be, in the folder of the archive's files."""
        return path.resolve().parent == self._archive.folder.resolve()

    def is_member(self, path: Path) -> bool:
        """Return whether a file is one of the collection, and not only beside its files."""
        return path.name in {each.name for each in self._archive.files()}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the locks that keep out every crawl, and whoever else works on the whole archive.

        :raises LockedError: if a crawl is running, or somebody works on the whole archive.
        """
        with sole_lock(self._data, all_sources(get_spider_loader(self._settings))):
            yield

    def take_in(self, path: Path) -> None:
        """Take in a new file."""
        self._archive.add(path)

    def follow(self, path: Path) -> Lost:
        """Bring index, lines and state in line with a file as it is now; returns what it has lost.

        What was lost is marked as due: the next crawl of its source asks for it in full.
        """
        articles = self._data / "articles"
        before = self._captures(path.name)
        self._archive.add(path, changed=True)
        lost_urls = {url for url, _ in before - self._captures(path.name)}
        follow_moves(articles, path)
        lost = Lost(lost_articles(articles, path), lost_urls)
        with closing(State(self._settings["STATE_URL"])) as state:
            note_moves(articles, path.name, state)
            if lost.articles or lost.urls:
                lost.due = Resources(state).look_again(lost.articles, lost.urls, warc_date(now()))
        return lost

    def _captures(self, filename: str) -> set[tuple[str, str]]:
        """Return URL and time of each capture that the index has of a file."""
        mark = f'"filename": {json.dumps(filename)}'.encode()
        entries = (read_line(line) for line in self._archive.index.lines() if mark in line)
        return {(entry.url, entry.timestamp) for entry in entries if entry.filename == filename}


@dataclass(slots=True)
class Lost:
    """What a file has lost."""

    #: By the id of each article that was read from it: its source and its URL.
    articles: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: URLs that the index had of it.
    urls: set[str] = field(default_factory=set)
    #: How many articles and lists are asked for again because of that.
    due: int = 0


def follow_moves(articles: Path, warc: Path) -> int:
    """Point every line that is read from a WARC file at the place where its record is now; returns how many moved.

    A line whose record is gone stays as it is: it says what was read, and `scrapy verify` says that the record is lost.

    :param articles: the folder of all sources' lines; files that are being written are not looked at.
    :raises ArchiveError: if a file cannot be read or written; each is changed whole or not at all.
    """
    records = (found for found in whole_records(warc) if isinstance(found, Member))
    places = {record.get("WARC-Record-ID"): (record.offset, record.length) for record in records}
    moved = 0
    for path in sorted(articles.rglob("*.jsonl")):
        try:
            with path.open("rb") as lines:
                here = sum(_followed(line, warc.name, places) != line for line in lines)
                if here:
                    lines.seek(0)
                    replace_file(path, (_followed(line, warc.name, places) for line in lines))
                    moved += here
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
    return moved


def note_moves(articles: Path, warc: str, state: State) -> None:
    """Let the state know where the captures of published versions are now; after `follow_moves`.

    :raises ArchiveError: if a file cannot be read, or the state not written.
    """
    for found in _lines_from(articles, warc):
        places = [(line["id"], line["version"], line["capture"]["offset"]) for line in map(json.loads, found)]
        Versions(state).relocate(warc, places)


def lost_articles(articles: Path, warc: Path) -> dict[str, tuple[str, str]]:
    """Return source and URL of each article, by its id, whose line points into a file at a record that is not there.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: if a file cannot be read.
    """
    there = {member.get("WARC-Record-ID") for member in members(warc)}
    lost = (_lost(line, warc.name, there) for found in _lines_from(articles, warc.name) for line in found)
    return {article[0]: article[1:] for article in lost if article}


def _lines_from(articles: Path, warc: str) -> Iterator[list[bytes]]:
    """Yield the lines of each file that are read from a WARC file."""
    mark = _mark(warc)
    for path in sorted(articles.rglob("*.jsonl")):
        try:
            with path.open("rb") as lines:
                found = [line for line in lines if mark in line]
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
        yield found


def _mark(warc: str) -> bytes:
    return f'"file":"{warc}"'.encode()


def _followed(line: bytes, warc: str, places: dict[str, tuple[int, int]]) -> bytes:
    """Return a line with its capture where it is now.

    >>> line = b'{"title":"A","capture":{"file":"a.warc.gz","offset":7,"length":9,"record_id":"<b>"}}\\n'
    >>> _followed(line, "a.warc.gz", {"<b>": (5, 9)})
    b'{"title":"A","capture":{"file":"a.warc.gz","offset":5,"length":9,"record_id":"<b>"}}\\n'
    """
    if _mark(warc) not in line:
        return line
    try:
        article = json.loads(line)
        capture = article["capture"]
        place = places.get(capture["record_id"])
        if place is None or warc != capture["file"]:
            return line
    except (ValueError, KeyError, TypeError):
        return line  # no article; `scrapy verify` says so
    capture["offset"], capture["length"] = place
    return f"{json.dumps(article, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def _lost(line: bytes, warc: str, there: set[str]) -> tuple[str, str, str] | None:
    """Return id, source and URL of a line whose record is not there; None for another line."""
    try:
        read = json.loads(line)
        capture = read["capture"]
        lost = capture["file"] == warc and capture["record_id"] not in there
        return (str(read["id"]), str(read["source"]), str(read["url"])) if lost else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # no article; `scrapy verify` says so
