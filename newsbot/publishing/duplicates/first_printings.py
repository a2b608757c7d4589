"""Stores the texts that nobody printed before: their shingles, and the bands by which a similar text finds them.

Bands are cut from MinHash signatures: two texts that have one in common are worth comparing. A pair of resemblance j
(Jaccard) has one with probability 1 - (1 - j³)⁴⁰: .995 at .5, .93 at .4, .66 at .3, .003 at .04. With more rows to a
band, reprints that dropped half the paragraphs would be lost.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from rensa import RMinHash  # type: ignore[import-untyped]
from sqlalchemy import Connection, or_, select

from newsbot.publishing.duplicates.shingles import Shingles
from newsbot.state.state import BATCH, State, batches, insert_missing, insert_rows
from newsbot.state.tables import BANDS, PRINTING_BANDS, PRINTINGS, ROWS, SIGNATURE, SIGNATURES

_SEED: Final = 2026
_MIX: Final = 0x9E3779B97F4A7C15  # odd, so that no bit is lost
_WORD: Final = 2**64 - 1


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
                connection.execute(insert_missing(connection, SIGNATURES), [{"name": SIGNATURE}])

    def sharing(self, keys: Iterable[int]) -> dict[int, list[int]]:
        """Return, for each of the bands that is known, the numbers of the texts that have it."""
        wanted = sorted(set(keys))
        texts: dict[int, list[int]] = {}
        with self._state.transaction() as connection:
            # All in one value: to bind forty numbers a text, or to have them parsed, would take longer than all else.
            if connection.dialect.name == "sqlite":
                query = f"SELECT band, text FROM json_each(?) CROSS JOIN {PRINTING_BANDS.name} ON band = value"  # noqa: S608
                found = connection.exec_driver_sql(query, (json.dumps(wanted),))
            else:
                query = f"SELECT band, text FROM {PRINTING_BANDS.name} WHERE band = ANY(%s)"  # noqa: S608
                found = connection.exec_driver_sql(query, (wanted,))
            for band, text in found.all():
                texts.setdefault(band, []).append(text)
        return texts

    def printings(self, numbers: Iterable[int], other_than: str, ids: Collection[str]) -> dict[int, Printing]:
        """Return the printings with these numbers that another source has made, or one of the articles ``ids``."""
        columns = PRINTINGS.c
        query = select(columns.number, columns.id, columns.version, columns.source, columns.fetched_at)
        query = query.where(or_(columns.source != other_than, columns.id.in_(sorted(ids))))
        rows = self._state.rows_with(columns.number, numbers, query)
        return {number: Printing(*printing) for number, *printing in rows}

    def texts(self, numbers: Iterable[int]) -> dict[int, Shingles]:
        """Return what the texts with these numbers are compared by."""
        query = select(PRINTINGS.c.number, PRINTINGS.c.hashes, PRINTINGS.c.details)
        rows = self._state.rows_with(PRINTINGS.c.number, numbers, query)
        return {number: Shingles.unpack(hashes, details) for number, hashes, details in rows}

    def add(self, texts: Sequence[tuple[Printing, tuple[bytes, str], Collection[int]]]) -> None:
        """Add texts, as `Shingles.pack` gives them, with their bands, all or none; those already there are left."""
        query = select(PRINTINGS.c.id, PRINTINGS.c.version)
        known = {(*row,) for row in self._state.rows_with(PRINTINGS.c.id, (text[0].id for text in texts), query)}
        new = {(text[0].id, text[0].version): text for text in texts if (text[0].id, text[0].version) not in known}
        if not new:
            return
        rows = [(*printing, details, hashes) for printing, (hashes, details), _ in new.values()]
        with self._state.transaction() as connection:
            # All at once, and then asked for their numbers: to have each told by its insertion takes a statement a row.
            insert_rows(connection, PRINTINGS, (*Printing._fields, "details", "hashes"), rows)
            numbers = zip(_numbers(connection, {article for article, _ in new}, known), new.values(), strict=True)
            _insert_bands(connection, [(band, number) for number, (_, _, keys) in numbers for band in keys])


def bands(texts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the bands of each text, given as the hashes of its shingles; each band is a signed 64-bit integer.

    >>> (first, second) = bands([range(0, 900), range(100, 1000)])
    >>> len(first), len(set(first) & set(second)) > 10
    (40, True)
    """
    signatures = RMinHash.digest_matrix_from_token_hash_sets([*map(list, texts)], BANDS * ROWS, _SEED).to_rows()
    return [
        [_key(number, signature[number * ROWS : (number + 1) * ROWS]) for number in range(BANDS)]
        for signature in signatures
    ]


def _numbers(connection: Connection, ids: Iterable[str], known: Collection[tuple[Any, ...]]) -> list[int]:
    """Return the numbers of the printings of some articles, but for those known before, in the order of insertion."""
    query = select(PRINTINGS.c.number, PRINTINGS.c.id, PRINTINGS.c.version)
    found = [row for batch in batches(ids) for row in connection.execute(query.where(PRINTINGS.c.id.in_(batch)))]
    return sorted(number for number, *key in found if tuple(key) not in known)


def _key(number: int, values: Sequence[int]) -> int:
    key = number
    for value in values:
        key = (key * _MIX + value) & _WORD
    return key - 2**63


def _insert_bands(connection: Connection, pairs: list[tuple[int, int]]) -> None:
    """Insert bands, each with its text's number, forty rows a text; in order, so that neighbours are found together."""
    insert_rows(connection, PRINTING_BANDS, ("band", "text"), sorted(pairs))


def _cut_all_into_bands(connection: Connection) -> None:
    """Make the bands of texts that were kept while signatures were made in another way."""
    last = -1
    query = select(PRINTINGS.c.number, PRINTINGS.c.hashes).order_by(PRINTINGS.c.number).limit(BATCH)
    while texts := connection.execute(query.where(PRINTINGS.c.number > last)).all():
        last = texts[-1].number
        keys = bands([Shingles.unpack(text.hashes, "").hashes for text in texts])
        _insert_bands(connection, [(band, text.number) for text, own in zip(texts, keys, strict=True) for band in own])
