"""Plays WARC files again: what was captured, in order, goes to whatever makes lines or state of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scrapy.http import Response

from archive.errors import ArchiveError
from archive.replay.originals import Resolver
from archive.replay.replay import Failed, Skipped, exchanges, responses


class Consumer:
    """Takes what was captured, in the order of the files."""

    def begin_file(self, path: Path) -> None:
        """See a file before its captures."""

    def take(self, found: Response | Failed) -> None:
        """Take an exchange: its response, with its capture in ``meta``, or that the crawl had none."""

    def end_file(self) -> None:
        """Know that a file has no more captures."""


def replay(
    files: Iterable[Path], consumers: Sequence[Consumer], max_bytes: int, resolver: Resolver, problems: list[str]
) -> Iterator[Path]:
    """Give all exchanges in some files to each of the consumers, the first one first; yields each file when it is done.

    :param max_bytes: records whose block is longer are not read.
    :param problems: takes what cannot be read; a consumer's errors end the replay.
    """
    for path in files:
        for consumer in consumers:
            consumer.begin_file(path)
        for found in _exchanges(path, max_bytes, resolver, problems):
            for consumer in consumers:
                consumer.take(found)
        for consumer in consumers:
            consumer.end_file()
        yield path


def _exchanges(path: Path, max_bytes: int, resolver: Resolver, problems: list[str]) -> Iterator[Response | Failed]:
    try:
        for found in exchanges(path, max_bytes, resolver):
            if isinstance(found, Skipped):
                problems.append(f"{found.file}: record at {found.offset} not read: {found.reason}")
            else:
                yield found
    except ArchiveError as error:
        problems.append(str(error))


def first_date(path: Path, max_bytes: int, resolver: Resolver) -> str:
    """Return the WARC-Date of a file's first response, by which files are put in order; empty if there is none.

    :raises ArchiveError: if the file cannot be read.
    """
    found = responses(path, max_bytes, resolver)
    first = next((response for response in found if isinstance(response, Response)), None)
    return str(first.meta["capture"].date) if first else ""
