"""``scrapy wacz``: a part of the archive as one file that any web-archive player opens."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from scrapy.exceptions import UsageError

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.open_file import OPEN
from archive.wacz.selection import Period
from archive.writing.warc_file import parts_of_name
from newsbot.command_line.checked_command import QuietCommand, size_of
from newsbot.command_line.option_values import date, path
from newsbot.command_line.output_files import check_output
from newsbot.configuration.folders import collection
from newsbot.health.console import one_line
from newsbot.locks.archive_lock import archive_lock, refuse_half_redacted
from newsbot.replaying.captures import Reader
from newsbot.replaying.workers import pages_ahead, sensible_jobs
from newsbot.upkeep.packaging.files import NothingToPackageError, OrderError, run_warcs, source_of, source_warcs
from newsbot.upkeep.packaging.package import PackageOrder, Packaging


class Command(QuietCommand):
    takes_paths = True
    usage = "[options] [WARC_FILE…]"
    summary = "Package a source, a run or a time of the archive as WACZ"
    description = (
        "Packages finished WARC files, all of the archive's if none are named, with their index, a list of their "
        "articles with text, their lines, run reports and logs as a WACZ 1.1.1 file, which replays alone. Exit status: "
        "0 packaged, 1 packaged but something in it refers to what the archive does not have, or files that are "
        "damaged, lost or being copied, or lines that are no articles' were left out, 2 usage, or nothing is of that "
        "time, 3 could not be written or read, 75 the archive is being redacted, repaired or retired."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        named = "WARC files called after this source (repeatable)"
        add("--source", action="append", metavar="NAME", default=[], help=named)
        add("--run", action="append", metavar="RUN", default=[], help="of this run: report's name or path (repeatable)")
        since = "only captures from this date or time (UTC) on: 2026-11-22"
        add("--since", metavar="DATE", type=date, default="", help=since)
        add("--until", metavar="DATE", type=date, default="", help="only captures before this date or time (UTC)")
        add(
            "--without-originals",
            action="store_true",
            help="leave out what revisits and pages refer to in other WARC files",
        )
        output = "where to write (default: <DATA_DIR>/wacz/<source>-<time>.wacz)"
        add("-o", "--output", metavar="FILE", type=path, help=output)
        add("--force", action="store_true", help="replace the output file")
        self.add_jobs(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        period = Period(opts.since, opts.until)
        if opts.until and opts.until <= opts.since:
            raise UsageError(f"--until {opts.until}: there is nothing before it and from --since {opts.since} on")
        known = self.known_sources(opts.source)
        if not args:
            self.need_archive("wacz")
        with self.errors_to_status(ArchiveError):
            try:
                with archive_lock(self.data / "locks", rewriting=False):
                    refuse_half_redacted(self.data)
                    warcs = self._warcs(args, opts)
                    order = PackageOrder(warcs, period, not opts.without_originals, leave_damaged=True)
                    output = opts.output or self.data / "wacz" / _name(order)
                    check_output(output, self.settings, force=opts.force, inputs=warcs)
                    self._package(order, output, known, opts.jobs)
            except (OrderError, NothingToPackageError) as error:
                raise UsageError(str(error)) from error

    def _warcs(self, args: list[str], opts: argparse.Namespace) -> list[Path]:
        """Return the WARC files that were ordered, each once, in the order of their names."""
        warcs = collection(self.settings)

        def ordered() -> Iterator[Path]:
            yield from run_warcs(self.data, warcs.folder, [*opts.run, *args])
            if opts.source:
                yield from source_warcs(self._finished(warcs, opts.source), opts.source)
            elif not (opts.run or args):
                yield from self._finished(warcs)

        files = {path.resolve(): path for path in ordered()}
        if not files:
            raise OrderError("there is no finished WARC file of that")
        return sorted(files.values(), key=lambda path: (path.name, path))

    def _finished(self, warcs: Collection, sources: Sequence[str] = ()) -> list[Path]:
        """Return the archive's WARC files that are all there; the others are named, of all or of some sources."""
        arriving, lost = warcs.arriving(), [warcs.folder / name for name in warcs.lost()]
        unfinished = {
            **dict.fromkeys(warcs.folder.glob(f"*.warc.gz{OPEN}"), "a crawl is writing it, or was killed"),
            **dict.fromkeys(arriving, "it is being copied, or does not end in a whole record"),
            **dict.fromkeys(lost, "it is in the manifest, but not there"),
        }
        for file, reason in sorted(unfinished.items()):
            if not sources or source_of(file.name) in sources:
                self.complain(f"left out: {file}: {reason}")
                self.exitcode = 1 if file in (*arriving, *lost) else self.exitcode
        return [file for file in warcs.files() if file not in arriving]

    def _package(self, order: PackageOrder, output: Path, known: Sequence[str], jobs: int | None) -> None:
        size, crawlers = size_of(order.warcs), self.crawlers(known)
        packaging = Packaging(self.settings, [Reader(crawler) for crawler in crawlers])
        reading = pages_ahead(self.settings, crawlers, (), jobs or sensible_jobs(size), self.complain)
        with self.progress("packaging", size) as advance, reading as ahead:
            outcome = packaging.write(order, output, lambda path: advance(path.stat().st_size), ahead)
        for problem in outcome.problems:
            self.complain(problem)
        print(
            f"WARC files: {outcome.warcs}, pages: {outcome.pages}; {one_line(output)} ({output.stat().st_size} bytes)"
        )
        self.exitcode = self.say_mistakes() or (1 if outcome.problems else self.exitcode)


def _name(order: PackageOrder) -> str:
    """Return the file name for a package that was not given one.

    >>> _name(PackageOrder([Path("a-1.warc.gz"), Path("b-1.warc.gz")], Period("2026-11", "")))
    'a+b-2026-11.wacz'
    >>> [_name(PackageOrder([Path(name)], Period())) for name in ("a-1-x.warc.gz", "plain.warc.gz")]
    ['a-1.wacz', 'plain.wacz']
    """
    sources = sorted({source_of(path.name) for path in order.warcs})
    times = [date.replace(":", "") for date in (order.period.since, order.period.until) if date]
    if not times:
        own = [parts.time for each in order.warcs if (parts := parts_of_name(each.name))]
        # Of another crawler's there may be none.
        times = [max(own)] if own else order.warcs[-1].name.partition(".warc")[0].split("-")[1:2]
    return "-".join(["+".join(sources) if len(sources) <= 3 else f"{len(sources)}-sources", *times]) + ".wacz"
