"""The index against the files it is made from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.index.cdxj import cdxj_line, read_line
from archive.index.index import Index
from archive.records.members import Damage
from archive.records.sound_records import sound_records
from archive.verify.report import FileReport, key
from archive.verify.rules import Finding

_64_BITS: Final = (1 << 64) - 1
_FILENAME: Final = re.compile(rb'"filename": "([^"\\]*)"\}$')
_SHOWN: Final = 300


def check_index(index: Index, name: str, reports: list[FileReport], folder: Path) -> Iterator[Finding]:
    """Check that an index holds the lines of exactly these files, in order.

    Lines are compared by count and sum first, so that an index of any size is read once and not kept.

    :param name: under which findings name the index.
    :param reports: made with ``indexed``.
    """
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    position, before = 0, b""
    try:
        for line in index.lines():
            if line < before:
                yield Finding(name, position, "index-order", f"a line stands behind a greater one: {_shown(line)}")
            filename = _filename(line)
            if filename is None:
                yield Finding(name, position, "index-order", f"a line cannot be read: {_shown(line)}")
            else:
                counts[filename] += 1
                sums[filename] = (sums[filename] + key(line)) & _64_BITS
            position, before = position + len(line) + 1, line
        known = index.files()
    except ArchiveError as error:
        yield Finding(name, position, "index-order", str(error))
        return
    for report in reports:
        if report.name not in known:
            yield Finding(report.name, 0, "index-missing", "the file is not in the index")
        elif (counts[report.name], sums[report.name]) != (report.lines, report.lines_sum):
            yield from _differences(index, folder / report.name)
    present = {report.name for report in reports}
    for filename in sorted((known | set(counts)) - present):
        yield Finding(filename, 0, "file-missing", "the file is in the index, but not there")


def _differences(index: Index, path: Path) -> Iterator[Finding]:
    """Compare line by line what the index has for one file."""
    indexed = Counter(line for line in index.lines() if _filename(line) == path.name)
    for found in sound_records(path):
        if isinstance(found, Damage):
            continue
        try:
            line = cdxj_line(found, path.name)
        except ValueError:
            continue
        if line and not indexed[line]:
            yield Finding(path.name, found.offset, "index-missing", f"the index lacks {_shown(line)}")
        elif line:
            indexed[line] -= 1
    for line in indexed.elements():
        yield Finding(path.name, read_line(line).offset, "index-extra", f"the index has {_shown(line)}")


def _filename(line: bytes) -> str | None:
    """Return the WARC file of a line; None if it cannot be read."""
    match = _FILENAME.search(line)
    try:
        return match[1].decode() if match else read_line(line).filename
    except ValueError:
        return None


def _shown(line: bytes) -> str:
    return line[:_SHOWN].decode("utf-8", "replace")
