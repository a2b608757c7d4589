"""Crawls given URLs with given settings and prints the stats: `python -m tests.harness.small_crawl < plan.json`."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class SmallSpider(scrapy.Spider):
    """Fetches its URLs and keeps nothing."""

    name = "small"

    def __init__(self, requests: list[dict[str, Any]]) -> None:
        super().__init__()
        self.requests = requests

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for request in self.requests:
            callbacks: dict[str, Any] = {
                "parse": self.parse,
                "parse_section": self.parse_section,
                "parse_feed": self.parse_feed,
            }
            callbacks["parse_sitemap"] = self.parse_sitemap
            yield scrapy.Request(**request | {"callback": callbacks[request.get("callback", "parse")]})

    def parse(self, response: Response) -> None:
        self.crawler.stats.inc_value("small/parsed")

    def parse_section(self, response: Response) -> None:
        raise LookupError("a spider's own mistake")

    def parse_feed(self, response: Response) -> None:
        logging.getLogger("elsewhere").error("The %s is on fire", "library")

    def parse_sitemap(self, response: Response) -> Iterator[None]:
        from twisted.internet import reactor

        reactor.callLater(0, self.crawler.stats.inc_value, "small/turns")
        for _ in range(3):
            time.sleep(0.03)
            yield
        self.crawler.stats.set_value("small/turns_while_reading", self.crawler.stats.get_value("small/turns", 0))


if __name__ == "__main__":
    plan = json.load(sys.stdin)
    process = AsyncCrawlerProcess({"TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, **plan["settings"]})
    crawler = process.create_crawler(SmallSpider)
    process.crawl(crawler, requests=plan["requests"])
    process.start()
    print(json.dumps(crawler.stats.get_stats(), default=str))
