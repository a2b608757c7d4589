"""``scrapy replay``: the archive in a browser."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from newsbot.command_line.checked_command import QuietCommand
from newsbot.command_line.option_values import date, whole_number
from newsbot.reading.page import absolute
from newsbot.spider import NewsSpider

#: Where it listens unless told otherwise.
PORT: Final = 8090


class Command(QuietCommand):
    requires_crawler_process = False

    takes_paths = True
    usage = "[options] [FILE…]"
    summary = "Show the archive in a browser: search, articles with their versions, pages as they were"
    description = (
        "Serves the archive on this machine alone and prints the address to open in a browser, until it is "
        "interrupted: sources, calendar, full-text search with and without diacritics, articles with what has changed "
        "from version to version, and every captured page in ReplayWeb.page, straight from the WARC files. A crawl may "
        "run meanwhile; what it finishes is seen when a page is loaded again, as is what a redaction leaves. With "
        "FILE…, WARC, ARC and WACZ files of any origin are shown instead of the data folder. Exit status: 0 it was "
        "interrupted, 2 usage, 3 something could not be read or written, or the player is not installed, 75 the "
        "archive is being redacted, repaired or retired."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        port = f"where to listen; the captured pages are on the port behind it (default: {PORT}; 0: any two)"
        add("--port", metavar="N", type=whole_number(0, 65534), default=PORT, help=port)
        source = "list and find only articles of this source (repeatable)"
        add("--source", action="append", metavar="NAME", default=[], help=source)
        add("--since", metavar="DATE", type=date, default="", help="only those captured from this date (UTC) on")
        add("--until", metavar="DATE", type=date, default="", help="only those captured before this date (UTC)")
        add("--pywb", action="store_true", help="serve the WARC files with pywb instead, Memento included")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        files = self.existing_files(args)
        if files and opts.source:
            raise UsageError("--source is for the data folder, not for files")
        if opts.pywb and (opts.source or opts.since or opts.until):
            raise UsageError("--pywb shows all there is: leave out --source, --since and --until")
        if not files:
            self.need_data("replay")
        self.known_sources(opts.source)
        if opts.until and opts.until <= opts.since:
            raise UsageError(f"--until {opts.until}: there is nothing before it and from --since {opts.since} on")
        self._show(files, opts)

    def _show(self, files: list[Path], opts: argparse.Namespace) -> None:
        # Only here: every command loads all commands, and a server takes longer to load than most to run.
        from newsbot.viewer import showing
        from newsbot.viewer.catalogue import Limits

        operator = showing.Operator(self.complain, self.progress)
        with self.errors_to_status(ArchiveError):
            shown = (
                showing.of_files(files, self.settings, operator)
                if files
                else nullcontext(showing.of_data(self.settings))
            )
            with shown as archive:
                if opts.pywb:
                    showing.show_in_pywb(archive, opts.port)
                else:
                    limits = Limits(tuple(opts.source), opts.since, opts.until)
                    showing.show(archive, limits, opts.port, {} if files else self._lists(), operator)

    def _lists(self) -> dict[str, list[str]]:
        """Return the addresses of each source's lists."""
        found: dict[str, list[str]] = {}
        for name in self.loader.list():
            spider = self.loader.load(name)
            if issubclass(spider, NewsSpider):
                paths = ("", *spider.sections, *spider.feeds, *spider.sitemaps)
                urls = (absolute(spider.home, path) or spider.home for path in paths)
                found[name] = list(dict.fromkeys(urls))
        return found
