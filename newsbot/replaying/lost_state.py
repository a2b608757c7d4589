"""The state is a cache: what it lacks of the runs in the archive is made again, before a crawl takes it for the truth.

A state that was lost, or restored from a copy that is too old, would have all fetched again and published as new. A run
is missing if WARC files or line files name it and the state's table of runs does not. Missing runs are gone through as
those are that were killed (`newsbot.replaying.run_captures`), in the order in which they were made, each written down
when it is through: killed in between, the next start goes on with the rest. Where the lines of a run are there they are
what was published; where they are gone as well, its captures give them again.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archive.clock import clock_at
from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.atomic import make_folder, sync_folder
from archive.files.open_file import OPEN
from archive.records.dates import usual_date
from archive.records.run_record import Opening, read_closing, read_opening
from archive.replay.originals import Resolver
from archive.writing.warc_file import NameParts, parts_of_name
from newsbot.configuration.setting_kinds import recheck_gaps
from newsbot.planning.schedule import read_date
from newsbot.publishing import vanished
from newsbot.publishing.duplicates.first_printings import FirstPrintings
from newsbot.publishing.lines import LineFile
from newsbot.publishing.publication import Publication
from newsbot.replaying.captures import Reader, Unread
from newsbot.replaying.missing_lines import redacted_runs
from newsbot.replaying.run_captures import captured, publish_rest
from newsbot.replaying.run_replay import RunReplay
from newsbot.replaying.version_reader import VersionReader
from newsbot.state.resources import Resources
from newsbot.state.runs import ARGUMENTS_SETTING, CUT_SHORT, Run, Runs, as_arguments, by_kind
from newsbot.state.state import State
from newsbot.state.versions import Versions

_LINES: Final = re.compile(rf"(?P<prefix>[^-]+)-(?P<time>\d{{17}})-(?P<run>[0-9a-f]{{8}})\.jsonl(?:{OPEN})?", re.ASCII)
#: Lines of whichever runs a recovery found cut short, as newsbot wrote them before each run's had a file of their own.
_RECOVERED: Final = re.compile(r"[^-]+-\d{17}\.jsonl", re.ASCII)
#: Of another source, so many of the newest runs are looked at to see whether the state is behind.
_NEWEST: Final = 50
#: Holds lines that are not in their place yet, under the data folder.
_SCRATCH: Final = "lines-made-again"


@dataclass
class MissingRun:
    """A run that the archive knows and the state does not."""

    source: str
    run: str
    #: When its first file was begun, in digits.
    time: str
    warcs: list[Path] = field(default_factory=list)
    lines: list[Path] = field(default_factory=list)


class _Kept(NamedTuple):
    """What the archive and the lines hold of each source's runs; those are left out that are not finished."""

    runs: dict[str, dict[str, MissingRun]]
    unfinished: dict[str, set[str]]


class LostState:
    """The runs that a state lacks.

    :param crawler: makes a crawler for a source.
    :raises ArchiveError: from every method, if files, lines or the state cannot be read or written.
    """

    def __init__(
        self,
        settings: BaseSettings,
        warcs: Collection,
        state: State,
        sources: Sequence[str],
        crawler: Callable[[str], Crawler],
    ):
        self.problems: list[str] = []
        self._settings, self._warcs, self._state, self._crawler = settings, warcs, state, crawler
        self._articles = Path(settings["DATA_DIR"], "articles")
        self._runs, self._versions = Runs(state), Versions(state)
        self._sources = sources
        self._unread = Unread(self.problems)

    def find(self, source: str) -> list[MissingRun]:
        """Return the missing runs, the oldest first: those of a source, and of others of which the last is missing.

        What was published after a missing run was decided without it: it is missing, too, and is forgotten here.
        """
        kept = _kept(self._warcs, self._articles, self._sources)
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
            if any(_digits(started) > first for run, started in known.items() if run not in kept.unfinished[name]):
                self._forget(name)
                missing = list(runs.values())
            found += missing
        return sorted(found, key=lambda run: (run.time, run.source))

    def make_again(self, missing: Iterable[MissingRun]) -> Iterator[MissingRun]:
        """Let the state know what missing runs have learnt; yields each when it is through."""
        scratch = self._articles.parent / _SCRATCH
        shutil.rmtree(scratch, ignore_errors=True)
        sources: dict[str, _Source] = {}
        try:
            for run in missing:
                if run.source not in sources:
                    folder = self._articles / run.source
                    sources[run.source] = _Source(
                        self._crawler(run.source),
                        self._warcs,
                        self._state,
                        self._settings,
                        folder,
                        scratch,
                        self._unread,
                    )
                sources[run.source].play(run)
                yield run
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _has_newest(self, source: str, runs: dict[str, MissingRun]) -> bool:
        newest = max(runs.values(), key=lambda run: run.time)
        return newest.run in self._runs.started(source, _NEWEST)

    def _forget(self, source: str) -> None:
        self._runs.forget_source(source)  # first: killed in between, all are missing still
        self._versions.forget_source(source)
        Resources(self._state).forget_source(source)
        FirstPrintings(self._state).forget_source(source)
        vanished.forget_source(self._state, source)


