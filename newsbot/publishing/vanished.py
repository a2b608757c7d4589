"""Decides which articles that a run found gone get a line that says so: not where most are gone at once.

A site whose database is down, that is being moved or was sold, answers 404 or its front page for everything, for an
hour or for a day. A run is doubted if no list of the source answered; or if most of the articles it looked at were
gone, and those are several, or others are missing already. What a doubted run found gone is kept back until a later
run, hours later at least, still finds it gone.

What is decided depends on the captures of the run and of those before alone, so that a rebuild decides the same. Which
runs were doubted is written down for those who read only some captures of a run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select

from newsbot.items import Article, Removal
from newsbot.planning.schedule import CONFIRM_AFTER, read_date
from newsbot.state.state import State
from newsbot.state.statements import insert_missing
from newsbot.state.tables import DOUBTED, MISSING
from newsbot.state.versions import Version

#: Minimum number of articles gone at once for a run to be doubted.
SEVERAL: Final = 3


class Vanished:
    """The articles of one source that are there, gone or missing, one run after another.

    :param judge: False if only some of a run's captures are seen; then a run is doubted if it was.
    :raises ArchiveError: from every method, if the database cannot be read or written.
    """

    def __init__(self, state: State, source: str, *, judge: bool = True):
        self._state, self._source, self._judge = state, source, judge
        query = select(MISSING.c.id, MISSING.c.since).where(MISSING.c.source == source)
        #: Articles whose removal was kept back, and since when.
        self._missing: dict[str, str] = {row.id: row.since for row in state.rows(query)}
        self._forget_run()

    def list_answered(self) -> None:
        """Note that a page other than an article's was there."""
        self._lists += 1

    def answered(self, article_id: str) -> None:
        """Note that an article was there."""
        self._there += 1
        self._gone.pop(article_id, None)
        if article_id in self._missing:
            self._settled.add(article_id)

    def gone(self, removal: Removal) -> None:
        """Note that an article was not there."""
        self._gone[removal.id] = removal
        self._settled.discard(removal.id)

    def settle(self, article_ids: Iterable[str]) -> None:
        """Forget that articles are missing: they are there again, or their lines say that they are gone."""
        if known := self._missing.keys() & set(article_ids):
            self._state.remove("id", known, MISSING)
            for article_id in known:
                del self._missing[article_id]

    def ids(self) -> Sequence[str]:
        """Return the articles that this run found gone."""
        return list(self._gone)

    def end_run(self, run: str, known: Mapping[str, Version]) -> tuple[list[Removal], int]:
        """Return the removals to tell, in capture order, and how many are kept back.

        `settle` follows when their lines are written: killed before that, the same run must tell them again.

        :param known: the last version of each article that was ever published.
        """
        found = [
            removal
            for removal in self._gone.values()
            if (last := known.get(removal.id)) and last.change != "removed" and last.url == removal.capture.url
        ]
        found.sort(key=lambda removal: removal.capture.sequence)
        self.settle(self._settled)
        doubted = bool(found) and self._is_doubted(run, len(found))
        kept = {each.id: each.capture.date for each in found if doubted and not self._is_confirmed(each)}
        if doubted:
            self._doubt(run, kept)
        self._forget_run()
        return [removal for removal in found if removal.id not in kept], len(kept)

    def _is_doubted(self, run: str, found: int) -> bool:
        if self._judge and (not self._lists or (found > self._there and (found >= SEVERAL or bool(self._missing)))):
            return True
        query = select(DOUBTED).where(DOUBTED.c.source == self._source, DOUBTED.c.run == run)
        return bool(self._state.rows(query))

    def _is_confirmed(self, removal: Removal) -> bool:
        since = self._missing.get(removal.id)
        return since is not None and read_date(removal.capture.date) - read_date(since) >= CONFIRM_AFTER

    def _doubt(self, run: str, kept: Mapping[str, str]) -> None:
        """Write down that a run is doubted, and which articles it has missed since when."""
        with self._state.transaction() as connection:
            connection.execute(insert_missing(connection, DOUBTED), [{"source": self._source, "run": run}])
            if kept:
                rows = [{"id": key, "source": self._source, "since": since} for key, since in kept.items()]
                connection.execute(insert_missing(connection, MISSING), rows)
        self._missing = {**kept, **self._missing}

    def _forget_run(self) -> None:
        self._lists = self._there = 0
        self._gone: dict[str, Removal] = {}
        #: Missing articles that are there again.
        self._settled: set[str] = set()


def tombstone(removal: Removal, last: Version, article: Article) -> Article:
    """Return the article whose line says that it is gone: the text of its last version, at the moment it was missed."""
    return replace(
        article,
        url=removal.capture.url,
        pages=[],
        content_digest=last.content_digest,
        version=last.version + 1,
        change="removed",
        fetched_at=removal.capture.date,
        capture=removal.capture,
    )
