"""What the pages ask of the search index: sources, days, articles, versions, what a search finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar

from archive.player.player_site import ListedPage
from newsbot.publishing.lines import content_of
from newsbot.viewer.search_database import DamagedDatabaseError, SearchDatabase
from newsbot.viewer.search_index import SearchIndex
from newsbot.viewer.search_text import Query, with_diacritics, without_diacritics

#: Maximum number of lines among which the best are chosen; of more, the newest are shown.
MOST_JUDGED: Final = 5000
#: Maximum number of versions of an article, or of its reprints, that are shown.
MOST_VERSIONS: Final = 200
#: Seconds for which what is known is new enough.
_FRESH: Final = 1.0
#: How much more a word in a title says than one in the text.
_TITLE_WEIGHT: Final = 5.0
_COLUMNS: Final = (
    "v.number, v.id, v.source, v.url, v.title, v.fetched_at, v.version, v.change, v.duplicate_of, f.source, f.name, "
    "v.offset, v.length"
)
_SHOWN: Final = f"SELECT {_COLUMNS} FROM versions v JOIN files f ON f.number = v.file"  # noqa: S608  # our own words

_Result = TypeVar("_Result")


class Shown(NamedTuple):
    """A version of an article: what lists say of it, and where its line is."""

    number: int
    id: str
    source: str
    url: str
    title: str
    fetched_at: str
    version: int
    change: str
    duplicate_of: str | None
    folder: str
    file: str
    offset: int
    length: int


class Source(NamedTuple):
    """What there is of a source."""

    name: str
    articles: int
    versions: int
    first: str
    last: str


@dataclass(frozen=True)
class Found:
    """What a search has found: the best version of each article, and how many articles there are."""

    shown: list[Shown]
    total: int
    #: Whether there is so much that the newest were taken instead of the best.
    only_newest: bool = False


@dataclass(frozen=True)
class Limits:
    """Which lines are shown: of some sources, or of a time; WARC-Dates or their beginnings."""

    sources: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def condition(self) -> tuple[str, list[str]]:
        """Return an SQL condition on a version, and its values."""
        conditions, values = ["1"], [*self.sources]
        if self.sources:
            conditions.append(f"v.source IN ({','.join('?' * len(self.sources))})")
        for sign, date in ((">=", self.since), ("<", self.until)):
            if date:
                conditions.append(f"v.fetched_at {sign} ?")
                values.append(date)
        return " AND ".join(conditions), values


class Catalogue:
    """Answers from the index, which it keeps up to date.

    :raises ArchiveError: from every method, if index or lines cannot be read.
    """

    def __init__(self, database: SearchDatabase, articles: Path, limits: Limits | None = None):
        self.index = SearchIndex(database, articles)
        self._database = database
        self._articles = articles
        self._limit, self._values = (limits or Limits()).condition()
        self._updated = -_FRESH

    def refresh(self) -> None:
        """Take in what is new; at most once a second."""
        if monotonic() - self._updated >= _FRESH or not self.index.is_that_of_the_database():
            self.index.update()
            self._updated = monotonic()

    def sources(self) -> list[Source]:
        """Return all sources, by name."""
        what = "v.source, count(DISTINCT v.id), count(*), min(v.fetched_at), max(v.fetched_at)"
        query = f"SELECT {what} FROM versions v WHERE {self._limit} GROUP BY v.source ORDER BY v.source"  # noqa: S608
        return [Source(*row) for row in self._read(query, *self._values)]

    def days(self, source: str = "") -> dict[str, int]:
        """Return how many versions were captured on each day, in Vietnam, that has any."""
        limit = f"{self._limit} AND v.source = coalesce(?, v.source)"
        query = f"SELECT v.day, count(*) FROM versions v WHERE {limit} GROUP BY v.day ORDER BY v.day"  # noqa: S608
        return dict(self._read(query, *self._values, source or None))

    def newest(self, offset: int, limit: int, source: str = "") -> list[Shown]:
        """Return the versions captured last."""
        more, values = ("AND v.source = ?", [source]) if source else ("", [])
        query = f"{_SHOWN} WHERE {self._limit} {more} ORDER BY v.fetched_at DESC, v.number DESC LIMIT ? OFFSET ?"
        return self._shown(query, *self._values, *values, limit, offset)

    def of_day(self, day: str, offset: int, limit: int, source: str = "") -> list[Shown]:
        """Return the versions captured on a day in Vietnam, source by source."""
        more, values = ("AND v.source = ?", [source]) if source else ("", [])
        query = f"{_SHOWN} WHERE {self._limit} AND v.day = ? {more} ORDER BY v.source, v.fetched_at LIMIT ? OFFSET ?"
        return self._shown(query, *self._values, day, *values, limit, offset)

    def versions(self, article_id: str) -> list[Shown]:
        """Return the versions of an article, the newest first."""
        query = f"{_SHOWN} WHERE {self._limit} AND v.id = ? ORDER BY v.version DESC, v.fetched_at DESC LIMIT ?"
        return self._shown(query, *self._values, article_id, MOST_VERSIONS)

    def reprints(self, article_id: str) -> list[Shown]:
        """Return the articles that print again what an article has printed first, one version of each."""
        query = f"{_SHOWN} WHERE {self._limit} AND v.duplicate_of = ? ORDER BY v.fetched_at LIMIT ?"
        found = self._shown(query, *self._values, article_id, MOST_VERSIONS)
        return [*{each.id: each for each in found}.values()]

    def line(self, shown: Shown) -> dict[str, Any] | None:
        """Return an article's line; None if its file has been replaced since."""
        path = self._articles / shown.folder / shown.file
        with suppress(OSError), path.open("rb") as file:
            file.seek(shown.offset)
            line = content_of(file.read(shown.length))
            if line is not None and line.get("id") == shown.id:
                return line
        return None

    def search(self, query: Query, offset: int, limit: int, source: str = "") -> Found:
        """Return the articles that hold all words, the best first.

        What has the words as they were typed comes before what has them with other diacritics, and where they stand
        side by side before where they do not.
        """
        if not query:
            return Found([], 0)
        ranked, only_newest = self._asked(lambda connection: self._ranked(connection, query, source))
        part = ranked[offset : offset + limit]
        marks = ",".join("?" * len(part))
        rows = {each.number: each for each in self._shown(f"{_SHOWN} WHERE v.number IN ({marks})", *part)}
        return Found([rows[number] for number in part if number in rows], len(ranked), only_newest)

    def _ranked(self, connection: sqlite3.Connection, query: Query, source: str) -> tuple[list[int], bool]:
        """Return one version's number of each article that is found, the best first."""
        rows, wanted, only_newest = self._candidates(connection, query, source)
        least = min((number for number, _, _ in rows), default=0)
        better = [("plain", query.phrase(exact=False))]
        if query.has_diacritics:
            better += [("exact", query.words(exact=True)), ("exact", query.phrase(exact=True))]
        # What all have is no distinction, and of one word all words are the phrase.
        distinctions = [each for each in dict.fromkeys(better) if each != ("plain", wanted)]
        tiers = [_numbers(connection, table, match, least) for table, match in distinctions]
        #: Of each number which distinctions it lacks: of two numbers the higher is the worse.
        lacking = {number: sum(1 << at for at, each in enumerate(tiers) if number not in each) for number, _, _ in rows}
        best: dict[str, int] = {}
        for _, _, _, number, article_id in sorted((lacking[row[0]], row[2], -row[0], *row[:2]) for row in rows):
            known = best.setdefault(article_id, number)
            if number > known and lacking[number] == lacking[known]:
                best[article_id] = number  # of two versions as good, the newer
        return [*best.values()], only_newest

    def _candidates(
        self, connection: sqlite3.Connection, query: Query, source: str
    ) -> tuple[list[tuple[int, str, float]], str, bool]:
        """Return number, article and score of the versions among which the best are chosen, the least score the best.

        Also what all of them match, and whether they are only the newest of too many. Where the words are too common,
        the phrase that they make is looked for, in a single pass over the index: bm25 would need two more.
        """
        words, phrase = query.words(exact=False), query.phrase(exact=False)
        limit, values = f"{self._limit} AND v.source = coalesce(?, v.source)", [*self._values, source or None]
        matching = f"FROM plain JOIN versions v ON v.number = plain.rowid WHERE plain MATCH ? AND {limit}"
        if _counts(connection, words) <= MOST_JUDGED:
            score = f"bm25(plain, {_TITLE_WEIGHT}, 1.0)"
            rows = connection.execute(f"SELECT v.number, v.id, {score} {matching}", (words, *values))
            return rows.fetchall(), words, False
        if phrase != words:
            numbers = _numbers(connection, "plain", phrase, 0, MOST_JUDGED + 1)
            if 0 < len(numbers) <= MOST_JUDGED:
                marks = ",".join("?" * len(numbers))
                select = f"SELECT v.number, v.id, v.title FROM versions v WHERE v.number IN ({marks}) AND {limit}"  # noqa: S608
                sought = without_diacritics(" ".join(query.parts))
                found = connection.execute(select, (*numbers, *values))
                return [(number, key, float(not _holds(title, sought))) for number, key, title in found], phrase, False
        select = f"SELECT v.number, v.id, 0.0 {matching} ORDER BY plain.rowid DESC LIMIT ?"
        return connection.execute(select, (words, *values, MOST_JUDGED)).fetchall(), words, True

    # What a player asks (`archive.player.player_site.PageList`).

    def pages(self, offset: int, limit: int) -> tuple[list[ListedPage], int]:
        self.refresh()
        query = f"SELECT count(*) FROM versions v WHERE {self._limit}"  # noqa: S608
        ((total,),) = self._read(query, *self._values)
        return _listed(self.newest(offset, limit)), total

    def found(self, text: str, offset: int, limit: int) -> tuple[list[ListedPage], int]:
        self.refresh()
        found = self.search(Query.read(text), offset, limit)
        return _listed(found.shown), found.total

    def of_url(self, url: str, limit: int) -> list[ListedPage]:
        self.refresh()
        query = f"{_SHOWN} WHERE {self._limit} AND v.url = ? ORDER BY v.fetched_at DESC LIMIT ?"
        return _listed(self._shown(query, *self._values, url, limit))

    def _shown(self, query: str, *values: Any) -> list[Shown]:
        return [Shown(*row) for row in self._read(query, *values)]

    def _read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._asked(lambda connection: connection.execute(query, values).fetchall())

    def _asked(self, question: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Return what a question to the database gives; where that is damaged, once it has been made anew."""
        try:
            return self._database.carry_out(question)
        except DamagedDatabaseError:
            self.index.update()
            return self._database.carry_out(question)


def _counts(connection: sqlite3.Connection, match: str) -> int:
    """Return how many lines match, those that have gone among them; one more than `MOST_JUDGED` for any more."""
    query = "SELECT count(*) FROM (SELECT 1 FROM plain WHERE plain MATCH ? LIMIT ?)"
    ((count,),) = connection.execute(query, (match, MOST_JUDGED + 1)).fetchall()
    return int(count)


def _holds(title: str, sought: str) -> bool:
    return sought in without_diacritics(with_diacritics(title))


def _numbers(connection: sqlite3.Connection, table: str, match: str, least: int, most: int = MOST_JUDGED) -> set[int]:
    query = f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?"  # noqa: S608
    return {number for (number,) in connection.execute(query, (match, least, most))}


def _listed(shown: Iterable[Shown]) -> list[ListedPage]:
    return [
        ListedPage(f"{each.id} {each.version}", each.url, each.fetched_at, each.title or each.url) for each in shown
    ]
