"""Rebuilds the state from WARCs alone: what was published, what is known of each article and list, and all runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.collection import Collection
from archive.records.run_record import Opening
from archive.replay.replay import Failed
from newsbot.publishing.lines import run_of
from newsbot.replaying.answers import Source
from newsbot.replaying.file_owner import opening_of
from newsbot.replaying.pages_ahead import PagesAhead
from newsbot.replaying.rebuild import Rebuild
from newsbot.replaying.replay import Consumer
from newsbot.replaying.state_replay import StateReplay
from newsbot.state.resources import Resources
from newsbot.state.runs import Run, Runs
from newsbot.state.state import State


class StateRebuild(Consumer):
    """Rebuilds into an empty database.

    :param folder: where the lines go, which nobody needs.
    :param index: a folder for an index of the files, shared with the processes that read pages.
    """

    def __init__(
        self,
        crawlers: Iterable[Crawler],
        folder: Path,
        max_bytes: int,
        collection: Collection | None,
        state: State,
        gaps: Sequence[timedelta],
        index: Path | None = None,
    ):
        crawlers = list(crawlers)
        self._lines = Rebuild(map(Source.of, crawlers), folder, max_bytes, collection, state, index=index)
        self.counts, self.problems = self._lines.counts, self._lines.problems
        resources = Resources(state)
        self._histories: dict[str, _History] = {}
        for crawler in crawlers:
            runs = StateReplay(crawler, resources, gaps, self._lines.unread)
            self._histories[crawler.spidercls.name] = _History(runs, state)
        #: The file that is being read, and whose it is; None if another crawler has made it.
        self._path = Path()
        self._owner: str | None = None

    def run(self, files: Iterable[Path], pages: PagesAhead | None = None) -> Iterator[Path]:
        """Read the files in the order of their first captures; yields each when it has been read.

        :param pages: has pages read by processes; by default they are read here.
        :raises ArchiveError: if the state cannot be written. What cannot be read goes to ``problems`` instead.
        """
        return self._lines.run(files, [self], pages)

    def begin_file(self, path: Path) -> None:
        opening = opening_of(path, self._histories)
        self._path, self._owner = path, opening.source if opening else None
        if opening:
            self._histories[opening.source].begin_file(path, opening)

    def take(self, found: Response | Failed) -> None:
        if self._owner is not None:
            self._histories[self._owner].replay.take(found)
        elif not isinstance(found, Failed):
            own = (each for each in self._histories.values() if each.replay.spider.addresses.is_own(found.url))
            if history := next(own, None):
                history.take_foreign(self._path, found)

    def end_runs(self) -> None:
        """End the last run of each source."""
        self._lines.end_runs()
        for history in self._histories.values():
            history.end_run()

    def close(self) -> None:
        self.end_runs()
        self._lines.close()


class _History:
    """One source's runs, in the order in which they were made."""

    def __init__(self, replay: StateReplay, state: State):
        self.replay = replay
        self._state = state
        self._runs = Runs(state)
        #: The run that is being played, and its files.
        self._run: Run | None = None
        self._files: list[Path] = []
        #: That of another crawler's file, of which no more is known.
        self._foreign_run = ""

    def begin_file(self, path: Path, opening: Opening) -> None:
        """Begin a file of this archive."""
        if self._run is None or self._run.run != opening.run:
            self.end_run()
            self._run = Run.opened(opening)
            self.replay.begin(opening)
        self._files.append(path)

    def take_foreign(self, path: Path, response: Response) -> None:
        """Take an answer of a file that another crawler has made."""
        run = run_of(path.name)
        if run != self._foreign_run:
            self.end_run()
            self._foreign_run = run
            self.replay.begin(started=response.meta["capture"].date)
        self.replay.take(response)

    def end_run(self) -> None:
        """Write what the run has learnt and how it ended."""
        run, files, foreign = self._run, self._files, self._foreign_run
        self._run, self._files, self._foreign_run = None, [], ""
        if run is not None:
            run = run.closed(files, self._state)
            self.replay.end(run)
            self._runs.put(run)
        elif foreign:
            self.replay.end()
