"""What a redaction would overlook: lines whose captures have left the folder (`archive.retirement`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from archive.collection import Collection
from archive.retired import RetiredFile
from newsbot.publishing.line_search import lines_of


@dataclass
class Away:
    """The captures of some articles that are not here: in files that were moved, or in none any more."""

    moved: dict[str, RetiredFile] = field(default_factory=dict)
    #: Ids of records that were deleted with their files; their lines are still here.
    deleted: set[str] = field(default_factory=set)


def away(collection: Collection, articles: Path, ids: Iterable[str]) -> Away:
    """Look through the lines of articles for captures that have left.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: if the list of files that have left cannot be read.
    :raises OSError: if a file of lines cannot be read.
    """
    retired = {
        name: entry for name, entry in collection.retired.files().items() if not (collection.folder / name).exists()
    }
    found = Away()
    for article_id in ids if retired else ():
        for line in lines_of(articles / article_id.partition(":")[0], article_id):
            entry = retired.get(line["capture"]["file"])
            if entry and entry.to:
                found.moved[entry.file] = entry
            elif entry:
                found.deleted.add(line["capture"]["record_id"])
    return found
