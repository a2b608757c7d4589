"""A folder of WARC files against its manifest and its index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.files.manifest import NAME, Manifest
from archive.index.cdxj import indexed, read_line
from archive.index.index import Index
from archive.records.members import what_it_is
from archive.verify.report import FileReport, key
from archive.verify.rules import Finding

_WARC: Final = (".warc.gz", ".warc")
#: What this package itself leaves beside WARC files, by how the name ends.
_OURS: Final = {
    ".orig": "a file as it was before `scrapy repair`",
    ".repaired": "left by a repair that was interrupted",
    ".tmp": "left by a write that was interrupted",
}
_64_BITS: Final = (1 << 64) - 1
_FILENAME: Final = re.compile(rb'"filename": "([^"\\]*)"\}$')
_SHOWN: Final = 300


def check_folder(folder: Path, checked: Container[str]) -> Iterator[Finding]:
    """Say what is wrong with the manifest, and name each file that is not checked, with what it is.

    :param checked: names of the files that were checked. Of those that a crawl has finished since, nothing is said:
        their digests may be on their way into the manifest.
    """
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    manifest = Manifest(folder)
    digests = manifest.digests()
    for path in paths:
        name = path.name
        if name.endswith(".open"):
            yield Finding(name, 0, "file-open", "a crawl is writing the file, or was killed: not checked")
        elif name.endswith(".torn"):
            yield Finding(name, 0, "file-torn", "what a killed crawl had not finished: see `scrapy repair`")
        elif not (name.endswith(_WARC) and path.is_file()):
            yield Finding(name, 0, "file-unchecked", f"{_kind(path)}: not checked")
        elif name in checked and name not in digests:
            yield Finding(name, 0, "fixity-missing", "the manifest has no digest of the file")
    for name in sorted(set(digests) - {path.name for path in paths}):
        yield Finding(name, 0, "file-missing", "the file is in the manifest, but not there")
    for offset, message in manifest.faults():
        yield Finding(NAME, offset, "manifest-line", message)


def _kind(path: Path) -> str:
    if not path.is_file():
        return "a folder" if path.is_dir() else "no file"
    ours = next((kind for ending, kind in _OURS.items() if path.name.endswith(ending)), "")
    try:
        return ours or what_it_is(path)
    except ArchiveError as error:
        return str(error)


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
    known = Counter(line for line in index.lines() if _filename(line) == path.name)
    for record, line in indexed(path, []):
        if known[line]:
            known[line] -= 1
        else:
            yield Finding(path.name, record.offset, "index-missing", f"the index lacks {_shown(line)}")
    for line in known.elements():
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
