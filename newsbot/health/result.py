"""How the crawl of one source ended, for the commands that started it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsbot.health.exit_status import ExitStatus
from newsbot.health.problems import PLANNED
from newsbot.health.run_report import RunReport

#: Why Scrapy ended a crawl that had more to do: its time was up, it was told to stop.
_CUT_SHORT = frozenset({"closespider_timeout", "shutdown"})


class Outcome(StrEnum):
    """How far a crawl came, well or not."""

    FINISHED = "finished"
    CUT_SHORT = "cut short"  # the next one goes on
    FAILED = "failed"
    SKIPPED = "skipped"  # another run has the source
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class Result:
    """How one source's crawl ended; a crawl that never started has no report."""

    source: str
    status: int
    problems: list[str]
    report: RunReport | None = None
    begun: bool = True
    #: It has to wait for the next time, and that is all.
    postponed: bool = False

    @property
    def outcome(self) -> Outcome:
        """How far it came.

        >>> Result("yenmy", 75, ["another run is crawling it"]).outcome, Result("yenmy", -9, ["killed"]).outcome
        (<Outcome.SKIPPED: 'skipped'>, <Outcome.FAILED: 'failed'>)
        """
        if self.status == ExitStatus.LOCKED:
            return Outcome.SKIPPED
        if not self.begun:
            return Outcome.NOT_BEGUN
        reason = self.report.stats.get("finish_reason") if self.report else None
        if reason in _CUT_SHORT:
            return Outcome.CUT_SHORT
        return Outcome.FINISHED if reason in PLANNED else Outcome.FAILED
