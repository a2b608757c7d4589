"""Runs the crawls of several sources: begun in turn, a limited number at a time, watched, stopped at the deadline."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsbot.health.exit_status import ExitStatus
from newsbot.health.result import Result
from newsbot.locks.source_lock import LockedError, SourceClaim, SourceLock, failure_status, failure_text
from newsbot.running.crawlall.children import Child, Nursery, TimeBudget
from newsbot.running.crawlall.display import Display

#: Seconds between two looks at the children.
INTERVAL = 0.2


def claim(names: Iterable[str], locks: Path, longest: float = math.inf) -> tuple[dict[str, SourceClaim], list[Result]]:
    """Claim sources, and return the claims and what is said of sources that another crawlall has claimed.

    :param longest: seconds after which a claim is no good sign any more.
    """
    claims, refused = dict[str, SourceClaim](), list[Result]()
    for name in names:
        lock = SourceClaim(locks, name)
        try:
            lock.acquire()
            claims[name] = lock
        except (LockedError, OSError) as error:
            problem = failure_text(error, lock.path)
            refused.append(Result(name, failure_status(error, longest), [problem], begun=False))
    return claims, refused


def in_turn(names: Iterable[str], locks: Path) -> list[str]:
    """Return sources in the order of their turns: first those never crawled, then the longest ago begun.

    Begun, not finished: a source that takes up all the time every time must not keep the others waiting.
    """
    return sorted(names, key=lambda name: (SourceLock(locks, name).last_taken(), name))


@dataclass
class Crawls:
    """The crawls of one crawlall.

    :param claims: of the sources, held until the source's crawl has ended.
    :param caught: signals from the operator, in the order in which they come.
    """

    claims: Mapping[str, SourceClaim]
    nursery: Nursery
    shown: Display
    caught: Sequence[int]
    jobs: int
    budget: TimeBudget

    def __post_init__(self) -> None:
        self._waiting = deque(in_turn(self.claims, self.nursery.data / "locks"))
        self._running: list[Child] = []
        self._results: list[Result] = []
        self._begun = time.monotonic()

    def run(self) -> list[Result]:
        """Run them all, and return how they ended, in that order."""
        while self._waiting or self._running:
            self._begin()
            time.sleep(INTERVAL)
            self._watch()
        return self._results

    def _begin(self) -> None:
        """Begin as many crawls as may run now; where none may begin any more, say so of all that wait."""
        if self.caught:
            self._leave_waiting("not started: crawlall was told to stop")
        while self._waiting and len(self._running) < self.jobs:
            passed = time.monotonic() - self._begun
            if self.budget.is_spent(passed):
                self._leave_waiting("not reached in the time of --max-minutes; it comes first next time")
                break
            name = self._waiting.popleft()
            try:
                child = Child(name, self.nursery, self.budget.left(passed))
            except OSError as error:
                problem = f"cannot be started: {error.filename or 'its process'}: {error.strerror}"
                self._end(Result(name, ExitStatus.UNHEALTHY, [problem], begun=False))
                continue
            self._running.append(child)
            self.shown.started(name)
        self.shown.waiting(len(self._waiting))

    def _watch(self) -> None:
        firmness = max(len(self.caught), self.budget.firmness(time.monotonic() - self._begun))
        for child in list(self._running):
            child.tell_to_end(firmness)
            self.shown.counted(child.source, child.count())
            if child.has_ended():
                self._running.remove(child)
                result = child.result()
                self.shown.ended(result)
                self._end(result)

    def _leave_waiting(self, why: str) -> None:
        for name in self._waiting:
            self._end(Result(name, ExitStatus.UNHEALTHY, [why], begun=False, postponed=True))
        self._waiting.clear()

    def _end(self, result: Result) -> None:
        self._results.append(result)
        self.claims[result.source].close()
