"""Refuses articles that a page shows inside itself, or fetches by script: nobody would read them."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from newsbot.planning.article_requests import ArticleRequests


class ArticleFrames:
    """A downloader middleware that refuses requisites at articles' addresses.

    What is captured at such an address is an article for whoever reads the archive again, but not for the crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        spider = crawler.spidercls
        self._find = spider.addresses.article_at if issubclass(spider, ArticleRequests) else None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse a request that no page of its own makes.

        :raises IgnoreRequest: to refuse it.
        """
        meta = request.meta
        if meta.get("requisite") and not meta.get("browser_document") and self._find and self._find(request.url):
            raise IgnoreRequest("an article inside a page")
