"""What a backfill knows, and what it saves once the captures that this rests on are on disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from archive.errors import ArchiveError
from newsbot.lists.list_dates import Span, day_span
from newsbot.planning.backfill.cursors import Cursor, Cursors
from newsbot.planning.backfill.list_page import Listed, ListPage
from newsbot.planning.backfill.window import Window
from newsbot.state.state import State
from newsbot.state.versions import ReadVersion, Versions

if TYPE_CHECKING:
    from newsbot.planning.discovery import Discovery

#: Maximum number of articles whose dates are remembered: some 30 MB.
_MOST_TOLD: Final = 200_000


class Memory:
    """One backfill's view of the state.

    :param state: None for a crawl that knows nothing and leaves nothing behind.
    """

    def __init__(
        self, spider: Discovery, window: Window, state: State | None = None, read_version: ReadVersion | None = None
    ):
        self._spider = spider
        self._versions = Versions(state) if state else None
        self._cursors = Cursors(state, spider.name, window) if state else None
        self._read_version = read_version
        #: Articles that this run has finished with, and the last capture at that moment.
        self._ended: dict[str, int] = {}
        #: When articles were published; equal spans are one object.
        self._told: dict[str, Span] = {}
        self._spans: dict[Span, Span] = {}
        self._ready: deque[tuple[int, Cursor]] = deque()

    def rows(self) -> dict[str, Cursor]:
        """Return how far each list had come before this run."""
        return self._cursors.all() if self._cursors and not self._spider.refetch else {}

    def known(self, articles: Iterable[str]) -> set[str]:
        """Return those articles that need not be requested; those that failed are retried in runs for news."""
        ids = {f"{self._spider.name}:{article}": article for article in articles}
        found = {article for article in ids.values() if article in self._ended}
        if not self._spider.refetch:
            found |= {ids[id] for id in self._spider.crawl_state.get(ids)}
            found |= {ids[id] for id in self._versions.latest(ids)} if self._versions else set()
        return found

    def day_of(self, article: str) -> Span | None:
        """Return when a known article was published, as its capture says; None if that is not known."""
        id = f"{self._spider.name}:{article}"
        version = self._versions.latest([id]).get(id) if self._versions else None
        if version is None or self._read_version is None:
            return None
        try:
            return day_span(self._read_version(version).published_at)
        except ArchiveError:  # redacted since, or its file is elsewhere
            return None

    def complete(self, page: ListPage) -> ListPage:
        """Add to a page the dates that other lists, or the articles themselves, have given in this run."""
        articles = {}
        for article, (address, span) in page.articles.items():
            self._tell(article, span)
            articles[article] = Listed(address, self._told.get(article, span))
        return replace(page, articles=articles)

    def ended(self, article: str, sequence: int, span: Span | None) -> None:
        """Note that this run has finished with an article; the state knows that once the capture is on disk."""
        self._ended[article] = sequence
        self._tell(article, span)

    def _tell(self, article: str, span: Span | None) -> None:
        if span is None or span.first == date.min or (len(self._told) >= _MOST_TOLD and article not in self._told):
            return
        before = self._told.get(article)
        if before is None or span.days < before.days:
            self._told[article] = self._spans.setdefault(span, span)

    def put(self, sequence: int, rows: Iterable[Cursor]) -> None:
        """Save rows once the capture is on disk."""
        self._ready.extend((sequence, row) for row in rows)

    def flush(self, synced: int) -> None:
        """Write what rests on captures up to the ``synced``-th.

        :raises ArchiveError: if the database cannot be written.
        """
        rows = []
        while self._ready and self._ready[0][0] <= synced:
            rows.append(self._ready.popleft()[1])
        if rows and self._cursors:
            self._spider.crawl_state.write_failures()  # their page is done: nothing else will name them
            self._cursors.put(rows)
        if self._versions and not self._spider.refetch:
            self._ended = {article: sequence for article, sequence in self._ended.items() if sequence > synced}
