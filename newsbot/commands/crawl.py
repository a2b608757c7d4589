"""``scrapy crawl``: Scrapy's command with checked arguments, a run report and an exit status that cron can trust."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from scrapy import Spider
from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from archive.clock import clock_at
from newsbot.command_line.checked_command import CheckedCommand
from newsbot.configuration.given_settings import no_such_source, set_for_source, unknown_sources
from newsbot.configuration.sources import all_sources, mistaken_sources
from newsbot.health.exit_status import ExitStatus
from newsbot.health.result import summary
from newsbot.health.telling.outcome import tell
from newsbot.planning.spider_arguments import spider_arguments


class Command(CheckedCommand, crawl.Command):
    """Finds what is wrong with the order before Scrapy starts, and judges the crawl after it has ended."""

    is_tidy = True
    requires_crawler_process = False  # made later, when the settings are known to be good
    #: Of the sources asked for, what is wrong with those that cannot be loaded.
    mistaken: Mapping[str, str] = {}  # a mapping, replaced whole
    #: Whether sites are asked for anything, and should know whom to reach.
    asks_sites: ClassVar[bool] = True

    usage = "[options] SOURCE"
    summary = "Crawl one source"
    description = (
        "Fetches what is new at a source, archives every answer and publishes its articles. -a takes limit=N "
        "(articles), sections=a,b, max_pages=N, refetch=yes, and for a backfill since=DAY and until=DAY. At a terminal "
        "the log goes to <DATA_DIR>/logs. Exit status: 0 all well, 1 the source is not well (standard error says why), "
        "or told to stop, 2 usage, 3 could not archive, 75 another run is crawling it."
    )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            self.refuse("name one source (scrapy list names them all; scrapy crawlall crawls them)")
        spiders = self.spiders(args, opts.spargs)
        if self.mistaken:
            self.refuse(*(f"{name}: {line}" for name, line in self.mistaken.items()))
        self.carry_out(spiders[0], opts.spargs)

    def carry_out(self, spider: type[Spider], arguments: dict[str, str]) -> None:
        """Crawl a source, tell how it went, and end with the status for that."""
        from newsbot.running.crawling import crawl_source  # no other command is to wait for what only a crawl needs

        settings = self.settings
        set_for_source(settings, spider.name)
        result = crawl_source(spider, arguments, settings)
        for wrong in tell([result], settings):
            self.warn(wrong)
        if result.report is not None and result.status != ExitStatus.CONFIGURATION:
            print(summary(result.report, shown(settings.get("LOG_FILE") or "")))
        self.exitcode = result.status

    def spiders(self, names: list[str], arguments: Mapping[str, str]) -> list[type[Spider]]:
        """Return the spiders of these names, of all if there are none; refuse names and arguments they do not know.

        Sources that cannot be loaded are left out: what is wrong with them is in ``mistaken``.
        """
        self.mistaken = mistaken_sources(self.loader, names)
        known = all_sources(self.loader)
        for name in names:
            if name not in known:
                self.refuse(no_such_source(name, known))
        if wrong := unknown_sources(known):
            self.refuse(*wrong)
        spiders = [self.loader.load(name) for name in dict.fromkeys(names or known) if name not in self.mistaken]
        for spider in spiders:
            taken = spider_arguments(spider)
            for argument in arguments:
                if argument not in taken:
                    self.refuse(f"-a {argument}: {spider.name} takes no such argument, but {', '.join(sorted(taken))}")
            self._try_arguments(spider, arguments)
        if self.asks_sites and not self.has_contact and not self.settings.getlist("CONNECT_TO"):
            self.warn("CONTACT is empty: a site that has a complaint cannot reach you (set NEWSBOT_CONTACT)")
        return spiders

    def _try_arguments(self, spider: type[Spider], arguments: Mapping[str, str]) -> None:
        """Refuse the values that the spider will refuse, before anything has begun."""
        moment = self.settings.get("NOW")
        try:
            with clock_at(datetime.fromisoformat(moment)) if moment else nullcontext():
                spider(**arguments)
        except UsageError as error:
            self.refuse(f"{spider.name}: {error}")


def shown(path: str) -> str:
    """Return a path as short as it can be typed here."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if path and Path(path).is_relative_to(here) else path
