"""What lies in a folder of WARC files, and what should."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.files.manifest import NAME, Manifest
from archive.records.members import what_it_is
from archive.verify.rules import Finding

_WARC: Final = (".warc.gz", ".warc")
#: What this package itself leaves beside WARC files, by how the name ends.
_OURS: Final = {
    ".orig": "a file as it was before `scrapy repair`",
    ".repaired": "left by a repair that was interrupted",
    ".tmp": "left by a write that was interrupted",
}


def warc_files(folder: Path) -> list[Path]:
    """Return the WARC files of a folder, but for those being written, in the order of their names."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.endswith(_WARC))


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
