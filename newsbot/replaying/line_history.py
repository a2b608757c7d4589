"""Checks article lines against each other: versions in sequence, removals, first printings."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.files.open_file import OPEN
from archive.files.plain_file import lines_in, open_regular
from archive.verify.report import key
from archive.verify.rules import Finding
from newsbot.items import CHANGES
from newsbot.publishing.lines import content_of

#: Maximum number of lines whose history is held in memory at a time.
_BATCH: Final = 1_000_000
_MOST: Final = (1 << 64) - 1
_SHOWN: Final = 120

Line = dict[str, Any]


class LineKeys:
    """What a file's lines say of others, a number for each text (`archive.verify.report.key`)."""

    def __init__(self) -> None:
        #: Five of each line, one behind the other: lines are many.
        self._numbers = array("Q")

    def __len__(self) -> int:
        return len(self._numbers) // 5

    def __iter__(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Yield of each line its article, version, change (number in CHANGES), first printing (0: none) and offset."""
        numbers = iter(self._numbers)
        return zip(numbers, numbers, numbers, numbers, numbers, strict=True)

    def extend(self, more: LineKeys) -> None:
        """Add the lines of a part of the file that lies behind the others."""
        self._numbers.extend(more._numbers)

    def add(self, line: Line, offset: int) -> None:
        """Add a line with the fields of an article, at an offset of the file."""
        first = key(line["duplicate_of"]) if line["duplicate_of"] else 0
        change = CHANGES.index(line["change"])
        self._numbers.extend((key(line["id"]), min(line["version"], _MOST), change, first, offset))


class _Place(NamedTuple):
    """A line, in the order of an article's versions."""

    version: int
    file: int
    offset: int
    change: int


class LineHistory:
    """Checks the lines of all files against each other.

    :param paths: the files, in their order.
    :param others: gives files whose lines are not checked, but are there: those that a crawl writes now.
    """

    def __init__(self, paths: Sequence[Path], keys: Sequence[LineKeys], others: Callable[[], Iterable[Path]]):
        self._paths, self._keys, self._others = paths, keys, others

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong, a part of the articles at a time."""
        parts = 1 + sum(map(len, self._keys)) // _BATCH
        lacking: dict[int, list[_Place]] = {}
        for part in range(parts):
            articles: dict[int, list[_Place]] = {}
            firsts: dict[int, list[_Place]] = {}
            repeating: dict[int, bool] = {}
            for file, keys in enumerate(self._keys):
                for article, version, change, first, offset in keys:
                    if article % parts == part:
                        articles.setdefault(article, []).append(_Place(version, file, offset, change))
                        repeating[article] = bool(first) and repeating.get(article, True)
                    if first and first % parts == part:
                        firsts.setdefault(first, []).append(_Place(version, file, offset, change))
            for places in articles.values():
                yield from self._of_article(sorted(places))
            for first, places in firsts.items():
                if repeating.get(first) and any(place.version == 1 for place in articles[first]):
                    yield from self._said_of_duplicates(places, "which is a duplicate itself")
            lacking |= {first: places for first, places in firsts.items() if first not in articles}
        if lacking:
            for article in self._ids_elsewhere():
                lacking.pop(article, None)
        for places in lacking.values():
            yield from self._said_of_duplicates(places, "which has no line")

    def _said_of_duplicates(self, places: Iterable[_Place], problem: str) -> Iterator[Finding]:
        for place in places:
            name = self._shown(place, "duplicate_of")
            yield self._finding(place, "line-duplicate", f"it is called a duplicate of {name}, {problem}")

    def _of_article(self, places: list[_Place]) -> Iterator[Finding]:
        """Check the versions of one article."""
        last: _Place | None = None
        for place in places:
            if problem := self._problem(last, place):
                yield self._finding(place, "line-version", f"{self._shown(place, 'id')}: {problem}")
            last = place

    def _problem(self, last: _Place | None, place: _Place) -> str:
        """Say what is wrong with a version behind the one that was last; empty if nothing is."""
        if last is None:
            return f"its first version is {place.version}" if place.version != 1 else ""
        if place.version == last.version:
            return f"version {place.version} stands in {self._paths[last.file].name} at {last.offset}, too"
        if place.version > last.version + 1:
            return f"version {place.version} follows version {last.version}"
        change, before = CHANGES[place.change], CHANGES[last.change]
        if (before == "removed") != (change == "restored"):
            return f"version {place.version} is called {change}, the one before {before}"
        return ""

    def _finding(self, place: _Place, rule: str, message: str) -> Finding:
        return Finding(self._paths[place.file].name, place.offset, rule, message)

    def _shown(self, place: _Place, name: str) -> str:
        """Return a field of a line, to be shown."""
        try:
            with self._paths[place.file].open("rb") as lines:
                lines.seek(place.offset)
                return str(json.loads(lines.readline())[name])[:_SHOWN]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return "an article"  # changed meanwhile

    def _ids_elsewhere(self) -> Iterator[int]:
        for path in self._others():
            there = path if path.exists() else path.with_name(path.name.removesuffix(OPEN))  # finished meanwhile
            try:
                with open_regular(there) as lines:
                    for line in lines_in(lines):
                        content = content_of(line) or {}  # being written, or no article
                        if "id" in content:
                            yield key(str(content["id"]))
            except OSError:
                continue  # said where lines are read
