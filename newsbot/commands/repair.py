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

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.repair import Repair, repair
from newsbot.folders import with_addons
from newsbot.quiet_command import QuietCommand


class Command(QuietCommand):
    def syntax(self) -> str:
        return "[options] FILE…"

    def short_desc(self) -> str:
        return "Make sound WARC files of damaged ones, and say what is lost"

    def long_desc(self) -> str:
        return (
            "Keeps every record that can be trusted, byte for byte, and puts the repaired file in place of the damaged "
            "one, which is kept as FILE.orig. Works on WARC files of any origin; sound ones are left alone. Exit "
            "status: 0 nothing is lost, 1 something is, 2 usage, 3 a file could not be read or written."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument(
            "--output", metavar="FOLDER", help="write repaired files there, and leave these as they are"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        files = [Path(arg) for arg in args]
        missing = [str(path) for path in files if not path.is_file()]
        if missing or not files:
            raise UsageError(f"no such file: {', '.join(missing)}" if missing else "name at least one WARC file")
        folder = Path(opts.output) if opts.output else None
        if folder and not folder.is_dir():
            raise UsageError(f"no such folder: {folder}")
        collection = Collection.from_settings(with_addons(self.settings))
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
                    result = repair(path, folder / path.name if folder else None)
                    if result.repaired and path.resolve().parent == collection.folder.resolve():
                        collection.add(path, changed=True)
                except ArchiveError as error:
                    errors.append(str(error))
                else:
                    results.append(result)
                    if not opts.json:
                        _print(result)
                progress.advance(task, size)
        if opts.json:
            report: dict[str, Any] = {"files": [result.as_json() for result in results], "errors": errors}
            print(json.dumps(report, ensure_ascii=False, indent=1))
        for message in errors:
            print(f"repair: {message}", file=sys.stderr)
        self.exitcode = 3 if errors else 1 if any(result.lost for result in results) else 0


def _print(result: Repair) -> None:
    for loss in result.lost:
        named = " ".join(part for part in (loss.record_type, loss.record_id, loss.url) if part)
        print(f"{result.file}:{loss.offset}: {loss.length} bytes lost{f' ({named})' if named else ''}: {loss.reason}")
    if result.repaired:
        anew = f", {result.compressed} of them compressed anew" if result.compressed else ""
        print(f"{result.repaired}: {result.kept} records kept{anew}; as it was: {result.original}")
    else:
        print(f"{result.file}: {'sound' if result.kept else 'nothing to save'}, left alone")
