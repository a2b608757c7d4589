"""``scrapy rebuild``: lines from WARCs, without the network."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from scrapy.exceptions import UsageError

from archive.errors import ArchiveError, os_errors
from newsbot.command_line.checked_command import QuietCommand, size_of
from newsbot.command_line.option_values import path, scheduler
from newsbot.configuration.sources import mistaken_sources
from newsbot.health.console import printable_json
from newsbot.health.problems import Limits, too_many
from newsbot.replaying.capture_files import CaptureFiles, files_below, is_remote
from newsbot.replaying.differences.rebuilt import differences
from newsbot.replaying.differences.shown import show
from newsbot.replaying.generic_source import ASIDE
from newsbot.replaying.generic_source import NAME as GENERIC
from newsbot.replaying.line_folder import is_free
from newsbot.replaying.rebuilding import RebuildOrder
from newsbot.replaying.workers import sensible_jobs


class Command(QuietCommand):
    requires_crawler_process = False  # nothing is crawled, and its log would bury what this prints

    takes_paths = True
    usage = "[options] FILE|FOLDER|URL…"
    summary = "Read articles out of WARC files again and write the lines a crawl would"
    description = (
        "Reads the article captures of WARC files, this project's or another crawler's, with the spiders that know "
        "their hosts, and writes the lines a crawl would. Takes WARC and ARC files, WACZ packages, folders of them, "
        "and their URLs (s3://, https://; with fsspec). With --diff it says instead how they "
        "differ from lines that were made before. Exit status: 0 all read, 1 something could not be read, too many "
        "pages were walls, or --diff had nothing to compare, 2 usage, 3 the lines could not be written, or the workers "
        "of --scheduler not be used."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--output", metavar="FOLDER", type=path, help="where to write (default: <DATA_DIR>/rebuilt)"
        )
        self.add_jobs(parser)
        parser.add_argument(
            "--scheduler",
            metavar="URL",
            type=scheduler,
            default="",
            help="read on the workers of this Dask scheduler (tcp://…)",
        )
        parser.add_argument(
            "--all", action="store_true", help="read pages of hosts that no source knows, too, as source generic"
        )
        parser.add_argument("--source", action="append", metavar="NAME", help="only this source (may be repeated)")
        parser.add_argument(
            "--diff",
            metavar="OLD",
            type=path,
            help="say how the new lines differ from those in OLD, a file or a folder; without --output none are kept",
        )
        parser.add_argument("--json", action="store_true", help="with --diff: print one JSON object")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.scheduler and find_spec("distributed") is None:
            raise UsageError("--scheduler needs Dask: .venv/bin/pip install -r requirements-cluster.txt")
        if not args:
            raise UsageError("name at least one WARC file")
        if missing := [name for name in args if not is_remote(name) and not Path(name).exists()]:
            raise UsageError(f"no such file: {', '.join(missing)}")
        if odd := [name for name in args if Path(name).exists() and not (Path(name).is_file() or Path(name).is_dir())]:
            raise UsageError(f"neither a file nor a folder: {', '.join(odd)}")
        if any(map(is_remote, args)) and find_spec("fsspec") is None:
            raise UsageError("URLs need fsspec: .venv/bin/pip install -r requirements-cluster.txt")
        for folder in filter(Path.is_dir, map(Path, args)):
            if not files_below(folder):
                raise UsageError(f"{folder}: there is no WARC, ARC or WACZ file in this folder")
        if opts.all and opts.source:
            raise UsageError("--all and --source do not go together")
        if opts.diff and not opts.diff.exists():
            raise UsageError(f"--diff {opts.diff}: there is no such file or folder")
        if opts.json and not opts.diff:
            raise UsageError("--json goes with --diff")
        with self._folder(opts) as folder:
            self._run(args, folder, opts)

    @contextmanager
    def _folder(self, opts: argparse.Namespace) -> Iterator[Path]:
        """Give the folder for the lines; where they are compared alone it does not stay."""
        if opts.diff and not opts.output:
            with TemporaryDirectory(prefix="newsbot-rebuilt-") as folder:
                yield Path(folder)
        else:
            yield opts.output or self.data / "rebuilt"

    def _run(self, names: list[str], folder: Path, opts: argparse.Namespace) -> None:
        if not is_free(folder):
            raise UsageError(f"{folder} exists and is not an empty folder: name another with --output")
        mistaken = mistaken_sources(self.loader, opts.source or ())
        if mistaken and opts.source:
            raise UsageError("; ".join(mistaken.values()))
        known = self.known_sources(opts.source or ())
        sources = [*sorted(opts.source or known), *([GENERIC] if opts.all else [])]
        with self.errors_to_status(ArchiveError), _for_copies(folder if opts.scheduler else None) as scratch:
            if files := self._files(names, Path(scratch)):
                self._read(files, folder, sources, opts)
            else:
                self.exitcode = 1
        for name, mistake in mistaken.items():
            self.complain(f"{name}: {mistake}")
            self.exitcode = self.exitcode if self.exitcode == 3 else 2

    def _read(self, files: list[Path], folder: Path, sources: list[str], opts: argparse.Namespace) -> None:
        counts = self._rebuild(files, folder, tuple(sources), opts)
        if not opts.json:
            self._print_counts(counts, None if opts.diff and not opts.output else folder, opts.source)
        if opts.diff:
            self._compare(opts.diff, folder, files, sources, as_json=opts.json)

    def _files(self, names: list[str], scratch: Path) -> list[Path]:
        """Return the files to read, those in packages and elsewhere as copies; what cannot be read is named."""
        self._unread = list[str]()
        files = CaptureFiles(scratch, self._unread.append).of(names)
        for problem in self._unread:
            self.complain(problem)
        return files

    def _rebuild(
        self, files: list[Path], folder: Path, sources: tuple[str, ...], opts: argparse.Namespace
    ) -> Mapping[str, int]:
        size = size_of(files)
        order = RebuildOrder(files, folder, sources, opts.jobs or sensible_jobs(size), opts.scheduler)
        with self.progress("reading", size) as advance:
            rebuild = order.carry_out(self.settings, self.complain, advance)
        for problem in (*rebuild.problems, *rebuild.walls):
            self.complain(problem)
        # As in a crawl: a site shows a wall now and then, and what stands behind it is had later.
        counts, limits = rebuild.counts, Limits.from_settings(self.settings)
        walled = too_many(counts["walled"], counts["pages"], limits.errors)
        self.exitcode = 1 if rebuild.problems or walled or self._unread else 0
        return counts

    def _compare(self, old: Path, folder: Path, files: list[Path], sources: list[str], *, as_json: bool) -> None:
        found = differences(old, folder, (path.name for path in files), sources)
        if as_json:
            print(printable_json(found.as_json()))
        else:
            show(found.comparison, Console())
        for note in found.notes():
            self.warn(note)
        for problem in found.problems:
            self.complain(problem)
        if found.problems or not found.number:
            self.exitcode = 1
        if not found.number:
            self.complain(f"--diff {old}: none of its lines is of the files that were read")

    def _print_counts(self, counts: Mapping[str, int], folder: Path | None, chosen: list[str] | None) -> None:
        where = f" in {folder}" if folder else ""
        print(
            f"{counts['responses']} responses, {counts['articles']} articles, {counts['lines']} lines "
            f"({counts['unchanged']} unchanged){where}"
        )
        if counts["incomplete"]:
            print(f"{counts['incomplete']} pages had no title or no body, and give no line: named above")
        if counts["walls"]:
            print(f"{counts['walls']} article pages were walls or block pages, not articles")
        if counts["unknown"]:
            whose = f"of other sources than {' and '.join(chosen)}, or of none" if chosen else "that no source knows"
            print(f"{counts['unknown']} responses are of hosts {whose}: not read")
        if aside := [f"{counts[reason]} {words}" for reason, words in ASIDE.items() if counts[reason]]:
            print(f"of other responses of hosts that no source knows, {', '.join(aside)}")


def _for_copies(output: Path | None) -> TemporaryDirectory[str]:
    """Return a folder for copies.

    :param output: beside which it has to be, for workers to see; above it where the folder of that is yet to be made.
    :raises ArchiveError: if there can be none.
    """
    beside = next(filter(Path.is_dir, output.absolute().parents)) if output else None
    with os_errors(f"cannot make a folder for copies in {beside or 'TMPDIR'}"):
        return TemporaryDirectory(prefix="newsbot-copies-", dir=beside)
