"""Rebuilds lines from WARC files: reads their articles again and publishes what a crawl would have published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from scrapy.http import Response

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.open_file import OPEN
from archive.http.exchange import Capture
from archive.records.dates import by_moment
from archive.records.run_record import read_closing, read_opening
from archive.replay.originals import Resolver
from archive.replay.replay import Failed
from newsbot.items import Article, FurtherPage
from newsbot.lists.gone import says_something
from newsbot.publishing.lines import run_of
from newsbot.publishing.publication import Publication
from newsbot.reading.page_kinds import PageKind
from newsbot.replaying.ahead import ReadingAhead, Workers
from newsbot.replaying.answers import Answer, AnswerReader, Said, Source
from newsbot.replaying.captures import LONGEST_URL, Unread, VersionReader
from newsbot.replaying.file_owner import source_and_run
from newsbot.replaying.pages_ahead import PagePlace, PagesAhead
from newsbot.replaying.part_reading import PartReader
from newsbot.replaying.read_once import READ_ONCE
from newsbot.replaying.replay import Ahead, Consumer, Step, first_date, replay
from newsbot.state.runs import Run, Runs
from newsbot.state.state import TEMPORARY, State
from newsbot.state.versions import Version, Versions

#: Maximum number of articles named in whose place walls stand; the rest are counted.
_MOST_NAMED: Final = 20
#: Number of pages after which what stands on them is published.
_BATCH: Final = 200


class Rebuild(Consumer):
    """Rebuilds into ``folder``/<source>/*.jsonl, from nothing: versions and duplicates are decided anew.

    :param sources: those whose articles shall be read.
    :param collection: where captures may be that revisits in the files refer to, besides the files themselves.
    :param state: what was published before; nothing by default.
    :param lines: the folder of all sources' lines, where versions are read again whose captures are not here.
    :param is_part: whether only some captures of each run will be taken, and the state knows all else there is.
    :param index: a folder for an index of the files, shared with the processes that read them.
    :param others: names of sources that own files besides these (`newsbot.replaying.file_owner`).
    """

    def __init__(
        self,
        sources: Iterable[Source],
        folder: Path,
        max_bytes: int,
        collection: Collection | None = None,
        state: State | None = None,
        *,
        lines: Path | None = None,
        is_part: bool = False,
        index: Path | None = None,
        others: Iterable[str] = (),
    ):
        self.counts: Counter[str] = Counter()
        #: What could not be read: files, records, pages.
        self.problems: list[str] = []
        self.unread = Unread(self.problems)
        #: Walls in place of articles.
        self.walls: list[str] = []
        self._max_bytes = max_bytes
        self._sequence = 0
        self._collection, self._index = collection, index
        self._resolver = Resolver(collection)
        self._files: dict[str, Path] = {}
        #: The run of each of them.
        self._run_of: dict[str, str] = {}
        #: Those of each run of a source, in order: its digits alone are given twice in many years.
        self._of_run: dict[tuple[str, str], list[Path]] = {}
        self._state = state or State(TEMPORARY)
        #: Where a wall stands in place of an article, by the article's id.
        self._walls: dict[str, str] = {}
        self._answers = AnswerReader(sources, self.unread, others)
        self._folder, self._lines, self._is_part = folder, lines, is_part
        #: Of the sources that have said something, by name.
        self._publications: dict[str, Publication] = {}
        #: The run of each source that is being read.
        self._runs: dict[str, str] = {}
        #: What has taken captures, or lines, and has not published them yet, and how many.
        self._waiting: Publication | None = None
        self._taken = 0

    def run(
        self, files: Iterable[Path], others: Sequence[Consumer] = (), pages: PagesAhead | None = None
    ) -> Iterator[Path]:
        """Read the files, in the order of their first captures; yields each when it has been read.

        :param others: consumers of the same captures, behind this one.
        :param pages: has pages read by processes; by default they are read here.
        :raises ArchiveError: if a line cannot be written. What cannot be read goes to ``problems`` instead.
        """
        ordered, consumers = self._ordered(files), (self, *others)
        ahead: Ahead = partial(self._ahead, pages) if pages else iter
        return replay(ordered, consumers, self._max_bytes, self._resolver, self.problems, ahead)

    def _ahead(self, pages: PagesAhead, steps: Iterator[Step]) -> Iterator[Step]:
        for step, once in pages.through(steps, self._place, _size):
            if once is not None:
                assert isinstance(step.found, Response)
                step.found.meta[READ_ONCE] = once
            yield step

    def _place(self, step: Step) -> PagePlace | None:
        """Return the place of a page that will be read as an article's."""
        found = step.found
        if not isinstance(found, Response) or not (source := self._answers.source_of_page(found)):
            return None
        capture = found.meta["capture"]
        return PagePlace(source, step.path, capture.offset, capture.record_id, found.url, capture.date)

    def run_ahead(self, files: Iterable[Path], workers: Workers | None, tell: Callable[[str], object]) -> Iterator[int]:
        """Read the files in the same order, by workers if there are any; yields how many more bytes have been read.

        :param tell: called with a line where a worker has died.
        :raises ArchiveError: as `run`.
        """
        ordered = self._ordered(files)
        ahead = ReadingAhead(PartReader(self._answers, self._resolver, self._max_bytes), workers, tell)
        for path, steps in ahead.files(ordered):
            self.begin_file(path)
            for said, size in steps:
                if said is not None:
                    self.take_said(said)
                if size:
                    yield size
            self.end_file()
        self._answers.counts = ahead.counts

    def _ordered(self, files: Iterable[Path]) -> list[Path]:
        files = list(files)
        self.look_in(files)
        self._note_runs()
        return sorted(files, key=lambda path: (by_moment(self._first_date(path)), path.name))

    def _note_runs(self) -> None:
        """Let the state know when runs began and ended: what was under way at the same time is decided by that."""
        runs = Runs(self._state)
        for paths in self._of_run.values():
            with suppress(ArchiveError):  # named when its records are to be read
                if opening := read_opening(paths[0]):
                    runs.put(Run.opened(opening).closed(paths, self._state))

    def look_in(self, files: Iterable[Path]) -> None:
        """Have earlier captures read in these files.

        :raises ArchiveError: if two have one name, by which lines tell them apart.
        """
        files = list(files)
        self._resolver = Resolver(self._collection, files, shared=self._index)
        for path in files:
            if (other := self._files.setdefault(path.name.removesuffix(OPEN), path)) != path:
                raise ArchiveError(f"{other} and {path} have one name, by which lines tell files apart")
        self._of_run.clear()
        for name, path in sorted(self._files.items()):
            _, self._run_of[name] = run = source_and_run(path, self._answers.owners)
            self._of_run.setdefault(run, []).append(path)

    def begin_file(self, path: Path) -> None:
        owner = self._answers.begin_part(path)
        if owner in self._answers.sources:
            self._begin_run(owner, self._run_of[path.name.removesuffix(OPEN)])

    def take(self, found: Response | Failed) -> None:
        if not isinstance(found, Failed):
            for said in self._answers.read(found):
                self.take_said(said)

    def take_said(self, said: Said) -> None:
        """Take what a capture says."""
        answer = said.answer
        if answer is None:
            self.problems.append(said.problem)
            return
        publication, capture = self._publication(answer.source), answer.capture
        self._begin_run(answer.source, self._run_of[capture.file])
        publication.observe(answer.article_id, capture, answer.status)
        is_article = answer.article_id is not None and says_something(answer.status)
        if is_article or isinstance(answer.found, FurtherPage):
            self._turn_to(publication)
            capture.sequence = self._sequence
            self._add(publication, answer)

    def take_line(self, article: Article) -> bool:
        """Take an article as its line has it instead of its capture; its history is decided anew.

        Returns False if no source takes it.
        """
        pointer = article.capture
        if article.source not in self._answers.sources or not isinstance(pointer, dict):
            return False
        publication = self._publication(article.source)
        file = pointer["file"]
        self._begin_run(article.source, self._run_of.get(file) or run_of(file))
        self._turn_to(publication)
        capture = Capture(self._sequence, url=article.url, date=article.fetched_at, **pointer)
        change = "removed" if article.change == "removed" else "new"
        publication.add_joined(replace(article, version=1, change=change, duplicate_of=None, capture=capture))
        return True

    def end_file(self) -> None:
        self.publish()

    def publish(self) -> None:
        """Publish what has been taken so far."""
        if self._waiting is not None:
            self._waiting.publish(self._sequence)
            self._waiting, self._taken = None, 0

    def end_runs(self) -> None:
        """End the last run of each source."""
        for source in self._publications:
            self._begin_run(source, "")

    def find_walls(self) -> None:
        """Count and name articles of which nothing but walls was captured; to be called before `close`."""
        known = Versions(self._state).latest(self._walls)
        left = [place for article, place in self._walls.items() if article not in known]
        self.counts["walled"] = len(left)
        named = [f"{place}: a wall stands in place of the article" for place in left[:_MOST_NAMED]]
        more = len(left) - _MOST_NAMED
        self.walls = [*named, f"walls stand in place of {more} articles more"] if more > 0 else named

    def close(self) -> None:
        self.end_runs()
        self.counts += self._answers.counts
        for publication in self._publications.values():
            self.counts["lines"] += publication.published
            self.counts["unchanged"] += publication.unchanged
            publication.close()

    def _publication(self, source: str) -> Publication:
        if source not in self._publications:
            read_version = partial(self._read_version, source)
            self._publications[source] = Publication(
                self._folder / source, source, self._state, read_version=read_version, is_part=self._is_part, sync=False
            )
        return self._publications[source]

    def _read_version(self, source: str, version: Version) -> Article:
        """Read a published version again; what that takes is made for the first removal of a source."""
        folders = [folder / source for folder in (self._folder, self._lines) if folder is not None]
        versions = VersionReader(self._answers.reader(source), self._files.get, lambda: self._resolver, folders)
        return versions.read(version)

    def _add(self, publication: Publication, answer: Answer) -> None:
        """Count what stands at an article's address, and have it published."""
        capture = answer.capture
        self.counts["pages"] += answer.status < 300
        self.counts["incomplete"] += answer.incomplete
        if isinstance(answer.found, PageKind):
            self.counts["walls"] += 1
            place = f"{capture.url[:LONGEST_URL]}, in {capture.file} at {capture.offset}"
            self._walls.setdefault(answer.article_id or "", place)
        elif answer.found is not None:
            publication.add(answer.found)
        self.counts["articles"] += isinstance(answer.found, Article)

    def _turn_to(self, publication: Publication) -> None:
        """Let what has been taken be published, where enough has, or another source takes something now."""
        if self._waiting is not publication or self._taken >= _BATCH:
            self.publish()
        self._waiting = publication
        self._taken += 1
        self._sequence += 1

    def _begin_run(self, source: str, run: str) -> None:
        """End a source's run, all of whose captures were taken, when those of another come."""
        last, publication = self._runs.get(source), self._publication(source)
        if last == run:
            return
        if last is not None:
            publication.end_run(last)
        self._runs[source] = run
        files, opening, closing = self._of_run.get((source, run), []), None, None
        with suppress(ArchiveError):  # named when its records are to be read
            opening = read_opening(files[0]) if files else None
            closing = read_closing(files[-1]) if opening else None
        publication.begin_run(opening.started if opening else "", closing)

    def _first_date(self, path: Path) -> str:
        try:
            if date := first_date(path, self._max_bytes, self._resolver):
                return date
            opening = read_opening(path)  # nothing was answered
        except ArchiveError:
            return ""
        return opening.started if opening else ""


def _size(step: Step) -> int:
    return len(step.found.body) if isinstance(step.found, Response) else 0
