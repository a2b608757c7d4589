"""``scrapy crawlall``: every source, or those named, each in a process of its own."""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from rich.console import Console
from scrapy import Spider
from scrapy.utils.conf import arglist_to_dict

from archive.clock import now
from archive.errors import ArchiveError
from newsbot.command_line.option_values import minutes, whole_number
from newsbot.commands import crawl
from newsbot.configuration.folders import check_data_folder
from newsbot.health.console import say
from newsbot.health.exit_status import ExitStatus, worst
from newsbot.health.result import Result
from newsbot.health.telling.notifications import CRAWLALL
from newsbot.health.telling.outcome import tell
from newsbot.running.caught_signals import caught_signals
from newsbot.running.crawlall.children import Nursery, TimeBudget
from newsbot.running.crawlall.crawls import Crawls, claim
from newsbot.running.crawlall.display import display
from newsbot.running.crawlall.due import sort_by_due
from newsbot.running.crawlall.fork_server import ForkServer, Order, fork_server
from newsbot.running.crawlall.preloading import preload
from newsbot.running.crawlall.table import crawl_json, crawl_table

#: Columns of the table where there is no terminal to ask.
PLAIN_WIDTH = 80


class Command(crawl.Command):
    """Shares crawl's checks; its exit status is the worst of the children's."""

    usage = "[options] [SOURCE ...]"
    summary = "Crawl every source, or those named, and print a table"
    description = (
        "Crawls each source in a process of its own, the one crawled the longest ago first. Without names: "
        "all that are ENABLED and due by EVERY. A source that another run has is skipped. SIGINT or SIGTERM ends the "
        "crawls in good order, a second drops what is under way, a third kills; the next run goes on. Exit status: the "
        "worst of the crawls'; 1 also where sources were not reached, 75 only where another run had every source."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--jobs", metavar="N", type=whole_number(), default=1, help="crawls at a time (default: 1)")
        add("--max-minutes", metavar="N", type=minutes(), default=math.inf, help="for all of it (default: no limit)")
        add("--json", action="store_true", help="print a JSON document instead of the table")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        spiders = self.spiders(args, opts.spargs)
        server = fork_server(lambda: preload(self.settings))
        if isinstance(server, Order):
            self.crawl_one(server, spiders, opts)
            return
        with closing(server):
            self.crawl_all(args, spiders, server, opts)

    def crawl_one(self, order: Order, spiders: Sequence[type[Spider]], opts: argparse.Namespace) -> None:
        """Do what a forked process is for."""
        self.settings.setdict(arglist_to_dict([*order.settings]), "cmdline")
        self.carry_out(next(spider for spider in spiders if spider.name == order.source), opts.spargs)

    def crawl_all(
        self, args: list[str], spiders: Sequence[type[Spider]], server: ForkServer, opts: argparse.Namespace
    ) -> None:
        """Have crawled what is due or was named, and show and tell how that went."""
        names = [spider.name for spider in spiders]
        left_out: list[str] = []
        if not args:
            played = self.settings.get("NOW")
            moment = datetime.fromisoformat(played) if played else now()
            due = sort_by_due(spiders, self.settings, self.data / "runs", moment)
            names = due.now
            left_out = list(due.left_out())
        with caught_signals() as caught:
            results = self.crawl(names, server, opts, caught, left_out)
            results += [
                Result(name, ExitStatus.CONFIGURATION, [line], begun=False) for name, line in self.mistaken.items()
            ]
            self.show(results, as_json=opts.json)
            for wrong in tell(results, self.settings):
                self.warn(wrong)
        self.exitcode = worst(result.status for result in results)

    def crawl(
        self,
        names: Sequence[str],
        server: ForkServer,
        opts: argparse.Namespace,
        caught: Sequence[int],
        left_out: Sequence[str] = (),
    ) -> list[Result]:
        """Crawl sources and return how each crawl ended, in the order of the names; says which are left out."""
        settings = self.settings
        try:
            check_data_folder(self.data, settings.getint("ARCHIVE_DISK_FLOOR"))
        except ArchiveError as error:
            return [Result(CRAWLALL, ExitStatus.NOT_ARCHIVED, [str(error)], begun=False)]
        for line in left_out:
            say(CRAWLALL, line)
        try:
            folder = tempfile.TemporaryDirectory(prefix="crawlall-")
        except OSError as error:
            problem = f"cannot make a temporary folder: {error.strerror}"
            return [Result(CRAWLALL, ExitStatus.UNHEALTHY, [problem], begun=False)]
        claims, refused = claim(names, self.data / "locks", settings.getfloat("HEALTH_LOCKED_HOURS") * 3600)
        with folder as notes, display(Console(stderr=True)) as shown:
            nursery = Nursery(server, self.data, Path(notes))
            budget = TimeBudget(opts.max_minutes * 60)
            ended = Crawls(claims, nursery, shown, caught, opts.jobs, budget).run()
        return sorted([*refused, *ended], key=lambda result: names.index(result.source))

    def show(self, results: Sequence[Result], *, as_json: bool) -> None:
        """Say on standard error what is wrong, and print the results."""
        for result in results:
            for problem in result.problems:
                say(result.source, problem)
        if as_json:
            print(crawl_json(results))
            return
        if all(result.source == CRAWLALL for result in results):
            return  # no source was begun, and what hindered it was said
        out = Console()
        (out if out.is_terminal else Console(width=PLAIN_WIDTH)).print(crawl_table(results))
