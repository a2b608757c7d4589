"""Crawls given URLs with given settings and without this project's, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import logging
import time
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from tests.harness.commands import start

#: What puts the archive under a crawl.
ARCHIVED: dict[str, Any] = {"ADDONS": {"archive.addon.ArchiveAddon": 100}, "DOWNLOAD_VERIFY_CERTIFICATES": True}


class SmallSpider(scrapy.Spider):
    """Fetches its requests; keeps the outcome of those that have a name, whatever it is."""

    name = "small"

    def __init__(self, requests: list[dict[str, Any]]) -> None:
        super().__init__()
        self.requests = requests
        self.outcomes: dict[str, dict[str, Any]] = {}

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for request in self.requests:
            callback = getattr(self, request.pop("callback", "parse"))
            if name := request.pop("name", ""):
                meta = request.get("meta", {}) | {
                    "handle_httpstatus_all": True, "dont_redirect": True, "dont_retry": True,
                }  # fmt: skip
                request |= {"meta": meta, "dont_filter": True, "errback": self.failed, "cb_kwargs": {"name": name}}
                callback = self.keep
            yield scrapy.Request(**request | {"callback": callback})

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

    def keep(self, response: Response, name: str) -> None:
        body = hashlib.sha256(response.body).hexdigest()
        capture = response.meta["capture"]
        self.outcomes[name] = {"status": response.status, "body": body, "capture": lambda: asdict(capture)}

    def failed(self, failure: Failure) -> None:
        outcome = {"error": type(failure.value).__name__, "why": str(failure.value)}
        self.outcomes[failure.request.cb_kwargs["name"]] = outcome


def small_crawl(
    requests: list[dict[str, Any]], settings: dict[str, Any], environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Fetch the requests in a process of its own; returns the ``outcomes`` of those with a name, and ``stats``."""
    plan = {"requests": requests, "settings": {"LOG_LEVEL": "ERROR", **settings}}
    done = start(module=__name__, call="crawl", given=plan, environment=environment).done()
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def crawl(plan: dict[str, Any]) -> None:
    """Carry out a plan and print what came of it."""
    warnings.simplefilter("default")
    process = AsyncCrawlerProcess({"TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, **plan["settings"]})
    crawler = process.create_crawler(SmallSpider)
    process.crawl(crawler, requests=plan["requests"])
    process.start()
    outcomes = crawler.spider.outcomes if isinstance(crawler.spider, SmallSpider) else {}
    for outcome in outcomes.values():
        if "capture" in outcome:
            outcome["capture"] = outcome["capture"]()
    print(json.dumps({"outcomes": outcomes, "stats": crawler.stats.get_stats()}, default=str))
