"""Tells a state that is being made anew from a whole one: until it has all, a table of its own stands in it.

A crawl that took half a state for the whole would look only for what is missing behind the last run in it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, delete, inspect

from newsbot.state.tables import METADATA, TEXT

_MARK: Final = Table("half_made", MetaData(), Column("since", TEXT))


def is_half_made(connection: Connection) -> bool:
    """Whether a state is being made in a database, or whoever did that was interrupted."""
    return bool(inspect(connection).has_table(_MARK.name))


def begin_making(connection: Connection) -> None:
    """Mark a database as one in which a state is being made, and leave nothing in its tables."""
    _MARK.create(connection, checkfirst=True)
    for table in reversed(METADATA.sorted_tables):
        connection.execute(delete(table))


def end_making(connection: Connection) -> None:
    """Let a state be a whole one."""
    _MARK.drop(connection)
