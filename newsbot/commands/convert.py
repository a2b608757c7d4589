"""``scrapy convert``: WARC files whose records can be looked up one by one, out of archive files of any form."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from scrapy.exceptions import UsageError

from archive.convert import Conversion, convert, is_record_wise, sources
from archive.errors import ArchiveError
from archive.repair import take_place
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
        return "Make WARC files, a gzip member a record, of ARC, zstd, WACZ and odd gzip files"

    def long_desc(self) -> str:
        return (
            "Writes each record of WARC and ARC files (plain, gzip of any shape, zstd) and of WACZ packages into a "
            "WARC/1.1 file, its block byte for byte, beside the file or into another folder; nothing is overwritten. A "
            "WARC file of the data folder is put in place of the old one, which is kept as FILE.orig; manifest, index "
            "and article lines follow. Exit status: 0 all is written, 1 something could not be read, 2 usage, 3 a file "
            "could not be written, 75 a crawl is running, or another process works on the whole archive."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument("--output", metavar="FOLDER", type=path, help="write the new files there")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        files = [Path(arg) for arg in args]
        missing = [str(path) for path in files if not path.is_file()]
        if missing or not files:
            raise UsageError(f"no such file: {', '.join(missing)}" if missing else "name at least one file")
        folder: Path | None = opts.output
        if folder and not folder.is_dir():
            raise UsageError(f"no such folder: {folder}")
        assert self.settings is not None
        rewriting = Rewriting(self.settings)
        results: list[Conversion] = []
        errors: list[str] = []
        console = Console(stderr=True)
        with Progress(
            console=console, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
        ) as progress:
            task = progress.add_task("converting", total=sum(path.stat().st_size for path in files))
            for path in files:
                size = path.stat().st_size
                try:
                    self._convert(path, folder, rewriting, results)
                except LockedError as error:
                    errors.append(str(error))
                    self.exitcode = ExitStatus.LOCKED
                except ArchiveError as error:
                    errors.append(str(error))
                    self.exitcode = ExitStatus.NOT_ARCHIVED
                progress.advance(task, size)
        if opts.json:
            report = {"files": [result.as_json() for result in results], "errors": errors}
            print(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            for result in results:
                _print(result)
        for message in errors:
            print(f"convert: {message}", file=sys.stderr)
        failed = any(result.lost or not (result.written or result.kept) for result in results)
        self.exitcode = self.exitcode or int(failed)

    def _convert(self, path: Path, folder: Path | None, rewriting: Rewriting, results: list[Conversion]) -> None:
        with sources(path) as found:
            for name, source in found:
                origin = path if source == path else Path(f"{path}:{source.name.partition('-')[2]}")
                if folder is None and rewriting.holds(path) and rewriting.is_member(path):
                    results.append(self._in_place(path, rewriting))
                    continue
                target = (folder or path.parent) / name
                if target == path:
                    target = path.with_name(name.replace(".warc.gz", "-converted.warc.gz"))
                if rewriting.holds(target):
                    with rewriting.locked():
                        results.append(convert(source, target, origin=origin))
                        if results[-1].written:
                            rewriting.take_in(target)
                else:
                    results.append(convert(source, target, origin=origin))

    def _in_place(self, path: Path, rewriting: Rewriting) -> Conversion:
        """Put the new file in the place of one of the collection."""
        if is_record_wise(path):
            return Conversion(str(path), kept=True)
        original = path.with_name(f"{path.name}.orig")
        if original.exists():
            raise ArchiveError(f"{original} exists: it is not overwritten")
        converted = path.with_name(f"{path.name}.converted")
        with rewriting.locked():
            with suppress(FileNotFoundError):
                converted.unlink()  # of a call that was interrupted
            result = convert(path, converted, path.name)
            if result.written:
                take_place(converted, path, original)
                result.written = str(path)
                rewriting.follow(path)
        return result


def _print(result: Conversion) -> None:
    for loss in result.lost:
        print(visible(f"{result.file}:{loss.offset}: {loss.length} bytes not converted: {loss.reason}"))
    if result.kept:
        print(visible(f"{result.file}: its records can be looked up one by one already, left alone"))
    elif result.written:
        print(visible(f"{result.written}: {result.records} records of {result.file}"))
    else:
        print(visible(f"{result.file}: no record can be read, left alone"))
