"""How long several crawls together may take, and how firmly they are told to end."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
