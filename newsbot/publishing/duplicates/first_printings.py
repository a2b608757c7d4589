"""The texts that nobody printed before, on disk: their shingles, and the bands by which a similar text finds them.

The tables stand beside the published versions and are, like these, a cache that a rebuild makes again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Insert,
    Table,
    delete,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from newsbot.publishing.duplicates.minhash_bands import bands
from newsbot.publishing.duplicates.shingles import Shingles
from newsbot.state.state import BATCH, State, batches
from newsbot.state.tables import PRINTING_BANDS, PRINTINGS, SIGNATURE, SIGNATURES


class Printing(NamedTuple):
    """A version of an article, the first to print its text."""

    id: str
    version: int
    source: str
    #: WARC-Date of the capture it was read from.
    fetched_at: str


class FirstPrintings:
    """The first printings kept in a state's database.

    :raises ArchiveError: from every method, if the database cannot be read or written.
    """

    def __init__(self, state: State):
        self._state = state
        with state.transaction() as connection:
            if connection.execute(select(SIGNATURES).where(SIGNATURES.c.name == SIGNATURE)).first() is None:
                _cut_all_into_bands(connection)
                connection.execute(_insert_missing(connection, SIGNATURES), [{"name": SIGNATURE}])

    def sharing(self, keys: Iterable[int]) -> dict[int, list[int]]:
        """Return, for each of the bands that is known, the numbers of the texts that have it."""
        texts: dict[int, list[int]] = {}
        with self._state.transaction() as connection:
            for part in batches(keys):
                for band, text in connection.execute(select(PRINTING_BANDS).where(PRINTING_BANDS.c.band.in_(part))):
                    texts.setdefault(band, []).append(text)
        return texts

    def printings(self, numbers: Iterable[int], other_than: str, ids: Collection[str]) -> dict[int, Printing]:
        """Return the printings with these numbers that another source has made, or one of the articles ``ids``."""
        columns = PRINTINGS.c
        query = select(columns.number, columns.id, columns.version, columns.source, columns.fetched_at)
        query = query.where(or_(columns.source != other_than, columns.id.in_(sorted(ids))))
        found: dict[int, Printing] = {}
        with self._state.transaction() as connection:
            for part in batches(numbers):
                for number, *printing in connection.execute(query.where(columns.number.in_(part))):
                    found[number] = Printing(*printing)
        return found

    def texts(self, numbers: Iterable[int]) -> dict[int, Shingles]:
        """Return what the texts with these numbers are compared by."""
        query = select(PRINTINGS.c.number, PRINTINGS.c.hashes, PRINTINGS.c.details)
        with self._state.transaction() as connection:
            return {
                number: Shingles.unpack(hashes, details)
                for part in batches(numbers)
                for number, hashes, details in connection.execute(query.where(PRINTINGS.c.number.in_(part)))
            }

    def remove(self, ids: Iterable[str]) -> None:
        """Forget all texts of articles."""
        with self._state.transaction() as connection:
            for part in batches(ids):
                numbers = connection.scalars(select(PRINTINGS.c.number).where(PRINTINGS.c.id.in_(part))).all()
                for some in batches(numbers):
                    connection.execute(delete(PRINTING_BANDS).where(PRINTING_BANDS.c.text.in_(some)))
                connection.execute(delete(PRINTINGS).where(PRINTINGS.c.id.in_(part)))

    def forget_source(self, source: str) -> None:
        """Forget all texts of a source."""
        with self._state.transaction() as connection:
            own = select(PRINTINGS.c.number).where(PRINTINGS.c.source == source)
            connection.execute(delete(PRINTING_BANDS).where(PRINTING_BANDS.c.text.in_(own)))
            connection.execute(delete(PRINTINGS).where(PRINTINGS.c.source == source))

    def add(self, texts: Sequence[tuple[Printing, Shingles, Collection[int]]]) -> None:
        """Add texts with their bands, all or none; those already there are left as they are."""
        if not texts:
            return
        with self._state.transaction() as connection:
            known: set[tuple[str, int]] = set()
            for part in batches(printing.id for printing, _, _ in texts):
                found = connection.execute(select(PRINTINGS.c.id, PRINTINGS.c.version).where(PRINTINGS.c.id.in_(part)))
                known.update((id_, version) for id_, version in found)
            new = {(text[0].id, text[0].version): text for text in texts if (text[0].id, text[0].version) not in known}
            if not new:
                return
            rows = [
                printing._asdict() | dict(zip(("hashes", "details"), content.pack(), strict=True))
                for printing, content, _ in new.values()
            ]
            numbers = connection.scalars(
                insert(PRINTINGS).returning(PRINTINGS.c.number, sort_by_parameter_order=True), rows
            )
            _insert_bands(
                connection,
                [
                    (band, number)
                    for number, (_, _, keys) in zip(numbers, new.values(), strict=True)
                    for band in sorted(keys)
                ],
            )


def _insert_bands(connection: Connection, pairs: list[tuple[int, int]]) -> None:
    """Insert bands, each with its text's number; in SQLAlchemy's own loop, forty rows a text take longer than all else.

    The statement is its, for whichever database: only the rows are given to the driver as they are.
    """
    if not pairs:
        return
    statement = insert(PRINTING_BANDS).compile(dialect=connection.dialect)
    rows: Any = pairs if statement.positional else [{"band": band, "text": text} for band, text in pairs]
    connection.exec_driver_sql(str(statement), rows)


def _cut_all_into_bands(connection: Connection) -> None:
    """Make the bands of texts that were kept while signatures were made in another way."""
    last = -1
    query = select(PRINTINGS.c.number, PRINTINGS.c.hashes).order_by(PRINTINGS.c.number).limit(BATCH)
    while texts := connection.execute(query.where(PRINTINGS.c.number > last)).all():
        last = texts[-1].number
        keys = bands([Shingles.unpack(text.hashes, "").hashes for text in texts])
        rows = [{"band": band, "text": text.number} for text, own in zip(texts, keys, strict=True) for band in own]
        connection.execute(_insert_missing(connection, PRINTING_BANDS), rows)


def _insert_missing(connection: Connection, table: Table) -> Insert:
    """An insertion that leaves rows already there as they are: another crawl may have come first."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
