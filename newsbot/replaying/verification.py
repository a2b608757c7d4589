"""Checks the data folder, or single files: WARC files, what is kept about them, and article lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from scrapy.settings import SETTINGS_PRIORITIES, Settings
from scrapy.utils.project import get_project_settings

from archive.collection import Collection
from archive.files.open_file import OPEN
from archive.processes import DIED, Task, processes
from archive.verify.acknowledged import Acknowledged
from archive.verify.folder import check_folder, check_index
from archive.verify.rules import Finding
from archive.verify.verification import Verification
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.chaining.chain_check import FilesInChain
from newsbot.configuration.folders import collection
from newsbot.replaying.line_check import LineCheck, LinePart, LineReport, joined, line_parts
from newsbot.replaying.line_history import LineHistory, LineKeys
from newsbot.replaying.missing_lines import missing_lines

_LINES = ".jsonl"


@dataclass(slots=True)
class Totals:
    """What was looked at."""

    files: int = 0
    records: int = 0
    #: Uncompressed bytes of WARC records.
    content: int = 0
    line_files: int = 0
    faults: int = 0
    notes: int = 0
    #: Of the signed chain: its entries, and the root that stands for all of them; none where there is no chain.
    chain_entries: int = 0
    chain_root: str = ""


@dataclass(slots=True)
class Check:
    """A check of files; ``whole`` if they are all there are in the data folder."""

    settings: Settings
    warcs: list[Path]
    lines: list[Path]
    whole: bool
    totals: Totals = field(default_factory=Totals)
    #: Root and public key that the chain is known from elsewhere to have.
    expected_root: str = ""
    expected_key: str = ""
    #: Called with a line about a process that has died.
    tell: Callable[[str], object] = lambda line: None

    @classmethod
    def of_folder(cls, settings: Settings) -> Self:
        """Check everything in the data folder."""
        warcs = collection(settings).files()
        lines = sorted(path for path in Path(settings["DATA_DIR"], "articles").rglob("*.jsonl") if path.is_file())
        return cls(settings, warcs, lines, whole=True)

    @classmethod
    def of_files(cls, settings: Settings, paths: list[Path]) -> Self:
        """Check these files; what is not named .jsonl is taken for a WARC file."""
        warcs = [path for path in paths if not path.name.endswith(_LINES)]
        return cls(settings, warcs, [path for path in paths if path.name.endswith(_LINES)], whole=False)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in (*self.warcs, *self.lines))

    def findings(self, jobs: int, advance: Callable[[int], None]) -> Iterator[Finding]:
        """Yield what is found, as it is found.

        :param jobs: how many processes to use.
        :param advance: called now and then with how many more bytes have been checked.
        """
        acknowledged = Acknowledged(collection(self.settings).folder)
        for finding in acknowledged.applied(self._findings(jobs, advance)):
            if finding.is_note:
                self.totals.notes += 1
            else:
                self.totals.faults += 1
            yield finding

    def _findings(self, jobs: int, advance: Callable[[int], None]) -> Iterator[Finding]:
        archive = collection(self.settings)
        verification = Verification(None if self.whole else archive)
        for report in verification.check(self.warcs, jobs=jobs, indexed=self.whole, advance=advance, tell=self.tell):
            yield from report.findings
            self.totals.files += 1
            self.totals.records += report.records
            self.totals.content += report.content
        yield from verification.findings()
        if self.whole:
            yield from check_folder(archive.folder, {path.name for path in self.warcs})
            yield from check_index(archive.index, "index", verification.reports, archive.folder)
            yield from missing_lines(self.warcs, Path(self.settings["DATA_DIR"]))
        keys, digests = [], {}
        for path, checked in zip(self.lines, self._check_lines(jobs), strict=True):
            yield from checked.findings
            keys.append(checked.keys)
            digests[path] = checked.sha256
            self.totals.line_files += 1
            advance(path.stat().st_size)
        # Old files that have left are in a folder with some of the lines alone; no crawl has written that.
        if self.whole and Path(self.settings["DATA_DIR"], "runs").is_dir():
            yield from LineHistory(self.lines, keys, self._other_lines).findings()
        if self.whole:
            yield from self._chain(archive, digests)

    def _chain(self, archive: Collection, digests: Mapping[Path, str]) -> Iterator[Finding]:
        expected = {"root": self.expected_root, "key": self.expected_key}
        chain = FilesInChain(ArchiveChain(self.settings), self.settings, archive, **expected)
        yield from chain.findings(digests)
        if chain.head.entry:
            self.totals.chain_entries, self.totals.chain_root = chain.head

    def _other_lines(self) -> Iterator[Path]:
        """Yield the files of lines that were not checked: they are being written, or have come since."""
        known = set(self.lines)
        for path in Path(self.settings["DATA_DIR"], "articles").rglob("*.jsonl*"):
            if path not in known and path.name.removesuffix(OPEN).endswith(_LINES):
                yield path

    def _check_lines(self, jobs: int) -> Iterator[LineReport]:
        parts = [(path, part) for path in self.lines for part in line_parts(path, jobs)]
        if jobs <= 1 or len(parts) <= 1:
            if self.lines:
                check = LineCheck(self.settings)
                yield from map(check.check, self.lines)
            return
        given = {
            name: self.settings[name]
            for name in self.settings
            if (self.settings.getpriority(name) or 0) >= SETTINGS_PRIORITIES["cmdline"]
        }
        with processes(min(jobs, len(parts)), _prepare, given) as pool:
            tasks = [(path, Task(pool, path, partial(_check_lines_of, path, part), self.tell)) for path, part in parts]
            for path, several in groupby(tasks, lambda task: task[0]):
                yield joined(path, [_outcome(path, task) for _, task in several])


_line_check: LineCheck | None = None


def _prepare(given: dict[str, Any]) -> None:
    """Set a process up to check lines: spiders cannot be handed over, so each has its own."""
    global _line_check
    settings = get_project_settings()
    settings.setdict(given, "cmdline")
    _line_check = LineCheck(settings)


def _check_lines_of(path: Path, part: LinePart) -> LineReport:
    assert _line_check is not None
    return _line_check.check(path, part)


def _outcome(path: Path, task: Task[LineReport]) -> LineReport:
    try:
        return task.result()
    except BrokenExecutor:
        return LineReport([Finding(path.name, 0, "unreadable", DIED)], LineKeys(), "")
