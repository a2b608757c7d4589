"""Opens the state's database, SQLite or PostgreSQL, and shares it between crawls; every error names it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Column, Connection, Select, Table, create_engine, delete, event, make_url, select
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from archive.errors import ArchiveError, DamagedCacheError
from newsbot.state.bands import OWN_BANDS, Bands, OwnBands, SharedBands
from newsbot.state.half_made import is_half_made
from newsbot.state.statements import batches, rows_with
from newsbot.state.tables import METADATA, OF_ARTICLE, OF_SOURCE, PRINTING_BANDS, PRINTINGS, lacking

#: Maximum number of seconds that a crawl which has begun waits for a server that is away, say to be restarted.
_PATIENCE: Final = 30.0
_CONNECT_TIMEOUT: Final = 10
#: What SQLite says of a file that is damaged, or is none of its own (SQLITE_CORRUPT, SQLITE_NOTADB).
_DAMAGED: Final = (11, 26)
#: PostgreSQL's lock under which tables are made; any number will do.
_LOCK: Final = 4_711_2026
#: A database on disk that is gone with its process, however that ends: it takes little memory, whatever it holds.
TEMPORARY: Final = "temporary"
#: KiB of it that are held in memory, and of the bands in it.
_CACHE: Final = 16 << 10
_CACHE_OF_BANDS: Final = 8 << 10
_USER: Final = re.compile(r"(?<=://).*@")
_SECRET: Final = "***"  # noqa: S105

_Value = TypeVar("_Value", int, str)


class State:
    """An open state.

    :param url: an SQLAlchemy database URL, for instance ``sqlite:///data/state.sqlite``; or `TEMPORARY`.
    :param make: whether to make it anew: then it may be a half-made one (`newsbot.state.half_made`).
    :raises ArchiveError: from every method, if the database cannot be opened, read or written; the message names it.
    """

    def __init__(self, url: str, *, make: bool = False):
        self._patience = 0.0
        #: The bands of printings.
        self.bands: Bands = SharedBands()
        if url == TEMPORARY:
            self._engine = create_engine("sqlite://", creator=_temporary, poolclass=StaticPool)
            self.name = "temporary"
            self.is_half_made = self._create_tables()
            with self.transaction() as connection:
                self.bands = OwnBands(connection)
            return
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError) as error:  # may quote a part of a password
            raise ArchiveError(f"STATE_URL {shown(url)!r} is not the URL of a database") from error
        try:
            self._engine = create_engine(parsed, pool_pre_ping=True, connect_args=_connect_args(parsed))
        except (ArgumentError, ImportError) as error:
            raise ArchiveError(f"STATE_URL {shown(url)!r}: {_one_line(error)}") from error
        #: The URL as it may be printed.
        self.name = shown(url)
        if self._is("sqlite"):
            event.listen(self._engine, "connect", _configure_sqlite)
        #: Whether somebody has begun to make it anew, and has not ended.
        self.is_half_made = self._create_tables()
        if self.is_half_made and not make:
            self.close()
            raise ArchiveError(
                f"state database {self.name} is half made: `scrapy rebuildstate` is at it, or was interrupted and "
                "makes it anew when it is called again"
            )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together at the end, or not at all."""
        with self._errors_named(), self._connect() as connection, connection.begin():
            yield connection

    def rows(self, query: Select[Any]) -> list[Any]:
        """Return what a query finds."""
        with self.transaction() as connection:
            return [*connection.execute(query)]

    def rows_with(self, column: Column[Any], values: Iterable[_Value], query: Select[Any]) -> list[Any]:
        """Return what a query finds of the rows that have one of some values, however many, in a column."""
        with self.transaction() as connection:
            return rows_with(connection, column, values, query)

    def forget_source(self, source: str) -> None:
        """Forget what was published of a source, what is known of its articles and lists, and its runs."""
        self.remove("source", [source], *OF_SOURCE)

    def forget_articles(self, ids: Iterable[str]) -> None:
        """Forget all versions of articles, their texts, and that they are missing."""
        self.remove("id", ids, *OF_ARTICLE)

    def remove(self, column: str, values: Iterable[str], *tables: Table) -> None:
        """Remove the rows that have one of some values in a column, from all tables or none; printings with bands."""
        with self.transaction() as connection:
            for batch in batches(sorted(values)):
                if PRINTINGS in tables:
                    printings = select(PRINTINGS.c.number).where(PRINTINGS.c[column].in_(batch))
                    connection.execute(delete(PRINTING_BANDS).where(PRINTING_BANDS.c.text.in_(printings)))
                for table in tables:
                    connection.execute(delete(table).where(table.c[column].in_(batch)))

    def compact(self) -> None:
        """Leave nothing in the database's own files of what was removed from its tables."""
        commands = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
        if self._is("postgresql"):
            names = (self._engine.dialect.identifier_preparer.format_table(table) for table in METADATA.sorted_tables)
            commands = [f"VACUUM FULL {name}" for name in names]
        with self._errors_named(), self._connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            for command in commands:
                alone.exec_driver_sql(command)

    def close(self) -> None:
        self._engine.dispose()

    def _create_tables(self) -> bool:
        """Create tables, columns and indexes where they are missing; returns whether the state is half made."""
        with self.transaction() as connection:
            is_complete, half_made = not lacking(connection), is_half_made(connection)
        if not is_complete:
            with self.transaction() as connection:
                # Under a lock: another crawl that began at the same moment may have found the same.
                lock = "BEGIN IMMEDIATE" if self._is("sqlite") else f"SELECT pg_advisory_xact_lock({_LOCK})"
                connection.exec_driver_sql(lock)
                for statement in lacking(connection):
                    connection.execute(statement)
        self._patience = _PATIENCE
        return half_made

    def _connect(self) -> Connection:
        """Return a connection; a server that has been there before is waited for."""
        deadline = monotonic() + (0.0 if self._is("sqlite") else self._patience)
        while True:
            try:
                return self._engine.connect()
            except OperationalError:
                if monotonic() >= deadline:
                    raise
                sleep(0.5)

    def _is(self, dialect: str) -> bool:
        return self._engine.dialect.name == dialect

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Turn database errors into one line that names the database."""
        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                raise DamagedCacheError(self._put_aside(_one_line(cause))) from error
            raise ArchiveError(f"state database {self.name}: {_one_line(cause)}") from error

    def _put_aside(self, cause: str) -> str:
        """Move a damaged file away; returns what is to be said of it."""
        said = f"state database {self.name} was damaged ({cause})"
        path = Path(self._engine.url.database or "")
        try:
            path.replace(path.with_name(f"{path.name}.damaged"))
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            return f"{said} and cannot be moved away: {error.strerror}"
        return f"{said}: it is kept as {path.name}.damaged, the next crawl or `scrapy recover` makes it again"


def shown(url: str) -> str:
    """Return a database URL as it may be printed.

    >>> shown("postgresql://bot:geheim@db/news"), shown("postgresql:///news?user=bot&password=geheim")
    ('postgresql://bot:***@db/news', 'postgresql:///news?password=%2A%2A%2A&user=bot')
    >>> shown("postgresql//bot:geheim@db/news"), shown("sqlite:///data/state.sqlite")
    ('***', 'sqlite:///data/state.sqlite')
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return _USER.sub(f"{_SECRET}@", url) if "://" in url else _SECRET
    hidden = {name: _SECRET for name in parsed.query if "pass" in name}
    return parsed.update_query_dict(hidden).render_as_string(hide_password=True)


