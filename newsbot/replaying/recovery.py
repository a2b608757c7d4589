"""What a crawl does first: finish what runs that were killed, or whose disk failed, have left of this source.

The archive makes its files whole (`archive.writing.recovery`); here the articles that were captured but had no line yet
are read from them and published, in the order in which they were captured. Killed in the middle, the next start goes
on: the sign that a run is unfinished, its ``….open`` line file, is taken away last. What a lost state, or one that is
too old, does not know of the archive is made again before that (`newsbot.replaying.lost_state`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings, Settings
from scrapy.spiderloader import get_spider_loader

from archive.collection import Collection
from archive.errors import DamagedCacheError
from archive.files.lock import locked
from archive.records.run_record import read_closing, read_opening
from archive.replay.originals import Resolver
from archive.replay.replay import Failed
from archive.writing.recovery import Recovered, recover
from archive.writing.warc_file import files_of_run
from newsbot.configuration.folders import Folders, collection
from newsbot.configuration.setting_kinds import recheck_gaps
from newsbot.publishing.lines import LineFile, orphans
from newsbot.publishing.publication import Publication
from newsbot.replaying.captures import Reader, Unread
from newsbot.replaying.lost_state import LostState
from newsbot.replaying.run_captures import captured, publish_rest
from newsbot.replaying.run_replay import RunReplay
from newsbot.replaying.version_reader import VersionReader
from newsbot.state.resources import Resources
from newsbot.state.runs import ARGUMENTS_SETTING, Run, Runs, as_arguments
from newsbot.state.state import State


@dataclass
class Recovery:
    """What was found and done before a crawl of a source, or instead of one."""

    source: str
    files: list[Recovered] = field(default_factory=list)
    #: Runs of this source that had not ended well.
    runs: int = 0
    #: Lines published of captures that had none.
    lines: int = 0
    #: What could not be read: records and pages.
    problems: list[str] = field(default_factory=list)
    #: Runs, of all sources, that the state did not know.
    missing: int = 0

    def summary(self) -> str:
        """Say it in one line; empty if there was nothing to do."""
        if not self.files and not self.runs:
            return ""
        torn = sum(file.torn for file in self.files)
        others = sum(not file.name.startswith(f"{self.source}-") for file in self.files)
        whose = f", {others} of them of other sources" if others else ""
        return (
            f"finished what an earlier run had left: {len(self.files)} WARC files{whose} ({torn} torn bytes cut off), "
            f"{self.lines} articles read from them"
        )


def recover_source(
    spider: type[Spider], settings: Settings, tell: Callable[[str], object] = lambda text: None
) -> Recovery:
    """Make all WARC files whole and the state complete, and publish what this source's unfinished runs had captured.

    The caller holds the source's lock.

    :param tell: is told what takes long.
    :raises ArchiveError: if a file, a line or the state cannot be read or written.
    """
    settings = settings.copy()
    Folders().update_settings(settings)
    warcs = collection(settings)
    folder = Path(settings["DATA_DIR"], "articles", spider.name)
    recovery = Recovery(spider.name, recover(warcs.folder))
    _complete_state(spider, settings, warcs, recovery, tell)
    if unfinished := list(orphans(folder)):
        warcs.catch_up(recovery.problems.append)
        recovery.runs = len(unfinished)
        state = State(settings["STATE_URL"])
        unread = Unread(recovery.problems)
        reader = Reader(Crawler(spider, settings), unread)
        versions = VersionReader(reader, warcs.path, lambda: Resolver(warcs), folder)
        publication = Publication(folder, spider.name, state, read_version=versions.read)
        try:
            for orphan in unfinished:
                for number in publication.make_up(orphan.lines):
                    recovery.problems.append(f"{orphan.path}: line {number + 1} is not an article's")
            files = {orphan.run: files_of_run(warcs.folder, spider.name, orphan.run) for orphan in unfinished}
            runs = UnfinishedRuns(Crawler(spider, settings), state, settings, unread)
            for run, own in files.items():
                publication.turn_to(LineFile(folder, spider.name, run))
                responses = captured(own, Resolver(warcs), settings, recovery.problems)
                publish_rest(reader, publication, state, responses)
                publication.end_run(run)
                runs.end(run, own, captured(own, Resolver(warcs), settings, []))
        finally:
            publication.close()
        recovery.lines = publication.published
        for orphan in unfinished:
            orphan.close()
    return recovery


def _complete_state(
    spider: type[Spider], settings: Settings, warcs: Collection, recovery: Recovery, tell: Callable[[str], object]
) -> None:
    """Make again what the state does not know of the runs in the archive, one process at a time."""
    lock = Path(settings["DATA_DIR"], "locks", "state.rebuilding.lock")
    with locked(lock, lambda: tell("waiting: another process makes the lost state again")):
        try:
            _make_missing_again(spider, settings, warcs, recovery, tell)
        except DamagedCacheError as error:
            tell(str(error))
            _make_missing_again(spider, settings, warcs, recovery, tell)


def _make_missing_again(
    spider: type[Spider], settings: Settings, warcs: Collection, recovery: Recovery, tell: Callable[[str], object]
) -> None:
    loader = get_spider_loader(settings)
    state = State(settings["STATE_URL"])
    try:
        lost = LostState(settings, warcs, state, loader.list(), lambda name: Crawler(loader.load(name), settings))
        missing = lost.find(spider.name)
        if not missing:
            return
        size = sum(path.stat().st_size for run in missing for path in run.warcs)
        tell(
            f"the state does not know {len(missing)} of the runs in the archive: it is made again from their "
            f"lines and {size / 1e6:.0f} MB of WARC files"
        )
        warcs.catch_up(recovery.problems.append)  # what revisits refer to is found by the index
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task("making the state again", total=size)
            for run in lost.make_again(missing):
                progress.advance(task, sum(path.stat().st_size for path in run.warcs))
        recovery.missing = len(missing)
        recovery.problems += lost.problems
    finally:
        state.close()


class UnfinishedRuns:
    """The runs of one source that have no end.

    :param unread: takes note of captures that cannot be read.
    :raises ArchiveError: from every method, if a file or the state cannot be read or written.
    """

    def __init__(self, crawler: Crawler, state: State, settings: BaseSettings, unread: Unread):
        self._source = crawler.spidercls.name
        self._state = state
        self._runs = Runs(state)
        self._known = {run.run: run for run in self._runs.unfinished(self._source)}
        gaps = recheck_gaps(settings.getlist("RECHECK_GAPS"))
        self._replay = RunReplay(crawler, Resources(state), gaps, unread)

    def end(self, run: str, files: Sequence[Path], captured: Iterable[Response | Failed]) -> None:
        """Write what a run has learnt of articles, and how it ended; its lists are read again by the next run.

        :param files: the run's WARC files; their articles have been published.
        :param captured: all exchanges in them.
        """
        opening = read_opening(files[0]) if files else None
        arguments = opening.settings.get(ARGUMENTS_SETTING) if opening else None
        self._replay.begin(arguments if isinstance(arguments, dict) else {})
        for response in captured:
            self._replay.take(response)
        self._replay.end("", complete=False)
        row = self._known.get(run)
        if row is None and opening is not None:
            row = Run(self._source, opening.started, run, arguments=as_arguments(arguments))
        if row is not None:
            closing = read_closing(files[-1]) if files else None
            self._runs.put(row.ends(closing) if closing else row.cut_short(files, self._state))
