"""Stores which texts have which bands (`newsbot.publishing.duplicates.first_printings`): forty rows a text.

Bands are spread evenly over all 64-bit integers, so that each of a text's forty is in a page of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from sqlalchemy import Connection

from newsbot.state.statements import insert_rows
from newsbot.state.tables import PRINTING_BANDS

#: Number of bands that wait in memory to be written together: then more of them go into one page.
_WAITING: Final = 1 << 16
#: Bytes in memory, each for the bands that end in the same bits, that tell a band which no text has: most are new.
_SEEN: Final = 1 << 24

#: Texts, by their numbers, and the bands of each.
TextBands = Sequence[tuple[int, Iterable[int]]]


class Bands(Protocol):
    """The bands of all texts."""

    def sharing(self, connection: Connection, texts: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
        """Return, for each band of some texts that is known, the numbers of the texts that have it."""

    def add(self, connection: Connection, texts: TextBands) -> None:
        """Add texts; those already there are left."""


class SharedBands:
    """In a table of a database that crawls share."""

    def sharing(self, connection: Connection, texts: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
        wanted = sorted({band for bands in texts for band in bands})
        # All in one value: to bind forty numbers a text, or to have them parsed, would take longer than all else.
        if connection.dialect.name == "sqlite":
            query = f"SELECT band, text FROM json_each(?) CROSS JOIN {PRINTING_BANDS.name} ON band = value"  # noqa: S608
            found = connection.exec_driver_sql(query, (json.dumps(wanted),))
        else:
            query = f"SELECT band, text FROM {PRINTING_BANDS.name} WHERE band = ANY(%s)"  # noqa: S608
            found = connection.exec_driver_sql(query, (wanted,))
        sharing: dict[int, list[int]] = {}
        for band, text in found.all():
            sharing.setdefault(band, []).append(text)
        return sharing

    def add(self, connection: Connection, texts: TextBands) -> None:
        pairs = sorted((band, number) for number, bands in texts for band in bands)  # neighbours are found together
        insert_rows(connection, PRINTING_BANDS, ("band", "text"), pairs)


class OwnBands:
    """In the temporary database of one process, where nothing is removed: as much faster as a rebuild has more texts.

    Texts of a band are one value, so that one row tells them all, and rows are written some ten thousands at a time.
    """

    def __init__(self, connection: Connection):
        connection.exec_driver_sql("CREATE TABLE own_bands (band INTEGER PRIMARY KEY, texts)")
        self._waiting: dict[int, int | str] = {}
        self._seen = bytearray(_SEEN)

    def sharing(self, connection: Connection, texts: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
        seen, last = self._seen, _SEEN - 1
        wanted = {band for bands in texts for band in bands if seen[band & last]}
        query = "SELECT band, texts FROM json_each(?) CROSS JOIN own_bands ON band = value"
        found = connection.exec_driver_sql(query, (json.dumps(sorted(wanted)),))
        sharing = {band: _numbers(kept) for band, kept in found.all()}
        for band in self._waiting.keys() & wanted:
            sharing[band] = sharing.get(band, ()) + _numbers(self._waiting[band])
        return sharing

    def add(self, connection: Connection, texts: TextBands) -> None:
        seen, last = self._seen, _SEEN - 1
        for number, bands in texts:
            own = set(bands)
            known = self._waiting.keys() & own
            for band in known:
                self._waiting[band] = f"{self._waiting[band]},{number}"
            self._waiting.update(dict.fromkeys(own - known, number))
            for band in own:
                seen[band & last] = 1
        if len(self._waiting) >= _WAITING:
            self._write(connection)

    def _write(self, connection: Connection) -> None:
        rows = [(band, self._waiting[band]) for band in sorted(self._waiting)]
        connection.exec_driver_sql(
            "INSERT INTO own_bands VALUES (?, ?) "
            "ON CONFLICT (band) DO UPDATE SET texts = texts || ',' || excluded.texts",
            rows,
        )
        self._waiting.clear()


def _numbers(texts: int | str) -> tuple[int, ...]:
    """Return the numbers of a band's texts; most bands have one, which is kept as it is."""
    return (texts,) if isinstance(texts, int) else tuple(map(int, texts.split(",")))
