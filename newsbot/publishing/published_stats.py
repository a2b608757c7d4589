"""What the lines of a run were like: kinds of change, length of text, how late, how many were printed elsewhere."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from statistics import median
from typing import Final

from newsbot.items import Article
from newsbot.vietnamese.dates import VIETNAM

#: Characters that an article was published with, hours from its printed date to its capture: so many are kept for the
#: median. A first crawl or a backfill publishes a million, and its first hundred thousand say as much.
MOST_KEPT: Final = 100_000


class PublishedStats:
    """Counts the lines of one run.

    As stats: ``newsbot/change/<change>``, ``newsbot/duplicates``, ``newsbot/text_length`` (median, characters of the
    body) and ``newsbot/date_lag_hours`` (median, of new articles alone: a known one is read again at any age).
    """

    def __init__(self) -> None:
        self.changes: dict[str, int] = {}
        self.duplicates = 0
        self._lengths = array("l")
        self._lags = array("d")

    def add(self, article: Article) -> None:
        """Count an article whose line is written."""
        self.changes[article.change] = self.changes.get(article.change, 0) + 1
        self.duplicates += article.duplicate_of is not None
        if article.change == "removed" or len(self._lengths) >= MOST_KEPT:
            return
        self._lengths.append(len(article.body))
        if article.change == "new" and article.published_at:
            self._lags.append(lag_hours(article.published_at, article.fetched_at))

    def stats(self) -> dict[str, float]:
        """Return what was counted, by the stat's name."""
        stats: dict[str, float] = {f"newsbot/change/{change}": count for change, count in sorted(self.changes.items())}
        stats["newsbot/duplicates"] = self.duplicates
        if self._lengths:
            stats["newsbot/text_length"] = round(median(self._lengths))
        if self._lags:
            stats["newsbot/date_lag_hours"] = round(median(self._lags), 1)
        return stats


def lag_hours(published_at: str, fetched_at: str) -> float:
    """Return the hours from an article's printed date to its capture; of a plain date from its noon.

    >>> lag_hours("2026-11-22T07:00:00+07:00", "2026-11-22T03:00:00Z")
    3.0
    >>> lag_hours("2026-11-21", "2026-11-22T05:00:00Z")
    24.0
    """
    published = datetime.fromisoformat(published_at)
    if published.tzinfo is None:
        published = published.replace(hour=12, tzinfo=VIETNAM)
    return (datetime.fromisoformat(fetched_at) - published.astimezone(UTC)).total_seconds() / 3600
