"""Scrapy's crawl command, with an exit status that cron can trust."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import NoReturn, cast

from scrapy import Spider
from scrapy.commands import crawl
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.conf import arglist_to_dict

from newsbot.configuration.given_settings import origin, set_for_source, unknown_sources
from newsbot.configuration.mistakes import complete_user_agent, mistakes, spider_arguments
from newsbot.configuration.setting_kinds import close_matches, known_settings, unknown_settings
from newsbot.configuration.sources import mistaken_sources
from newsbot.health.exit_status import ExitStatus
from newsbot.health.telling import tell
from newsbot.running.crawling import crawl_source


class Command(crawl.Command):
    """Finds what is wrong with the order before Scrapy starts, and judges the crawl after it has ended."""

    requires_crawler_process = False  # made later, when the settings are known to be good
    #: Of the sources asked for, what is wrong with those that cannot be loaded.
    mistaken: Mapping[str, str] = {}  # a mapping, replaced whole

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        settings = cast("Settings", self.settings)  # given by Scrapy's command line
        defaults = known_settings(settings)
        super().process_options(args, opts)
        unknown = unknown_settings(arglist_to_dict(opts.set), defaults)
        for name, meant in unknown.items():
            if meant:
                self.refuse(f"-s {name}: there is no such setting; did you mean {meant}?")
            self.warn(f"-s {name}: no part of newsbot or Scrapy reads it")
        if not complete_user_agent(settings) and not settings.getlist("CONNECT_TO"):
            self.warn("CONTACT is empty: a site that has a complaint cannot reach you (set NEWSBOT_CONTACT)")
        if wrong := list(mistakes(settings, defaults)):
            self.refuse(*(line + origin(line, settings) for line in wrong))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.refuse_options(args)
        if len(args) != 1:
            self.refuse("name one source (scrapy list names them all; scrapy crawlall crawls them)")
        spiders = self.spiders(args, opts.spargs)
        if self.mistaken:
            self.refuse(*(f"{name}: {line}" for name, line in self.mistaken.items()))
        (spider,) = spiders
        settings = cast("Settings", self.settings)
        set_for_source(settings, spider.name)
        result = crawl_source(spider, opts.spargs, settings)
        for wrong in tell([result], settings):
            self.warn(wrong)
        self.exitcode = result.status

    def spiders(self, names: list[str], arguments: Iterable[str]) -> list[type[Spider]]:
        """Return the spiders of these names, of all if there are none; refuse names and arguments they do not know.

        Sources that cannot be loaded are left out: what is wrong with them is in ``mistaken``.
        """
        loader = get_spider_loader(cast("Settings", self.settings))
        self.mistaken = mistaken_sources(loader, names)
        known = sorted({*loader.list(), *mistaken_sources(loader)})
        for name in names:
            if name not in known:
                meant = close_matches(name, known, likeness=0.6)
                hint = f"did you mean {' or '.join(meant)}? " if meant else ""
                self.refuse(f"there is no source {name!r}; {hint}Known: {', '.join(known)}")
        if wrong := unknown_sources(known):
            self.refuse(*wrong)
        spiders = [loader.load(name) for name in dict.fromkeys(names or known) if name not in self.mistaken]
        for spider in spiders:
            taken = spider_arguments(spider)
            for argument in arguments:
                if argument not in taken:
                    self.refuse(f"-a {argument}: {spider.name} takes no such argument, but {', '.join(sorted(taken))}")
        return spiders

    def refuse_options(self, args: list[str]) -> None:
        """Refuse what looks like an option but is none: Scrapy would take it for a name."""
        for arg in args:
            if arg.startswith("-"):
                self.refuse(f"{arg}: there is no such option (-h lists them)")

    def warn(self, line: str) -> None:
        """Say what will probably not be meant."""
        print(f"newsbot: warning: {line}", file=sys.stderr)

    def refuse(self, *lines: str) -> NoReturn:
        """End with the status for a wrong order."""
        for line in lines:
            print(f"newsbot: {' '.join(line.split())}", file=sys.stderr)
        raise SystemExit(int(ExitStatus.CONFIGURATION))
