"""Writes files of the archive anew: manifest, index, article lines and state follow, and what is lost is named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from archive.clock import now
from archive.errors import os_errors
from archive.files.atomic import replace_file
from archive.files.manifest import file_digest
from archive.index.cdxj import read_line
from archive.records.members import Member, whole_records
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.configuration.folders import Folders, collection
from newsbot.configuration.sources import all_sources
from newsbot.items import article_of, captures_of
from newsbot.locks.archive_lock import sole_lock
from newsbot.planning.schedule import warc_date
from newsbot.publishing.lines import content_of
from newsbot.state.resources import Resources
from newsbot.state.state import State
from newsbot.state.versions import Versions


class Rewriting:
    """The archive that the settings name, for commands that write files of it anew.

    :param doing: what they do with it, for the chain.
    :raises ArchiveError: from every method, if the archive cannot be read or written.
    """

    def __init__(self, settings: BaseSettings, doing: str):
        self._doing = doing
        self._settings = settings.copy()
        Folders().update_settings(self._settings)
        self._archive = collection(self._settings)
        self._data = Path(self._settings["DATA_DIR"])
        self._chain = ArchiveChain(self._settings)

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
        self._chain.enter_change(f"{self._doing} to a new file", [path])

    def follow(self, path: Path, original: Path) -> int:
        """Bring index, lines, state and chain in line with a file as it is now.

        :param original: the file as it was.

        What was lost is marked as due: the next crawl of its source asks for it in full. Returns how many articles and
        lists these are.
        """
        before = self._captures(path.name)
        self._archive.add(path, changed=True)
        lost_urls = {url for url, _ in before - self._captures(path.name)}
        moves = follow_moves(self._data / "articles", path)
        found = {path: file_digest(original)}
        self._chain.enter_change(self._doing, [path, *moves.changed], found=found)
        with closing(State(self._settings["STATE_URL"])) as state:
            Versions(state).relocate(path.name, moves.offsets)
            if moves.lost or lost_urls:
                return Resources(state).look_again(moves.lost, lost_urls, warc_date(now()))
        return 0

    def _captures(self, filename: str) -> Counter[tuple[str, str]]:
        """Return how many captures of each URL and second the index has of a file."""
        mark = f'"filename": {json.dumps(filename)}'.encode()
        entries = (read_line(line) for line in self._archive.index.lines() if mark in line)
        return Counter((entry.url, entry.timestamp) for entry in entries if entry.filename == filename)


class Moves:
    """Where the records of a WARC file are now from which lines were read.

    :raises ArchiveError: if the file cannot be read.
    """

    def __init__(self, warc: Path):
        self._warc, self._mark = warc.name, f'"file":"{warc.name}"'.encode()
        records = (found for found in whole_records(warc) if isinstance(found, Member))
        self._places = {record.get("WARC-Record-ID"): (record.offset, record.length) for record in records}
        #: Files of lines that were written anew.
        self.changed: list[Path] = []
        #: Article id, version and offset of each line whose record is there.
        self.offsets: set[tuple[str, int, int]] = set()
        #: Source and URL of each article, by its id, with a line whose record is gone.
        self.lost: dict[str, tuple[str, str]] = {}

    def followed(self, line: bytes) -> bytes:
        """Return a line with its captures where they are now, and note them.

        What it says of a record that is gone stays: it was read from there, and `scrapy verify` says that it is lost.
        """
        if self._mark not in line:
            return line
        content = content_of(line) or {}
        try:
            captures = [capture for capture in captures_of(content) if capture["file"] == self._warc]
            places = [self._places.get(capture["record_id"]) for capture in captures]
            if not places:
                return line
            is_own = captures[0] is content["capture"]
            for capture, place in zip(captures, places, strict=True):
                if place is not None:
                    capture["offset"], capture["length"] = place
            moved = f"{json.dumps(content, ensure_ascii=False, separators=(',', ':'))}\n".encode()
        except (ValueError, RecursionError):
            return line  # no article; `scrapy verify` says so
        with suppress(ValueError):  # likewise, but its record is known
            article = article_of(content)
            if None in places:
                self.lost[article.id] = article.source, article.url
            if is_own and places[0] is not None:
                self.offsets.add((article.id, article.version, places[0][0]))
        return moved


def follow_moves(articles: Path, warc: Path) -> Moves:
    """Point every line that is read from a WARC file at the place where its record is now.

    :param articles: the folder of all sources' lines; files that are being written are not looked at.
    :raises ArchiveError: if a file cannot be read or written; each is changed whole or not at all.
    """
    moves = Moves(warc)
    for path in sorted(articles.rglob("*.jsonl")):
        with os_errors(f"cannot read {path}"), path.open("rb") as lines:
            if sum(moves.followed(line) != line for line in lines):
                lines.seek(0)
                replace_file(path, map(moves.followed, lines))
                moves.changed.append(path)
    return moves
