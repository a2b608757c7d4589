"""The base of Scrapy's commands that fetch a page or try a spider, without archiving anything."""

from __future__ import annotations

import argparse
import sys
from typing import ClassVar, Final, Self

from scrapy import signals
from scrapy.commands import fetch
from scrapy.crawler import Crawler
from scrapy.http import Response

from newsbot.command_line.checked_command import QuietCommand
from newsbot.health.console import one_line
from newsbot.health.exit_status import ExitStatus
from newsbot.health.problems import mix, shares

_INSTEAD: Final = {
    "EXTENSIONS": {
        "archive.crawling.extension.Archive": None,
        "archive.crawling.extension.PassingArchive": 0,
        "archive.requisites.extension.Requisites": None,
        "newsbot.command_line.looking_command.Failures": 0,
        "newsbot.running.composition.Composition": None,
    },
    "ITEM_PIPELINES": {"newsbot.pipelines.Publish": None},
}


class Failures:
    """An extension that keeps why requests have failed, for the command to say."""

    of_this_process: ClassVar[str] = ""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_closed(self) -> None:
        if reasons := shares(self._stats.get_stats(), "newsbot/failed/"):
            type(self).of_this_process = mix(reasons) if sum(reasons.values()) > 1 else next(iter(reasons))


class LookingCommand(QuietCommand):
    """What is fetched goes the way of a crawl's requests, but into no archive, line or state; no lock is taken."""

    requires_project = False
    is_tidy = False  # a browser may be shown a file after the command has ended

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        for name, parts in _INSTEAD.items():
            self.settings[name].update(parts, "cmdline")
        if getattr(opts, "spider", None):
            self.check_source("--spider", opts.spider)

    def check_page(self, url: str) -> None:
        """Refuse what is no address, or lacks its scheme."""
        self.check_address(url)
        if "://" not in url:
            self.refuse(f"{url}: https:// is missing")
        if not url.lower().startswith(("https://", "http://")):
            self.refuse(f"{url}: only http:// and https:// are asked for")

    def fail(self, line: str) -> None:
        """Say what went wrong, for which the command ends with status 1."""
        print(f"newsbot: {one_line(line)}", file=sys.stderr)
        self.exitcode = ExitStatus.UNHEALTHY


class FetchingCommand(LookingCommand, fetch.Command):
    """Fetches one page and shows it; a page that could not be fetched, or is an error's (4xx, 5xx), is status 1."""

    _answered = 0

    def _print_response(self, response: Response, opts: argparse.Namespace) -> None:
        self._answered = response.status
        super()._print_response(response, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for url in args:
            self.check_page(url)
        super().run(args, opts)
        if not self._answered:
            self.fail(f"{args[0]} could not be fetched: {Failures.of_this_process or 'not asked for'}")
        elif self._answered >= 400:
            self.fail(f"{args[0]}: HTTP {self._answered}")
