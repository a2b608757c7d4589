"""Crawls as child processes: started, watched and stopped within a time budget, and what came of each."""

from __future__ import annotations

import math
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from newsbot.health.exit_status import ExitStatus
from newsbot.health.result import Result
from newsbot.health.run_report import read_report
from newsbot.health.telling.outcome import SILENT
from newsbot.running.crawlall.fork_server import ForkServer, Order
from newsbot.running.progress import Count, read_count
from newsbot.upkeep.tidying import log_path

#: Seconds between two steps of telling, at most; an answer that is waited for may take as long (DOWNLOAD_TIMEOUT).
LONGEST_STEP = 60.0
#: Steps: a crawl is asked to end (SIGTERM), has to drop what is under way (SIGTERM again), is killed.
KILLED = 3


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """A number of seconds, from the moment at which the first crawl begins."""

    seconds: float = math.inf

    @property
    def step(self) -> float:
        return min(LONGEST_STEP, self.seconds / 6)

    def left(self, passed: float) -> float:
        """Return after how many seconds a crawl that begins now should end by itself: three steps before all is over.

        >>> TimeBudget(1800).left(600), TimeBudget(120).left(0), TimeBudget().left(600)
        (1020.0, 60.0, inf)
        """
        return self.seconds - 3 * self.step - passed

    def is_spent(self, passed: float) -> bool:
        """Whether it is too late to begin another crawl.

        >>> [TimeBudget(120).is_spent(passed) for passed in (0, 39, 41)], TimeBudget().is_spent(10**9)
        ([False, False, True], False)
        """
        return self.left(passed) < self.step

    def firmness(self, passed: float) -> int:
        """Return how often a crawl that still runs should have been told to end; at `KILLED` it is killed.

        >>> [TimeBudget(120).firmness(passed) for passed in (0, 99, 101, 121, 141, 999)], TimeBudget().firmness(10**9)
        ([0, 0, 1, 2, 3, 3], 0)
        """
        if passed < self.seconds - self.step:
            return 0
        return min(KILLED, 1 + int((passed - self.seconds + self.step) / self.step))


@dataclass(frozen=True, slots=True)
class Nursery:
    """What the children of one crawlall have in common."""

    server: ForkServer
    data: Path
    #: Folder for progress files and what children say.
    notes: Path


class Child:
    """A crawl as a process, which is told to stop when its parent ends, however that ends.

    :param seconds: after which it ends by itself.
    :raises OSError: if it cannot be started.
    """

    def __init__(self, source: str, nursery: Nursery, seconds: float = math.inf) -> None:
        self.source = source
        self._server = nursery.server
        self._runs = nursery.data / "runs"
        self._progress = nursery.notes / f"{source}.json"
        self._said = nursery.notes / f"{source}.txt"
        self._told = 0
        self._status: int | None = None
        settings = [f"PROGRESS_FILE={self._progress}", f"LOG_FILE={log_path(nursery.data, source)}", *SILENT]
        if math.isfinite(seconds):
            settings.append(f"END_AT={time.time() + seconds:.1f}")
        self._process = self._server.start(Order(source, settings), self._said)

    def count(self) -> Count:
        """Return how far it is."""
        return read_count(self._progress)

    def tell_to_end(self, firmness: int) -> None:
        """Tell it once more to end, unless it was told so often: twice to stop, then not at all (SIGKILL).

        What a crawl has captured is safe whatever it is told; killed, the next one finishes what it has left.
        """
        if self._told < firmness:
            self._told += 1
            if not self.has_ended():
                os.kill(self._process, signal.SIGKILL if self._told >= KILLED else signal.SIGTERM)

    def has_ended(self) -> bool:
        if self._status is None:
            self._status = self._server.poll(self._process)
        return self._status is not None

    def result(self) -> Result:
        """Say how it went; it has ended."""
        assert self._status is not None
        status = self._status
        report = read_report(self._runs, self.source, self._process)
        if report is not None and (report.exit_status == status or status < 0):  # a signal came when all was done
            return Result(self.source, report.exit_status, report.problems, report)
        problems = self._last_words() if status != ExitStatus.WELL else ["ended well, but without a run report"]
        if status < 0 and status != -signal.SIGINT:  # of which it has said something itself
            problems.append(f"killed by {signal.Signals(-status).name}")
        return Result(self.source, status, problems or [f"ended with status {status}"], report)

    def _last_words(self) -> list[str]:
        """Return what it said to the operator, or else the end of what it said."""
        text = self._said.read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if not line.startswith("newsbot: warning: ")]
        own = [line.removeprefix("newsbot: ").removeprefix(f"{self.source}: ") for line in lines if "newsbot: " in line]
        return own or [line for line in lines if line.strip()][-1:]
