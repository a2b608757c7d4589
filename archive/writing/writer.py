"""The thread that writes exchanges into WARC files, so that the reactor does not wait."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX, Event, Thread
from time import monotonic, sleep, thread_time
from typing import Any, NamedTuple

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.http.exchange import Capture, Exchange
from archive.records.exchange_records import exchange_records
from archive.records.record import NewRecord, closing, configuration, resource_record, warcinfo
from archive.records.record_reader import Member
from archive.records.run_record import warc_now
from archive.writing.recovery import recover
from archive.writing.warc_file import WarcFile, new_run

#: Seconds for which an idle thread lets jobs accumulate.
_GATHER = 0.05
#: Maximum number of exchanges between two syncs: what waits for a sync is held in memory.
_MAX_UNSYNCED = 500


@dataclass(frozen=True, kw_only=True)
class WriterPolicy:
    """How files are named, cut and synced."""

    folder: Path
    prefix: str
    #: A new file is begun when the current one holds this many bytes, or is this many seconds old.
    max_bytes: int = 1_000_000_000
    max_seconds: float = 6 * 3600
    #: Seconds between two syncs while records come in; 0 syncs after each exchange, infinity only at a file's end.
    sync_seconds: float = 5
    #: Part of the names of all files of this run.
    run: str = field(default_factory=new_run)
    #: Request headers, in lower case, whose values are not kept.
    redacted: frozenset[bytes] = frozenset()
    #: What every file says of the crawl in its warcinfo record.
    description: list[tuple[str, object]] = field(default_factory=list)
    #: The crawl's settings, kept in a metadata record behind the warcinfo.
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class WriterTotals:
    """What has been written so far."""

    exchanges: int = 0
    records: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    files: list[str] = field(default_factory=list)
    #: Processor time of the writer thread.
    seconds: float = 0.0


class Resource(NamedTuple):
    """Something that was no exchange: a record's URL, media type, block and WARC-Date."""

    url: str
    content_type: str
    block: bytes
    date: str


