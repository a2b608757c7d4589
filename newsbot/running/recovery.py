"""What a crawl does first: finish what runs that were killed, or whose disk failed, have left of this source.

The archive makes its files whole (`archive.writing.recovery`); here the articles that were captured but had no line yet
are read from them and published, in the order in which they were captured. Killed in the middle, the next start goes
on: the sign that a run is unfinished, its ``….open`` line file, is taken away last.
"""

from __future__ import annotations

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
from newsbot.reading.captures import Reader, Unread
from newsbot.rebuilding.collection import collection
from newsbot.rebuilding.unfinished_runs import UnfinishedRuns
from newsbot.running.folders import Folders
from newsbot.state.state import State

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
    #: What could not be read: records and pages.
    problems: list[str] = field(default_factory=list)

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
        unread = Unread(recovery.problems)
        reader = Reader(Crawler(spider, settings), unread)
        versions = VersionReader(reader, warcs.path, lambda: Resolver(warcs), folder)
        publication = Publication(folder, spider.name, state, versions=versions)
        try:
            for orphan in unfinished:
                _make_up(publication, orphan)
            files = {orphan.run: files_of_run(warcs.folder, spider.name, orphan.run) for orphan in unfinished}
            runs = UnfinishedRuns(Crawler(spider, settings), state, settings, unread)
            for run, own in files.items():
                captured = _responses(own, Resolver(warcs), settings, recovery.problems)
                _publish_rest(reader, publication, state, captured)
                publication.end_run(run)
                runs.end(run, own, _responses(own, Resolver(warcs), settings, []))
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
    reader: Reader, publication: Publication, state: State, captured: Iterable[Response | Failed]
) -> None:
    """Publish the articles that were captured after what is known of them."""
    sequence = 0
    for response in captured:
        if isinstance(response, Failed):
            continue
        capture, article_id = response.meta["capture"], None
        with reader.unread.noted(response):
            article_id = reader.spider.article_id(response.url)
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
    articles = reader.articles(response) if response.status < 300 else []
    removal = None if articles else reader.removal(response)
    return [removal] if removal else articles


def _responses(
    files: Iterable[Path], resolver: Resolver, settings: Settings, problems: list[str]
) -> Iterator[Response | Failed]:
    """Yield what was captured; what cannot be read is named, and stays for `scrapy repair`."""
    for path in files:
        try:
            for response in exchanges(path, settings.getint("DOWNLOAD_MAXSIZE"), resolver):
                if isinstance(response, Skipped):
                    problems.append(f"{response.file}: record at {response.offset} not read: {response.reason}")
                else:
                    yield response
        except ArchiveError as error:
            problems.append(f"the articles behind this place are not read: {error}")
