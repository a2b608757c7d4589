"""Stores what is known of each article and list that a site serves: its validators, and when to look again.

A cache beside the published versions: what it holds was captured before, and the WARCs can give it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import delete, insert, select, update

from newsbot.state.state import State
from newsbot.state.statements import batches
from newsbot.state.tables import RESOURCES

ARTICLE: Final = "article"
#: Of a list that is never whole: all that can be read of it was read, and asked for.
AS_FAR_AS_IT_GOES: Final = 2
#: Of a list that was not read to its end, as it was the time before: the next run asks for it in full.
CUT_ONCE: Final = -1


class Resource(NamedTuple):
    """One article or list of a source."""

    #: An article's id ("<spider>:<id>"), a list's URL.
    key: str
    source: str
    #: "article", "feed", "sitemap" or "section".
    kind: str
    #: Where it was last had.
    url: str
    etag: str | None = None
    last_modified: str | None = None
    #: The last answer's; 0 if there was none, or none that could be read.
    status: int = 0
    payload_digest: str = ""
    #: The last full capture and its WARC-Date; empty before the first.
    record_id: str = ""
    captured_at: str = ""
    #: WARC-Date of the last answer.
    checked_at: str = ""
    #: None: not again.
    next_check: str | None = None
    #: How often the gap has widened.
    step: int = 0
    #: The list that named an article first.
    found_on: str = ""
    #: 0 if a list changed while its validators stayed.
    trusted: int = 1
    #: 0 if a list was not read to its end, or not all that it named was asked for; or `AS_FAR_AS_IT_GOES`, `CUT_ONCE`.
    complete: int = 1
    #: Another address at which a list has named an article since.
    elsewhere: str = ""
    #: How often in a row an article was asked for in vain, or a list that others name.
    failures: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether a list need not be asked for in full, whatever its validators say."""
        return self.complete > 0


class Resources:
    """The rows, in the database of the state.

    :raises ArchiveError: from every method, if the database cannot be read or written.
    """

    def __init__(self, state: State):
        self._state = state

    def get(self, keys: Iterable[str]) -> dict[str, Resource]:
        """Return the rows with these keys that there are."""
        return {row.key: Resource(*row) for row in self._state.rows_with(RESOURCES.c.key, keys, select(RESOURCES))}

    def due(self, source: str, kind: str, now: str, limit: int, *, failing: bool | None = None) -> list[Resource]:
        """Return a source's rows whose next check has come, the longest overdue first.

        :param failing: those that were asked for in vain the last time, or the others; both if it is not given.
        """
        due = (RESOURCES.c.source == source, RESOURCES.c.kind == kind, RESOURCES.c.next_check <= now)
        failures = RESOURCES.c.failures
        which = () if failing is None else (failures > 0 if failing else failures == 0,)
        query = select(RESOURCES).where(*due, *which).order_by(RESOURCES.c.next_check, RESOURCES.c.key).limit(limit)
        return [Resource(*row) for row in self._state.rows(query)]

    def sections(self, source: str) -> list[str]:
        """Return the addresses of a source's sections that were ever asked for."""
        query = select(RESOURCES.c.key).where(RESOURCES.c.source == source, RESOURCES.c.kind == "section")
        return [row.key for row in self._state.rows(query.order_by(RESOURCES.c.key))]

    def put(self, rows: Sequence[Resource]) -> None:
        """Write rows in place of those with the same keys, all or none."""
        if not rows:
            return
        latest = {row.key: row for row in rows}
        with self._state.transaction() as connection:
            for batch in batches(sorted(latest)):
                connection.execute(delete(RESOURCES).where(RESOURCES.c.key.in_(batch)))
                connection.execute(insert(RESOURCES), [latest[key]._asdict() for key in batch])

    def look_again(self, articles: Mapping[str, tuple[str, str]], urls: Iterable[str], now: str) -> int:
        """Make articles and lists due at once and in full; returns how many.

        :param articles: source and URL by id, of articles that need not be known.
        :param urls: those of articles and lists; what is not known at one of them is left out.
        :param now: a WARC-Date.
        """
        found = self._state.rows_with(RESOURCES.c.url, urls, select(RESOURCES.c.key))
        rows = self.get({*articles, *(row.key for row in found)})
        new = {key: Resource(key, source, ARTICLE, url) for key, (source, url) in articles.items() if key not in rows}
        self.put([row._replace(etag=None, last_modified=None, next_check=now, step=0) for row in (rows | new).values()])
        return len(rows | new)

    def forget_validators(self, before: str) -> None:
        """Let everything be asked for in full that was last captured in full before a date."""
        old = (RESOURCES.c.captured_at < before, RESOURCES.c.captured_at != "")
        with self._state.transaction() as connection:
            connection.execute(update(RESOURCES).where(*old).values(etag=None, last_modified=None))
