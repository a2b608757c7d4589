"""Which WARC files can be looked at beside a crawl: those that are finished, and that the index has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from archive.collection import Collection
from archive.errors import os_errors
from archive.files.open_file import OPEN
from archive.index.index import digits
from archive.writing.warc_file import parts_of_name
from newsbot.replaying.article_pages import ArticlePage

#: By so much a file may be younger than its first record: that has the time of its request, and not of its answer.
_EARLIER: Final = timedelta(minutes=10)


class FinishedFiles:
    """The WARC files of a collection, as they were when last looked at.

    :raises ArchiveError: from every method, if the folder or the index cannot be read.
    """

    def __init__(self, collection: Collection):
        self._collection = collection
        self._there: set[str] = set()
        #: Those that have their final name, but the index has not: a crawl is about to take them in, or was killed.
        self._unindexed: set[str] = set()
        #: Those of them that lines point to.
        self._left_out: set[str] = set()
        #: Digits of the time at which the first file was begun that is not there yet; empty if all are.
        self._unfinished_since = ""

    def look(self) -> None:
        """See anew which files there are."""
        folder = self._collection.folder
        with os_errors(f"cannot read {folder}"):
            # In this order: a file that gets its final name in between is seen, once or twice.
            unfinished = [path.name.removesuffix(OPEN) for path in folder.glob(f"*{OPEN}")]
            names = {path.name for path in self._collection.files()}
        self._there = names & self._collection.index.files()
        self._unindexed = names - self._there
        begun = [parts.time for name in (*unfinished, *self._unindexed) if (parts := parts_of_name(name))]
        self._unfinished_since = f"{_moment(min(begun)) - _EARLIER:%Y%m%d%H%M%S}" if begun else ""

    def is_there(self, file: str) -> bool:
        """Return whether a file is finished and indexed."""
        return file in self._there

    def has(self, article: ArticlePage) -> bool:
        """Return whether an article's own capture can be looked at, and none of its further pages is yet to come."""
        files = {place.file for place in article.places}
        self._left_out |= files & self._unindexed
        return article.own.file in self._there and not files & self._unindexed

    def may_be_unfinished(self, date: str) -> bool:
        """Return whether what was captured at a time may be in a file that is not there yet.

        Crawls share what pages need: one may name a record that another, which is still running, has written.

        :param date: as in a WARC-Date.
        """
        return bool(self._unfinished_since) and digits(date) >= self._unfinished_since

    def unindexed(self) -> list[str]:
        """Return the files that lines point to, and that the index still does not have."""
        return sorted(self._left_out - self._collection.index.files()) if self._left_out else []


def _moment(time: str) -> datetime:
    """Return the moment in a file's name; the earliest of all if the digits there are none."""
    try:
        return datetime.strptime(time[:14], "%Y%m%d%H%M%S")
    except ValueError:
        return datetime.min + _EARLIER
