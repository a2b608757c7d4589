"""Reads a part of a WARC file in whatever process: the task of a rebuild on many cores or machines.

A process is told once what it will need (`prepare`); after that it is told parts, and returns what their captures say.
"""

from __future__ import annotations

import logging
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging.handlers import QueueHandler
from pathlib import Path
from threading import Lock, get_ident
from typing import Any, Final, NamedTuple

from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from archive.errors import ArchiveError
from archive.records.file_part import FilePart
from archive.replay.originals import Resolver
from archive.replay.replay import Failed, Skipped, exchanges
from newsbot.configuration.folders import collection
from newsbot.configuration.sources import all_sources
from newsbot.items import Article
from newsbot.publishing.readiness import make_ready
from newsbot.replaying.answers import AnswerReader, Said, Source

#: Articles made ready at a time.
_BATCH: Final = 100


class Setup(NamedTuple):
    """What a process needs to read parts."""

    #: Tells it from those of other jobs that run in the same process.
    key: str
    settings: Settings
    #: Sources whose pages are read.
    sources: tuple[str, ...]
    #: The files in which the originals of revisits are looked for, besides the collection.
    files: tuple[Path, ...]
    #: A folder for an index of them, which all processes of this machine share.
    shared: Path | None = None


class Part(NamedTuple):
    """A part of a file, or the whole of it; offsets are those of `FilePart`."""

    #: Of the file among those of the job.
    number: int
    path: Path
    #: Bytes of the file.
    file_size: int
    start: int = 0
    stop: int | None = None
    is_exact: bool = True
    #: Whether the file need not be of a kind that can be read in parts.
    is_whole: bool = True
    can_be_handed_out: bool = True

    @property
    def size(self) -> int:
        return (self.file_size if self.stop is None else self.stop) - self.start

    def halves(self) -> tuple[Part, Part]:
        """Return two parts in its place."""
        middle = self.start + self.size // 2
        return (
            self._replace(stop=middle, is_whole=False),
            self._replace(start=middle, is_exact=False, is_whole=False),
        )

    def __str__(self) -> str:
        return str(self.path) if self.is_whole else f"{self.path} from {self.start} to {self.start + self.size}"


@dataclass(slots=True)
class PartRead:
    """What was read of a part."""

    said: list[Said] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    #: Where it began, and where the next one has to begin.
    begin: int = 0
    end: int = 0
    #: Whether the parts of the file can be put together.
    is_regular: bool = True
    #: Why the file could not be read.
    error: str = ""
    #: What was logged meanwhile.
    log: list[logging.LogRecord] = field(default_factory=list)


class PartReader:
    """Reads parts of files with the readers of some sources."""

    def __init__(self, answers: AnswerReader, resolver: Resolver, max_bytes: int):
        self.answers, self.resolver = answers, resolver
        self._max_bytes = max_bytes

    @classmethod
    def of(cls, setup: Setup) -> PartReader:
        sources = Source.named(setup.sources, setup.settings)
        answers = AnswerReader(sources, others=all_sources(get_spider_loader(setup.settings)))
        resolver = Resolver(collection(setup.settings), setup.files, shared=setup.shared)
        return cls(answers, resolver, setup.settings.getint("DOWNLOAD_MAXSIZE"))

    def said(self, path: Path, part: FilePart | None = None) -> Iterator[Said]:
        """Yield what the captures in a file, or in a part of it, say.

        :raises ArchiveError: if the file cannot be read.
        """
        self.answers.begin_part(path)
        for found in exchanges(path, self._max_bytes, self.resolver, part):
            if isinstance(found, Skipped):
                yield Said(problem=f"{found.file}: record at {found.offset} not read: {found.reason}")
            elif isinstance(found, Response):
                yield from self.answers.read(found)
            else:
                assert isinstance(found, Failed), "a crawl had no answer, and there is no line of it"

    def read(self, part: Part) -> PartRead:
        """Return what the captures in a part say, articles ready to be published."""
        self.answers.counts.clear()
        span = None if part.is_whole else FilePart(part.path, part.start, part.stop, exact=part.is_exact)
        read = PartRead()
        with logged(read.log):
            try:
                read.said += self.said(part.path, span)
            except ArchiveError as error:
                read.error = str(error)
        for some in _batches(read.said):
            make_said_ready(some)
        read.counts += self.answers.counts
        if span is not None:
            read.begin, read.end, read.is_regular = span.begin, span.end, read.is_regular and span.is_regular
        return read


def make_said_ready(said: Sequence[Said]) -> None:
    """Let the articles among what was said be ready to be published: that takes time, and least for many at once."""
    make_ready([each.answer.found for each in said if each.answer and isinstance(each.answer.found, Article)])


def _batches(said: Sequence[Said]) -> Iterator[Sequence[Said]]:
    return (said[start : start + _BATCH] for start in range(0, len(said), _BATCH))


#: Of this process, by the key of the job.
_setups: Final[dict[str, Setup]] = {}
_readers: Final[dict[str, PartReader]] = {}
#: Held while a part is read: a reader reads one page at a time.
_lock: Final = Lock()


def prepare(setup: Setup) -> None:
    """Take what is needed to read the parts of a job."""
    _setups[setup.key] = setup


def forget(key: str) -> None:
    """Forget a job that has ended."""
    with _lock:
        _setups.pop(key, None)
        _readers.pop(key, None)


def read_part(key: str, part: Part) -> bytes:
    """Return what the captures in a part say, pickled, for a job that was prepared for in this process.

    Thus it takes little memory while it waits, and is unpacked by the thread that will let go of it: memory that one
    thread takes and another gives back comes in ever smaller pieces.
    """
    with reader_of(key) as reader:
        return pickle.dumps(reader.read(part))


@contextmanager
def reader_of(key: str) -> Iterator[PartReader]:
    """Give the reader of a job that was prepared for in this process, to this thread alone."""
    with _lock:
        if key not in _readers:
            _readers[key] = PartReader.of(_setups[key])
        yield _readers[key]


class _Kept(QueueHandler):
    """Keeps what this thread logs, in a form that another process can take."""

    def __init__(self, records: list[logging.LogRecord]):
        super().__init__(records)  # type: ignore[arg-type]  # nothing but `enqueue` uses it
        self._thread = get_ident()
        self.addFilter(lambda record: record.thread == self._thread)

    def enqueue(self, record: logging.LogRecord) -> None:
        queue: Any = self.queue
        queue.append(record)


@contextmanager
def logged(records: list[logging.LogRecord]) -> Iterator[None]:
    """Keep what this thread logs meanwhile."""
    root, handler = logging.getLogger(), _Kept(records)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


def logged_again(records: Iterable[logging.LogRecord]) -> None:
    """Log what another process has logged."""
    for record in records:
        logger = logging.getLogger(record.name)
        if logger.isEnabledFor(record.levelno):
            logger.handle(record)
