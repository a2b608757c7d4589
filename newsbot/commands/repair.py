"""``scrapy repair``: sound WARC files out of damaged ones."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from archive.repair import Repair, repair
from archive.verify.rules import visible
from newsbot.health.exit_status import ExitStatus
from newsbot.rebuilding.rewriting import Rewriting
from newsbot.running.locks import LockedError
from newsbot.running.option_values import path
from newsbot.running.quiet_command import QuietCommand


class Command(QuietCommand):
    def syntax(self) -> str:
        return "[options] FILE…"

    def short_desc(self) -> str:
        return "Make sound WARC files of damaged ones, and say what is lost"

    def long_desc(self) -> str:
        return (
            "Keeps every record that can be trusted, byte for byte, and puts the repaired file in place of the damaged "
            "one, which is kept as FILE.orig. Works on WARC files of any origin; sound ones are left alone, and so are "
            "ARC, zstd and WACZ files, which `scrapy convert` reads. For a file in the data folder, manifest, index "
            "and article lines follow, and what is lost is asked for again by the next crawl. Exit status: 0 nothing "
            "is lost, 1 something is, or a file was left alone that is no WARC file, 2 usage, 3 a file could not be "
            "read or written, 75 a crawl is running, or another process works on the whole archive."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument(
            "--output", metavar="FOLDER", type=path, help="write repaired files there, and leave these as they are"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        files = [Path(arg) for arg in args]
        missing = [str(path) for path in files if not path.is_file()]
        if missing or not files:
            raise UsageError(f"no such file: {', '.join(missing)}" if missing else "name at least one WARC file")
        folder: Path | None = opts.output
        if folder and not folder.is_dir():
            raise UsageError(f"no such folder: {folder}")
        results: list[Repair] = []
        errors: list[str] = []
        console = Console(stderr=True)
        with Progress(
            console=console, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
        ) as progress:
            task = progress.add_task("repairing", total=sum(path.stat().st_size for path in files))
            for path in files:
                size = path.stat().st_size
                try:
                    results.append(self._repair(path, folder))
                except LockedError as error:
                    errors.append(str(error))
                    self.exitcode = ExitStatus.LOCKED
                except ArchiveError as error:
                    errors.append(str(error))
                    self.exitcode = ExitStatus.NOT_ARCHIVED
                else:
                    if not opts.json:
                        _print(results[-1])
                progress.advance(task, size)
        if opts.json:
            report: dict[str, Any] = {"files": [result.as_json() for result in results], "errors": errors}
            print(json.dumps(report, ensure_ascii=False, indent=1))
        for message in errors:
            print(f"repair: {message}", file=sys.stderr)
        self.exitcode = self.exitcode or int(any(result.lost or result.refused for result in results))

    def _repair(self, path: Path, folder: Path | None) -> Repair:
        assert self.settings is not None
        rewriting = Rewriting(self.settings)
        if folder or not rewriting.holds(path):
            return repair(path, folder / path.name if folder else None)
        with rewriting.locked():
            result = repair(path)
            if result.repaired:
                result.due = rewriting.follow(path).due
        return result


def _print(result: Repair) -> None:
    for loss in result.lost:
        named = " ".join(part for part in (loss.record_type, loss.record_id, loss.url) if part)
        print(visible(f"{result.file}:{loss.offset}: {loss.length} bytes lost, {named or 'no record'}: {loss.reason}"))
    if result.repaired:
        anew = f", {result.compressed} of them compressed anew" if result.compressed else ""
        print(f"{result.repaired}: {result.kept} records kept{anew}; as it was: {result.original}")
        if result.due:
            print(f"{result.repaired}: {result.due} articles and lists are asked for again by the next crawl")
        if result.lost:
            print(f"{result.repaired}: `scrapy verify --acknowledge` signs off what cannot be had again")
    elif result.refused:
        print(visible(f"{result.file}: left alone: {result.refused}"))
    else:
        print(f"{result.file}: {'sound' if result.kept else 'nothing to save'}, left alone")
