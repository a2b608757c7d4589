"""Plays WARC files again: what was captured, in order, goes to whatever makes lines or state of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from scrapy.http import Response

from archive.errors import ArchiveError
from archive.replay.originals import Resolver
from archive.replay.replay import Failed, Skipped, exchanges, responses
from newsbot.replaying.read_once import READ_ONCE, ReadOnce


class Consumer:
    """Takes what was captured, in the order of the files."""

    def begin_file(self, path: Path) -> None:
        """See a file before its captures."""

    def take(self, found: Response | Failed) -> None:
        """Take an exchange: its response, with its capture in ``meta``, or that the crawl had none."""

    def end_file(self) -> None:
        """Know that a file has no more captures."""


class Mark(Enum):
    """Where a file begins and ends."""

    BEGINS = auto()
    ENDS = auto()


class Step(NamedTuple):
    """What comes next in a file; an error if the rest of it cannot be read."""

    path: Path
    found: Response | Failed | Skipped | ArchiveError | Mark


#: Lets steps pass, in their order, and has what they will need made ready some steps ahead.
Ahead = Callable[[Iterator[Step]], Iterator[Step]]


def replay(
    files: Iterable[Path],
    consumers: Sequence[Consumer],
    max_bytes: int,
    resolver: Resolver,
    problems: list[str],
    ahead: Ahead = iter,
) -> Iterator[Path]:
    """Give all exchanges in some files to each of the consumers, the first one first; yields each file when it is done.

    :param max_bytes: records whose block is longer are not read.
    :param problems: takes what cannot be read; a consumer's errors end the replay.
    """
    for path, found in ahead(_steps(files, max_bytes, resolver)):
        if found is Mark.BEGINS:
            for consumer in consumers:
                consumer.begin_file(path)
        elif found is Mark.ENDS:
            for consumer in consumers:
                consumer.end_file()
            yield path
        elif isinstance(found, Response | Failed):
            if isinstance(found, Response):
                found.meta.setdefault(READ_ONCE, ReadOnce())
            for consumer in consumers:
                consumer.take(found)
        elif isinstance(found, Skipped):
            problems.append(f"{found.file}: record at {found.offset} not read: {found.reason}")
        else:
            problems.append(str(found))


def _steps(files: Iterable[Path], max_bytes: int, resolver: Resolver) -> Iterator[Step]:
    for path in files:
        yield Step(path, Mark.BEGINS)
        try:
            for found in exchanges(path, max_bytes, resolver):
                yield Step(path, found)
        except ArchiveError as error:
            yield Step(path, error)
        yield Step(path, Mark.ENDS)


def first_date(path: Path, max_bytes: int, resolver: Resolver) -> str:
    """Return the WARC-Date of a file's first response, by which files are put in order; empty if there is none.

    :raises ArchiveError: if the file cannot be read.
    """
    found = responses(path, max_bytes, resolver)
    first = next((response for response in found if isinstance(response, Response)), None)
    return str(first.meta["capture"].date) if first else ""
