"""Publishes articles as lines: in capture order, once their captures are durable, each content once.

What a line says of an article's history is decided here and not in the reader, from what was published before. Captures
are taken in the order in which they were made, so that a rebuild from the WARCs decides the same. That an article is
gone is told when the run has ended (`newsbot.publishing.vanished`).
"""

from __future__ import annotations

import logging
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter
from pathlib import Path
from statistics import median
from typing import Any, Final

from archive.errors import ArchiveError
from archive.http.exchange import Capture
from newsbot.items import Article, FurtherPage, Removal, article_of, encoded_line
from newsbot.publishing.duplicates.near_duplicates import NearDuplicates
from newsbot.publishing.joining import Joining
from newsbot.publishing.lines import LineFile
from newsbot.publishing.vanished import Vanished, tombstone
from newsbot.state.state import State
from newsbot.state.versions import ReadVersion, Version, Versions, changed_since, version_of
from newsbot.vietnamese.dates import VIETNAM

logger = logging.getLogger(__name__)

#: Lines taken note of at a time.
_BATCH: Final = 500
#: Maximum number of articles measured for the medians of a run: a backfill publishes a million, and its first hundred
#: thousand say as much.
_MOST_MEASURED: Final = 100_000


class Publication:
    """The lines of one source in one run.

    :param folder: where the source's JSONL files are.
    :param run: what the names of the run's WARC files end with.
    :param read_version: reads what an article said before it was gone; None: removals give no line.
    :param is_part: whether only some captures of a run are seen, and the state knows all else there is.
    :param sync: False for lines that are made again if they are not all there (`newsbot.publishing.lines.LineFile`).
    :raises ArchiveError: from every method, if a line or the state cannot be written. Nothing is published after that,
        and the file stays open: the next start makes up for it (`newsbot.replaying.recovery`).
    """

    def __init__(
        self,
        folder: Path,
        source: str,
        state: State,
        run: str = "",
        read_version: ReadVersion | None = None,
        *,
        is_part: bool = False,
        sync: bool = True,
    ):
        self.unchanged = 0
        self.published = 0
        #: Articles that were gone in this run, but may not be.
        self.kept_back = 0
        self.stats = PublishedStats()
        self._source = source
        self._state = state
        self._versions = Versions(state)
        self._vanished = Vanished(state, source, judge=not is_part)
        self._near = NearDuplicates(state, is_part=is_part)
        self._lines = LineFile(folder, source, run, sync=sync)
        self._read_version = read_version
        self._joining = Joining()
        #: What waits to be published, behind the number of the capture with which nothing of it was left to come.
        self._waiting: list[tuple[int, Article | Removal]] = []
        self._synced = 0
        self._failed = False

    def begin(self) -> None:
        """Leave a durable mark that the run has begun: until `close`, its captures may lack their lines."""
        self._lines.begin()

    def begin_run(self, started: str, closing: Mapping[str, str] | None = None) -> None:
        """Turn to a run.

        :param started: WARC-Date.
        :param closing: its closing record, where its captures are read again (`newsbot.publishing.duplicates`).
        """
        self._near.concurrent.begin(started, closing)

    def closing_pairs(self) -> list[tuple[str, object]]:
        """Return what the closing record of the run says for who reads its captures again."""
        return self._near.concurrent.closing_pairs()

    def make_up(self, lines: Iterable[dict[str, Any]]) -> list[int]:
        """Let the state know lines that a run has published, in case it does not know all of them.

        Returns the numbers, from 0, of those that are not the line of an article, be it of another newsbot's.
        """
        wrong: list[int] = []
        numbered = enumerate(lines)
        while batch := list(islice(numbered, _BATCH)):
            articles, versions = [], []
            for number, line in batch:
                try:
                    article = article_of(line)
                    versions.append(version_of(article))
                    articles.append(article)
                except ValueError:
                    wrong.append(number)
            self._near.add([article for article in articles if article.change != "removed"])
            self._versions.add(versions)
        return wrong

    def add(self, found: Article | Removal | FurtherPage) -> None:
        """Take an article, one of its further pages, or the sign that it is gone; captures need not be durable yet.

        An article with further pages waits for them, until the run has ended.
        """
        if isinstance(found, Removal):
            self._wait(found)
        else:
            self._wait(*self._joining.take(found), since=_sequence(found.capture))

    def waits_for(self, article_id: str, number: int) -> bool:
        """Whether an article waits for one of its further pages."""
        return self._joining.waits_for(article_id, number)

    def add_joined(self, article: Article) -> None:
        """Take an article that waits for nothing."""
        self._wait(article)

    def _wait(self, *found: Article | Removal, since: int = 0) -> None:
        self._waiting += ((max(since, *map(_sequence, _captures(each))), each) for each in found)

    def observe(self, article_id: str | None, capture: Capture, status: int) -> None:
        """Take note of any answer of the source's site; what it says of an article comes by `add`.

        :param article_id: of an article's address.
        """
        if not is_there(capture, status):
            return
        if article_id is None:
            if is_list_there(capture, status):
                self._vanished.list_answered()
        elif status == 304:
            self.was_published(article_id)

    def was_published(self, article_id: str, change: str = "") -> None:
        """Take note that an article was answered whose line, if that gave one, is published already.

        :param change: what that line says has changed.
        """
        if change != "removed":
            self._forget_gone(article_id)
        self._note(article_id, change)

    def _forget_gone(self, article_id: str) -> None:
        """Let an article no longer be gone that is there now: what still waits to be published was before."""
        if any(isinstance(found, Removal) and found.id == article_id for _, found in self._waiting):
            kept = (each for each in self._waiting if not isinstance(each[1], Removal) or each[1].id != article_id)
            self._waiting = [*kept]

    def _note(self, article_id: str, change: str) -> None:
        if change == "removed":
            self._vanished.settle([article_id])
        else:
            self._vanished.answered(article_id)

    def publish(self, synced: int) -> None:
        """Publish the articles whose captures came no later than the ``synced``-th of the run."""
        self._synced = synced
        ready = [each for each in self._waiting if each[0] <= synced]
        self._waiting = [each for each in self._waiting if each[0] > synced]
        articles = []
        for _, found in sorted(ready, key=itemgetter(0)):
            if isinstance(found, Removal):
                self._vanished.gone(found)
            else:
                self._note(found.id, found.change)
                articles.append(found)
        if not articles or self._failed:
            return
        with self._failing():
            changed = self._with_history(articles)
            self._write(changed)
        self.unchanged += len(articles) - len(changed)

    def end_run(self, run: str) -> None:
        """End a run all of whose captures have been published: publish what waits for pages, tell what was gone."""
        self._wait(*self._joining.end())
        self.publish(self._synced)
        if self._failed:
            return
        with self._failing():
            known = self._versions.latest(self._vanished.ids())
            told, kept = self._vanished.end_run(run, known)
            self._write([line for removal in told if (line := self._removed(removal, known[removal.id]))])
            self._vanished.settle(removal.id for removal in told)
        self.kept_back += kept

    def turn_to(self, lines: LineFile) -> None:
        """Write what follows into another file, once that of the run before has its final name."""
        self._lines.close()
        self._lines = lines

    def close(self, *, complete: bool = True) -> None:
        """Give the file its final name; what still waits was never durable and is not published.

        :param complete: whether all that the run has captured has come here.
        """
        if complete and not self._failed:
            self._lines.close()
        else:
            self._lines.leave_open()
        self._state.close()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except ArchiveError:
            self._failed = True
            raise

    def _write(self, articles: list[Article]) -> None:
        self._lines.append(map(encoded_line, articles))
        self._near.add([article for article in articles if article.change != "removed"])
        self._versions.add([version_of(article) for article in articles])
        self.published += len(articles)
        for article in articles:
            self.stats.add(article)

    def _with_history(self, found: list[Article]) -> list[Article]:
        """Number the versions, name the changes and the first printings; what has not changed is left out."""
        latest = self._versions.latest(each.id for each in found)
        changed, moved = [], {}
        for each in found:
            known = latest.get(each.id)
            article = changed_since(each, known)
            if article is not None:
                latest[article.id] = version_of(article)
                changed.append(article)
            elif known and known.url != each.url:
                latest[each.id] = moved[each.id] = known._replace(url=each.url)
        self._versions.move(moved.values())
        return self._near.point(changed)

    def _removed(self, removal: Removal, known: Version) -> Article | None:
        """Return the line for an article that is gone; None if it cannot be told what it said."""
        if self._read_version is None:
            return None
        try:
            return tombstone(removal, known, self._read_version(known))
        except ArchiveError as error:
            logger.error("%s is gone, but gets no line: %s", removal.id, error)
            return None


