"""What a run asks for, and in which order: an interface with two strategies, for news and for a source's past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from scrapy.http import Request

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.state.state import State
from newsbot.state.versions import ReadVersion


class Strategy:
    """Plans the requests of one run; what need not interest a strategy has a default."""

    #: Whether the dates that lists print are read, too.
    reads_dates: bool = False
    #: Whether the source's feeds, sitemaps and sections are asked for as lists of news.
    asks_lists: bool = True

    def requests(self) -> Iterable[Request]:
        """Return the first requests."""
        raise NotImplementedError

    def plan(self) -> None:
        """Choose the known articles that the run looks at again."""

    def idle(self) -> list[Request]:
        """Return what to ask for next, when nothing is under way any more; nothing ends the crawl."""
        raise NotImplementedError

    def remember(self, state: State, read_version: ReadVersion) -> None:
        """Take up what is known."""

    def note_durable(self, synced: int) -> None:
        """Take note that what was read from the captures up to the ``synced``-th is on disk."""

    def reading_arguments(self) -> dict[str, str]:
        """Return the arguments of a spider that reads as one with this strategy does."""
        return {}

    def article_ended(self, article_id: str, capture: Capture | None, published_at: str | None) -> Iterable[Request]:
        """Take note that an article was fetched, or cannot be; returns what is asked for next."""
        return ()

    def age_of(self, article: Article | None, capture: Capture) -> timedelta:
        """Return how old an article is taken to be that was not known before: new, where news is looked for."""
        return timedelta()
