"""Rebuilds lines from WARC files: reads their articles again and publishes what a crawl would have published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.http.exchange import Capture
from archive.records.run_record import read_opening
from archive.replay.originals import Resolver
from archive.replay.replay import Failed
from newsbot.items import Article
from newsbot.lists.gone import says_something
from newsbot.publishing.lines import run_of
from newsbot.publishing.publication import Publication
from newsbot.reading.page_kinds import PageKind
from newsbot.replaying.captures import LONGEST_URL, Reader, Unread, VersionReader
from newsbot.replaying.replay import Consumer, first_date, replay
from newsbot.state.state import State
from newsbot.state.versions import Versions

#: Maximum number of articles named in whose place walls stand; the rest are counted.
_MOST_NAMED: Final = 20


class Rebuild(Consumer):
    """Rebuilds into ``folder``/<source>/*.jsonl, from nothing: versions and duplicates are decided anew.

    :param crawlers: one for each source whose articles shall be read.
    :param collection: where captures may be that revisits in the files refer to, besides the files themselves.
    :param state: what was published before; nothing by default.
    :param lines: the folder of all sources' lines, where versions are read again whose captures are not here.
    :param judge: False if only some captures of each run will be taken (`newsbot.publishing.vanished`).
    """

    def __init__(
        self,
        crawlers: Iterable[Crawler],
        folder: Path,
        max_bytes: int,
        collection: Collection | None = None,
        state: State | None = None,
        *,
        lines: Path | None = None,
        judge: bool = True,
    ):
        self.counts: Counter[str] = Counter()
        #: What could not be read: files, records, pages.
        self.problems: list[str] = []
        self.unread = Unread(self.problems)
        self._max_bytes = max_bytes
        self._sequence = 0
        self._collection = collection
        self._resolver = Resolver(collection)
        self._files: dict[str, Path] = {}
        self._state = state = state or State("sqlite://")
        #: Where a wall stands in place of an article, by the article's id.
        self._walls: dict[str, str] = {}
        self._sources: list[tuple[Reader, Publication]] = []
        for crawler in crawlers:
            name = crawler.spidercls.name
            reader = Reader(crawler, self.unread)
            versions = VersionReader(reader, self._files.get, lambda: self._resolver, lines / name if lines else None)
            publication = Publication(folder / name, name, state, read_version=versions.read, judge=judge)
            self._sources.append((reader, publication))
        #: The run of each source that is being read.
        self._runs: dict[Publication, str] = {}
        #: What has taken captures, or lines, and has not published them yet.
        self._waiting: Publication | None = None

    def run(self, files: Iterable[Path], others: Sequence[Consumer] = ()) -> Iterator[Path]:
        """Read the files in the order of their first captures; yields each when it has been read.

        :param others: consumers of the same captures, behind this one.
        :raises ArchiveError: if a line cannot be written. What cannot be read goes to ``problems`` instead.
        """
        files = list(files)
        self.look_in(files)
        files.sort(key=lambda path: (self._first_date(path), path.name))
        return replay(files, (self, *others), self._max_bytes, self._resolver, self.problems)

    def look_in(self, files: Iterable[Path]) -> None:
        """Have earlier captures read in these files."""
        files = list(files)
        self._resolver = Resolver(self._collection, files)
        self._files.update({path.name.removesuffix(".open"): path for path in files})

    def begin_file(self, path: Path) -> None:
        for reader, publication in self._sources:
            if path.name.startswith(f"{reader.spider.name}-"):
                self._begin_run(publication, run_of(path.name))

    def take(self, found: Response | Failed) -> None:
        if isinstance(found, Failed):
            return
        self.counts["responses"] += 1
        source = article_id = None
        with self.unread.catching(found):
            source = next((each for each in self._sources if each[0].spider.addresses.is_own(found.url)), None)
            article_id = source[0].spider.article_id(found.url) if source else None
        if source is None:
            self.counts["unknown"] += 1
            return
        reader, publication = source
        capture = found.meta["capture"]
        self._begin_run(publication, run_of(capture.file))
        publication.observe(article_id, capture, found.status)
        if article_id is not None and says_something(found.status):
            self._turn_to(publication)
            self._sequence += 1
            capture.sequence = self._sequence
            self._read(reader, publication, found, article_id)

    def take_line(self, article: Article) -> bool:
        """Take an article as its line has it instead of its capture; its history is decided anew.

        Returns False if no source takes it.
        """
        publication = next((each for reader, each in self._sources if reader.spider.name == article.source), None)
        pointer = article.capture
        if publication is None or not isinstance(pointer, dict):
            return False
        self._begin_run(publication, run_of(pointer["file"]))
        self._turn_to(publication)
        self._sequence += 1
        capture = Capture(self._sequence, url=article.url, date=article.fetched_at, **pointer)
        change = "removed" if article.change == "removed" else "new"
        publication.add(replace(article, version=1, change=change, duplicate_of=None, capture=capture))
        return True

    def end_file(self) -> None:
        self.publish()

    def publish(self) -> None:
        """Publish what has been taken so far."""
        if self._waiting is not None:
            self._waiting.publish(self._sequence)
            self._waiting = None

    def end_runs(self) -> None:
        """End the last run of each source."""
        for _, publication in self._sources:
            self._begin_run(publication, "")

    def walls(self) -> list[str]:
        """Count and return, in words, articles of which nothing but walls was captured; to be asked before `close`."""
        known = Versions(self._state).latest(self._walls)
        left = [place for article, place in self._walls.items() if article not in known]
        self.counts["walled"] = len(left)
        named = [f"{place}: a wall stands in place of the article" for place in left[:_MOST_NAMED]]
        more = len(left) - _MOST_NAMED
        return [*named, f"walls stand in place of {more} articles more"] if more > 0 else named

    def close(self) -> None:
        self.end_runs()
        for _, publication in self._sources:
            self.counts["lines"] += publication.published
            self.counts["unchanged"] += publication.unchanged
            publication.close()

    def _read(self, reader: Reader, publication: Publication, response: Response, article_id: str) -> None:
        """Read what stands at an article's address, and count it."""
        capture = response.meta["capture"]
        self.counts["pages"] += response.status < 300
        reader.incomplete = 0
        found = reader.found(response)
        self.counts["incomplete"] += reader.incomplete
        if isinstance(found, PageKind):
            self.counts["walls"] += 1
            place = f"{capture.url[:LONGEST_URL]}, in {capture.file} at {capture.offset}"
            self._walls.setdefault(article_id, place)
        elif found is not None:
            publication.add(found)
        if isinstance(found, Article):
            self.counts["articles"] += 1
            if reader.cut:
                cut = ", ".join(reader.cut[:3])
                self.problems.append(f"{capture.url}, in {capture.file} at {capture.offset}: cut: {cut}")

    def _turn_to(self, publication: Publication) -> None:
        """Let the publication of another source publish what it has taken, before this one takes something."""
        if self._waiting is not publication:
            self.publish()
        self._waiting = publication

    def _begin_run(self, publication: Publication, run: str) -> None:
        """End a source's run, all of whose captures were taken, when those of another come."""
        last = self._runs.setdefault(publication, run)
        if last != run:
            publication.end_run(last)
            self._runs[publication] = run

    def _first_date(self, path: Path) -> str:
        try:
            if date := first_date(path, self._max_bytes, self._resolver):
                return date
            opening = read_opening(path)  # nothing was answered
        except ArchiveError:
            return ""
        return opening.started if opening else ""
