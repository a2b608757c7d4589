"""Holds rebuilt lines against those that were made before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from newsbot.replaying.differences.comparison import Comparison
from newsbot.replaying.differences.line_index import LineIndex, line_files, read_lines


@dataclass(frozen=True)
class Differences:
    """How rebuilt lines differ from old ones, and what of the old ones could not be compared."""

    comparison: Comparison
    #: Old lines that could be compared.
    number: int
    #: Old lines of captures, or of sources, that were not read again; then histories are not compared either.
    left_out: int
    #: Old lines of a capture that has one already.
    doubles: int
    #: What is no line, by file and number.
    problems: list[str]

    def as_json(self) -> dict[str, Any]:
        return {**self.comparison.as_json(), "left_out": self.left_out, "doubles": self.doubles}

    def notes(self) -> Iterator[str]:
        """Yield in words what was not compared."""
        if self.left_out:
            yield (
                f"{self.left_out} old lines are of files or sources that were not read again; versions, changes and "
                "duplicates, which they decide, too, are not compared"
            )
        if self.doubles:
            yield f"{self.doubles} old lines are there twice: the first of each counts"


def differences(old: Path, rebuilt: Path, warcs: Iterable[str], sources: Iterable[str]) -> Differences:
    """Compare lines.

    :param old: the lines of before: a file of them, or a folder with files at any depth.
    :param rebuilt: the folder of the new ones.
    :param warcs: names of the WARC files that were read again.
    :param sources: those that have read them.
    :raises ArchiveError: if a file cannot be read.
    """
    with TemporaryDirectory(prefix="newsbot-diff-") as folder, LineIndex(Path(folder)) as index:
        fresh = line_files(rebuilt)
        own = {path.resolve() for path in fresh}  # which may lie below the old ones
        for path in line_files(old):
            if path.resolve() not in own:
                index.add(path)
        names = {*warcs, *(str(line["capture"]["file"]) for path in fresh for line in read_lines(path))}
        left_out = index.leave_out_others(names, sources)
        comparison = Comparison(with_history=not left_out)
        for path in fresh:
            for line in read_lines(path):
                _hold(line, index, comparison)
        for line in index.left():
            (comparison.versions_lost if index.was_met(str(line["id"])) else comparison.lost).add(line)
        if more := index.wrong - len(index.problems):
            index.problems.append(f"{old}: {more} more lines are no article lines")
        return Differences(comparison, index.number, left_out, index.doubles, index.problems)


def _hold(line: dict[str, Any], index: LineIndex, comparison: Comparison) -> None:
    before, was_met = index.take(line), index.was_met(str(line["id"]))
    if before is not None:
        comparison.compare(before, line)
    else:
        known = was_met or index.has_article(str(line["id"]))
        (comparison.versions_gained if known else comparison.gained).add(line)
