"""What a redaction cannot take out: captures that have left the folder, and databases it does not clean."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData, create_engine, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from archive.collection import Collection
from archive.records.record_reader import bare
from archive.retired import RetiredFile
from archive.retirement.leaving import collection_in
from newsbot.items import captures_of
from newsbot.publishing.lines import lines_of
from newsbot.state.statements import batches

_START: Final = b"SQLite format 3\0"
_NAME: Final = "*.sqlite*"
#: Columns that name an article, in the tables of a state of any version.
_COLUMNS: Final = ("id", "key", "url", "elsewhere")


@dataclass
class Departed:
    """Captures of some articles that have left (`archive.retirement`): their files were moved, or deleted."""

    moved: dict[str, RetiredFile] = field(default_factory=dict)
    #: Ids of records that were deleted with their files; their lines are still here.
    deleted: set[str] = field(default_factory=set)
    #: Files elsewhere that have copies of what is here, or cannot be looked into, with what is to be done.
    copies: dict[Path, str] = field(default_factory=dict)


def departed(collection: Collection, articles: Path, ids: Iterable[str], url: str) -> Departed:
    """Look through the lines of articles, and the folders that have got files, for captures that have left.

    :param articles: the folder of all sources' lines.
    :raises ArchiveError: if the list of files that have left cannot be read.
    :raises OSError: if a file of lines cannot be read.
    """
    retired = {
        name: entry for name, entry in collection.retired.files().items() if not (collection.folder / name).exists()
    }
    found = Departed()
    for folder in folders_elsewhere(collection):
        _look_in(folder, url, retired, found)
    for article_id in ids if retired else ():
        folder = articles / article_id.partition(":")[0]
        for line in lines_of(folder, article_id):
            for capture in _captures_of(line):
                entry = retired.get(capture["file"])
                if entry and entry.to:
                    found.moved[entry.file] = entry
                elif entry:
                    found.deleted.add(capture["record_id"])
    return found


def _captures_of(line: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the captures that a line was read from; of one that is no article's none (`mentions` names it)."""
    try:
        return captures_of(line)
    except ValueError:
        return []


def folders_elsewhere(collection: Collection) -> list[Path]:
    """Return the folders that have got WARC files from a collection."""
    return sorted({Path(entry.to) for entry in collection.retired.files().values() if entry.to})


def _look_in(folder: Path, url: str, retired: Mapping[str, RetiredFile], found: Departed) -> None:
    """Find captures of a URL in a folder of files that have left."""
    there = collection_in(folder.parent)
    if not there.index.files():
        if any(entry.to == str(folder) for entry in retired.values()):
            found.copies[folder] = "it has files that were moved there, and no index tells whether they hold the page"
        return
    for name in {entry.filename for entry in there.index.captures(url) if bare(entry.url) == url}:
        if name in retired:
            found.moved[name] = retired[name]
        elif (folder / name).exists():
            found.copies[folder / name] = f"it holds the page: redact it there, too, with -s DATA_DIR={folder.parent}"


def other_states(data: Path, own: Several[Path], names: Several[str]) -> Iterator[tuple[Path, str]]:
    """Yield the databases that know an article, or cannot be read, each with what is to be done about it.

    They are named and left alone: of an article of which versions stay, only `scrapy rebuildstate` can tell these.

    :param own: the databases that are cleaned with everything else.
    :param names: URLs and ids of the article.
    """
    known = {path.resolve() for path in own}
    for path in sorted(data.rglob(_NAME)):
        try:
            if path.resolve() not in known and _is_database(path) and _names(path, names):
                yield path, "it knows the page: remove it, `scrapy rebuildstate` makes another state"
        except (SQLAlchemyError, OSError) as error:
            cause = " ".join(str(getattr(error, "orig", None) or error).split())
            yield path, f"it is a database that cannot be read ({cause}): remove it if it is of no more use"


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_START)) == _START


def _names(path: Path, names: Several[str]) -> bool:
    """Return whether a row of any table is of one of these names."""
    engine = create_engine(URL.create("sqlite", database=str(path)))
    try:
        tables = MetaData()
        tables.reflect(engine)
        columns = [table.c[name] for table in tables.sorted_tables for name in _COLUMNS if name in table.c]
        queries = [
            select(1).where(column.in_(batch)).limit(1) for column in columns for batch in batches(sorted(names))
        ]
        with engine.connect() as connection:
            return any(connection.execute(query).first() for query in queries)
    finally:
        engine.dispose()
