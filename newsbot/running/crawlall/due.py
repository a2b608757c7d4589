"""Which sources a crawlall without names crawls: those that are enabled, and whose time has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from scrapy import Spider
from scrapy.settings import BaseSettings

from newsbot.configuration.given_settings import set_for_source
from newsbot.configuration.setting_kinds import read_gap
from newsbot.health.history import is_whole, read_reports
from newsbot.spider import NewsSpider

#: Part of EVERY after which a source is due: a schedule's runs do not begin on the second, nor a source in its run.
_EARLY: Final = 0.9


@dataclass
class Due:
    """The sources to crawl now, and those that the operator's settings leave out; of archives nothing is said."""

    now: list[str] = field(default_factory=list)
    disabled: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)

    def left_out(self) -> Iterator[str]:
        """Yield a line for each reason.

        >>> list(Due(disabled=["baobacgiang"], later=["yenmy", "baosonla"]).left_out())
        ['not enabled: baobacgiang', 'not due yet (EVERY): yenmy, baosonla']
        """
        for names, reason in ((self.disabled, "not enabled"), (self.later, "not due yet (EVERY)")):
            if names:
                yield f"{reason}: {', '.join(names)}"


def sort_by_due(spiders: Iterable[type[Spider]], settings: BaseSettings, runs: Path, now: datetime) -> Due:
    """Sort sources by what the operator wants of each. A run that looked at a part of a source alone does not count.

    :param runs: the folder of run reports.
    """
    due = Due()
    for spider in spiders:
        own = settings.copy()
        is_kept = issubclass(spider, NewsSpider) and spider.archive_only
        if is_kept:
            own.set("ENABLED", False, priority="spider")
        set_for_source(own, spider.name)
        if not own.getbool("ENABLED"):
            due.disabled += [] if is_kept else [spider.name]
        elif (every := own.get("EVERY")) and _ran_since(runs, spider.name, now - _EARLY * read_gap(every)):
            due.later.append(spider.name)
        else:
            due.now.append(spider.name)
    return due


def _ran_since(runs: Path, source: str, moment: datetime) -> bool:
    return any(is_whole(run) for run in read_reports(runs, source, moment).runs)
