"""What a redaction would overlook: lines whose captures have left the folder (`archive.retirement`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.collection import Collection
from archive.records.record_reader import bare
from archive.retired import RetiredFile
from archive.retirement.leaving import collection_in
from newsbot.publishing.lines import lines_of


@dataclass
class Away:
    """The captures of some articles that are not here: in files that were moved, or in none any more."""

    moved: dict[str, RetiredFile] = field(default_factory=dict)
    #: Ids of records that were deleted with their files; their lines are still here.
    deleted: set[str] = field(default_factory=set)
    #: Files elsewhere that only have copies of what is here, or cannot be looked into, with what is to be done.
    lent: dict[Path, str] = field(default_factory=dict)


def away(collection: Collection, articles: Path, ids: Iterable[str], url: str) -> Away:
    """Look through the lines of articles, and the folders that have got files, for captures that have left.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: if the list of files that have left cannot be read.
    :raises OSError: if a file of lines cannot be read.
    """
    retired = {
        name: entry for name, entry in collection.retired.files().items() if not (collection.folder / name).exists()
    }
    found = Away()
    for folder in sorted({entry.to for entry in collection.retired.files().values() if entry.to}):
        _look_in(Path(folder), url, retired, found)
    for article_id in ids if retired else ():
        for line in lines_of(articles / article_id.partition(":")[0], article_id):
            entry = retired.get(line["capture"]["file"])
            if entry and entry.to:
                found.moved[entry.file] = entry
            elif entry:
                found.deleted.add(line["capture"]["record_id"])
    return found


def _look_in(folder: Path, url: str, retired: Mapping[str, RetiredFile], found: Away) -> None:
    """Find captures of a URL in a folder of files that have left."""
    there = collection_in(folder.parent)
    if not there.index.files():
        if any(entry.to == str(folder) for entry in retired.values()):
            found.lent[folder] = "it has files that were moved there, and no index tells whether they hold the page"
        return
    for name in {entry.filename for entry in there.index.captures(url) if bare(entry.url) == url}:
        if name in retired:
            found.moved[name] = retired[name]
        elif (folder / name).exists():
            found.lent[folder / name] = f"it holds the page: redact it there, too, with -s DATA_DIR={folder.parent}"
