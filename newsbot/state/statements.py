"""Carries out what both SQLite and PostgreSQL do fast: to find the rows of many values, to insert many rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Connection, Insert, Select, String, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from newsbot.state.tables import TEXT, storable

#: Maximum number of values in one IN list, or of rows in one insertion; SQLite allows 32,766 parameters, PostgreSQL
#: 65,535.
BATCH: Final = 500

_Value = TypeVar("_Value", int, str)


def batches(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    """Yield values, each once, in lists that are short enough for one statement.

    >>> [len(batch) for batch in batches([*range(1200), 7])]
    [500, 500, 200]
    """
    each = list(dict.fromkeys(values))
    return (each[start : start + BATCH] for start in range(0, len(each), BATCH))


def listed(values: Sequence[_Value]) -> str:
    """Return values as one, of which ``json_each`` makes rows again: SQLite binds, and plans, one faster than hundreds.

    >>> listed([7, -1]), listed(["á", "b\\0"])
    ('[7, -1]', '["\\\\u00e1", "b\\\\ufffd"]')
    """
    text = json.dumps(values)
    return json.dumps([*map(storable, values)]) if "\\u0000" in text or "\\ud" in text else text


def rows_with(connection: Connection, column: Column[Any], values: Iterable[_Value], query: Select[Any]) -> list[Any]:
    """Return what a query finds of the rows that have one of some values, however many, in a column."""
    wanted = sorted(set(values))
    if not wanted:
        return []
    if connection.dialect.name != "sqlite":
        parts = (query.where(column.in_(batch)) for batch in batches(wanted))
        return [row for part in parts for row in connection.execute(part).all()]
    rows = func.json_each(bindparam("listed", listed(wanted), String)).table_valued("value")
    return list(connection.execute(query.where(column.in_(select(rows.c.value)))).all())


def insert_missing(connection: Connection, table: Table) -> Insert:
    """Return an insertion that leaves rows already there as they are: another crawl may have come first."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, given as the values of columns in the table's order; those already there are left as they are.

    They go to the driver as they are: in SQLAlchemy's own loop they would take longer than all else.
    """
    if not rows:
        return
    statement = insert_missing(connection, table).compile(dialect=connection.dialect, column_keys=[*columns])
    if any(table.c[name].type is TEXT for name in columns):
        rows = rows if _are_storable(rows) else [tuple(map(storable, row)) for row in rows]
    values: Any = rows if statement.positional else [dict(zip(columns, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(statement), values)


def _are_storable(rows: Iterable[tuple[Any, ...]]) -> bool:
    """Whether rows can be stored as they are (`storable`), told of all at once."""
    text = "".join([value for row in rows for value in row if isinstance(value, str)])
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
