"""Stores which texts have which bands (`newsbot.publishing.duplicates.first_printings`): forty rows a text.

Bands are spread evenly over all 64-bit integers, so that each of a text's forty is in a page of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from sqlalchemy import Connection

from newsbot.state.statements import insert_rows, listed
from newsbot.state.tables import PRINTING_BANDS

#: Number of bands that wait in memory to be written together: then more of them go into one page.
_WAITING: Final = 1 << 16
#: Number of rows written by one statement.
_ROWS: Final = 1000
#: Bytes in memory, each for the bands that end in the same bits, that tell a band which no text has: most are new.
_SEEN: Final = 1 << 24
_NUMBER: Final = struct.Struct("<I")

#: The database attached to that of a process, for bands of its own.
OWN_BANDS: Final = "own_bands"
_TABLE: Final = f"{OWN_BANDS}.bands"

#: Texts, by their numbers, and the bands of each.
TextBands = Sequence[tuple[int, Iterable[int]]]


class Bands(Protocol):
    """The bands of all texts."""

    def sharing(self, connection: Connection, texts: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
        """Return, for each band of some texts that is known, the numbers of the texts that have it."""

    def add(self, connection: Connection, texts: TextBands) -> None:
        """Add texts that are not there yet."""


class SharedBands:
    """In a table of a database that crawls share."""

    def sharing(self, connection: Connection, texts: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
        wanted = sorted({band for bands in texts for band in bands})
        if connection.dialect.name == "sqlite":
            query = f"SELECT band, text FROM json_each(?) CROSS JOIN {PRINTING_BANDS.name} ON band = value"  # noqa: S608
            found = connection.exec_driver_sql(query, (listed(wanted),))
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
    """In a temporary database of one process, to which nobody else adds any and which keeps no journal.

    The texts of a band are one value: a number where there is one, as of most bands, or several numbers, packed.
    """

    def __init__(self, connection: Connection):
        connection.exec_driver_sql(f"CREATE TABLE {_TABLE} (band INTEGER PRIMARY KEY, texts)")
        #: What is to be written, in place of what the table has.
        self._waiting: dict[int, int | bytes] = {}
        #: Bands last asked for, those that are added to next, and what is known of them.
        self._asked: set[int] = set()
        self._known: dict[int, int | bytes] = {}
        self._seen = bytearray(_SEEN)

    def sharing(self, connection: Connection, texts: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
        self._ask(connection, set().union(*texts))
        return {band: _numbers(known) for band, known in self._known.items()}

    def add(self, connection: Connection, texts: TextBands) -> None:
        wanted: set[int] = set().union(*(bands for _, bands in texts))
        if not wanted <= self._asked:
            self._ask(connection, wanted)
        seen, last = self._seen, _SEEN - 1
        for number, bands in texts:
            own: dict[int, int | bytes] = dict.fromkeys(bands, number)
            for band in self._known.keys() & own.keys():
                own[band] = _packed(self._known[band]) + _NUMBER.pack(number)
            self._known.update(own)
            self._waiting.update(own)
        for band in wanted:
            seen[band & last] = 1
        if len(self._waiting) >= _WAITING:
            self._write(connection)

    def _ask(self, connection: Connection, bands: set[int]) -> None:
        """Find what is known of some bands."""
        seen, last = self._seen, _SEEN - 1
        waiting = self._waiting.keys() & bands
        kept = sorted(band for band in bands - waiting if seen[band & last])
        query = f"SELECT band, texts FROM json_each(?) CROSS JOIN {_TABLE} ON band = value"  # noqa: S608
        found = connection.exec_driver_sql(query, (listed(kept),)).all()
        self._asked, self._known = bands, dict(map(tuple, found))
        self._known.update((band, self._waiting[band]) for band in waiting)

    def _write(self, connection: Connection) -> None:
        command = f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?)"  # noqa: S608
        ordered = sorted(self._waiting)  # neighbours go into one page
        for start in range(0, len(ordered), _ROWS):  # all rows at once would take as much memory as what waits
            rows = [(band, self._waiting[band]) for band in ordered[start : start + _ROWS]]
            connection.exec_driver_sql(command, rows)
        self._waiting.clear()


def _packed(texts: int | bytes) -> bytes:
    return texts if isinstance(texts, bytes) else _NUMBER.pack(texts)


def _numbers(texts: int | bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(texts) // _NUMBER.size}I", texts) if isinstance(texts, bytes) else (texts,)
