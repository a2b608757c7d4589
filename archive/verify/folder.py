"""What lies in a folder of WARC files, and what should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.files.manifest import Manifest
from archive.verify.rules import Finding

_WARC = (".warc.gz", ".warc")


def warc_files(folder: Path) -> list[Path]:
    """Return the WARC files of a folder, but for those being written, in the order of their names."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.endswith(_WARC))


def check_folder(folder: Path) -> Iterator[Finding]:
    """Say which files the manifest knows that are gone, and which are left from crawls that did not end well."""
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    for name in sorted(present):
        if name.endswith(".open"):
            yield Finding(name, 0, "file-open", "a crawl is writing the file, or was killed: not checked")
        elif name.endswith(".torn"):
            yield Finding(name, 0, "file-torn", "what a killed crawl had not finished: see `scrapy repair`")
    for name in sorted(set(Manifest(folder).digests()) - present):
        yield Finding(name, 0, "file-missing", "the file is in the manifest, but not there")
