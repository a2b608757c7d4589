"""Checks many files in parallel, and what they say of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.files.manifest import Manifest
from archive.processes import DIED, Task, processes
from archive.replay.originals import OriginalSearch
from archive.verify.exchanges import check_segments
from archive.verify.file import verify_file
from archive.verify.links import REQUISITE
from archive.verify.report import FileReport, Link
from archive.verify.rules import Finding

#: Seconds between two reports of progress.
_PAUSE: Final = 0.2
#: Maximum number of record ids compared at a time, to limit memory.
_BATCH: Final = 4_000_000


@dataclass(slots=True)
class Verification:
    """The files that are checked together.

    :param collection: where the originals of revisits may be that are in files which are not checked.
    """

    collection: Collection | None = None
    reports: list[FileReport] = field(default_factory=list)
    #: The files, in the order of their reports.
    paths: list[Path] = field(default_factory=list)

    def check(
        self,
        paths: list[Path],
        *,
        jobs: int = 1,
        indexed: bool = False,
        advance: Callable[[int], object] = lambda count: None,
        tell: Callable[[str], object] = lambda line: None,
    ) -> Iterator[FileReport]:
        """Check each file by itself; yields its report, in the order of the files, as soon as it is there.

        :param jobs: how many processes to use.
        :param indexed: whether `archive.verify.folder.check_index` will be called.
        :param advance: called now and then with how many more bytes of the files have been checked.
        :param tell: called with a line about a process that has died.
        """
        self.paths += paths
        digests = {folder: Manifest(folder).digests() for folder in {path.parent for path in paths}}
        calls = ((path, digests[path.parent].get(path.name, ""), indexed) for path in paths)
        for report in _in_parallel(calls, min(jobs, len(paths)), advance, tell):
            self.reports.append(report)
            yield report

    def findings(self) -> Iterator[Finding]:
        """Check what the files, all of which must have been checked, say of each other."""
        yield from self._repeated_ids()
        yield from check_segments(self.reports)
        wanted_ids = {link.record for report in self.reports for link in report.links}
        ids = {each for report in self.reports for each in report.ids if each in wanted_ids} if wanted_ids else set()
        originals = self._originals()
        search, elsewhere = OriginalSearch(self.collection, self.paths), OriginalSearch(self.collection)
        for report in self.reports:
            for link in report.links:
                if link.rule == REQUISITE and link.record not in ids and _is_there(link, elsewhere):
                    problem = None
                elif link.rule != "revisit-unresolved":
                    problem = None if link.record in ids else (link.rule, f"{link.message} is not there")
                elif self._is_resolved(link, ids, originals):
                    problem = None
                else:
                    problem = _looked_up(link, search)
                if problem:
                    yield Finding(report.name, link.offset, *problem)

    def _originals(self) -> dict[int, set[int]]:
        """Return the payload digests of those captures to which revisits refer, and those digests themselves."""
        links = [link for report in self.reports for link in report.links if link.rule == "revisit-unresolved"]
        wanted = {link.capture for link in links}
        bare = {link.digest for link in links if not link.capture and not link.record}
        originals: dict[int, set[int]] = {}
        for report in self.reports if links else ():
            for capture, digest in zip(report.captures[::3], report.captures[1::3], strict=True):
                if capture in wanted:
                    originals.setdefault(capture, set()).add(digest)
                if digest in bare:
                    originals.setdefault(digest, set()).add(digest)
        return originals

    def _is_resolved(self, link: Link, ids: set[int], originals: dict[int, set[int]]) -> bool:
        """Return whether keys alone tell that a revisit's original is there; else the records have to be looked at."""
        if link.capture:
            found = originals.get(link.capture, set())
            return bool(found) and (not link.digest or link.digest in found) and (not link.record or link.record in ids)
        return link.record in ids if link.record else link.digest in originals

    def _repeated_ids(self) -> Iterator[Finding]:
        """Find ids that stand in two files, a part of them at a time."""
        parts = 1 + sum(len(report.ids) for report in self.reports) // _BATCH
        for part in range(parts):
            seen: dict[int, str] = {}
            for report in self.reports:
                for each, offset in zip(report.ids, report.offsets, strict=True):
                    if each % parts == part and (first := seen.setdefault(each, report.name)) != report.name:
                        message = f"the record's id stands in {first}, too"
                        yield Finding(report.name, offset, "record-id-repeated", message)


def _is_there(link: Link, elsewhere: OriginalSearch) -> bool:
    """Return whether what a page consists of is in a file of the collection that is not checked."""
    wanted = link.claim
    return wanted is not None and elsewhere.record(wanted.record_id, wanted.url, wanted.date) is not None


def _looked_up(link: Link, search: OriginalSearch) -> tuple[str, str] | None:
    """Return what is wrong with a revisit whose original was not found by what the files' check noted."""
    wanted = link.claim
    assert wanted is not None, "only a revisit has an original"
    try:
        found = search.find(wanted)
    except ArchiveError:
        found = None
    if found is None or (wanted.is_named and not wanted.names(found.record)):
        return link.rule, f"{link.message}, which is not there"
    if not found.certain:
        return "revisit-digest", f"{link.message}, whose payload digest is another"
    if wanted.record_id and found.record.get("WARC-Record-ID") != wanted.record_id:
        return link.rule, f"{link.message}, whose id is another"
    return None


def _in_parallel(
    calls: Iterator[tuple[Path, str, bool]],
    jobs: int,
    advance: Callable[[int], object],
    tell: Callable[[str], object],
) -> Iterator[FileReport]:
    if jobs <= 1:
        for path, sha256, indexed in calls:
            yield verify_file(path, sha256=sha256, indexed=indexed, advance=advance)
        return
    counter = get_context("spawn").Value("Q", 0)
    with processes(jobs, _prepare, counter) as pool:
        reported = 0
        for path, task in [(call[0], Task(pool, call[0], partial(_check, *call), tell)) for call in calls]:
            done = False
            while not done:
                done = task.is_done(_PAUSE)
                reached = counter.get_obj().value  # without the lock, which a process that was killed may hold
                advance(reached - reported)
                reported = reached
            try:
                yield task.result()
            except BrokenExecutor:
                report = FileReport(path.name)
                report.add(0, "unreadable", DIED)
                yield report


_counter: Any = None
_uncounted = 0


def _prepare(counter: Any) -> None:
    """Take, in a new process, what all processes count into."""
    global _counter
    _counter = counter


def _check(path: Path, sha256: str, indexed: bool) -> FileReport:
    return verify_file(path, sha256=sha256, indexed=indexed, advance=_count)


def _count(more: int) -> None:
    global _uncounted
    _uncounted += more
    if _counter.get_lock().acquire(block=False):
        _counter.get_obj().value += _uncounted
        _counter.get_lock().release()
        _uncounted = 0
