"""Articles become lines: in capture order, once their captures are durable, each content once.

What a line says of an article's history is decided here and not in the reader, from what was published before. Captures
are taken in the order in which they were made, so that a rebuild from the WARCs decides the same.
"""

from __future__ import annotations

import hashlib
import logging
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
from newsbot.removal import Removal, tombstone
from newsbot.state import State, Version
from newsbot.text import content_digest, fold
from newsbot.version_reader import VersionReader

logger = logging.getLogger(__name__)

_FIELDS = {field.name for field in fields(Article)}
#: Lines taken note of at a time.
_BATCH = 500


class Publication:
    """The lines of one source in one run.

    :param folder: where the source's JSONL files are.
    :param run: what the names of the run's WARC files end with.
    :param versions: reads what is said again of an article that is gone; None: removals give no line.
    :raises ArchiveError: from every method, if a line or the state cannot be written. Nothing is published after that,
        and the file stays open: the next start makes up for it (`newsbot.recovery`).
    """

    def __init__(self, folder: Path, source: str, state: State, run: str = "", versions: VersionReader | None = None):
        self.unchanged = 0
        self.published = 0
        self.stats = PublishedStats()
        self._source = source
        self._state = state
        self._near = NearDuplicates(state)
        self._lines = LineFile(folder, source, run)
        self._versions = versions
        self._waiting: list[Article | Removal] = []
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
            self._near.add([article for article in articles if article.change != "removed"])
            self._state.add([_version(article) for article in articles])

    def add(self, article: Article | Removal) -> None:
        """Take an article, or the sign that one is gone, whose capture need not be durable yet."""
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
            self._near.add([article for article in changed if article.change != "removed"])
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

    def _with_history(self, found: list[Article | Removal]) -> list[Article]:
        """Number the versions, name the changes and the first printings; what has not changed is left out."""
        latest = self._state.latest(each.id for each in found)
        changed, moved = [], {}
        for each in found:
            known = latest.get(each.id)
            article = self._removed(each, known) if isinstance(each, Removal) else _changed(each, known)
            if article is not None:
                latest[article.id] = _version(article)
                changed.append(article)
            elif isinstance(each, Article) and known and known.url != each.url:
                latest[each.id] = moved[each.id] = known._replace(url=each.url)
        self._state.move(moved.values())
        return self._with_first_printings(changed)

    def _removed(self, removal: Removal, known: Version | None) -> Article | None:
        """Return the line for an article that is gone; None if it was never published, or its absence was.

        Only the address at which it was read counts: others may end while it goes on.
        """
        if known is None or known.change == "removed" or known.url != removal.capture.url or self._versions is None:
            return None
        try:
            return tombstone(removal, known, self._versions.read(known))
        except ArchiveError as error:
            logger.error("%s is gone, but gets no line: %s", removal.id, error)
            return None

    def _with_first_printings(self, articles: list[Article]) -> list[Article]:
        """Point each duplicate at the first: the earliest with the same text, or most of it, from another source."""
        same, near = self._first_elsewhere(articles), self._near.earliest(articles)
        pointed = []
        for article, printing in zip(articles, near, strict=True):
            if article.change == "removed":
                pointed.append(article)
                continue
            found = [first for first in (same.get(article.content_digest or ""), printing) if first]
            firsts = [(first.fetched_at, first.id) for first in found if first.fetched_at <= article.fetched_at]
            pointed.append(replace(article, duplicate_of=min(firsts)[1]) if firsts else article)
        return pointed

    def _first_elsewhere(self, articles: list[Article]) -> dict[str, Version]:
        """Return, by content, the first version that another source has published."""
        digests = {article.content_digest or "" for article in articles}
        versions = [version for version in self._state.with_content(digests) if version.source != self._source]
        return {v.content_digest: v for v in sorted(versions, key=lambda v: (v.fetched_at, v.id), reverse=True)}


def _changed(article: Article, known: Version | None) -> Article | None:
    """Return an article with its version and what has changed since the last; None if nothing has."""
    if known is None:
        return article
    version = _version(article)
    if known.change == "removed":
        change = "restored"
    elif known.headline_digest != version.headline_digest:
        change = "headline"
    elif known.content_digest != version.content_digest:
        change = "body"
    elif known.metadata_digest and known.metadata_digest != version.metadata_digest:
        change = "metadata"
    else:
        return None
    return replace(article, version=known.version + 1, change=change)


def _metadata_digest(article: Article) -> str:
    """Return a digest of what is said about a text: by whom, when, where; a date like "an hour ago" says nothing."""
    relative = fold("trước") in fold(article.published_raw or "")
    lists = ("; ".join(map(fold, names)) for names in (article.authors, article.section, article.tags))
    said = "\n".join((*lists, fold(article.agency or ""), "" if relative else article.published_at or ""))
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def _capture(article: Article | Removal) -> Capture:
    assert isinstance(article.capture, Capture), "given by the reader, replaced only in the line"
    return article.capture


def _version(article: Article) -> Version:
    """Return what the state keeps of an article, be it on its way to its line or read from one."""
    capture = article.capture
    pointer = capture.pointer() if isinstance(capture, Capture) else capture or {}
    return Version(
        article.id,
        article.version,
        article.source,
        article.content_digest or "",
        content_digest(article.title, "", ""),
        article.fetched_at,
        _metadata_digest(article),
        article.change,
        article.url,
        str(pointer["file"]),
        int(pointer["offset"]),
    )
