"""Stores the texts that nobody printed before: their shingles, and the bands by which a similar text finds them.

Bands are cut from MinHash signatures: two texts that have one in common are worth comparing. A pair of resemblance j
(Jaccard) has one with probability 1 - (1 - j³)⁴⁰: .995 at .5, .93 at .4, .66 at .3, .003 at .04. With more rows to a
band, reprints that dropped half the paragraphs would be lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from rensa import RMinHash  # type: ignore[import-untyped]
from sqlalchemy import Connection, select

from newsbot.publishing.duplicates.shingles import Shingles, unpack_hashes
from newsbot.state.bands import Bands
from newsbot.state.state import State
from newsbot.state.statements import BATCH, insert_missing, insert_rows, listed, rows_with
from newsbot.state.tables import BANDS, PRINTINGS, ROWS, SIGNATURE, SIGNATURES, storable

#: Maximum number of texts kept with a band: forms filled in every day (weather, prices) are found all the same.
CROWD: Final = 64
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


class BandTexts:
    """The texts that have some bands: those that are kept, and behind them those of a batch that will be.

    :param kept: the numbers of those that are kept, by band.
    """

    def __init__(self, kept: Mapping[int, Sequence[int]]):
        self._kept = kept
        self._new: dict[int, list[int]] = {}

    def add(self, number: int, bands: Iterable[int]) -> list[int]:
        """Add a text to those of its bands that are not crowded, and return these."""
        room = []
        for band in bands:
            new = self._new.setdefault(band, [])
            if len(self._kept.get(band, ())) + len(new) < CROWD:
                new.append(number)
                room.append(band)
        return room

    def of(self, bands: Iterable[int]) -> Mapping[int, Sequence[int]]:
        """Return the numbers of the texts that have some bands, by band, in ascending order."""
        return {band: [*self._kept.get(band, ()), *self._new.get(band, ())] for band in bands}


class FirstPrintings:
    """The first printings kept in a state's database.

    :raises ArchiveError: from every method, if the database cannot be read or written.
    """

    def __init__(self, state: State):
        self._state = state
        with state.transaction() as connection:
            if connection.execute(select(SIGNATURES).where(SIGNATURES.c.name == SIGNATURE)).first() is None:
                _cut_all_into_bands(connection, state.bands)
                connection.execute(insert_missing(connection, SIGNATURES), [{"name": SIGNATURE}])

    def sharing(self, texts: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
        """Return, for each band of some texts that is known, the numbers of the texts kept that have it."""
        with self._state.transaction() as connection:
            return self._state.bands.sharing(connection, texts)

    def printings(self, numbers: Iterable[int], other_than: str, ids: Collection[str]) -> dict[int, Printing]:
        """Return the printings with these numbers that another source has made, or one of the articles ``ids``."""
        query = f"SELECT {', '.join(f'p.{name}' for name in ('number', *Printing._fields))} FROM "  # noqa: S608
        with self._state.transaction() as connection:
            if connection.dialect.name == "sqlite":
                query += (
                    "json_each(?) CROSS JOIN first_printings AS p INDEXED BY first_printings_by_number "
                    "ON p.number = value WHERE p.source != ? OR p.id IN (SELECT value FROM json_each(?))"
                )
                values: tuple[Any, ...] = listed(sorted(numbers)), other_than, listed(sorted(ids))
            else:
                query += "first_printings AS p WHERE p.number = ANY(%s) AND (p.source != %s OR p.id = ANY(%s))"
                values = [*numbers], other_than, [*map(storable, ids)]
            rows = connection.exec_driver_sql(query, values).all()
        return {row[0]: Printing(*row[1:]) for row in rows}

    def versions_of(self, ids: Iterable[str]) -> set[tuple[str, int]]:
        """Return which versions of some articles are kept: ids and their numbers."""
        query = select(PRINTINGS.c.id, PRINTINGS.c.version)
        return {(row.id, row.version) for row in self._state.rows_with(PRINTINGS.c.id, ids, query)}

    def details(self, numbers: Iterable[int]) -> dict[int, frozenset[str]]:
        """Return the numbers and names in the texts with these numbers."""
        rows = self._state.rows_with(PRINTINGS.c.number, numbers, select(PRINTINGS.c.number, PRINTINGS.c.details))
        return {number: frozenset(details.split("\n")) for number, details in rows}

    def texts(self, numbers: Iterable[int]) -> dict[int, Shingles]:
        """Return what the texts with these numbers are compared by."""
        query = select(PRINTINGS.c.number, PRINTINGS.c.hashes, PRINTINGS.c.details)
        rows = self._state.rows_with(PRINTINGS.c.number, numbers, query)
        return {number: Shingles.unpack(hashes, details) for number, hashes, details in rows}

    def add(
        self,
        texts: Sequence[tuple[Printing, tuple[bytes, str], Collection[int]]],
        sharing: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        """Add texts, as `Shingles.pack` gives them, with their bands, all or none; those already there are left.

        They are as if each had been added by itself, in their order.

        :param sharing: what `sharing` has just returned for all their bands; by default it is asked again.
        """
        known = self.versions_of(text[0].id for text in texts)
        new = {(text[0].id, text[0].version): text for text in texts if (text[0].id, text[0].version) not in known}
        if not new:
            return
        kept = BandTexts(self.sharing([keys for _, _, keys in new.values()]) if sharing is None else sharing)
        rows = [(*printing, details, hashes) for printing, (hashes, details), _ in new.values()]
        with self._state.transaction() as connection:
            # All at once, and then asked for their numbers: to have each told by its insertion takes a statement a row.
            insert_rows(connection, PRINTINGS, (*Printing._fields, "details", "hashes"), rows)
            numbers = zip(_numbers(connection, {article for article, _ in new}, known), new.values(), strict=True)
            self._state.bands.add(connection, [(number, kept.add(number, keys)) for number, (_, _, keys) in numbers])


def bands(texts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the bands of each text, given as the hashes of its shingles; each band is a signed 64-bit integer.

    >>> (first, second) = bands([range(0, 900), range(100, 1000)])
    >>> len(first), len(set(first) & set(second)) > 10
    (40, True)
    """
    signatures = RMinHash.digest_matrix_from_token_hash_sets([*map(list, texts)], BANDS * ROWS, _SEED).to_rows()
    return [*map(_keys, signatures)]


