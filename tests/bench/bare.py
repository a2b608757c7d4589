"""The yardstick: Scrapy as it comes, with a spider that fetches the given URLs and selects a title.

`python -m tests.bench.bare URLS CONNECT_TO CONCURRENCY` prints its stats as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import scrapy
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse

from archive.crawling.connect_to import ConnectTo
from archive.crawling.endpoints import EndpointFactory


class BareSpider(scrapy.Spider):
    """Fetches and selects, nothing else."""

    name = "bare"

    def __init__(self, urls: str) -> None:
        super().__init__()
        self.urls = urls

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in Path(self.urls).read_text().splitlines():
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response) -> Iterator[dict[str, str | None]]:
        if isinstance(response, TextResponse):
            yield {"title": response.css("h1::text").get()}


def lead_to_replica(rules: str) -> None:
    """Scrapy has no CONNECT_TO; only the endpoints are ours here, not the tee."""
    endpoints = partial(EndpointFactory, ConnectTo(rules.split(",")), True)

    class ReplicaAgent(http11._BindAddressAgent):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._endpointFactory: Any = endpoints(self._endpointFactory)

    http11._BindAddressAgent = ReplicaAgent  # type: ignore[misc]


if __name__ == "__main__":
    urls, connect_to, concurrency = sys.argv[1:]
    lead_to_replica(connect_to)
    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency),
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_LEVEL": "WARNING",
        }
    )
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, urls=urls)
    process.start()
    print(json.dumps(crawler.stats.get_stats(), default=str))
