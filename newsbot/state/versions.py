"""What is known of articles already published: a cache in a database, which the JSONL and the WARCs can rebuild.

SQLAlchemy Core, so that the same code runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from newsbot.items import Article
from newsbot.state.state import State, batches
from newsbot.state.tables import VERSIONS


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


#: Reads a published version again; raises ArchiveError where neither its capture nor its line can be read.
ReadVersion = Callable[[Version], Article]


class Versions:
    """The published versions.

    :raises ArchiveError: from every method, if the database cannot be read or written.
    """

    def __init__(self, state: State):
        self._state = state

    def is_empty(self) -> bool:
        """Whether no version is known."""
        with self._state.transaction() as connection:
            return connection.execute(select(VERSIONS.c.id).limit(1)).first() is None

    def latest(self, ids: Iterable[str]) -> dict[str, Version]:
        """Return the newest published version of each of the articles that has one."""
        rows = self._select(VERSIONS.c.id, ids)
        return {row.id: row for row in sorted(rows, key=lambda row: row.version)}

    def with_content(self, digests: Iterable[str]) -> list[Version]:
        """Return all versions, of any source, that have one of these contents."""
        return self._select(VERSIONS.c.content_digest, digests)

    def changes(self, files: Iterable[str]) -> dict[str, int]:
        """Count the versions read from WARC files by what they say has changed."""
        counts: dict[str, int] = {}
        with self._state.transaction() as connection:
            for batch in batches(sorted(files)):
                here = VERSIONS.c.file.in_(batch)
                query = select(VERSIONS.c.change, func.count()).where(here).group_by(VERSIONS.c.change)
                for change, count in connection.execute(query):
                    counts[change] = counts.get(change, 0) + count
        return counts

    def add(self, versions: Sequence[Version]) -> None:
        """Add versions, all or none; those already there are left as they are."""
        if not versions:
            return
        known = {(row.id, row.version) for row in self._select(VERSIONS.c.id, (version.id for version in versions))}
        rows = [version._asdict() for version in versions if (version.id, version.version) not in known]
        if rows:
            with self._state.transaction() as connection:
                connection.execute(insert(VERSIONS), rows)

    def remove(self, ids: Iterable[str]) -> None:
        """Forget all versions of articles."""
        with self._state.transaction() as connection:
            for batch in batches(sorted(ids)):
                connection.execute(delete(VERSIONS).where(VERSIONS.c.id.in_(batch)))

    def forget_files(self, files: Iterable[str]) -> None:
        """Forget the versions read from WARC files."""
        with self._state.transaction() as connection:
            for batch in batches(sorted(files)):
                connection.execute(delete(VERSIONS).where(VERSIONS.c.file.in_(batch)))

    def forget_source(self, source: str) -> None:
        """Forget all versions of a source."""
        with self._state.transaction() as connection:
            connection.execute(delete(VERSIONS).where(VERSIONS.c.source == source))

    def move(self, versions: Iterable[Version]) -> None:
        """Note that versions already there are now read at another URL."""
        moved = list(versions)
        if not moved:
            return
        with self._state.transaction() as connection:
            for version in moved:
                key = (VERSIONS.c.id == version.id, VERSIONS.c.version == version.version)
                connection.execute(update(VERSIONS).where(*key).values(url=version.url))

    def relocate(self, file: str, offsets: Iterable[tuple[str, int, int]]) -> None:
        """Note where captures in a WARC file are now.

        :param offsets: of each version: article id, number, offset.
        """
        with self._state.transaction() as connection:
            for article_id, version, offset in offsets:
                key = (
                    VERSIONS.c.id == article_id,
                    VERSIONS.c.version == version,
                    VERSIONS.c.file == file,
                )
                connection.execute(update(VERSIONS).where(*key).values(offset=offset))

    def _select(self, column: Any, values: Iterable[str]) -> list[Version]:
        rows: list[Version] = []
        with self._state.transaction() as connection:
            for batch in batches(sorted(values)):
                result = connection.execute(select(VERSIONS).where(column.in_(batch)))
                rows += (Version(*row) for row in result)
        return rows
