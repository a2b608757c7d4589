"""``scrapy rebuild``: lines from WARCs, without the network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.progress import Progress
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from archive.errors import ArchiveError
from archive.files.open_file import OPEN
from newsbot.command_line.checked_command import QuietCommand
from newsbot.command_line.option_values import path
from newsbot.configuration.folders import collection
from newsbot.configuration.sources import mistaken_sources
from newsbot.health.problems import Limits, too_many
from newsbot.replaying.rebuild import Rebuild


class Command(QuietCommand):
    requires_crawler_process = False  # nothing is crawled, and its log would bury what this prints

    def syntax(self) -> str:
        return "[options] FILE…"

    def short_desc(self) -> str:
        return "Read articles out of WARC files again and write the lines a crawl would"

    def long_desc(self) -> str:
        return (
            "Reads the article captures of WARC files, this project's or another crawler's, with the spiders that "
            "know their hosts, without the network, and writes the lines a crawl would. Exit status: 0 all read, "
            "1 some file or record could not be read, or too many pages were walls, 2 usage, 3 the lines could not be "
            "written."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--output", metavar="FOLDER", type=path, help="where to write (default: <DATA_DIR>/rebuilt)"
        )
        parser.add_argument("--source", action="append", metavar="NAME", help="only this source (may be repeated)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        files = [Path(arg) for arg in args]
        missing = [str(path) for path in files if not path.is_file()]
        if missing or not files:
            raise UsageError(f"no such file: {', '.join(missing)}" if missing else "name at least one WARC file")
        folder: Path = opts.output or Path(self.settings["DATA_DIR"], "rebuilt")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} exists and is not an empty folder: name another with --output")
        loader = get_spider_loader(self.settings)
        known = loader.list()
        mistaken = mistaken_sources(loader, opts.source or ())
        if mistaken and opts.source:
            raise UsageError("; ".join(mistaken.values()))
        unknown = sorted(set(opts.source or ()) - set(known))
        if unknown:
            raise UsageError(f"unknown source {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        try:
            self._rebuild(files, folder, [loader.load(name) for name in sorted(opts.source or known)], opts.source)
        except ArchiveError as error:
            print(f"rebuild: {error}", file=sys.stderr)
            for left in folder.rglob(f"*{OPEN}"):
                left.unlink(missing_ok=True)
            self.exitcode = 3
        for name, mistake in mistaken.items():
            print(f"rebuild: {name}: {mistake}", file=sys.stderr)
            self.exitcode = self.exitcode if self.exitcode == 3 else 2

    def _rebuild(self, files: list[Path], folder: Path, spiders: list[type[Spider]], chosen: list[str] | None) -> None:
        assert self.settings is not None
        crawlers = [Crawler(spider, self.settings) for spider in spiders]
        rebuild = Rebuild(crawlers, folder, self.settings.getint("DOWNLOAD_MAXSIZE"), collection(self.settings))
        with Progress(disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task("reading", total=sum(path.stat().st_size for path in files))
            for path in rebuild.run(files):
                progress.advance(task, path.stat().st_size)
        rebuild.end_runs()
        walls = rebuild.walls()
        rebuild.close()
        for problem in (*rebuild.problems, *walls):
            print(f"rebuild: {problem}", file=sys.stderr)
        counts = rebuild.counts
        print(
            f"{counts['responses']} responses, {counts['articles']} articles, {counts['lines']} lines "
            f"({counts['unchanged']} unchanged) in {folder}"
        )
        if counts["incomplete"]:
            print(f"{counts['incomplete']} pages had no title or no body, and give no line: named above")
        if counts["walls"]:
            print(f"{counts['walls']} article pages were walls or block pages, not articles")
        if counts["unknown"]:
            others = f"other sources than {' and '.join(chosen)}, or of none" if chosen else ""
            whose = f"of {others}" if others else "that no source knows"
            print(f"{counts['unknown']} responses are of hosts {whose}: not read")
        # As in a crawl: a site shows a wall now and then, and what stands behind it is had later.
        walled = too_many(counts["walled"], counts["pages"], Limits.from_settings(self.settings).errors)
        self.exitcode = 1 if rebuild.problems or walled else 0
