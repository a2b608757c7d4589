"""One crawl as a process of its own, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from tests.replica.server import ROOT, Replica


class BenchError(Exception):
    """A crawl under measurement failed; the message has the end of its log."""


@dataclass(frozen=True)
class Usage:
    """What a process used: seconds from its start to its end, seconds of processor time, peak memory."""

    seconds: float
    processor: float
    peak_bytes: int


@dataclass(frozen=True)
class Cost:
    """What a crawl did and cost; the time is Scrapy's own, from the first request to the last."""

    pages: int
    seconds: float
    peak_bytes: int
    stats: dict[str, Any]

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


def newsbot(replica: Replica, source: str, data: Path, concurrency: int) -> Cost:
    """Crawl a source with everything newsbot does, at full speed."""
    settings = {
        "CONNECT_TO": ",".join(replica.settings["CONNECT_TO"]),
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "CRAWL_DELAY_MAX": 0,
        "LOG_LEVEL": "ERROR",
    }
    options = [f"--set={name}={value}" for name, value in settings.items()]
    environment = replica.environment | {"NEWSBOT_DATA": str(data)}
    _, usage = run_python(["-m", "scrapy", "crawl", source, *options], environment)
    (report,) = (data / "runs").glob(f"{source}-*.json")
    stats = json.loads(report.read_text())["stats"]
    return Cost(stats["downloader/response_count"], stats["elapsed_time_seconds"], usage.peak_bytes, stats)


def bare(replica: Replica, urls: Path, concurrency: int) -> Cost:
    """Fetch the same pages with bare Scrapy."""
    rules = ",".join(replica.settings["CONNECT_TO"])
    output, usage = run_python(["-m", "tests.bench.bare", str(urls), rules, str(concurrency)], replica.environment)
    stats = json.loads(output)
    return Cost(stats["downloader/response_count"], stats["elapsed_time_seconds"], usage.peak_bytes, stats)


def run_python(arguments: list[str], environment: dict[str, str]) -> tuple[str, Usage]:
    """Return what a Python process printed, and what it used."""
    began = monotonic()
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=os.environ | environment, stdout=output, stderr=log
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        log.seek(0)
        # 1: the replica's sources have faults built in, which make a crawl "unhealthy" but not wrong.
        if process.returncode not in (0, 1):
            raise BenchError(f"{arguments[:3]} ended with status {process.returncode}: {log.read()[-2000:]}")
        seconds, processor = monotonic() - began, usage.ru_utime + usage.ru_stime
        return output.read(), Usage(seconds, processor, usage.ru_maxrss * 1024)
