"""Reads articles out of WARCs again and publishes the lines a crawl would have published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
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
from archive.replay.replay import Failed, Skipped, exchanges, responses
from newsbot.items import Article
from newsbot.lists.gone import says_something
from newsbot.publishing.publication import Publication
from newsbot.reading.page_kinds import PageKind
from newsbot.replaying.captures import LONGEST_URL, Reader, Unread
from newsbot.replaying.version_reader import VersionReader
from newsbot.state.state import State
from newsbot.state.versions import Versions

#: Articles named in whose place walls stand; the rest are counted.
_MOST_NAMED: Final = 20


class Rebuild:
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

    def run(self, files: Iterable[Path]) -> Iterator[Path]:
        """Read the files in the order of their first captures; yields each when it has been read.

        :raises ArchiveError: if a line cannot be written. What cannot be read goes to ``problems`` instead.
        """
        files = list(files)
        self.look_in(files)
        for path in sorted(files, key=lambda path: (self._first_date(path), path.name)):
            self._read_file(path)
            yield path

    def look_in(self, files: Iterable[Path]) -> None:
        """Have earlier captures read in these files."""
        files = list(files)
        self._resolver = Resolver(self._collection, files)
        self._files.update({path.name.removesuffix(".open"): path for path in files})

    def take(self, response: Response) -> Publication | None:
        """Read one captured answer; returns the publication that has to publish what it says, if it is a source's."""
        source = article_id = None
        with self.unread.noted(response):
            source = next((each for each in self._sources if each[0].spider.addresses.is_own(response.url)), None)
            article_id = source[0].spider.article_id(response.url) if source else None
        if source is None:
            self.counts["unknown"] += 1
            return None
        reader, publication = source
        capture = response.meta["capture"]
        self._begin_run(publication, _run_of(capture.file))
        publication.observe(article_id, capture, response.status)
        if article_id is None or not says_something(response.status):
            return None
        self._sequence += 1
        capture.sequence = self._sequence
        self.counts["pages"] += response.status < 300
        reader.incomplete = 0
        articles = reader.articles(response) if response.status < 300 else []
        for article in articles[:1]:
            publication.add(article)
            self.counts["articles"] += 1
            if reader.cut:
                cut = ", ".join(reader.cut[:3])
                self.problems.append(f"{capture.url}, in {capture.file} at {capture.offset}: cut: {cut}")
        self.counts["incomplete"] += reader.incomplete
        if not articles and (removal := reader.removal(response)):
            publication.add(removal)
        elif not articles and response.status < 300 and reader.page(response) in (PageKind.BLOCKED, PageKind.WALL):
            self.counts["walls"] += 1
            place = f"{capture.url[:LONGEST_URL]}, in {capture.file} at {capture.offset}"
            self._walls.setdefault(article_id, place)
        return publication

    def take_line(self, article: Article) -> Publication | None:
        """Take an article as a line has it, since its capture is not to be read; its history is decided anew."""
        publication = next((each for reader, each in self._sources if reader.spider.name == article.source), None)
        pointer = article.capture
        if publication is None or not isinstance(pointer, dict):
            return None
        self._begin_run(publication, _run_of(pointer["file"]))
        self._sequence += 1
        capture = Capture(self._sequence, url=article.url, date=article.fetched_at, **pointer)
        change = "removed" if article.change == "removed" else "new"
        publication.add(replace(article, version=1, change=change, duplicate_of=None, capture=capture))
        return publication

    def begin_file(self, path: Path) -> None:
        """See a file before its answers."""
        for reader, publication in self._sources:
            if path.name.startswith(f"{reader.spider.name}-"):
                self._begin_run(publication, _run_of(path.name.removesuffix(".open")))

    def observe(self, path: Path, response: Response) -> None:
        """See every answer of a file, lists and errors too; for those who rebuild more than lines."""

    def observe_failure(self, failed: Failed) -> None:
        """See every exchange of which the crawl had no response."""

    def publish(self, publication: Publication) -> None:
        """Publish what a publication has taken so far."""
        publication.publish(self._sequence)

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

    def _read_file(self, path: Path) -> None:
        current: Publication | None = None
        self.begin_file(path)
        for response in self._exchanges(path):
            if isinstance(response, Failed):
                self.observe_failure(response)
                continue
            self.counts["responses"] += 1
            self.observe(path, response)
            publication = self.take(response)
            if publication is None:
                continue
            if current is not None and current is not publication:
                current.publish(self._sequence - 1)
            current = publication
        if current is not None:
            current.publish(self._sequence)

    def _exchanges(self, path: Path) -> Iterator[Response | Failed]:
        """Yield what can be read of a file; what cannot goes to ``problems``, and what a line costs to its writer."""
        try:
            for found in exchanges(path, self._max_bytes, self._resolver):
                if isinstance(found, Skipped):
                    self.problems.append(f"{found.file}: record at {found.offset} not read: {found.reason}")
                else:
                    yield found
        except ArchiveError as error:
            self.problems.append(str(error))

    def _begin_run(self, publication: Publication, run: str) -> None:
        """End a source's run, all of whose captures were taken, when those of another come."""
        last = self._runs.setdefault(publication, run)
        if last != run:
            publication.end_run(last)
            self._runs[publication] = run

    def _first_date(self, path: Path) -> str:
        try:
            found = responses(path, self._max_bytes, self._resolver)
            first = next((response for response in found if isinstance(response, Response)), None)
            if first is not None:
                return str(first.meta["capture"].date)
            opening = read_opening(path)  # nothing was answered
        except ArchiveError:
            return ""
        return opening.started if opening else ""


def _run_of(file: str) -> str:
    """Return what the names of all files of a run end with; of another crawler's file something of its name.

    >>> _run_of("baosonla-20261122032011123-00000-host-0123abcd.warc.gz")
    '0123abcd'
    """
    return file.removesuffix(".warc.gz").rpartition("-")[2]
