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

from tests.harness.commands import against, command_line
from tests.project import ROOT
from tests.replica.server import Replica

#: Runs a command and prints, as a last line, its status, processor time and peak memory. The peak that the kernel tells
#: of a process is at least that of the process that started it: hence one between that is small.
_AT_A_DISTANCE = """
import json, os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024]))
"""


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
    settings = against(replica, CONCURRENT_REQUESTS_PER_DOMAIN=str(concurrency), LOG_LEVEL="ERROR")
    environment = replica.environment | {"NEWSBOT_DATA": str(data)}
    _, usage = run_python(command_line("crawl", source, *settings)[1:], environment)
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
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as log:
        began = monotonic()
        command = [sys.executable, "-S", "-c", _AT_A_DISTANCE, sys.executable, *arguments]
        measured = subprocess.run(
            command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=log, check=False
        )
        seconds = monotonic() - began
        output.seek(0)
        log.seek(0)
        printed, _, last = output.read().rstrip("\n").rpartition("\n")
        if measured.returncode:
            raise BenchError(f"{arguments[:3]} could not be run: {log.read()[-2000:]}")
        status, processor, peak = json.loads(last)
        # 1: the replica's sources have faults built in, which make a crawl "unhealthy" but not wrong.
        if status not in (0, 1):
            raise BenchError(f"{arguments[:3]} ended with status {status}: {log.read()[-2000:]}")
        return printed, Usage(seconds, processor, peak)
