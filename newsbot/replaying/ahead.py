"""Has the parts of files read ahead, by processes or machines, and gives what they say in the order of the files.

Never more than a few parts are at work or wait to be taken, whatever the size of the archive: that bounds memory.
"""

from __future__ import annotations

import os
import pickle
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, wait
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from archive.errors import ArchiveError
from archive.processes import DIED
from archive.records.file_part import FilePart, has_parts
from newsbot.replaying.answers import Said
from newsbot.replaying.part_reading import Part, PartRead, PartReader, logged_again, read_part

#: Bytes of a file that are read at a time: some dozen pages, so that all processes end at about the same time.
PART: Final = 1 << 20
#: Maximum size of a file that is read as one part where it cannot be read in several; a larger one is read in the
#: process that decides.
_MOST_WHOLE: Final = 64 << 20
#: How many processes a part may end before it is read in smaller parts, how often that may be for an executor which
#: tries several times itself, and the size of the smallest.
_TRIES: Final = 3
_TRIES_MORE: Final = 2
_SMALLEST: Final = 1 << 16
#: Seconds after which a result that has not come has the executor looked at.
_LOOKING: Final = 5.0


class Workers(NamedTuple):
    """Processes, of this machine or of others, that are ready to read the parts of one job."""

    executor: Executor
    #: Of what they were prepared with (`newsbot.replaying.part_reading.Setup`).
    key: str
    #: How many parts may be at work or wait to be taken.
    most: int
    #: What tasks raise whose process has died.
    died: tuple[type[BaseException], ...]
    #: Whose they are, in words.
    name: str = "this machine"
    #: Whether the executor begins such a task again by itself, some times.
    begins_again: bool = False
    #: Tells whether the executor still works.
    are_there: Callable[[], bool] = lambda: True


class Step(NamedTuple):
    """What a file says next, and how many bytes of it have been read since the step before."""

    said: Said | None
    size: int


#: A part that was handed out, and its result to come; none of what is read in this process.
_Handed = tuple[Part, Future[bytes] | None]


