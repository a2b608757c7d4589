"""Files of the archive that are written anew: manifest, index, article lines and state follow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from archive.clock import now
from archive.index.cdxj import read_line
from newsbot.configuration.folders import Folders
from newsbot.configuration.sources import all_sources
from newsbot.locks.archive_lock import sole_lock
from newsbot.planning.schedule import warc_date
from newsbot.replaying.collection import collection
from newsbot.replaying.lost_captures import Lost, lost_articles
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
