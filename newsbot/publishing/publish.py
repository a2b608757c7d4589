"""The last of the pipelines: from articles to lines, in step with the archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.collection import Collection
from archive.crawling.extension import Archive
from archive.errors import ArchiveError
from archive.exchange.capture import Capture
from archive.records.run_record import Pairs
from archive.replay.resolving import Resolver
from newsbot.items import Article
from newsbot.lists.gone import Removal
from newsbot.planning.crawl_state import CrawlState
from newsbot.planning.schedule import recheck_gaps
from newsbot.publishing.publication import Publication
from newsbot.replaying.captures import Reader
from newsbot.replaying.version_reader import VersionReader
from newsbot.spider import NewsSpider
from newsbot.state.resources import Resources
from newsbot.state.runs import ARGUMENTS_SETTING, Run, Runs, as_arguments, by_kind
from newsbot.state.state import State


class Publish:
    """Write each article's line, once its capture is on disk.

    Lines go out in capture order, one sync of the archive later than they could: what passed the pipelines out of order
    has caught up by then. Stats: ``newsbot/lines``, ``newsbot/unchanged``, ``newsbot/kept_back``
    (articles that were gone, but may not be) and those of `PublishedStats`.
    """

    def __init__(self, crawler: Crawler) -> None:
        archive = crawler.get_extension(Archive)
        if archive is None:
            raise ArchiveError("lines cannot be written without an archive to point into (ARCHIVE_ENABLED)")
        self._archive = archive
        self._crawler = crawler
        self._synced = 0
        #: Captures that are being read, and those that were read since the last sync, by sequence.
        self._held: set[int] = set()
        self._let_go: set[int] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        publish = cls(crawler)
        crawler.signals.connect(publish.response_downloaded, signals.response_downloaded)
        return publish

    def open_spider(self) -> None:
        settings, name = self._crawler.settings, self._crawler.spidercls.name
        state = State(settings["STATE_URL"])
        warcs = Collection.from_settings(settings)
        own_settings = settings.copy()
        own_settings.frozen = False  # those of a running crawl cannot be given to another crawler
        reader = Reader(Crawler(self._crawler.spidercls, own_settings))
        folder = Path(settings["DATA_DIR"], "articles", name)
        versions = VersionReader(reader, warcs.path, lambda: Resolver(warcs), folder)
        self._publication = Publication(folder, name, state, self._archive.run, versions)
        self._publication.begin()
        gaps = recheck_gaps(settings.getlist("RECHECK_GAPS"))
        self._crawl_state = CrawlState(name, Resources(state), gaps)
        self._spider().remember(self._crawl_state, state, versions)
        self._runs = Runs(state)
        arguments = as_arguments(settings.get(ARGUMENTS_SETTING))
        self._run = Run(name, self._archive.started, self._archive.run, arguments=arguments)
        self._runs.put(self._run)
        self._archive.on_synced(self._publish)
        self._archive.on_end(self._describe_end, self._end)

    @contextmanager
    def holding(self, capture: Capture) -> Iterator[None]:
        """Publish nothing that was captured later, for as long as it takes to read a capture and one sync more."""
        self._held.add(capture.sequence)
        try:
            yield
        finally:
            self._held.discard(capture.sequence)
            self._let_go.add(capture.sequence)

    def process_item(self, article: Article | Removal) -> Article | Removal:
        self._publication.add(article)
        return article

    def response_downloaded(self, response: Response, request: Request) -> None:
        capture: Capture | None = request.meta.get("capture")
        if capture is not None:
            self._publication.observe(self._spider().article_id(capture.url), capture, response.status)

    async def close_spider(self) -> None:
        await self._archive.flush()
        self._publish(self._synced)
        try:
            if self._archive.failure is None:
                self._publication.end_run(self._archive.run)
        except ArchiveError as error:
            self._archive.fail(error)
        stats = self._crawler.stats
        stats.set_value("newsbot/lines", self._publication.published)
        stats.set_value("newsbot/unchanged", self._publication.unchanged)
        stats.set_value("newsbot/kept_back", self._publication.kept_back)
        for stat, value in self._publication.stats.stats().items():
            stats.set_value(stat, value)

    def _spider(self) -> NewsSpider:
        spider = self._crawler.spider
        assert isinstance(spider, NewsSpider)
        return spider

    def _describe_end(self, reason: str) -> Pairs:
        complete = reason == "finished" and not self._spider().is_done()
        return [("complete", "yes" if complete else "no"), *by_kind(self._publication.stats.changes).items()]

    def _end(self, closing: Pairs) -> None:
        """Write what was learnt of lists, and that the run has ended; the sign that it has not is taken away last."""
        told, is_written = dict(closing), False
        try:
            self._crawl_state.close(self._synced, complete=told.get("complete") == "yes")
            if closing:
                self._runs.put(self._run.ends(told))
            is_written = bool(closing)
        except ArchiveError as error:
            self._archive.fail(error)
        try:
            self._publication.close(complete=is_written)
        except ArchiveError as error:
            self._archive.fail(error)

    def _publish(self, synced: int) -> None:
        ready = min(self._synced, min(self._held | self._let_go, default=self._synced + 1) - 1)
        try:
            self._publication.publish(ready)
            self._crawl_state.flush(ready)
            self._spider().note_durable(ready)
        except ArchiveError as error:
            self._archive.fail(error)
        self._synced = synced
        self._let_go.clear()
