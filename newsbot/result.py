"""How the crawl of one source ended, for the commands that started it."""

from __future__ import annotations

from dataclasses import dataclass

from newsbot.run_report import RunReport


@dataclass(frozen=True, slots=True)
class Result:
    """How one source's crawl ended; a crawl that never started has no report."""

    source: str
    status: int
    problems: list[str]
    report: RunReport | None = None
