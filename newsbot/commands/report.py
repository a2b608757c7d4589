"""``scrapy report``: one HTML page over all runs."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive.clock import now
from newsbot.health.history import read_reports
from newsbot.health.status_page.page import page


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_LEVEL": "WARNING"}

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Write one HTML page on all sources and their runs"

    def long_desc(self) -> str:
        return (
            "Reads the run reports of the data folder and writes one HTML page that needs nothing else: state, "
            "articles a day, field coverage, versions and deletions of each source. Exit status: 0 written, 2 usage, "
            "3 the page could not be written."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--output", metavar="FILE", help="where to write (default: <DATA_DIR>/report.html)")
        parser.add_argument("--days", metavar="N", type=int, help="only runs of the last N days (default: all)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args or (opts.days is not None and opts.days < 1):
            raise UsageError("scrapy report takes no names, and --days a whole number from 1")
        data = Path(self.settings["DATA_DIR"])
        since = now() - timedelta(days=opts.days) if opts.days else None
        reports = read_reports(data / "runs", since=since)
        path = Path(opts.output or data / "report.html")
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.open")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(page(reports, now()), encoding="utf-8")
            unfinished.replace(path)
        except OSError as error:
            print(f"report: cannot write {path}: {error.strerror}", file=sys.stderr)
            self.exitcode = 3
            return
        print(f"{path}: {len(reports.runs)} runs")
