"""Fetches URLs through the archive alone and prints what a spider got.

`python -m tests.harness.awkward_crawl < plan.json`
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from tests.project import ROOT
from tests.replica.server import Replica


class AwkwardSpider(scrapy.Spider):
    """Fetches its requests and notes each outcome under the request's name."""

    name = "awkward"

    def __init__(self, requests: list[dict[str, Any]]) -> None:
        super().__init__()
        self.requests = requests
        self.outcomes: dict[str, dict[str, Any]] = {}

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for request in self.requests:
            name = request.pop("name")
            meta = {"handle_httpstatus_all": True, "dont_redirect": True, "dont_retry": True}
            yield scrapy.Request(**request, meta=meta, dont_filter=True, errback=self.failed, cb_kwargs={"name": name})

    def parse(self, response: Response, name: str) -> None:
        body = hashlib.sha256(response.body).hexdigest()
        capture = response.meta["capture"]
        self.outcomes[name] = {"status": response.status, "body": body, "capture": lambda: asdict(capture)}

    def failed(self, failure: Failure) -> None:
        self.outcomes[failure.request.cb_kwargs["name"]] = {"error": type(failure.value).__name__}


def awkward_crawl(replica: Replica, requests: list[dict[str, Any]], settings: dict[str, Any]) -> dict[str, Any]:
    """Fetch the requests from a replica in a process of its own; returns its ``outcomes`` and ``stats``."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.awkward_crawl"],
        input=json.dumps({"requests": requests, "settings": settings}),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | replica.environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


if __name__ == "__main__":
    plan = json.load(sys.stdin)
    process = AsyncCrawlerProcess(
        {
            "ADDONS": {"archive.addon.ArchiveAddon": 100},
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "DOWNLOAD_VERIFY_CERTIFICATES": True,
            **plan["settings"],
        }
    )
    crawler = process.create_crawler(AwkwardSpider)
    process.crawl(crawler, requests=plan["requests"])
    process.start()
    spider = crawler.spider
    assert isinstance(spider, AwkwardSpider)
    for outcome in spider.outcomes.values():
        if "capture" in outcome:
            outcome["capture"] = outcome["capture"]()
    print(json.dumps({"outcomes": spider.outcomes, "stats": crawler.stats.get_stats()}, default=str))
