"""``scrapy verify``: whether the archive can be trusted."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import Progress
from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from archive.verify.rules import Finding
from newsbot.configuration.sources import say_mistakes
from newsbot.rebuilding.verification import Check
from newsbot.running.option_values import whole_number
from newsbot.running.quiet_command import QuietCommand


class Command(QuietCommand):
    #: What spiders log while lines are read again is no finding.
    log_level = "CRITICAL"

    def syntax(self) -> str:
        return "[options] [FILE…]"

    def short_desc(self) -> str:
        return "Check WARC files, index and article lines for damage, rule by rule"

    def long_desc(self) -> str:
        return (
            "Checks WARC files of any origin and files of article lines (.jsonl); without a name everything in the "
            "data folder, with index and manifest. Prints a line for each finding: file, offset, rule, message; "
            "archive/verify/README.md explains the rules. Exit status: 0 nothing is wrong, 1 findings, 2 usage. "
            "Notes do not count."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        cores = len(os.sched_getaffinity(0))
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument(
            "--jobs", type=whole_number(), default=cores, metavar="N", help="processes (default: cores)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        files = [Path(arg) for arg in args]
        if missing := [str(path) for path in files if not path.is_file()]:
            raise UsageError(f"no such file: {', '.join(missing)}")
        check = Check.of_files(self.settings, files) if files else Check.of_folder(self.settings)
        started = monotonic()
        findings: list[Finding] = []
        console = Console(stderr=True)
        with Progress(
            console=console, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
        ) as progress:
            task = progress.add_task("verifying", total=check.size)
            try:
                for finding in check.findings(opts.jobs, lambda size: progress.advance(task, size)):
                    findings.append(finding)
                    if not opts.json:
                        print(f"{finding}{' (note)' if finding.is_note else ''}", flush=True)
            except ArchiveError as error:
                raise UsageError(str(error)) from error
        if opts.json:
            print(_json(findings, check))
        else:
            _print_summary(findings, check, monotonic() - started)
        self.exitcode = say_mistakes(self.settings) or (1 if check.totals.faults else 0)


def _json(findings: list[Finding], check: Check) -> str:
    report = {**asdict(check.totals), "findings": [finding.as_json() for finding in findings]}
    return json.dumps(report, ensure_ascii=False, indent=1)


def _print_summary(findings: list[Finding], check: Check, seconds: float) -> None:
    totals = check.totals
    print(
        f"{totals.files} WARC files with {totals.records} records, {totals.line_files} files of lines: "
        f"{totals.faults or 'no'} faults, {totals.notes or 'no'} notes "
        f"({totals.content / 1e6:.0f} MB of records in {seconds:.1f} s)"
    )
    for rule, count in Counter(finding.rule for finding in findings).most_common():
        print(f"{count:8} {rule}")