class WarcWriter(Thread):
    """Writes exchanges in the order in which they are given, one process per file.

    ``on_synced(sequence)`` is called in this thread when all captures up to ``sequence`` are on disk,
    ``on_failure(error)`` at the first error, after which nothing more is written; what had been written before is kept
    and closed.
    """

    def __init__(
        self,
        policy: WriterPolicy,
        on_synced: Callable[[int], None],
        on_failure: Callable[[ArchiveError], None],
        collection: Collection,
    ):
        super().__init__(name="warc-writer", daemon=True)
        self.totals = WriterTotals()
        #: Whether what earlier runs left is in order, so that there may be records.
        self.begun = False
        #: Bytes of exchanges that have left the queue.
        self.taken = 0
        self._policy = policy
        self._on_synced = on_synced
        self._on_failure = on_failure
        self._collection = collection
        #: An event asks for a sync, None for the end.
        self._queue: SimpleQueue[tuple[Exchange, Capture] | Resource | Event | None] = SimpleQueue()
        self._closing: list[tuple[str, object]] = []
        self._file: WarcFile | None = None
        self._serial = 0
        self._opened = self._last_sync = 0.0
        #: Bytes of the current file that describe it; a file that holds no more is not kept.
        self._opening = 0
        self._warcinfo_id = ""
        self._written = self._synced = 0

    def put(self, exchange: Exchange, capture: Capture) -> None:
        """Queue an exchange; its capture is filled in when the records have been written."""
        self._queue.put((exchange, capture))

    def put_resource(self, resource: Resource) -> None:
        """Queue a record that belongs to no exchange."""
        self._queue.put(resource)

    def flush(self) -> None:
        """Return when everything queued is on disk, or never will be, because the thread has failed."""
        done = Event()
        self._queue.put(done)
        while self.is_alive() and not done.wait(_GATHER):
            pass

    def finish(self, closing: list[tuple[str, object]] | None = None) -> None:
        """Let the thread end when everything queued is written; call `join` to wait.

        :param closing: how the run has ended; None if it has not come to its end.
        """
        self._closing = closing or []
        self._queue.put(None)

    def run(self) -> None:
        try:
            recover(self._policy.folder)
            self._collection.catch_up()
            self.begun = True
            while (job := self._next()) is not None:
                if isinstance(job, Event):
                    self._sync()
                    job.set()
                elif isinstance(job, Resource):
                    self._write_resource(job)
                else:
                    self._write(*job)
                    self._sync_if_due()
            self._write_closing()
            self._close_file()
            self.totals.seconds = thread_time()
        except ArchiveError as error:
            self._fail(error)
        except Exception as error:  # the thread's edge: whatever it is, the crawl must stop rather than lose captures
            self._fail(ArchiveError(f"cannot write the archive: {error!r}"))

    def _next(self) -> tuple[Exchange, Capture] | Resource | Event | None:
        """Return the next job; an idle thread lets some accumulate, since waking up costs more than writing one."""
        with suppress(Empty):
            return self._queue.get_nowait()
        job = self._wait()
        if job is not None:
            sleep(_GATHER)
        return job

    def _wait(self) -> tuple[Exchange, Capture] | Resource | Event | None:
        """Wait for a job, and sync meanwhile, so that a quiet crawl is durable too."""
        while self._written > self._synced:
            try:
                patience = max(0.0, self._last_sync + self._policy.sync_seconds - monotonic())
                return self._queue.get(timeout=min(patience, TIMEOUT_MAX))
            except Empty:
                self._sync()
        return self._queue.get()

    def _write(self, exchange: Exchange, capture: Capture) -> None:
        file = self._file_for_next()
        records = exchange_records(
            exchange, self._warcinfo_id, capture.record_id, self._policy.redacted, self._collection.dedup
        )
        for record in self._append(file, records):
            if record.get("WARC-Record-ID") == capture.record_id:
                capture.file, capture.offset, capture.length = file.name, record.offset, record.length
                capture.payload_digest = record.get("WARC-Payload-Digest")
        self.totals.exchanges += 1
        self._written = capture.sequence
        self.taken += exchange.size
        # What has carried it may be in circles that nobody looks for yet.
        exchange.request, exchange.response = bytearray(), bytearray()

    def _write_resource(self, resource: Resource) -> None:
        file = self._file_for_next()
        self._append(file, [resource_record(self._warcinfo_id, *resource)])

    def _append(self, file: WarcFile, records: list[NewRecord]) -> list[Member]:
        """Append records in one write; returns them as they are in the file."""
        offset, written = file.append(b"".join(each.data for each in records)), []
        for each in records:
            record = each.at(offset)
            written.append(record)
            self._collection.note(file.name, record, each.seen)
            offset += record.length
            self.totals.records[record.type] = self.totals.records.get(record.type, 0) + 1
            self.totals.bytes += record.length
        return written

    def _file_for_next(self) -> WarcFile:
        """Return the file to write to, a new one where the current one is full or old: an exchange is never split."""
        if self._file and (
            self._file.size >= self._policy.max_bytes or monotonic() - self._opened >= self._policy.max_seconds
        ):
            self._close_file()
        if self._file is None:
            self._serial += 1
            self._file = WarcFile(self._policy.folder, self._policy.prefix, self._serial, self._policy.run)
            self._opened = self._last_sync = monotonic()
            self.totals.files.append(self._file.name)
            self._write_warcinfo(self._file)
        return self._file

    def _write_warcinfo(self, file: WarcFile) -> None:
        date = warc_now()
        self._warcinfo_id, opening = warcinfo(file.name, date, self._policy.description)
        settings = configuration(self._warcinfo_id, date, self._policy.settings)
        self._collection.note(file.name, settings.at(len(opening)))
        opening += settings.data
        self._opening = len(opening)
        file.append(opening)
        self.totals.bytes += len(opening)

    def _write_closing(self) -> None:
        if self._file and self._file.size > self._opening and self._closing:
            record = closing(self._warcinfo_id, warc_now(), self._closing)
            self._file.append(record)
            self.totals.bytes += len(record)

    def _sync_if_due(self) -> None:
        due = monotonic() - self._last_sync >= self._policy.sync_seconds
        if due or (self._written - self._synced >= _MAX_UNSYNCED and math.isfinite(self._policy.sync_seconds)):
            self._sync()

    def _sync(self) -> None:
        if self._file:
            self._file.sync()
        self._synced = self._written
        self._last_sync = monotonic()
        self._on_synced(self._synced)

    def _close_file(self) -> None:
        if self._file:
            file, self._file = self._file, None
            if file.size <= self._opening:
                file.discard()
                self.totals.files.remove(file.name)
            else:
                self._collection.finish(file.close(), file.digest)
            self._sync()

    def _fail(self, error: ArchiveError) -> None:
        """Keep what was written before the error, then report it."""
        try:
            self._close_file()
        except ArchiveError as second:
            error.add_note(str(second))
        self._on_failure(error)


def sync_seconds(policy: str | float) -> float:
    """Return the seconds between two syncs: 0 for ``record`` (after each exchange), infinity for ``close``.

    >>> sync_seconds("5"), sync_seconds("record"), sync_seconds("close")
    (5.0, 0.0, inf)

    :raises ArchiveError: if the policy is neither of these words nor a number of seconds.
    """
    if policy in ("record", "close"):
        return 0.0 if policy == "record" else math.inf
    try:
        seconds = float(policy)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ArchiveError(f"ARCHIVE_SYNC: {policy!r} is not record, close or a number of seconds")
    return seconds