def is_there(capture: Capture, status: int) -> bool:
    """Whether an answer shows that a page is there."""
    return not capture.truncated and (200 <= status < 300 or status == 304)


def is_list_there(capture: Capture, status: int) -> bool:
    """Whether an answer at an address that is no article's shows that the site has pages."""
    return is_there(capture, status) and not capture.url.endswith("/robots.txt")


def _captures(found: Article | Removal) -> list[Capture | dict[str, Any] | None]:
    """Return the captures that something was read from."""
    return [found.capture, *(found.pages if isinstance(found, Article) else ())]


def _sequence(capture: Capture | dict[str, Any] | None) -> int:
    """Return the number of a capture; 0 for one that is only pointed at."""
    return capture.sequence if isinstance(capture, Capture) else 0


class PublishedStats:
    """Counts the lines of one run.

    As stats: ``newsbot/change/<change>``, ``newsbot/duplicates``, ``newsbot/text_length`` (median, characters of the
    body) and ``newsbot/date_lag_hours`` (median, of new articles alone: a known one is read again at any age).
    """

    def __init__(self) -> None:
        self.changes: Counter[str] = Counter()
        self.duplicates = 0
        self._lengths = array("l")
        self._lags = array("d")

    def add(self, article: Article) -> None:
        """Count an article whose line is written."""
        self.changes[article.change] += 1
        self.duplicates += article.duplicate_of is not None
        if article.change == "removed" or len(self._lengths) >= _MOST_MEASURED:
            return
        self._lengths.append(len(article.body))
        if article.change == "new" and article.published_at:
            self._lags.append(_lag_hours(article.published_at, article.fetched_at))

    def stats(self) -> dict[str, float]:
        """Return what was counted, by the stat's name."""
        stats: dict[str, float] = {f"newsbot/change/{change}": count for change, count in sorted(self.changes.items())}
        stats["newsbot/duplicates"] = self.duplicates
        if self._lengths:
            stats["newsbot/text_length"] = round(median(self._lengths))
        if self._lags:
            stats["newsbot/date_lag_hours"] = round(median(self._lags), 1)
        return stats


def _lag_hours(published_at: str, fetched_at: str) -> float:
    """Return the hours from an article's printed date to its capture; of a plain date from its noon.

    >>> _lag_hours("2026-11-22T07:00:00+07:00", "2026-11-22T03:00:00Z")
    3.0
    >>> _lag_hours("2026-11-21", "2026-11-22T05:00:00Z")
    24.0
    """
    published = datetime.fromisoformat(published_at)
    if published.tzinfo is None:
        published = published.replace(hour=12, tzinfo=VIETNAM)
    return (datetime.fromisoformat(fetched_at) - published.astimezone(UTC)).total_seconds() / 3600
