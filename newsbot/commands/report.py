"""``scrapy report``: one HTML page over all runs."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

from scrapy.exceptions import UsageError

from archive.clock import now
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import replace_file
from newsbot.command_line.checked_command import QuietCommand
from newsbot.command_line.option_values import path, whole_number
from newsbot.command_line.output_files import check_output
from newsbot.configuration.setting_kinds import MOST_DAYS
from newsbot.configuration.sources import mistaken_sources
from newsbot.health.console import one_line
from newsbot.health.history import read_reports
from newsbot.health.replay_score import read_scores
from newsbot.health.status_page.page import page


class Command(QuietCommand):
    requires_crawler_process = False

    usage = "[options]"
    summary = "Write one HTML page on all sources and their runs"
    description = (
        "Reads the run reports of the data folder and writes one HTML page that needs nothing else: state, articles a "
        "day, field coverage, versions and deletions of each source, and which cannot be loaded. Exit "
        "status: 0 written, 2 usage, or a source that cannot be loaded, 3 the page could not be written."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--output", metavar="FILE", type=path, help="where to write (default: <DATA_DIR>/report.html)"
        )
        parser.add_argument(
            "--days", metavar="N", type=whole_number(most=MOST_DAYS), help="only runs of the last N days (default: all)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError("it takes no names: the page is of all sources")
        self.need_data("report")
        since = now() - timedelta(days=opts.days) if opts.days else None
        reports = read_reports(self.data / "runs", since=since)
        output: Path = opts.output or self.data / "report.html"
        check_output(output, self.settings, force=True)  # made anew day by day
        with self.errors_to_status(ArchiveError):
            with os_errors(f"cannot write {output}"):
                output.parent.mkdir(parents=True, exist_ok=True)
                html = page(reports, now(), read_scores(self.data), mistaken_sources(self.loader))
                replace_file(output, [html.encode()])
            print(f"{one_line(output)}: {len(reports.runs)} runs")
        self.exitcode = self.say_mistakes() or self.exitcode
