"""The base of commands that rewrite archive files one by one: a file that fails does not stop the others."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder
from newsbot.command_line.checked_command import QuietCommand, size_of
from newsbot.command_line.option_values import path
from newsbot.command_line.output_files import check_place
from newsbot.health.exit_status import ExitStatus, worst
from newsbot.locks.source_lock import LockedError, failure_status
from newsbot.replaying.rewriting import Rewriting


class Outcome(Protocol):
    """What has become of a file."""

    @property
    def is_whole(self) -> bool:
        """Whether all that was asked for was done."""

    def as_json(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=Outcome)


class FilesCommand(QuietCommand, Generic[T]):
    """A command that writes archive files anew, beside those it is given or into another folder."""

    takes_paths = True
    usage = "[options] FILE…"
    #: What it is doing, what it wants, and what --output does.
    doing: ClassVar[str]
    wanted: ClassVar[str]
    output_help: ClassVar[str]

    def treat(self, path: Path, folder: Path | None) -> Iterator[T]:
        """Do it with one file; yields what has become of it, or of each file in it.

        :param folder: of the new files; None for beside the old one.
        :raises LockedError: if another process works on the archive.
        :raises ArchiveError: if a file cannot be read or written.
        """
        raise NotImplementedError

    def show(self, outcome: T) -> None:
        """Print what has become of a file."""
        raise NotImplementedError

    @cached_property
    def rewriting(self) -> Rewriting:
        return Rewriting(self.settings, self._name)

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument("--output", metavar="FOLDER", type=path, help=self.output_help)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if not (files := self.existing_files(args)):
            raise UsageError(f"name at least one {self.wanted}")
        folder: Path | None = opts.output
        if folder and folder.exists() and not folder.is_dir():
            raise UsageError(f"--output {folder}: is no folder")
        if folder and not self.rewriting.holds(folder / "any"):
            check_place(folder / "any", self.settings)
        with self.errors_to_status(ArchiveError):
            if folder:
                with os_errors(f"cannot make the folder {folder}"):
                    make_folder(folder)
            self._treat_all(files, folder, as_json=opts.json)

    def _treat_all(self, files: list[Path], folder: Path | None, *, as_json: bool) -> None:
        outcomes: list[T] = []
        failures: list[ExitStatus] = []
        errors: list[str] = []
        with self.progress(self.doing, size_of(files)) as advance:
            for path in files:
                size = path.stat().st_size
                try:
                    for outcome in self.treat(path, folder):
                        outcomes.append(outcome)
                        if not as_json:
                            self.show(outcome)
                except (LockedError, ArchiveError) as error:
                    errors.append(str(error))
                    failures.append(failure_status(error))
                advance(size)
        if as_json:
            report = {"files": [outcome.as_json() for outcome in outcomes], "errors": errors}
            print(json.dumps(report, ensure_ascii=False, indent=1))
        for message in errors:
            self.complain(message)
        self.exitcode = worst(failures) or int(not all(outcome.is_whole for outcome in outcomes))