def _connect_args(url: URL) -> dict[str, Any]:
    """Return what the driver is told besides the URL: no server that does not answer is waited for for minutes."""
    if url.get_backend_name() == "sqlite" or "connect_timeout" in url.query:
        return {}
    return {"connect_timeout": _CONNECT_TIMEOUT}


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


def _temporary() -> sqlite3.Connection:
    connection = sqlite3.connect("", check_same_thread=False)
    connection.execute(f"ATTACH '' AS {OWN_BANDS}")
    # Bands are never taken back, and are written all over their database: a journal in memory would be as large.
    for schema, cache, journal in (("main", _CACHE, "MEMORY"), (OWN_BANDS, _CACHE_OF_BANDS, "OFF")):
        for setting in (f"cache_size=-{cache}", f"journal_mode={journal}", "synchronous=OFF"):
            connection.execute(f"PRAGMA {schema}.{setting}")
    return connection


def _configure_sqlite(connection: Any, record: Any) -> None:
    """Let several crawls share the file: readers beside one writer, and a time to wait where two write."""
    connection.execute("PRAGMA busy_timeout=30000")
    deadline = monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:  # another crawl makes the same file: this heeds no busy_timeout
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= deadline:
                raise
            sleep(0.05)
    # A line file is closed once its versions are here: they must survive a power cut, too.
    connection.execute("PRAGMA synchronous=FULL")
