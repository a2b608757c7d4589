"""What the operator was told of crawls that left no report, so that it is told once, and once that it is over."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from archive.files.atomic import replace_file
from newsbot.health.result import Result

_NAME: Final = "told.json"
#: The source of a result that is of crawlall itself.
CRAWLALL: Final = "crawlall"


class Told:
    """The sources that could not be crawled, each with the exit status of which the operator knows.

    :param data: the data folder; None remembers nothing. What cannot be read counts as not told.
    """

    def __init__(self, data: Path | None = None) -> None:
        self._path = data / _NAME if data else None
        self._known: dict[str, int] = {}
        self._before: dict[str, int] = {}
        if self._path is None:
            return
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(read, dict):
            self._known = {str(source): status for source, status in read.items() if isinstance(status, int)}
            self._before = dict(self._known)

    def begins(self, result: Result) -> bool:
        """Note a crawl without a report that went wrong, and return whether that is news."""
        is_news = self._known.get(result.source) != result.status
        self._known[result.source] = int(result.status)
        return is_news

    def over(self, results: Iterable[Result]) -> list[str]:
        """Note that sources have been crawled again, and return those of which the operator knows otherwise."""
        crawled = {result.source for result in results if result.report is not None}
        if crawled:
            crawled.add(CRAWLALL)
        over = sorted(self._known.keys() & crawled)
        for source in over:
            del self._known[source]
        return over

    def save(self) -> None:
        """Keep it for the next job.

        :raises ArchiveError: if it cannot be written; the next job tells again then.
        """
        if self._path is not None and self._known != self._before:
            replace_file(self._path, [json.dumps(self._known, indent=1).encode()])
