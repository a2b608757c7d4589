"""Finishes what killed runs of a source, or runs whose disk failed, have left: what a crawl does first.

The archive makes its files whole (`archive.writing.recovery`); here the articles that were captured but had no line yet
are read from them and published, in the order in which they were captured. It is idempotent: the sign that a run is
unfinished, its ``….open`` line file, is taken away last. What a lost state, or one that is too old, does not know of
the archive is made again before that (`newsbot.replaying.lost_state`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from archive.collection import Collection
from archive.errors import DamagedCacheError
from archive.files.lock import locked
from archive.writing.recovery import Recovered, recover
from archive.writing.warc_file import files_of_run
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.configuration.folders import Folders, collection
from newsbot.publishing.lines import LineFile, Orphan, orphans
from newsbot.replaying.file_owner import opening_of
from newsbot.replaying.lost_state import LostState
from newsbot.replaying.source_replay import SourceReplay
from newsbot.state.runs import Run, Runs
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
    #: Sources some of whose runs the state did not know: their lines may have been made again.
    remade: set[str] = field(default_factory=set)

    def summary(self) -> str:
        """Return it in one line, empty if there was nothing to do."""
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
    spider: type[Spider],
    settings: Settings,
    tell: Callable[[str], object] = lambda text: None,
    *,
    all_runs: bool = False,
) -> Recovery:
    """Make all WARC files whole and the state complete, and publish what this source's unfinished runs had captured.

    The caller holds the source's lock.

    :param tell: is told what takes long.
    :param all_runs: whether to look for what the signed chain lacks among all runs of the source, not only the last.
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
        source = SourceReplay(Crawler(spider, settings), warcs, state, settings, recovery.problems)
        with closing(source.publication):
            _finish_runs(source, unfinished)
        recovery.lines = source.publication.published
        for orphan in unfinished:
            orphan.close()
    chain = ArchiveChain(settings)
    for source_name in sorted(recovery.remade):
        chain.enter_remade(source_name)
    chain.enter_runs(spider.name, all_runs=all_runs)
    return recovery


def _finish_runs(source: SourceReplay, unfinished: Sequence[Orphan]) -> None:
    """Publish what unfinished runs had captured, and write down what they have learnt and how they ended."""
    for orphan in unfinished:
        source.make_up(orphan.path, orphan.lines())
    runs = Runs(source.state)
    known = {run.run: run for run in runs.unfinished(source.source)}
    for digits in dict.fromkeys(orphan.run for orphan in unfinished):
        files = files_of_run(source.warcs.folder, source.source, digits)
        opening = opening_of(files[0], {source.source}) if files else None
        source.publication.turn_to(LineFile(source.articles, source.source, digits))
        source.play(digits, files, opening)
        run = known.get(digits) or (Run.opened(opening) if opening else None)
        # It may have been killed when its last file told its end already.
        ended = run.closed(files, source.state) if run is not None else None
        source.learn(ended)
        if ended is not None:
            runs.put(ended)


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
    with closing(State(settings["STATE_URL"])) as state:
        lost = LostState(settings, warcs, state)
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
        recovery.remade = {run.source for run in missing}
        recovery.problems += lost.problems
