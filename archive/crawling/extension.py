"""The Scrapy extension that archives a crawl: queues exchanges, reports them as durable, stops the crawl on errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.utils.asyncio import run_in_thread
from scrapy.utils.defer import deferred_from_coro, maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from archive.collection import Collection
from archive.crawling.connect_to import ConnectTo
from archive.crawling.description import crawl_settings, warcinfo_fields
from archive.crawling.disk import DiskGuard
from archive.crawling.endpoints import EndpointFactory
from archive.crawling.self_test import check_tee
from archive.errors import ArchiveError
from archive.http.exchange import Capture, Exchange
from archive.records.record import new_record_id
from archive.records.run_record import Pairs, closing_pairs, opening_pairs, warc_now
from archive.writing.warc_file import new_run
from archive.writing.writer import Resource, WarcWriter, WriterPolicy, sync_seconds

logger = logging.getLogger(__name__)

#: Back-pressure: maximum bytes of responses in memory (received, queued, being read) before downloads wait.
_BACKLOG = 32 << 20
#: Seconds between two looks of a waiting download.
_BACKLOG_PAUSE = 0.05


class Archive:
    """Scrapy extension that owns the writer thread.

    What can be set is in `archive.addon`.

    When a record cannot be written the crawl is closed with the reason ``archive_failed``.
    """

    def __init__(self, crawler: Crawler):
        settings = crawler.settings
        if not settings.getbool("ARCHIVE_ENABLED"):
            raise NotConfigured
        connect_to = ConnectTo(settings.getlist("CONNECT_TO"))
        self.endpoints = partial(EndpointFactory, connect_to, settings.getbool("ARCHIVE_ALLOW_PRIVATE"))
        self._crawler = crawler
        self._writer: WarcWriter | None = None
        self._sequence = 0
        self._given = 0
        self._listeners: list[Callable[[int], None]] = []
        self._synced = 0
        #: Captures that are being read, and those that were read since the last sync, by sequence.
        self._held: set[int] = set()
        self._let_go: set[int] = set()
        self.failure: ArchiveError | None = None
        folder = Path(settings["ARCHIVE_DIR"])
        floor, patience = settings.getint("ARCHIVE_DISK_FLOOR"), settings.getfloat("ARCHIVE_DISK_PATIENCE")
        self._guard = DiskGuard(crawler, folder, floor, patience, self.fail)
        #: Part of the names of all files of this run.
        self.run = new_run()
        #: When the run began, as a WARC-Date.
        self.started = warc_now()
        self._describe_end: Callable[[str], Pairs] = lambda reason: []
        self._on_closed: Callable[[Pairs, int], None] = lambda closing, durable: None
        self._before_end: list[Callable[[], None]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Archive:
        archive = cls(crawler)
        check_tee(crawler)
        crawler.signals.connect(archive.spider_opened, signals.spider_opened)
        crawler.signals.connect(archive.close, signals.spider_closed)
        return archive

    def spider_opened(self, spider: Spider) -> None:
        from twisted.internet import reactor

        def in_reactor(call: Callable[..., None]) -> Callable[..., None]:
            return lambda *args: reactor.callFromThread(call, *args)

        try:
            collection = Collection.from_settings(self._crawler.settings)
            self._guard.start()
            self._writer = WarcWriter(
                self._policy(spider), in_reactor(self._on_synced), in_reactor(self.fail), collection
            )
        except ArchiveError as error:  # Scrapy would log it and crawl on
            self.fail(error)
            return
        self._writer.start()
        reactor.addSystemEventTrigger("after", "shutdown", self._close_now)

    def _policy(self, spider: Spider) -> WriterPolicy:
        settings = self._crawler.settings
        return WriterPolicy(
            folder=Path(settings["ARCHIVE_DIR"]),
            prefix=spider.name,
            max_bytes=settings.getint("ARCHIVE_MAX_BYTES"),
            max_seconds=settings.getfloat("ARCHIVE_MAX_SECONDS"),
            sync_seconds=sync_seconds(settings["ARCHIVE_SYNC"]),
            run=self.run,
            redacted=frozenset(name.lower().encode() for name in settings.getlist("ARCHIVE_REDACT_HEADERS")),
            description=[*warcinfo_fields(spider.name, settings), *opening_pairs(self.run, self.started)],
            settings=crawl_settings(settings),
        )

    def when_durable(self, listener: Callable[[int], None]) -> None:
        """Have ``listener(sequence)`` called again and again: all captures up to ``sequence`` are on disk.

        It hears of them one sync late, so that what was read of them out of order has arrived: then what depends on
        captures can be done in capture order. At the end of the crawl it hears of all.
        """
        self._listeners.append(listener)

    @contextmanager
    def holding(self, capture: Capture) -> Iterator[None]:
        """Let nobody hear of this capture or a later one while it is being read, and for one sync more."""
        self._held.add(capture.sequence)
        try:
            yield
        finally:
            self._held.discard(capture.sequence)
            self._let_go.add(capture.sequence)

    def on_end(self, describe: Callable[[str], Pairs], closed: Callable[[Pairs, int], None]) -> None:
        """Register what is called at the end of a run.

        :param describe: is given the reason for which the crawl was closed, once all captures are on disk, and returns
            what the archive shall say of the end besides its own counts.
        :param closed: is called when the last file has its final name, with all that the archive says of the end
            (nothing if the archive has failed) and the number of the last capture that is on disk.
        """
        self._describe_end, self._on_closed = describe, closed

    def before_end(self, call: Callable[[], None]) -> None:
        """Have ``call()`` called when the crawl has ended, while records can still be written."""
        self._before_end.append(call)

    async def ready(self, receiving: Callable[[], int] = lambda: 0) -> None:
        """Return when there is room for another exchange.

        :param receiving: returns how many bytes of responses are being received.
        :raises IgnoreRequest: when the archive has failed; nothing may be fetched that cannot be kept.
        """
        from twisted.internet import reactor

        while (writer := self._writer) and self.failure is None:
            if writer.begun and self._given - writer.taken + receiving() + self._reading() <= _BACKLOG:
                return
            await maybe_deferred_to_future(deferLater(reactor, _BACKLOG_PAUSE))
        raise IgnoreRequest(f"not fetched, the archive has failed: {self.failure or 'it is not open'}")

    def _reading(self) -> int:
        """Return how many bytes of responses the spider reads, or will read next."""
        scraper = self._crawler.engine.scraper if self._crawler.engine else None
        return scraper.slot.active_size if scraper and scraper.slot else 0

    def record(self, exchange: Exchange) -> Capture:
        """Queue an exchange for writing and return the capture that will point at its response."""
        self._sequence += 1
        capture = Capture(self._sequence, exchange.url, exchange.warc_date, new_record_id(), exchange.truncated)
        self._count(exchange)
        if self._writer and self.failure is None:
            self._given += exchange.size
            self._writer.put(exchange, capture)
        return capture

    def put_resource(self, url: str, content_type: str, block: bytes, date: str) -> None:
        """Queue a record of something that was no exchange: what was made of a page.

        :param url: its WARC-Target-URI.
        :param date: its WARC-Date, that of the capture that it was made of.
        """
        if self._writer and self.failure is None:
            self._writer.put_resource(Resource(url, content_type, block, date))

    async def close(self, reason: str) -> None:
        """Write what is queued and how the run has ended, sync, and give the file its final name."""
        self._guard.stop()
        for call in self._before_end:
            try:
                call()
            except Exception:  # whatever it is, what was captured is still to be closed
                logger.exception("The end of the crawl: %r failed", call)
        if self._writer is not None:
            await run_in_thread(self._writer.flush)
            await self._callbacks_done()
            self._tell(self._synced)
        writer, self._writer = self._writer, None
        closing: Pairs = []
        if writer is not None:
            if self.failure is None:
                totals = writer.totals
                closing = closing_pairs(self.run, self.started, reason, totals.records, totals.bytes)
                closing += self._describe_end(reason)
            writer.finish(closing if self.failure is None else [])
            await run_in_thread(writer.join)
            await self._callbacks_done()
            self._set_stats(writer)
        self._on_closed(closing if self.failure is None else [], self._synced)

    def _set_stats(self, writer: WarcWriter) -> None:
        stats = self._crawler.stats
        stats.set_value("archive/files", writer.totals.files)
        stats.set_value("archive/bytes", writer.totals.bytes)
        stats.set_value("archive/writer_seconds", writer.totals.seconds)
        for record_type, count in writer.totals.records.items():
            stats.set_value(f"archive/records/{record_type}", count)
        stats.set_value("archive/records", sum(writer.totals.records.values()))
        stats.set_value("archive/written_exchanges", writer.totals.exchanges)

    def _close_now(self) -> None:
        """Close without waiting for what is in flight: told twice to stop, the reactor ends before `close`."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.finish()
            writer.join()

    async def _callbacks_done(self) -> None:
        """Let the calls that the writer thread left with the reactor run: they were queued before this one."""
        from twisted.internet import reactor

        queued: Deferred[None] = Deferred()
        reactor.callFromThread(queued.callback, None)
        await maybe_deferred_to_future(queued)

    def _count(self, exchange: Exchange) -> None:
        stats = self._crawler.stats
        stats.inc_value("archive/exchanges")
        if not exchange.response:
            stats.inc_value("archive/failed_connections")
        elif exchange.truncated:
            stats.inc_value("archive/truncated")

    def _on_synced(self, sequence: int) -> None:
        ready = min(self._synced, min(self._held | self._let_go, default=self._synced + 1) - 1)
        self._synced = sequence
        self._let_go.clear()
        self._tell(ready)

    def _tell(self, durable: int) -> None:
        for listener in self._listeners:
            listener(durable)

    def fail(self, error: ArchiveError) -> None:
        """Stop the crawl, since something can no longer be kept."""
        if self.failure is not None:
            return
        self.failure = error
        notes = "".join(f"; {note}" for note in getattr(error, "__notes__", ()))
        logger.critical("The archive has failed, the crawl stops: %s%s", error, notes)
        self._crawler.stats.set_value("archive/failure", f"{error}{notes}")
        deferred_from_coro(self._crawler.engine.close_spider_async(reason="archive_failed"))


class PassingArchive(Archive):
    """An `Archive` that keeps nothing: requests go the same way, but the captures of responses point nowhere."""

    def spider_opened(self, spider: Spider) -> None:
        """Open nothing."""

    async def ready(self, receiving: Callable[[], int] = lambda: 0) -> None:
        """There is always room."""
