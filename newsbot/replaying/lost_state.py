"""Makes again what the state, a cache, lacks of the runs in the archive, before a crawl takes it for the truth.

A state that was lost, or restored from a copy that is too old, would have all fetched again and published as new. A run
is missing if WARC files or line files name it and the state's table of runs does not. Missing runs are played again as
those are that were killed (`newsbot.replaying.source_replay`), in the order in which they were made, and each is
written down when it is through: killed in between, the next start goes on with the rest. Where the lines of a run are
there they are what was published; where they are gone as well, its captures give them again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from archive.clock import clock_at
from archive.collection import Collection
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder, sync_folder
from archive.records.dates import usual_date
from archive.records.run_record import Opening, read_opening
from newsbot.planning.schedule import read_date
from newsbot.publishing.lines import LineFile
from newsbot.replaying.kept_runs import KeptRun, date_of, digits_of, kept_runs, read_lines
from newsbot.replaying.missing_lines import redacted_runs
from newsbot.replaying.source_replay import SourceReplay
from newsbot.state.runs import Run, Runs, by_kind
from newsbot.state.state import State
from newsbot.state.versions import Versions

#: Of another source, how many of the newest runs are looked at to see whether the state is behind.
_NEWEST: Final = 50
#: Holds lines that are not in their place yet, under the data folder.
_SCRATCH: Final = "lines-made-again"


class LostState:
    """The runs that a state lacks.

    :raises ArchiveError: from every method, if files, lines or the state cannot be read or written.
    """

    def __init__(self, settings: Settings, warcs: Collection, state: State):
        self.problems: list[str] = []
        self._settings, self._warcs, self._state = settings, warcs, state
        self._spiders = get_spider_loader(settings)
        self._data = Path(settings["DATA_DIR"])
        self._articles, self._scratch = self._data / "articles", self._data / _SCRATCH
        self._runs, self._versions = Runs(state), Versions(state)

    def find(self, source: str) -> list[KeptRun]:
        """Return the missing runs, the oldest first: those of a source, and of others of which the last is missing.

        What was published after a missing run was decided without it: it is missing, too, and is forgotten here.
        """
        kept = kept_runs(self._warcs, self._articles, self._spiders.list())
        found = []
        for name, runs in kept.runs.items():
            if name != source and self._has_newest(name, runs):
                continue
            known = self._runs.started(name)
            missing = [run for run in runs.values() if run.run not in known]
            if name == source and not any((self._articles / name).glob("*.jsonl")):
                told = self._runs.with_lines(name)
                missing += [run for run in runs.values() if run.run in told and run.warcs]
            if not missing:
                continue
            first = min(run.time for run in missing)
            if any(digits_of(started) > first for run, started in known.items() if run not in kept.unfinished[name]):
                self._state.forget_source(name)
                missing = list(runs.values())
            found += missing
        return sorted(found, key=lambda run: (run.time, run.source))

    def make_again(self, missing: Iterable[KeptRun]) -> Iterator[KeptRun]:
        """Let the state know what missing runs have learnt; yields each when it is through."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        redacted = redacted_runs(self._data)
        sources: dict[str, SourceReplay] = {}
        try:
            for run in missing:
                if run.source not in sources:
                    crawler = Crawler(self._spiders.load(run.source), self._settings)
                    sources[run.source] = SourceReplay(crawler, self._warcs, self._state, self._settings, self.problems)
                self._play(sources[run.source], run, is_redacted=run.run in redacted)
                yield run
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _has_newest(self, source: str, runs: dict[str, KeptRun]) -> bool:
        newest = max(runs.values(), key=lambda run: run.time)
        return newest.run in self._runs.started(source, _NEWEST)

    def _play(self, source: SourceReplay, missing: KeptRun, *, is_redacted: bool) -> None:
        """Play one run again."""
        opening = _opening(missing)
        for path in missing.lines:
            source.make_up(path, read_lines(path, self.problems))
        names = [path.name for path in missing.warcs]
        if not missing.lines:
            self._versions.forget_files(names)  # this may have been cut short before
        published = source.publication.published
        self._begin_lines(source, missing, opening.started)
        source.play(missing.run, missing.warcs, opening, has_lines=bool(missing.lines))
        self._end_lines(source)
        run = Run.opened(opening).closed(missing.warcs, self._state)
        source.learn(run)
        if not missing.lines and missing.warcs:
            made, told = source.publication.published - published, run.new + run.changed + run.gone
            if made < told and not is_redacted:
                self.problems.append(f"run {missing.run} had published {told} lines: {made} could be made again")
            run = run._replace(**by_kind(self._versions.changes(names)))
        self._runs.put(run)

    def _begin_lines(self, source: SourceReplay, missing: KeptRun, started: str) -> None:
        """Let the lines of a run be written to a file of its own, named after the run, that is not in its place yet."""
        folder = self._scratch / missing.source
        shutil.rmtree(folder, ignore_errors=True)
        lines = LineFile(folder, missing.source, missing.run)
        source.publication.turn_to(lines)
        if not missing.lines:
            with clock_at(read_date(usual_date(started))):  # its name says when the run was
                lines.begin()

    def _end_lines(self, source: SourceReplay) -> None:
        """Put the lines that were made again in their place, durably."""
        scratch = self._scratch / source.source
        source.publication.turn_to(LineFile(scratch, source.source))
        with os_errors(f"cannot write in {source.articles}"):
            for path in sorted(scratch.glob("*.jsonl")):
                make_folder(source.articles)
                path.rename(source.articles / path.name)
                sync_folder(source.articles)


def _opening(missing: KeptRun) -> Opening:
    """Return what a run's first file says of it, or else the names of its files."""
    opening = None
    with suppress(ArchiveError):  # named when its records are to be read
        opening = read_opening(missing.warcs[0]) if missing.warcs else None
    started = date_of(opening.started if opening else "") or date_of(missing.time) or missing.time
    return Opening(missing.source, missing.run, started, opening.settings if opening else {})
