"""Articles become lines: in capture order, once their captures are durable, each content once.

What a line says of an article's history is decided here and not in the reader, from what was published before. Captures
are taken in the order in which they were made, so that a rebuild from the WARCs decides the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from archive.capture import Capture
from archive.errors import ArchiveError
from newsbot.items import Article, to_line
from newsbot.lines import LineFile
from newsbot.near_duplicates import NearDuplicates
from newsbot.published_stats import PublishedStats
from newsbot.state import State, Version
from newsbot.text import content_digest

_FIELDS = {field.name for field in fields(Article)}
#: Lines taken note of at a time.
_BATCH = 500


class Publication:
    """The lines of one source in one run.

    :param folder: where the source's JSONL files are.
    :param run: what the names of the run's WARC files end with.
    :raises ArchiveError: from every method, if a line or the state cannot be written. Nothing is published after that,
        and the file stays open: the next start makes up for it (`newsbot.recovery`).
    """

    def __init__(self, folder: Path, source: str, state: State, run: str = ""):
        self.unchanged = 0
        self.published = 0
        self.stats = PublishedStats()
        self._source = source
        self._state = state
        self._near = NearDuplicates(state)
        self._lines = LineFile(folder, source, run)
        self._waiting: list[Article] = []
        self._failed = False

    def begin(self) -> None:
        """Leave a durable sign that the run has begun: until `close`, its captures may lack their lines."""
        self._lines.begin()

    def make_up(self, lines: Sequence[dict[str, Any]]) -> None:
        """Take note of lines that an unfinished run has published: the state may not know the last of them.

        :raises TypeError: if one is not the line of an article, be it of another version's.
        """
        for start in range(0, len(lines), _BATCH):
            articles = [
                Article(**{name: line[name] for name in _FIELDS & line.keys()})
                for line in lines[start : start + _BATCH]
            ]
            self._near.add(articles)
            self._state.add([_version(article) for article in articles])

    def add(self, article: Article) -> None:
        """Take an article whose capture need not be durable yet."""
        self._waiting.append(article)

    def publish(self, synced: int) -> None:
        """Publish the articles whose captures came no later than the ``synced``-th of the run."""
        ready = [article for article in self._waiting if _capture(article).sequence <= synced]
        if not ready or self._failed:
            return
        self._waiting = [article for article in self._waiting if _capture(article).sequence > synced]
        ready.sort(key=lambda article: _capture(article).sequence)
        try:
            changed = self._with_history(ready)
            self._lines.append([to_line(replace(article, capture=_capture(article).pointer())) for article in changed])
            self._near.add(changed)
            self._state.add([_version(article) for article in changed])
        except ArchiveError:
            self._failed = True
            raise
        self.published += len(changed)
        for article in changed:
            self.stats.add(article)
        self.unchanged += len(ready) - len(changed)

    def close(self, *, complete: bool = True) -> None:
        """Give the file its final name; what still waits was never durable and is not published.

        :param complete: whether all that the run has captured has come here.
        """
        if complete and not self._failed:
            self._lines.close()
        else:
            self._lines.leave_open()
        self._state.close()

    def _with_history(self, articles: list[Article]) -> list[Article]:
        """Number the versions, name the changes and the first printings; what has not changed is left out."""
        latest = self._state.latest(article.id for article in articles)
        changed = []
        for article in articles:
            version = _version(article)
            known = latest.get(article.id)
            if known and known.content_digest == version.content_digest:
                continue
            if known:
                change = "body" if known.headline_digest == version.headline_digest else "headline"
                article = replace(article, version=known.version + 1, change=change)
            latest[article.id] = _version(article)
            changed.append(article)
        return self._with_first_printings(changed)

    def _with_first_printings(self, articles: list[Article]) -> list[Article]:
        """Point each duplicate at the first: the earliest with the same text, or most of it, from another source."""
        same, near = self._first_elsewhere(articles), self._near.earliest(articles)
        pointed = []
        for article, printing in zip(articles, near, strict=True):
            found = [first for first in (same.get(article.content_digest or ""), printing) if first]
            firsts = [(first.fetched_at, first.id) for first in found if first.fetched_at <= article.fetched_at]
            pointed.append(replace(article, duplicate_of=min(firsts)[1]) if firsts else article)
        return pointed

    def _first_elsewhere(self, articles: list[Article]) -> dict[str, Version]:
        """Return, by content, the first version that another source has published."""
        digests = {article.content_digest or "" for article in articles}
        versions = [version for version in self._state.with_content(digests) if version.source != self._source]
        return {v.content_digest: v for v in sorted(versions, key=lambda v: (v.fetched_at, v.id), reverse=True)}


def _capture(article: Article) -> Capture:
    assert isinstance(article.capture, Capture), "given by the reader, replaced only in the line"
    return article.capture


def _version(article: Article) -> Version:
    headline = content_digest(article.title, "", "")
    return Version(
        article.id, article.version, article.source, article.content_digest or "", headline, article.fetched_at
    )
