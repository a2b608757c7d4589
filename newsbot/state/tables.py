"""All tables of the state, and what creates those that a database lacks."""

from __future__ import annotations

import re
from typing import Any, Final

from rensa import RMinHash  # type: ignore[import-untyped]
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Executable,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable
from sqlalchemy.types import TypeDecorator

#: How a text's MinHash signature is cut up.
BANDS: Final = 40
ROWS: Final = 3
#: Names how signatures are made; bands of another name must not be compared. rensa numbers its algorithm.
SIGNATURE: Final = f"rminhash{RMinHash.ALGORITHM_VERSION}_{BANDS}x{ROWS}"
#: What cannot be stored in every database: sites can send it all the same.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


class Text(TypeDecorator[str]):
    """Text compared byte by byte: dates and ids are in the same order on every machine and in every database."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String(collation="C") if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return storable(value)


def storable(value: Any) -> Any:
    """Return a value as every database can store it."""
    if not isinstance(value, str) or (value.isascii() and "\0" not in value):
        return value
    return _UNSTORABLE.sub("\ufffd", value)


TEXT: Final = Text()

METADATA = MetaData()

VERSIONS = Table(
    "article_versions",
    METADATA,
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

RESOURCES = Table(
    "resources",
    METADATA,
    Column("key", TEXT, primary_key=True),
    Column("source", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("url", TEXT, nullable=False),
    Column("etag", TEXT),
    Column("last_modified", TEXT),
    Column("status", Integer, nullable=False),
    Column("payload_digest", TEXT, nullable=False),
    Column("record_id", TEXT, nullable=False),
    Column("captured_at", TEXT, nullable=False),
    Column("checked_at", TEXT, nullable=False),
    Column("next_check", TEXT),
    Column("step", Integer, nullable=False),
    Column("found_on", TEXT, nullable=False),
    Column("trusted", Integer, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("elsewhere", TEXT, nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    # Finds what is due without reading what is not.
    Index("resources_by_next_check", "source", "kind", "next_check"),
)

RUNS = Table(
    "runs",
    METADATA,
    # The digits are eight, and there are many years: they alone would be given twice.
    Column("source", TEXT, primary_key=True),
    Column("started", TEXT, primary_key=True),
    Column("run", TEXT, primary_key=True),
    Column("finished", TEXT),
    Column("ended", TEXT),
    Column("complete", Integer, nullable=False),
    Column("arguments", TEXT, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("captures", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
)

DOUBTED = Table(
    "doubted_runs",
    METADATA,
    Column("source", TEXT, primary_key=True),
    Column("run", TEXT, primary_key=True),
)
MISSING = Table(
    "missing_articles",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("source", TEXT, nullable=False),
    # WARC-Date of the capture that first found it gone.
    Column("since", TEXT, nullable=False),
)

BACKFILLS = Table(
    "backfill_lists",
    METADATA,
    Column("source", TEXT, primary_key=True),
    Column("since", TEXT, primary_key=True),
    Column("until", TEXT, primary_key=True),
    Column("root", TEXT, primary_key=True),
    Column("kind", TEXT, nullable=False),
    Column("next_url", TEXT),
    Column("next_page", Integer, nullable=False),
    Column("last_url", TEXT, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("begun", TEXT),
    Column("reached", TEXT),
    Column("done_at", TEXT, nullable=False),
)

PRINTINGS = Table(
    "first_printings",
    METADATA,
    # An integer, since forty bands name it. SQLite gives numbers of its own to this type alone.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("fetched_at", TEXT, nullable=False),
    Column("details", TEXT, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    UniqueConstraint("id", "version"),
    # Tells whose they are without reading their rows, of which each fills a page.
    Index("first_printings_by_number", "number", "source", "fetched_at", "id", "version"),
)
#: One table for each way of making signatures: bands of two ways have nothing to do with each other.
PRINTING_BANDS = Table(
    f"first_printing_bands_{SIGNATURE}",
    METADATA,
    Column("band", BigInteger, primary_key=True),
    Column("text", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)
#: Names the tables of bands that hold the bands of every text.
SIGNATURES = Table("first_printing_signatures", METADATA, Column("name", TEXT, primary_key=True))

#: What is forgotten with an article, by its id, and with a source.
OF_ARTICLE: Final = (VERSIONS, PRINTINGS, MISSING)
OF_SOURCE: Final = (*OF_ARTICLE, RESOURCES, RUNS, DOUBTED)


def lacking(connection: Connection) -> list[Executable]:
    """Return what creates the tables and indexes that are missing, and columns that an older version did not have."""
    statements: list[Executable] = []
    catalogue, names = inspect(connection), [*METADATA.tables]
    columns, indexes = catalogue.get_multi_columns(filter_names=names), catalogue.get_multi_indexes(filter_names=names)
    for table in METADATA.sorted_tables:
        here = {column["name"] for column in columns.get((None, table.name), ())}
        if not here:
            statements.append(CreateTable(table))
        for column in table.columns if here else ():
            if column.name not in here:
                column_sql = CreateColumn(column).compile(dialect=connection.dialect)
                name = connection.dialect.identifier_preparer.format_table(table)
                statements.append(text(f"ALTER TABLE {name} ADD COLUMN {column_sql}"))
        indexed = {index["name"] for index in indexes.get((None, table.name), ())}
        statements += [CreateIndex(index) for index in table.indexes if index.name not in indexed]
    return statements