class _Source:
    """One source, whose missing runs are gone through."""

    def __init__(
        self,
        crawler: Crawler,
        warcs: Collection,
        state: State,
        settings: BaseSettings,
        folder: Path,
        scratch: Path,
        unread: Unread,
    ):
        self._source: str = crawler.spidercls.name
        self._warcs, self._state, self._settings, self._folder = warcs, state, settings, folder
        self._scratch = scratch / self._source
        self._unread = unread
        self._reader = Reader(crawler, unread)
        versions = VersionReader(self._reader, warcs.path, lambda: Resolver(warcs), folder)
        self._publication = Publication(self._scratch, self._source, state, read_version=versions.read)
        gaps = recheck_gaps(settings.getlist("RECHECK_GAPS"))
        self._replay = RunReplay(crawler, Resources(state), gaps, unread)
        self._runs, self._versions = Runs(state), Versions(state)
        self._redacted = redacted_runs(folder.parent.parent)

    def play(self, missing: MissingRun) -> None:
        """Go through one run."""
        problems, published = self._unread.problems, self._publication.published
        opening = self._opening(missing)
        arguments = opening.settings.get(ARGUMENTS_SETTING) if opening else None
        started = _moment(opening.started if opening else "") or _moment(missing.time) or missing.time
        run = Run(self._source, started, missing.run, arguments=as_arguments(arguments))
        for path in missing.lines:
            lines = list(_lines(path, problems))
            for number in self._publication.make_up(lines):
                problems.append(f"{path}: line {number + 1} is not an article's")
        if not missing.lines:
            self._versions.forget_files(path.name for path in missing.warcs)  # this may have been cut short before
        self._begin_lines(missing, started)
        files = missing.warcs
        responses = captured(files, Resolver(self._warcs), self._settings, problems)
        publish_rest(self._reader, self._publication, self._state, responses, has_lines=bool(missing.lines))
        self._publication.end_run(missing.run)
        self._end_lines()
        run = self._ended(run, missing)
        self._replay.begin(arguments if isinstance(arguments, dict) else {})
        for response in captured(files, Resolver(self._warcs), self._settings, []):
            self._replay.take(response)
        self._replay.end(run.finished or run.started, complete=bool(run.complete))
        made = self._publication.published - published
        told = run.new + run.changed + run.gone
        if not missing.lines and files:
            if made < told and missing.run not in self._redacted:
                problems.append(f"run {missing.run} had published {told} lines: {made} could be made again")
            run = run._replace(**by_kind(self._versions.changes(path.name for path in files)))
        self._runs.put(run)

    def _opening(self, missing: MissingRun) -> Opening | None:
        try:
            return read_opening(missing.warcs[0]) if missing.warcs else None
        except ArchiveError:
            return None  # named when its records are to be read

    def _ended(self, run: Run, missing: MissingRun) -> Run:
        if not missing.warcs:
            return run._replace(finished=run.started, ended=CUT_SHORT)
        try:
            closing = read_closing(missing.warcs[-1])
            return run.ends(closing) if closing else run.cut_short(missing.warcs, self._state)
        except ArchiveError:
            return run._replace(finished=run.started, ended=CUT_SHORT)

    def _begin_lines(self, missing: MissingRun, started: str) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        lines = LineFile(self._scratch, self._source, missing.run)
        self._publication.turn_to(lines)
        if not missing.lines:
            with clock_at(read_date(usual_date(started))):  # its name says when the run was
                lines.begin()

    def _end_lines(self) -> None:
        """Put the lines that were made again in their place, durably."""
        self._publication.turn_to(LineFile(self._scratch, self._source))
        try:
            for path in sorted(self._scratch.glob("*.jsonl")) if self._scratch.is_dir() else ():
                make_folder(self._folder)
                path.rename(self._folder / path.name)
                sync_folder(self._folder)
        except OSError as error:
            raise ArchiveError(f"cannot write in {self._folder}: {error.strerror}") from error