class ReadingAhead:
    """Reads files in their order.

    :param reader: reads in this process: everything if there are no workers, else what they cannot.
    :param tell: called with a line where a process has died.
    """

    def __init__(self, reader: PartReader, workers: Workers | None, tell: Callable[[str], object]):
        self._reader, self._workers, self._tell = reader, workers, tell
        #: What workers have counted.
        self._counted: Counter[str] = Counter()
        self._out_of_reach = False

    @property
    def counts(self) -> Counter[str]:
        return self._counted + self._reader.answers.counts

    def files(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Iterator[Step]]]:
        """Yield each file with what it says, which has to be taken before the next file."""
        if self._workers is None:
            for path in paths:
                yield path, self._here(path)
            return
        for (_, path), handed in groupby(self._handed_out(paths), lambda each: (each[0].number, each[0].path)):
            yield path, self._file(path, handed)

    def _handed_out(self, paths: Iterable[Path]) -> Iterator[_Handed]:
        """Yield parts in order; a few behind each are handed out already."""
        assert self._workers is not None
        pending: deque[_Handed] = deque()
        for part in _parts(paths):
            if len(pending) >= self._workers.most:
                yield pending.popleft()
            pending.append((part, self._submit(part) if part.can_be_handed_out else None))
        while pending:
            yield pending.popleft()

    def _submit(self, part: Part) -> Future[bytes]:
        assert self._workers is not None
        return self._workers.executor.submit(read_part, self._workers.key, part)

    def _file(self, path: Path, handed: Iterable[_Handed]) -> Iterator[Step]:
        """Yield what a file says, as a walk over the whole of it would have it.

        Where a part did not begin where the one before has ended, it is read again from there; where it turns out that
        the file cannot be read in parts, the rest of it is read here.
        """
        begin: int | None = None  # where the next part has to begin, if that is known
        is_done = False
        for part, future in handed:
            if is_done:
                _cancel(future)
                continue
            for small, read in self._results(part, future, begin):
                if read is None:
                    yield Step(Said(problem=f"{small}: not read: {DIED}"), small.size)
                    begin = None
                elif read.error or not read.is_regular:
                    if read.error:
                        self._note_out_of_reach(path, read.error)
                    yield from self._here(path, small.start if begin is None else begin)
                    is_done = True
                    break
                else:
                    begin = read.end
                    self._counted += read.counts
                    logged_again(read.log)
                    yield from (Step(said, 0) for said in read.said)
                    yield Step(None, small.size)

    def _results(
        self, part: Part, future: Future[bytes] | None, begin: int | None, tries: int = _TRIES
    ) -> Iterator[tuple[Part, PartRead | None]]:
        """Yield what was read of a part; of smaller parts where the whole ends the processes that read it.

        :param begin: where it has to begin.
        """
        if future is None:
            yield part, PartRead(is_regular=False)
            return
        if begin is not None and part.stop is not None and begin >= part.stop:  # in the middle of a long record
            _cancel(future)
            yield part, PartRead(begin=begin, end=begin)
            return
        read = self._result(part, future, tries)
        if read is not None and begin is not None and read.begin != begin:
            part = part._replace(start=begin, is_exact=True)
            read = self._result(part, self._submit(part), tries)
        if read is not None or part.size <= _SMALLEST:
            yield part, read
            return
        for half in part.halves():
            for small, found in self._results(half, self._submit(half), begin, tries=1):
                found = found if found and found.is_regular else None
                yield small, found
                begin = found.end if found else None

    def _result(self, part: Part, future: Future[bytes], tries: int) -> PartRead | None:
        """Return what was read of a part; None if the processes that read it have died."""
        assert self._workers is not None
        for left in reversed(range(min(tries, _TRIES_MORE) if self._workers.begins_again else tries)):
            try:
                return self._waited_for(future)
            except CancelledError as error:
                raise ArchiveError(f"{self._workers.name} has ended, or has given up what it was to do") from error
            except self._workers.died:
                pass
            if left:
                self._tell(f"a process that read {part} has died: it is read again")
                future = self._submit(part)
        return None

    def _waited_for(self, future: Future[bytes]) -> PartRead:
        """Return a result when it is there; an executor that has ended may never give one.

        :raises CancelledError: also if it has ended.
        """
        assert self._workers is not None
        while not wait([future], timeout=_LOOKING).done:
            if not self._workers.are_there():
                raise CancelledError
        read: PartRead = pickle.loads(future.result())  # noqa: S301  # of this command's own processes
        return read

    def _note_out_of_reach(self, path: Path, error: str) -> None:
        """Tell, once, that files are here which workers cannot read."""
        if not self._out_of_reach and os.access(path, os.R_OK):
            self._out_of_reach = True
            self._tell(f"{error}, says a worker, and it is here: what no worker can read is read in this process")

    def _here(self, path: Path, start: int = 0) -> Iterator[Step]:
        """Yield what a file says, from a record on, reading it in this process."""
        at = start
        try:
            for said in self._reader.said(path, FilePart(path, start, strict=False) if start else None):
                size = max(0, said.answer.capture.offset - at) if said.answer else 0
                at += size
                yield Step(said, size)
        except ArchiveError as error:
            yield Step(Said(problem=str(error)), 0)
        yield Step(None, max(0, _size(path) - at))


def _cancel(future: Future[bytes] | None) -> None:
    if future is not None:
        future.cancel()


def _parts(paths: Iterable[Path]) -> Iterator[Part]:
    for number, path in enumerate(paths):
        size = _size(path)
        if size > PART and _has_parts(path):
            for start in range(0, size, PART):
                stop = start + PART if start + PART < size else None
                yield Part(number, path, size, start, stop, is_exact=not start, is_whole=False)
        else:
            yield Part(number, path, size, can_be_handed_out=size <= _MOST_WHOLE)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # named when it is to be read
        return 0


def _has_parts(path: Path) -> bool:
    try:
        return has_parts(path)
    except ArchiveError:
        return False
