"""Rebuilds the state from WARCs alone: what was published, what is known of each article and list, and all runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.records.run_record import Opening, read_closing, read_opening
from archive.replay.replay import Failed
from newsbot.replaying.rebuild import Rebuild
from newsbot.replaying.run_replay import RunReplay
from newsbot.state.resources import Resources
from newsbot.state.runs import ARGUMENTS_SETTING, Run, Runs, as_arguments
from newsbot.state.state import State


class StateRebuild(Rebuild):
    """Rebuilds into an empty database.

    :param folder: where the lines go, which nobody needs.
    """

    def __init__(
        self,
        crawlers: Iterable[Crawler],
        folder: Path,
        max_bytes: int,
        collection: Collection | None,
        state: State,
        gaps: Sequence[timedelta],
    ):
        crawlers = list(crawlers)
        super().__init__(crawlers, folder, max_bytes, collection, state)
        resources, runs = Resources(state), Runs(state)
        self._histories = {}
        for crawler in crawlers:
            name, replay = crawler.spidercls.name, RunReplay(crawler, resources, gaps, self.unread)
            self._histories[name] = _History(name, replay, state, runs)
        #: Whose file is being read; None if another crawler has made it.
        self._owner: str | None = None

    def begin_file(self, path: Path) -> None:
        super().begin_file(path)
        try:
            opening = read_opening(path)
        except ArchiveError:  # named when its records are to be read
            opening = None
        self._owner = opening.source if opening else None
        if opening and (history := self._histories.get(opening.source)):
            history.begin_file(path, opening)

    def observe(self, path: Path, response: Response) -> None:
        if self._owner is not None:
            if history := self._histories.get(self._owner):
                history.replay.take(response)
            return
        for history in self._histories.values():
            if history.replay.spider.addresses.is_own(response.url):
                history.take_foreign(path, response)
                return

    def observe_failure(self, failed: Failed) -> None:
        if self._owner is not None and (history := self._histories.get(self._owner)):
            history.replay.take(failed)

    def close(self) -> None:
        self.end_runs()
        for history in self._histories.values():
            history.end_run()
        super().close()


class _History:
    """One source's runs, in the order in which they were made."""

    def __init__(self, source: str, replay: RunReplay, state: State, runs: Runs):
        self.replay = replay
        self._source = source
        self._state = state
        self._runs = runs
        #: The run that is being played, and its files; of another crawler's file no run is known.
        self._run: Run | None = None
        self._files: list[Path] = []

    def begin_file(self, path: Path, opening: Opening) -> None:
        """Begin a file of this archive."""
        if self._run is None or self._run.run != opening.run:
            self.end_run()
            arguments = opening.settings.get(ARGUMENTS_SETTING)
            self._run = Run(self._source, opening.started, opening.run, arguments=as_arguments(arguments))
            self.replay.begin(arguments if isinstance(arguments, dict) else {})
        self._files.append(path)

    def take_foreign(self, path: Path, response: Response) -> None:
        """Take an answer of a file that another crawler has made."""
        if path not in self._files:
            self.end_run()
            self._files.append(path)
            self.replay.begin()
        self.replay.take(response)

    def end_run(self) -> None:
        """Write what the run has learnt and how it ended."""
        run, files = self._run, self._files
        self._run, self._files = None, []
        if run is None:
            if files:
                self.replay.end("", complete=False)
            return
        closing = read_closing(files[-1])
        run = run.ends(closing) if closing else run.cut_short(files, self._state)
        self.replay.end(run.finished or run.started, complete=bool(run.complete))
        self._runs.put(run)
