"""What an article passes on its way from the reader to its line."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final, Self

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from archive.errors import ArchiveError
from archive.extension import Archive
from newsbot.cleaning import clean_body, clean_images, clean_list, clean_values, web_address
from newsbot.crawl_state import CrawlState
from newsbot.dates import is_known_form
from newsbot.items import Article
from newsbot.publication import Publication
from newsbot.resources import Resources
from newsbot.schedule import recheck_gaps
from newsbot.spider import NewsSpider
from newsbot.state import State
from newsbot.text import clean, content_digest

logger = logging.getLogger(__name__)

#: How many addresses of incomplete pages go into the run's report; the log has all of them.
INCOMPLETE_URLS: Final = 20


class Normalise:
    """Bring every text field into its stored form, and count how the article was read.

    Stats: ``newsbot/articles``, ``newsbot/layout/<layout or none>``, ``newsbot/extracted_by/<field>/<step>``,
    ``newsbot/coverage/<layout or none>/<field>`` (articles that have it), ``newsbot/conflict/<field>``,
    ``newsbot/date_missing``, ``newsbot/date_fallback`` (dateparser had to help), ``newsbot/noarchive``.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, article: Article) -> Article:
        fields = ItemAdapter(article)
        fields["title"] = clean(article.title)
        fields["body"] = clean_body(article.body)
        for name in ("sapo", "byline", "agency", "published_raw"):
            fields[name] = clean(fields[name] or "") or None
        for name in ("authors", "section", "tags"):
            fields[name] = clean_list(fields[name])
        fields["images"] = clean_images(article.images)
        fields["canonical_url"] = web_address(article.canonical_url)
        fields["conflicts"] = clean_values(article.conflicts) or None
        fields["content_digest"] = content_digest(article.title, article.sapo, article.body)
        self._count(article)
        return article

    def _count(self, article: Article) -> None:
        count = self.stats.inc_value
        count("newsbot/articles")
        layout = article.layout or "none"
        count(f"newsbot/layout/{layout}")
        for field, step in article.extracted_by.items():
            count(f"newsbot/coverage/{layout}/{field}")
            count(f"newsbot/extracted_by/{field}/{step}")
        for field in article.conflicts or ():
            count(f"newsbot/conflict/{field}")
        if article.published_at is None:
            count("newsbot/date_missing")
        elif article.published_raw and not is_known_form(article.published_raw):
            count("newsbot/date_fallback")
        if article.noarchive:
            count("newsbot/noarchive")


class Require:
    """Let an article through only with a title and a body; one without is named and counted, never lost in silence.

    Stats: ``newsbot/incomplete``, ``newsbot/incomplete_urls`` (the first twenty).
    """

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, article: Article) -> Article:
        missing = [name for name in ("title", "body") if not getattr(article, name)]
        if not missing:
            return article
        self.stats.inc_value("newsbot/incomplete")
        urls: list[str] = self.stats.get_value("newsbot/incomplete_urls", [])
        if len(urls) < INCOMPLETE_URLS:
            self.stats.set_value("newsbot/incomplete_urls", [*urls, article.url])
        logger.warning("No %s found on %s (layout %s)", " and no ".join(missing), article.url, article.layout)
        # Named above; at Scrapy's own level the whole article would follow.
        raise DropItem(f"incomplete: no {' and no '.join(missing)}", log_level="DEBUG")


class Publish:
    """Write each article's line, once its capture is on disk; the last of the pipelines.

    Lines go out in capture order, one sync of the archive later than they could: what passed the pipelines out of order
    has caught up by then. Stats: ``newsbot/lines``, ``newsbot/unchanged`` and those of `PublishedStats`.
    """

    def __init__(self, crawler: Crawler) -> None:
        archive = crawler.get_extension(Archive)
        if archive is None:
            raise ArchiveError("lines cannot be written without an archive to point into (ARCHIVE_ENABLED)")
        self._archive = archive
        self._crawler = crawler
        self._synced = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        publish = cls(crawler)
        crawler.signals.connect(publish.spider_closed, signals.spider_closed)
        return publish

    def open_spider(self) -> None:
        settings, name = self._crawler.settings, self._crawler.spidercls.name
        state = State(settings["STATE_URL"])
        self._publication = Publication(Path(settings["DATA_DIR"], "articles", name), name, state, self._archive.run)
        self._publication.begin()
        gaps = recheck_gaps(settings.getlist("RECHECK_GAPS"))
        self._crawl_state = CrawlState(name, Resources(state), gaps)
        self._spider().crawl_state = self._crawl_state
        self._archive.on_synced(self._publish)

    def process_item(self, article: Article) -> Article:
        self._publication.add(article)
        return article

    async def close_spider(self) -> None:
        await self._archive.close()
        self._publish(self._synced)
        try:
            self._publication.close(complete=self._archive.failure is None)
        except ArchiveError as error:
            self._archive.fail(error)
        stats = self._crawler.stats
        stats.set_value("newsbot/lines", self._publication.published)
        stats.set_value("newsbot/unchanged", self._publication.unchanged)
        for stat, value in self._publication.stats.stats().items():
            stats.set_value(stat, value)

    def _spider(self) -> NewsSpider:
        spider = self._crawler.spider
        assert isinstance(spider, NewsSpider)
        return spider

    def spider_closed(self, reason: str) -> None:
        """Write what was learnt of lists; Scrapy tells why a crawl ended only when the pipelines are closed."""
        complete = reason == "finished" and self._archive.failure is None and not self._spider().is_done()
        try:
            self._crawl_state.close(self._synced, complete=complete)
        except ArchiveError as error:
            logger.error("What this run has learnt of its lists is lost: %s", error)

    def _publish(self, synced: int) -> None:
        try:
            self._publication.publish(self._synced)
            self._crawl_state.flush(self._synced)
        except ArchiveError as error:
            self._archive.fail(error)
        self._synced = synced
