"""What the captures of one run still have to say: read again, held against what is known, published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from scrapy.http import Response
from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from archive.replay.originals import Resolver
from archive.replay.replay import Failed, Skipped, exchanges
from newsbot.items import Article, Removal
from newsbot.lists.gone import says_something
from newsbot.publishing.publication import Publication
from newsbot.reading.page_kinds import PageKind
from newsbot.replaying.captures import Reader
from newsbot.state.state import State
from newsbot.state.versions import Versions

#: Captures read between two syncs of lines.
_BATCH: Final = 100


def captured(
    files: Iterable[Path], resolver: Resolver, settings: BaseSettings, problems: list[str]
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


def publish_rest(
    reader: Reader,
    publication: Publication,
    state: State,
    responses: Iterable[Response | Failed],
    *,
    has_lines: bool = False,
) -> None:
    """Publish the articles that were captured after what is known of them.

    :param has_lines: whether all lines of the run are there: then it is only taken note of what was answered.
    :raises ArchiveError: if a line or the state cannot be written.
    """
    sequence = 0
    for response in responses:
        if isinstance(response, Failed):
            continue
        capture, article_id = response.meta["capture"], None
        with reader.unread.noted(response):
            article_id = reader.spider.article_id(response.url)
        publication.observe(article_id, capture, response.status)
        if article_id is None or not says_something(response.status):
            continue
        known = Versions(state).latest([article_id]).get(article_id)
        # Of another run's versions the dates say nothing: the clock may have been set back since.
        if known and known.fetched_at >= capture.date and _run(known.file) == _run(capture.file):
            publication.was_published(known)
            continue
        sequence += 1
        capture.sequence = sequence
        if has_lines and response.status < 300 and reader.page(response) is not PageKind.GONE:
            publication.was_there(article_id)
            continue
        for found in _read(reader, response):
            publication.add(found)
        if sequence % _BATCH == 0:
            publication.publish(sequence)
    publication.publish(sequence)


def _run(file: str) -> str:
    return file.partition(".warc")[0].rpartition("-")[2]


def _read(reader: Reader, response: Response) -> list[Article] | list[Removal]:
    articles = reader.articles(response) if response.status < 300 else []
    removal = None if articles else reader.removal(response)
    return [removal] if removal else articles
