"""``scrapy rebuild``: lines from WARCs, without the network."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from archive.files.open_file import OPEN
from newsbot.command_line.checked_command import QuietCommand, size_of
from newsbot.command_line.option_values import path
from newsbot.configuration.folders import collection
from newsbot.configuration.sources import mistaken_sources
from newsbot.health.problems import Limits, too_many
from newsbot.replaying.rebuild import Rebuild


class Command(QuietCommand):
    requires_crawler_process = False  # nothing is crawled, and its log would bury what this prints

    usage = "[options] FILE…"
    summary = "Read articles out of WARC files again and write the lines a crawl would"
    description = (
        "Reads the article captures of WARC files, this project's or another crawler's, with the spiders that know "
        "their hosts, without the network, and writes the lines a crawl would. Exit status: 0 all read, 1 some file or "
        "record could not be read, or too many pages were walls, 2 usage, 3 the lines could not be written."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--output", metavar="FOLDER", type=path, help="where to write (default: <DATA_DIR>/rebuilt)"
        )
        parser.add_argument("--source", action="append", metavar="NAME", help="only this source (may be repeated)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if not (files := self.existing_files(args)):
            raise UsageError("name at least one WARC file")
        folder: Path = opts.output or self.data / "rebuilt"
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} exists and is not an empty folder: name another with --output")
        mistaken = mistaken_sources(self.loader, opts.source or ())
        if mistaken and opts.source:
            raise UsageError("; ".join(mistaken.values()))
        known = self.known_sources(opts.source or ())
        try:
            self._rebuild(files, folder, self.crawlers(sorted(opts.source or known)), opts.source)
        except ArchiveError as error:
            self.complain(error)
            for left in folder.rglob(f"*{OPEN}"):
                left.unlink(missing_ok=True)
            self.exitcode = 3
        for name, mistake in mistaken.items():
            self.complain(f"{name}: {mistake}")
            self.exitcode = self.exitcode if self.exitcode == 3 else 2

    def _rebuild(self, files: list[Path], folder: Path, crawlers: list[Crawler], chosen: list[str] | None) -> None:
        rebuild = Rebuild(crawlers, folder, self.settings.getint("DOWNLOAD_MAXSIZE"), collection(self.settings))
        with self.progress("reading", size_of(files)) as advance:
            for path in rebuild.run(files):
                advance(path.stat().st_size)
        rebuild.end_runs()
        walls = rebuild.walls()
        rebuild.close()
        for problem in (*rebuild.problems, *walls):
            self.complain(problem)
        self._print_counts(rebuild.counts, folder, chosen)
        # As in a crawl: a site shows a wall now and then, and what stands behind it is had later.
        counts, limits = rebuild.counts, Limits.from_settings(self.settings)
        walled = too_many(counts["walled"], counts["pages"], limits.errors)
        self.exitcode = 1 if rebuild.problems or walled else 0

    def _print_counts(self, counts: Mapping[str, int], folder: Path, chosen: list[str] | None) -> None:
        print(
            f"{counts['responses']} responses, {counts['articles']} articles, {counts['lines']} lines "
            f"({counts['unchanged']} unchanged) in {folder}"
        )
        if counts["incomplete"]:
            print(f"{counts['incomplete']} pages had no title or no body, and give no line: named above")
        if counts["walls"]:
            print(f"{counts['walls']} article pages were walls or block pages, not articles")
        if counts["unknown"]:
            whose = f"of other sources than {' and '.join(chosen)}, or of none" if chosen else "that no source knows"
            print(f"{counts['unknown']} responses are of hosts {whose}: not read")