def _numbers(connection: Connection, ids: Iterable[str], known: Collection[tuple[Any, ...]]) -> list[int]:
    """Return the numbers of the printings of some articles, but for those known before, in the order of insertion."""
    query = select(PRINTINGS.c.number, PRINTINGS.c.id, PRINTINGS.c.version)
    found = rows_with(connection, PRINTINGS.c.id, ids, query)
    return sorted(row[0] for row in found if row[1:] not in known)


def _keys(signature: Sequence[int]) -> list[int]:
    """Return a number for each band, of its own number and its rows."""
    keys: Iterable[int] = range(BANDS)
    for row in range(ROWS):
        keys = [key * _MIX + value for key, value in zip(keys, signature[row::ROWS], strict=True)]
    return [(key & _WORD) - 2**63 for key in keys]


def _cut_all_into_bands(connection: Connection, kept: Bands) -> None:
    """Make the bands of texts that were kept while signatures were made in another way."""
    last = -1
    query = select(PRINTINGS.c.number, PRINTINGS.c.hashes).order_by(PRINTINGS.c.number).limit(BATCH)
    while texts := connection.execute(query.where(PRINTINGS.c.number > last)).all():
        last = texts[-1].number
        keys = bands([unpack_hashes(text.hashes) for text in texts])
        kept.add(connection, [(text.number, own) for text, own in zip(texts, keys, strict=True)])
