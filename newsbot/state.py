"""What is known of articles already published: a cache in a database, which the JSONL and the WARCs can rebuild.

SQLAlchemy Core, so that the same code runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from archive.errors import ArchiveError

_METADATA = MetaData()

#: Compared byte by byte, so that dates and ids are in the same order on every machine and in every database.
TEXT: Final = String().with_variant(String(collation="C"), "postgresql")

_VERSIONS = Table(
    "article_versions",
    _METADATA,
    Column("id", TEXT, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("source", TEXT, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("headline_digest", TEXT, nullable=False),
    Column("fetched_at", TEXT, nullable=False),
    Column("metadata_digest", TEXT, nullable=False, server_default=""),
    Column("change", TEXT, nullable=False, server_default="new"),
    Column("url", TEXT, nullable=False, server_default=""),
    Column("file", TEXT, nullable=False, server_default=""),
    Column("offset", BigInteger, nullable=False, server_default="-1"),
    Index("article_versions_by_content", "content_digest"),
)

#: Values in one IN list; SQLite allows 32,766 parameters, PostgreSQL 65,535.
_BATCH = 500


class Version(NamedTuple):
    """One published version of an article; digests are of folded text."""

    id: str
    version: int
    source: str
    content_digest: str
    headline_digest: str
    #: WARC-Date of the capture it was read from.
    fetched_at: str
    metadata_digest: str = ""
    change: str = "new"
    url: str = ""
    #: WARC file and offset of that capture.
    file: str = ""
    offset: int = -1


class State:
    """The published versions.

    :param url: an SQLAlchemy database URL, for instance ``sqlite:///data/state.sqlite``.
    :raises ArchiveError: if the database cannot be opened, read or written; the message names it.
    """

    def __init__(self, url: str):
        try:
            self._engine = create_engine(url)
        except (ArgumentError, ImportError) as error:
            raise ArchiveError(f"STATE_URL {url!r}: {error}") from error
        self._name = self._engine.url.render_as_string(hide_password=True)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _configure_sqlite)
        self.create(_VERSIONS)

    def create(self, *tables: Table) -> None:
        """Create tables and their indexes where they are missing."""
        with self.transaction() as connection:
            for table in tables:
                # Not create_all, which looks first: two crawls that begin together would both find nothing.
                connection.execute(CreateTable(table, if_not_exists=True))
                _add_columns(connection, table)
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together at the end, or not at all."""
        with self._errors_named(), self._engine.begin() as connection:
            yield connection

    def latest(self, ids: Iterable[str]) -> dict[str, Version]:
        """Return the newest published version of each of the articles that has one."""
        rows = self._select(_VERSIONS.c.id, ids)
        return {row.id: row for row in sorted(rows, key=lambda row: row.version)}

    def with_content(self, digests: Iterable[str]) -> list[Version]:
        """Return all versions, of any source, that have one of these contents."""
        return self._select(_VERSIONS.c.content_digest, digests)

    def changes(self, files: Iterable[str]) -> dict[str, int]:
        """Count the versions read from WARC files by what they say has changed."""
        counts: dict[str, int] = {}
        wanted = sorted(set(files))
        with self.transaction() as connection:
            for start in range(0, len(wanted), _BATCH):
                here = _VERSIONS.c.file.in_(wanted[start : start + _BATCH])
                query = select(_VERSIONS.c.change, func.count()).where(here).group_by(_VERSIONS.c.change)
                for change, count in connection.execute(query):
                    counts[change] = counts.get(change, 0) + count
        return counts

    def add(self, versions: Sequence[Version]) -> None:
        """Add versions, all or none; those already there are left as they are."""
        if not versions:
            return
        known = {(row.id, row.version) for row in self._select(_VERSIONS.c.id, (version.id for version in versions))}
        rows = [version._asdict() for version in versions if (version.id, version.version) not in known]
        if rows:
            with self.transaction() as connection:
                connection.execute(insert(_VERSIONS), rows)

    def remove(self, ids: Iterable[str]) -> None:
        """Forget all versions of articles."""
        wanted = sorted(set(ids))
        with self.transaction() as connection:
            for start in range(0, len(wanted), _BATCH):
                connection.execute(delete(_VERSIONS).where(_VERSIONS.c.id.in_(wanted[start : start + _BATCH])))

    def compact(self) -> None:
        """Leave nothing in the database's file of what was removed; on SQLite only, others do so in their own time."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._errors_named(), self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            for command in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                alone.exec_driver_sql(command)

    def move(self, versions: Iterable[Version]) -> None:
        """Note that versions already there are now read at another URL."""
        for version in versions:
            key = (_VERSIONS.c.id == version.id, _VERSIONS.c.version == version.version)
            with self.transaction() as connection:
                connection.execute(update(_VERSIONS).where(*key).values(url=version.url))

    def relocate(self, file: str, offsets: Iterable[tuple[str, int, int]]) -> None:
        """Note where captures in a WARC file are now.

        :param offsets: of each version: article id, number, offset.
        """
        with self.transaction() as connection:
            for article_id, version, offset in offsets:
                key = (_VERSIONS.c.id == article_id, _VERSIONS.c.version == version, _VERSIONS.c.file == file)
                connection.execute(update(_VERSIONS).where(*key).values(offset=offset))

    def close(self) -> None:
        self._engine.dispose()

    def _select(self, column: Any, values: Iterable[str]) -> list[Version]:
        rows: list[Version] = []
        wanted = sorted(set(values))
        with self._errors_named(), self._engine.connect() as connection:
            for start in range(0, len(wanted), _BATCH):
                result = connection.execute(select(_VERSIONS).where(column.in_(wanted[start : start + _BATCH])))
                rows += (Version(*row) for row in result)
        return rows

    def _errors_named(self) -> _ErrorsNamed:
        return _ErrorsNamed(self._name)


def _add_columns(connection: Connection, table: Table) -> None:
    """Add the columns that a table made by an older version lacks; the new ones have defaults."""
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    name = connection.dialect.identifier_preparer.format_table(table)
    for column in table.columns:
        if column.name not in present:
            column_sql = CreateColumn(column).compile(dialect=connection.dialect)
            connection.execute(text(f"ALTER TABLE {name} ADD COLUMN {column_sql}"))


class _ErrorsNamed:
    """Turns database errors into one line that names the database."""

    def __init__(self, name: str):
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, SQLAlchemyError):
            cause = getattr(error, "orig", None) or error
            raise ArchiveError(f"state database {self._name}: {cause}") from error


def _configure_sqlite(connection: Any, record: Any) -> None:
    """Let several crawls share the file: readers beside one writer, and patience where two write."""
    connection.execute("PRAGMA journal_mode=WAL")
    # A line file is closed on the word that its versions are here: they must survive a power cut, too.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")
