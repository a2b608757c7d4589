"""What a crawl does first: finish what runs that were killed, or whose disk failed, have left of this source.

The archive makes its files whole (`archive.writing.recovery`); here the articles that were captured but had no line yet
are read from them and published, in the order in which they were captured. Killed in the middle, the next start goes
on: the sign that a run is unfinished, its ``….open`` line file, is taken away last.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import Settings

from archive.errors import ArchiveError
from archive.replay.replay import Failed, Skipped, exchanges
from archive.replay.resolving import Resolver
from archive.writing.recovery import Recovered, recover
from archive.writing.warc_file import files_of_run
from newsbot.discovery.removal import Removal, says_something
from newsbot.items import Article
from newsbot.publishing.lines import Orphan, orphans
from newsbot.publishing.publication import Publication
from newsbot.publishing.version_reader import VersionReader
from newsbot.reading.captures import Reader
from newsbot.rebuilding.collection import collection
from newsbot.rebuilding.unfinished_runs import UnfinishedRuns
from newsbot.running.folders import Folders
from newsbot.state.state import State

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
    warcs = collection(settings)
    folder = Path(settings["DATA_DIR"], "articles", spider.name)
    recovery = Recovery(recover(warcs.folder))
    if unfinished := list(orphans(folder)):
        warcs.catch_up()
        recovery.runs = len(unfinished)
        state = State(settings["STATE_URL"])
        versions = VersionReader(Reader(Crawler(spider, settings)), warcs.path, lambda: Resolver(warcs), folder)
        publication = Publication(folder, spider.name, state, versions=versions)
        try:
            for orphan in unfinished:
                _make_up(publication, orphan)
            files = {orphan.run: files_of_run(warcs.folder, spider.name, orphan.run) for orphan in unfinished}
            runs = UnfinishedRuns(Crawler(spider, settings), state, settings)
            for run, own in files.items():
                captured = _responses(own, Resolver(warcs), settings)
                _publish_rest(Crawler(spider, settings), publication, state, captured)
                publication.end_run(run)
                runs.end(run, own, _responses(own, Resolver(warcs), settings))
        finally:
            publication.close()
        recovery.lines = publication.published
        for orphan in unfinished:
            orphan.close()
    return recovery


def _make_up(publication: Publication, orphan: Orphan) -> None:
    try:
        publication.make_up(orphan.lines)
    except TypeError as error:
        raise ArchiveError(f"{orphan.path} has a line that is not an article's: {error}") from error


def _publish_rest(
    crawler: Crawler, publication: Publication, state: State, captured: Iterable[Response | Failed]
) -> None:
    """Publish the articles that were captured after what is known of them."""
    reader = Reader(crawler)
    sequence = 0
    for response in captured:
        if isinstance(response, Failed):
            continue
        capture, article_id = response.meta["capture"], reader.spider.article_id(response.url)
        publication.observe(article_id, capture, response.status)
        if article_id is None or not says_something(response.status):
            continue
        known = state.latest([article_id]).get(article_id)
        if known and known.fetched_at >= capture.date:
            publication.was_published(known)
            continue
        sequence += 1
        capture.sequence = sequence
        for found in _read(reader, response):
            publication.add(found)
        if sequence % _BATCH == 0:
            publication.publish(sequence)
    publication.publish(sequence)


def _read(reader: Reader, response: Response) -> list[Article] | list[Removal]:
    try:
        articles = reader.articles(response) if response.status < 300 else []
        removal = None if articles else reader.removal(response)
        return [removal] if removal else articles
    except Exception:  # a spider's mistake on one page must not keep every later run from starting
        logger.exception("%s, captured in %s, cannot be read", response.url, response.meta["capture"].file)
        return []


def _responses(files: Iterable[Path], resolver: Resolver, settings: Settings) -> Iterator[Response | Failed]:
    """Yield what was captured; what cannot be read is named, and stays for `scrapy repair`."""
    for path in files:
        try:
            for response in exchanges(path, settings.getint("DOWNLOAD_MAXSIZE"), resolver):
                if isinstance(response, Skipped):
                    logger.error("%s: record at %d not read: %s", response.file, response.offset, response.reason)
                else:
                    yield response
        except ArchiveError as error:
            logger.error("the articles behind this place are not read: %s", error)