def _kept(warcs: Collection, articles: Path, sources: Iterable[str]) -> _Kept:
    kept = _Kept({}, {source: set() for source in sources})
    retired = (path for name in warcs.retired.files() if (path := warcs.path(name)).exists())
    for path in sorted({*warcs.files(), *retired}, key=lambda path: path.name):
        _note(kept, parts_of_name(path.name), path, "warcs")
    for source in kept.unfinished:
        for path in sorted((articles / source).glob(f"{source}-*.jsonl*")):
            match = _LINES.fullmatch(path.name)
            if match and path.name.endswith(OPEN):
                kept.unfinished[source].add(match["run"])
            elif match:
                _note(kept, NameParts(match["prefix"], match["time"], match["run"]), path, "lines")
            elif _RECOVERED.fullmatch(path.name):
                for parts in _runs_in(path):
                    _note(kept, parts, path, "lines")
    for source, unfinished in kept.unfinished.items():
        for run in unfinished:
            kept.runs.get(source, {}).pop(run, None)
    return _Kept({source: runs for source, runs in kept.runs.items() if runs}, kept.unfinished)


def _note(kept: _Kept, parts: NameParts | None, path: Path, kind: str) -> None:
    if parts and parts.prefix in kept.unfinished:
        runs = kept.runs.setdefault(parts.prefix, {})
        run = runs.setdefault(parts.run, MissingRun(*parts[::2], parts.time))
        run.time = min(run.time, parts.time)
        getattr(run, kind).append(path)


def _runs_in(path: Path) -> Iterable[NameParts]:
    """Return of each run whose captures the lines of a file point at the parts of one file's name."""
    captures = (line.get("capture") for line in _lines(path, []))
    files = {str(capture.get("file")) for capture in captures if isinstance(capture, dict)}
    return {parts.run: parts for file in sorted(files, reverse=True) if (parts := parts_of_name(file))}.values()


def _lines(path: Path, problems: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file; one that is none is named, and yields nothing that is one."""
    try:
        with path.open("rb") as file:
            for line in file:
                try:
                    content = json.loads(line)
                except (ValueError, RecursionError):
                    content = None
                yield content if isinstance(content, dict) else {}
    except OSError as error:
        problems.append(f"{path} cannot be read: {error.strerror}")


def _digits(date: str) -> str:
    """Return a WARC-Date as a file's name has it.

    >>> _digits("2026-11-22T03:20:11.123456Z"), _digits("2026-11-22T03:20:11Z")
    ('20261122032011123', '20261122032011000')
    """
    return re.sub(r"[^0-9]", "", date)[:17].ljust(17, "0")


def _moment(text: str) -> str:
    """Return a date, or the digits in a file's name, as a WARC-Date; empty if it is none."""
    if re.fullmatch(r"\d{17}", text, re.ASCII):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:14]}.{text[14:]}000Z"
    try:
        return usual_date(text)
    except ValueError:
        return ""
