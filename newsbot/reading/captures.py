"""Reads one source's captures as its crawl would, without the network."""

from __future__ import annotations

import logging

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.misc import build_from_crawler

from newsbot.discovery.removal import GONE_STATUSES, Removal, is_sent_to_front
from newsbot.fetching.compression import Compression
from newsbot.items import Article
from newsbot.pipelines import Normalise, Require
from newsbot.reading.page_kinds import PageKind
from newsbot.spider import NewsSpider

logger = logging.getLogger(__name__)


class Reader:
    """One source's spider with what a page passes before and after it: same decoding, same pipelines."""

    def __init__(self, crawler: Crawler):
        crawler.stats = MemoryStatsCollector(crawler)
        self.spider: NewsSpider = crawler.spidercls.from_crawler(crawler)  # type: ignore[assignment]
        self._decompress = build_from_crawler(Compression, crawler)
        self._pipelines: list[Normalise | Require] = [
            build_from_crawler(Normalise, crawler),
            build_from_crawler(Require, crawler),
        ]

    def articles(self, response: Response) -> list[Article]:
        """Return the articles of a captured page that a crawl would publish."""
        decoded = self.decode(response)
        if decoded is None:
            return []
        articles = []
        for article in self.spider.parse_article(decoded):
            try:
                for pipeline in self._pipelines:
                    pipeline.process_item(article)
            except DropItem:
                continue
            articles.append(article)
        return articles

    def removal(self, response: Response) -> Removal | None:
        """Return the sign that an article is gone, if a captured answer is one."""
        capture = response.meta["capture"]
        article_id = self.spider.article_id(capture.url)
        if article_id is None:
            return None
        gone = response.status in GONE_STATUSES or is_sent_to_front(response, self.spider.addresses)
        if not gone and 200 <= response.status < 300:
            decoded = self.decode(response)
            gone = decoded is not None and self.spider.read_page(decoded) is PageKind.GONE
        return Removal(article_id, capture) if gone else None

    def decode(self, response: Response) -> Response | None:
        """Return the page without its content encoding; None if a crawl would not have read it, say for its size."""
        assert response.request is not None
        try:
            decoded = self._decompress.process_response(response.request, response)
        except IgnoreRequest as error:
            logger.warning("%s: %s", response.url, error)
            return None
        assert isinstance(decoded, Response)
        decoded.request = response.request
        return decoded
