"""Files of the archive that are written anew: manifest, index, article lines and state follow, and losses are named."""

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
from archive.index.cdxj import read_line
from archive.records.members import members
from newsbot.configuration.folders import Folders, collection
from newsbot.configuration.sources import all_sources
from newsbot.locks.archive_lock import sole_lock
from newsbot.planning.schedule import warc_date
from newsbot.replaying.moved_captures import follow_moves, note_moves
from newsbot.state.resources import Resources
from newsbot.state.state import State


class Rewriting:
    """The archive of the settings, for commands that write files of it anew.

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
        """Hold what keeps every crawl, and whoever else works on the whole archive, away.

        :raises LockedError: if a crawl is running, or somebody works on the whole archive.
        """
        with sole_lock(self._data, all_sources(get_spider_loader(self._settings))):
            yield

    def take_in(self, path: Path) -> None:
        """Take in a new file."""
        self._archive.add(path)

    def follow(self, path: Path) -> Lost:
        """Let everything know what a file is now; returns what was in it before, and is to be had again.

        That is marked as due: the next crawl of its source asks for it, and for all of it.
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
