"""Databases in the data folder that a redaction does not clean: a state that was made again, or put aside."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData, Table, create_engine, select
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from newsbot.state.state import batches

_START: Final = b"SQLite format 3\0"
_NAME: Final = "*.sqlite*"
#: Columns that name an article, in the tables of a state of any version.
_COLUMNS: Final = ("id", "key", "url", "elsewhere")


def other_states(data: Path, own: Collection[Path], names: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Yield the databases that know an article, or cannot be read, each with what is to be done about it.

    They are named and left alone: of an article of which versions stay, only `scrapy rebuildstate` can tell these.

    :param own: the databases that are cleaned with everything else.
    :param names: URLs and ids of the article.
    """
    known = {path.resolve() for path in own}
    for path in sorted(data.rglob(_NAME)):
        try:
            if path.resolve() in known or not _is_database(path):
                continue
            if _names(path, names):
                yield path, "it knows the page: remove it, `scrapy rebuildstate` makes another state"
        except (SQLAlchemyError, OSError) as error:
            cause = " ".join(str(getattr(error, "orig", None) or error).split())
            yield path, f"it is a database that cannot be read ({cause}): remove it if it is of no more use"


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_START)) == _START


def _names(path: Path, names: Collection[str]) -> bool:
    """Return whether a row of any table is of one of these names."""
    engine = create_engine(URL.create("sqlite", database=str(path)))
    try:
        tables = MetaData()
        tables.reflect(engine)
        return any(_holds(engine, table, names) for table in tables.sorted_tables)
    finally:
        engine.dispose()


def _holds(engine: Engine, table: Table, names: Collection[str]) -> bool:
    with engine.connect() as connection:
        for column in (table.c[name] for name in _COLUMNS if name in table.c):
            for batch in batches(sorted(names)):
                if connection.execute(select(1).where(column.in_(batch)).limit(1)).first():
                    return True
    return False
