"""A crawl put together: archive, state, reader, publication and spider, each of which knows none of the others."""

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
from archive.http.exchange import Capture
from archive.records.run_record import Pairs
from archive.replay.originals import Resolver
from archive.requisites.extension import Requisites
from newsbot.configuration.setting_kinds import recheck_gaps
from newsbot.pipelines import Publish
from newsbot.planning.crawl_state import CrawlState
from newsbot.publishing.publication import Publication
from newsbot.replaying.captures import Reader, VersionReader
from newsbot.spider import NewsSpider
from newsbot.state.resources import Resources
from newsbot.state.runs import ARGUMENTS_SETTING, Run, Runs, as_arguments, by_kind
from newsbot.state.state import State


class Composition:
    """Extension that puts a crawl's parts together: what is known goes to the spider, what is found to its lines.

    Lines go out in capture order, once their captures are on disk. Stats: ``newsbot/layouts`` (those that the source
    knows), ``newsbot/lines``, ``newsbot/unchanged``, ``newsbot/kept_back`` (articles that were gone, but may not be)
    and those of `PublishedStats`.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ARCHIVE_ENABLED"):
            raise ArchiveError("lines cannot be written without an archive to point into (ARCHIVE_ENABLED)")
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        composition = cls(crawler)
        crawler.signals.connect(composition.spider_opened, signals.spider_opened)
        return composition

    def spider_opened(self, spider: NewsSpider) -> None:
        archive = self._crawler.get_extension(Archive)
        assert archive is not None, "ARCHIVE_ENABLED"
        self._archive = archive
        with self._stopping():
            self._open(spider)

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Let an error of the archive stop the crawl: Scrapy would log it and crawl on."""
        try:
            yield
        except ArchiveError as error:
            self._archive.fail(error)

    def _open(self, spider: NewsSpider) -> None:
        settings, archive = self._crawler.settings, self._archive
        state = State(settings["STATE_URL"])
        warcs = Collection.from_settings(settings)
        own_settings = settings.copy()
        own_settings.frozen = False  # those of a running crawl cannot be given to another crawler
        reader = Reader(Crawler(self._crawler.spidercls, own_settings))
        folder = Path(settings["DATA_DIR"], "articles", spider.name)
        versions = VersionReader(reader, warcs.path, lambda: Resolver(warcs), [folder])
        self._publication = Publication(folder, spider.name, state, archive.run, versions.read)
        self._publication.begin()
        self._publication.begin_run(archive.started)
        publish = self._crawler.get_item_pipeline(Publish)
        assert publish is not None, "ITEM_PIPELINES"
        publish.publication = self._publication
        gaps = recheck_gaps(settings.getlist("RECHECK_GAPS"))
        self._crawl_state = CrawlState(spider.name, Resources(state), gaps, archive.started)
        self._give_browser(spider)
        if (requisites := self._crawler.get_extension(Requisites)) is not None:
            requisites.also_needed = spider.read_documents
        spider.remember(self._crawl_state, state, versions.read)
        self._runs = Runs(state)
        arguments = as_arguments(settings.get(ARGUMENTS_SETTING))
        self._run = Run(spider.name, archive.started, archive.run, arguments=arguments)
        self._runs.put(self._run)
        archive.when_durable(self._publish)
        archive.on_end(self._describe_end, self._end)
        self._crawler.signals.connect(self.response_downloaded, signals.response_downloaded)
        if self._crawler.stats is not None:
            self._crawler.stats.set_value("newsbot/layouts", len(spider.layouts))

    def _give_browser(self, spider: NewsSpider) -> None:
        """Let a spider have pages opened, where the source's setting says so."""
        spider.browser_use = self._crawler.settings["BROWSER"]
        if spider.browser_use != "never":
            from archive.browser.extension import Browser  # it takes time, which most commands need not spend

            spider.browser = self._crawler.get_extension(Browser)

    def response_downloaded(self, response: Response, request: Request) -> None:
        capture: Capture | None = request.meta.get("capture")
        # What pages need to be shown says nothing of the source's lists; a rebuild leaves it out, too.
        is_embedded = "requisite" in request.meta and not request.meta.get("browser_document")
        if capture is not None and not is_embedded:
            self._publication.observe(self._spider().article_id(capture.url), capture, response.status)

    def _publish(self, durable: int) -> None:
        with self._stopping():
            self._publication.publish(durable)
            self._crawl_state.flush(durable)
            self._spider().strategy.note_durable(durable)

    def _spider(self) -> NewsSpider:
        spider = self._crawler.spider
        assert isinstance(spider, NewsSpider)
        return spider

    def _describe_end(self, reason: str) -> Pairs:
        with self._stopping():
            self._publication.end_run(self._archive.run)
        complete = reason == "finished" and not self._spider().is_done()
        counts = by_kind(self._publication.stats.changes)
        return [("complete", "yes" if complete else "no"), *counts.items(), *self._publication.closing_pairs()]

    def _end(self, closing: Pairs, durable: int) -> None:
        """Write what was learnt of lists, and that the run has ended; the sign that it has not is taken away last."""
        told, is_written = dict(closing), False
        with self._stopping():
            # A run without an exchange leaves no file: nobody would know of it.
            self._crawl_state.close(durable, complete=durable > 0 and told.get("complete") == "yes")
            if closing:
                self._runs.put(self._run.ends(told))
            is_written = bool(closing)
        with self._stopping():
            self._publication.close(complete=is_written)
        stats = self._crawler.stats
        stats.set_value("newsbot/lines", self._publication.published)
        stats.set_value("newsbot/unchanged", self._publication.unchanged)
        stats.set_value("newsbot/kept_back", self._publication.kept_back)
        for stat, value in self._publication.stats.stats().items():
            stats.set_value(stat, value)
