"""What a crawl does first: finish what runs that were killed, or whose disk failed, have left of this source.

The archive makes its files whole (`archive.recovery`); here the articles that were captured but had no line yet are
read from them and published, in the order in which they were captured. Killed in the middle, the next start goes on:
the sign that a run is unfinished, its ``….open`` line file, is taken away last.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import Settings

from archive.errors import ArchiveError
from archive.recovery import Recovered, recover
from archive.replay import responses
from archive.warc_file import files_of_run
from newsbot.folders import Folders
from newsbot.items import Article
from newsbot.lines import Orphan, orphans
from newsbot.publication import Publication, versions_of_lines
from newsbot.reader import Reader
from newsbot.state import State, Version

logger = logging.getLogger(__name__)

#: Captures read between two syncs of lines.
_BATCH = 100


@dataclass
class Recovery:
    """What was found and done."""

    files: list[Recovered] = field(default_factory=list)
    #: Runs of this source that had not ended well.
    runs: int = 0
    #: Lines published of captures that had none.
    lines: int = 0

    def summary(self) -> str:
        """Say it in one line; empty if there was nothing to do."""
        if not self.files and not self.runs:
            return ""
        torn = sum(file.torn for file in self.files)
        return (
            f"finished what an earlier run had left: {len(self.files)} WARC files ({torn} torn bytes cut off), "
            f"{self.lines} articles read from them"
        )


def recover_source(spider: type[Spider], settings: Settings) -> Recovery:
    """Make all WARC files whole, and publish what this source's unfinished runs had captured.

    The caller holds the source's lock.

    :raises ArchiveError: if a file, a line or the state cannot be read or written.
    """
    settings = settings.copy()
    Folders().update_settings(settings)
    warcs = Path(settings["ARCHIVE_DIR"])
    lines = Path(settings["DATA_DIR"], "articles", spider.name)
    recovery = Recovery(recover(warcs))
    unfinished = list(orphans(lines))
    recovery.runs = len(unfinished)
    if unfinished:
        with closing(State(settings["STATE_URL"])) as state:
            for orphan in unfinished:
                state.add(_versions(orphan))
            files = [path for orphan in unfinished for path in files_of_run(warcs, spider.name, orphan.run)]
            if files:
                recovery.lines = _publish_rest(Crawler(spider, settings), lines, state, files)
        for orphan in unfinished:
            orphan.close()
    return recovery


def _versions(orphan: Orphan) -> list[Version]:
    try:
        return versions_of_lines(orphan.lines)
    except KeyError as error:
        raise ArchiveError(f"{orphan.path}: a line without {error}") from error


def _publish_rest(crawler: Crawler, folder: Path, state: State, files: Iterable[Path]) -> int:
    """Publish the articles captured in these files that are newer than what is known of them."""
    reader = Reader(crawler)
    publication = Publication(folder, crawler.spidercls.name, state)
    sequence = 0
    try:
        for response in _responses(files, crawler.settings.getint("DOWNLOAD_MAXSIZE")):
            article_id = reader.spider.article_id(response.url)
            known = state.latest([article_id]).get(article_id) if article_id else None
            if not article_id or (known and known.fetched_at >= response.meta["capture"].date):
                continue
            sequence += 1
            response.meta["capture"].sequence = sequence
            for article in _articles(reader, response):
                publication.add(article)
            if sequence % _BATCH == 0:
                publication.publish(sequence)
        publication.publish(sequence)
    finally:
        publication.close()
    return publication.published


def _articles(reader: Reader, response: Response) -> list[Article]:
    try:
        return reader.articles(response)
    except Exception:  # a spider's mistake on one page must not keep every later run from starting
        logger.exception("%s, captured in %s, cannot be read", response.url, response.meta["capture"].file)
        return []


def _responses(files: Iterable[Path], max_bytes: int) -> Iterator[Response]:
    """Yield what was captured with success; what cannot be read is named, and stays for `scrapy repair`."""
    for path in files:
        try:
            for response in responses(path, max_bytes):
                if not isinstance(response, Response):
                    logger.error("%s: record at %d not read: %s", response.file, response.offset, response.reason)
                elif 200 <= response.status < 300:
                    yield response
        except ArchiveError as error:
            logger.error("the articles behind this place are not read: %s", error)
