"""Has the pages of articles read by processes, ahead of a walk over captures each of whose steps needs the one before.

What a page says needs none of them. Never more than some pages are at work or wait to be taken: that bounds memory.
"""

from __future__ import annotations

import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeVar

from archive.errors import ArchiveError
from archive.processes import DIED, Task
from archive.records.members import read_member
from archive.replay.replay import response_of
from newsbot.reading.limits import ReadingLimitError
from newsbot.replaying.ahead import Workers
from newsbot.replaying.part_reading import PartReader, logged, logged_again, reader_of
from newsbot.replaying.read_once import Found, ReadOnce

_Item = TypeVar("_Item")

#: Pages that a process reads at a time.
_TOGETHER: Final = 4
#: Maximum number of what waits to be taken, pages or not, and of its bytes.
_MOST: Final = 2_000
_MOST_BYTES: Final = 64 << 20


class PagePlace(NamedTuple):
    """Where a captured page is, and as what it is read."""

    source: str
    path: Path
    offset: int
    #: Of the record that is there.
    record_id: str
    url: str
    date: str


class PageRead(NamedTuple):
    """What a process found on a page, pickled, and what was logged meanwhile."""

    #: None if it is to be read where it is asked for, so that what is wrong with it is told there.
    found: bytes | None = None
    log: list[logging.LogRecord] = []
    has_died: bool = False


class PagesAhead:
    """Reads pages ahead.

    :param start: starts the processes, when there are pages to be read.
    :param tell: called with a line where a process has died.
    """

    def __init__(self, start: Callable[[], AbstractContextManager[Workers | None]], tell: Callable[[str], object]):
        self._start, self._tell = start, tell
        self._stack = ExitStack()
        self._workers: Workers | None = None
        self._is_started = False
        #: Not full yet.
        self._batch: _Batch | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def through(
        self, items: Iterable[_Item], place: Callable[[_Item], PagePlace | None], size: Callable[[_Item], int]
    ) -> Iterator[tuple[_Item, ReadOnce | None]]:
        """Yield each item, some of those behind it taken already, with its page.

        :param place: tells which page will be asked for, if any.
        :param size: tells how many bytes an item takes up.
        """
        waiting: deque[tuple[_Item, ReadOnce | None, int]] = deque()
        pages = taken = 0
        for item in items:
            there = place(item)
            once = self._handed_out(there) if there else None
            waiting.append((item, once, size(item)))
            pages, taken = pages + (once is not None), taken + waiting[-1][2]
            while len(waiting) > _MOST or taken > _MOST_BYTES or pages > self._most():
                first, page, freed = waiting.popleft()
                pages, taken = pages - (page is not None), taken - freed
                yield first, page
        while waiting:
            first, page, _ = waiting.popleft()
            yield first, page

    def _most(self) -> int:
        return _TOGETHER * (self._workers.most if self._workers else 1)

    def _handed_out(self, place: PagePlace) -> ReadOnce:
        if self._batch is None or self._batch.is_taken:
            self._batch = _Batch()
        batch = self._batch
        number = batch.add(place)
        if batch.is_full:
            if not self._is_started:
                self._is_started = True
                self._workers = self._stack.enter_context(self._start())
            if self._workers is not None:
                batch.begin(self._workers, self._tell)
            self._batch = None
        return ReadOnce(place.source, partial(batch.found, number))


class _Batch:
    """Pages that are read together."""

    def __init__(self) -> None:
        self._places: list[PagePlace] = []
        self._read: Callable[[], list[PageRead]] = lambda: [PageRead()] * len(self._places)
        self._results: list[PageRead] | None = None

    def add(self, place: PagePlace) -> int:
        """Take a page; returns its number."""
        self._places.append(place)
        return len(self._places) - 1

    @property
    def is_full(self) -> bool:
        return len(self._places) >= _TOGETHER

    @property
    def is_taken(self) -> bool:
        """Whether a page of it was asked for before it was full: none can be added."""
        return self._results is not None

    def begin(self, workers: Workers, tell: Callable[[str], object]) -> None:
        """Have the pages read."""
        task = _task(workers, self._places, tell)
        self._read = lambda: self._taken(task, workers, tell)

    def found(self, number: int) -> bytes | None:
        """Return what a page says; None if it is to be read where it is asked for.

        :raises ReadingLimitError: if every process that was at it has died.
        """
        if self._results is None:
            self._results = self._read()
        read = self._results[number]
        if read.has_died:
            raise ReadingLimitError(DIED)
        logged_again(read.log)
        return read.found

    def _taken(self, task: Task[list[PageRead]], workers: Workers, tell: Callable[[str], object]) -> list[PageRead]:
        """Return what was read; where that has ended processes, page by page, so that it costs one of them alone."""
        try:
            return task.result()
        except workers.died:
            alone = [_task(workers, [place], tell) for place in self._places]
            return [_result(each, workers) for each in alone]


def _task(workers: Workers, places: list[PagePlace], tell: Callable[[str], object]) -> Task[list[PageRead]]:
    what = f"{places[0].path} from {places[0].offset} on" if len(places) > 1 else places[0].url
    return Task(workers.executor, what, partial(read_pages, workers.key, places), tell)


def _result(task: Task[list[PageRead]], workers: Workers) -> PageRead:
    try:
        return task.result()[0]
    except workers.died:
        return PageRead(has_died=True)


def read_pages(key: str, places: list[PagePlace]) -> list[PageRead]:
    """Return what stands on some pages, for a job that was prepared for in this process."""
    with reader_of(key) as reader:
        return [_read(reader, place) for place in places]


def _read(reader: PartReader, place: PagePlace) -> PageRead:
    log: list[logging.LogRecord] = []
    with logged(log):
        found = _found(reader, place)
    return PageRead() if found is None else PageRead(pickle.dumps(found), log)


def _found(reader: PartReader, place: PagePlace) -> Found:
    """Return what stands on a page; None if it is not read, or its record not found by its offset alone."""
    try:
        record = read_member(place.path, place.offset)
        if not record.alone:
            return None
        response = response_of(place.path, record, reader.resolver)
    except ArchiveError:
        return None
    capture = response.meta["capture"]
    if capture.record_id != place.record_id:
        return None
    capture.url, capture.date = place.url, place.date
    if response.url != place.url:
        response = response.replace(url=place.url)
    return reader.answers.reader(place.source).page(response)
