"""``scrapy rebuildstate``: the state database from WARCs, without the network."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scrapy.exceptions import UsageError

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.lock import locked
from archive.retirement.originals import NAME as COPIES
from newsbot.command_line.checked_command import QuietCommand, size_of
from newsbot.command_line.output_files import check_database
from newsbot.configuration.folders import collection
from newsbot.configuration.setting_kinds import DATABASE, recheck_gaps
from newsbot.replaying.state_rebuild import StateRebuild
from newsbot.replaying.workers import pages_ahead, sensible_jobs
from newsbot.state.half_made import begin_making, end_making
from newsbot.state.state import State
from newsbot.state.versions import Versions


class Command(QuietCommand):
    usage = "[options]"
    summary = "Make the state database anew from the WARC files"
    description = (
        "Reads all WARC files of the archive in the order of their captures and writes a new state database, which may "
        "then be put in the place of a lost one. Exit status: 0 all read, 1 some file or record is not there or "
        "could not be read, 2 usage, 3 the database could not be written."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--output", metavar="URL", help="an empty database (default: sqlite:///<DATA_DIR>/state-rebuilt.sqlite)"
        )
        self.add_jobs(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError("scrapy rebuildstate takes no names: a state knows all sources")
        if wrong := DATABASE.mistake(opts.output or ""):
            raise UsageError(f"--output: {wrong}")
        if opts.output:
            check_database(opts.output, self.settings)
        self.need_archive("rebuildstate")
        warcs, made = collection(self.settings), None
        with self.errors_to_status(ArchiveError, OSError):
            retired = {name: warcs.path(name) for name in warcs.retired.files()}
            here = {path for path in warcs.files() if path.name != COPIES}
            files = sorted(here | {path for path in retired.values() if path.exists()})
            away = [*_away(warcs)]
            if not files and not retired:
                raise UsageError(f"there is no WARC file in {warcs.folder}")
            with locked(self.data / "locks" / "rebuildstate.lock", self._say_waiting):
                made = self._make(files, warcs, opts.output, opts.jobs)
        if made is not None:
            state, rebuild = made
            rebuild.problems += away
            for problem in rebuild.problems:
                self.complain(problem)
            counts = rebuild.counts
            print(f"{counts['responses']} responses, {counts['lines']} versions in {state.name}")
            self.exitcode = self.say_mistakes() or (1 if rebuild.problems else 0)

    def _say_waiting(self) -> None:
        self.complain("waiting: another rebuildstate reads this archive")

    def _make(
        self, files: list[Path], warcs: Collection, output: str | None, jobs: int | None
    ) -> tuple[State, StateRebuild]:
        """Make the state; what was begun in the data folder is taken away again if that fails.

        :raises ArchiveError: if the state cannot be written.
        """
        default = self.data / "state-rebuilt.sqlite"
        is_ours = not output and not default.exists()
        try:
            state = State(output or f"sqlite:///{default}", make=True)
            is_ours |= not output and state.is_half_made
            if not output and not is_ours:
                raise UsageError(f"{default} exists: remove it, or name another with --output")
            if not (state.is_half_made or Versions(state).is_empty()):
                raise UsageError(f"{state.name} holds a state already: name an empty database with --output")
            rebuild = self._rebuild(files, warcs, state, jobs)
        except BaseException:
            if is_ours:  # half a state is none
                for suffix in ("", "-wal", "-shm"):
                    default.with_name(default.name + suffix).unlink(missing_ok=True)
            raise
        return state, rebuild

    def _rebuild(self, files: list[Path], warcs: Collection, state: State, jobs: int | None) -> StateRebuild:
        """Read all files into a state that is marked as half made until the end; returns what has come of that.

        :raises ArchiveError: if the state cannot be written.
        """
        with state.transaction() as connection:
            begin_making(connection)
        size, crawlers = size_of(files), self.crawlers(self.known_sources())
        with (
            tempfile.TemporaryDirectory(prefix="rebuildstate-") as folder,
            self.progress("reading", size) as advance,
        ):
            lines, index = Path(folder, "lines"), Path(folder, "index")
            index.mkdir()
            most, gaps = self.settings.getint("DOWNLOAD_MAXSIZE"), recheck_gaps(self.settings.getlist("RECHECK_GAPS"))
            rebuild = StateRebuild(crawlers, lines, most, warcs, state, gaps, index)
            jobs = jobs or sensible_jobs(size)
            with pages_ahead(self.settings, crawlers, files, jobs, self.complain, index=index) as pages:
                for path in rebuild.run(files, pages):
                    advance(path.stat().st_size)
            rebuild.close()
        with state.transaction() as connection:
            end_making(connection)
        state.close()
        return rebuild


def _away(warcs: Collection) -> Iterator[str]:
    """Say which WARC files are not in the state since they are not here."""
    for name in warcs.lost():
        yield f"{warcs.folder / name} is in the manifest, but not there: it is not in the state"
    away: dict[str, list[str]] = {}
    for left in warcs.retired.files().values():
        if not warcs.path(left.file).exists():
            away.setdefault(f"moved to {left.to}" if left.to else "deleted", []).append(left.file)
    for fate, names in away.items():
        what = f"{len(names)} retired WARC files are not here, such as {names[0]}"
        yield f"{what}: they were {fate}, and are not in the state"
