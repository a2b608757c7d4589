"""Stores the published versions of articles, and tells what has changed since the last.

A cache, which lines and WARC files can rebuild.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import inf
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, update

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.state.state import State
from newsbot.state.statements import insert_rows
from newsbot.state.tables import VERSIONS
from newsbot.vietnamese.text import content_digest, fold

#: Stands before the digest of an article's metadata where pages are lacking.
_PAGES: Final = " pages, "


class Version(NamedTuple):
    """One published version of an article; digests are of folded text."""

    id: str
    version: int
    source: str
    content_digest: str
    headline_digest: str
    #: WARC-Date of the capture it was read from.
    fetched_at: str
    #: Of one that lacks pages, it also says how many were had.
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
        return not self._state.rows(select(VERSIONS.c.id).limit(1))

    def latest(self, ids: Iterable[str]) -> dict[str, Version]:
        """Return the newest published version of each of the articles that has one."""
        rows = self._select(VERSIONS.c.id, ids)
        return {row.id: row for row in sorted(rows, key=lambda row: row.version)}

    def with_content(self, digests: Iterable[str]) -> list[Version]:
        """Return all versions, of any source, that have one of these contents."""
        return self._select(VERSIONS.c.content_digest, digests)

    def changes(self, files: Iterable[str]) -> dict[str, int]:
        """Count the versions read from WARC files by what they say has changed."""
        counts: Counter[str] = Counter()
        query = select(VERSIONS.c.change, func.count()).group_by(VERSIONS.c.change)
        for change, count in self._state.rows_with(VERSIONS.c.file, files, query):
            counts[change] += count
        return counts

    def add(self, versions: Sequence[Version]) -> None:
        """Add versions, all or none; those already there are left as they are."""
        if versions:
            with self._state.transaction() as connection:
                insert_rows(connection, VERSIONS, Version._fields, versions)

    def forget_files(self, files: Iterable[str]) -> None:
        """Forget the versions read from WARC files."""
        self._state.remove("file", files, VERSIONS)

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
                key = (VERSIONS.c.id == article_id, VERSIONS.c.version == version, VERSIONS.c.file == file)
                connection.execute(update(VERSIONS).where(*key).values(offset=offset))

    def _select(self, column: Any, values: Iterable[str]) -> list[Version]:
        return [Version(*row) for row in self._state.rows_with(column, values, select(VERSIONS))]


def changed_since(article: Article, known: Version | None) -> Article | None:
    """Return an article with its version and what has changed since the last; None if nothing has.

    Of one some of whose pages were not captured that cannot be told, unless the last version had no more of them. One
    that comes as removed, from its line, stays so, if it was there before.
    """
    if article.change == "removed":
        return replace(article, version=known.version + 1) if known and known.change != "removed" else None
    if known is None:
        return article
    version = version_of(article)
    (pages, metadata), (known_pages, known_metadata) = _metadata(version), _metadata(known)
    if known.change != "removed" and pages < known_pages:
        return None  # it says less than the site does
    if known.change == "removed":
        change = "restored"
    elif known.headline_digest != version.headline_digest:
        change = "headline"
    elif known.content_digest != version.content_digest:
        change = "body"
    elif known_metadata and metadata and known_metadata != metadata and pages == known_pages:
        change = "metadata"
    else:
        return None
    return replace(article, version=known.version + 1, change=change)


def version_of(article: Article) -> Version:
    """Return what the state keeps of an article, on its way to its line or read from one."""
    capture, compared = article.capture, article.compared
    pointer = capture.pointer() if isinstance(capture, Capture) else capture or {}
    return Version(
        article.id,
        article.version,
        article.source,
        article.content_digest or "",
        compared.headline_digest if compared else headline_digest(article),
        article.fetched_at,
        _of_pages(article, compared.metadata_digest if compared else metadata_digest(article)),
        article.change,
        article.url,
        str(pointer["file"]),
        int(pointer["offset"]),
    )


def _of_pages(article: Article, digest: str) -> str:
    """Return a digest of metadata behind the number of the further pages that were had, if others were not."""
    return f"{len(article.pages) - article.pages.count(None)}{_PAGES}{digest}" if None in article.pages else digest


def _metadata(version: Version) -> tuple[float, str]:
    """Return how many further pages of a version were had (if it lacks none: infinitely many), and its own digest."""
    pages, mark, digest = version.metadata_digest.rpartition(_PAGES)
    return (int(pages), digest) if mark else (inf, digest)


def headline_digest(article: Article) -> str:
    """Return a digest of an article's folded title."""
    return content_digest(article.title, "", "")


def metadata_digest(article: Article) -> str:
    """Return a digest of what is said about a text: by whom, when, where; a date like "an hour ago" says nothing.

    Empty where no layout fits the page: a site's new design hides most of it, and that is no change.
    """
    if article.layout is None:
        return ""
    relative = fold("trước") in fold(article.published_raw or "")
    lists = ("; ".join(map(fold, names)) for names in (article.authors, article.section, article.tags))
    files = [document["url"] or "" for document in article.documents]  # where there are none, the digest is as it was
    said = "\n".join((*lists, *files, fold(article.agency or ""), "" if relative else article.published_at or ""))
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
