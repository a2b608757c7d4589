"""Crawls every source, or those named, each in a process of its own."""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from archive.errors import ArchiveError
from newsbot.children import Child
from newsbot.commands import crawl
from newsbot.crawl_display import Display, display
from newsbot.crawl_table import crawl_table
from newsbot.data_folder import check_data_folder
from newsbot.exit_status import ExitStatus, worst
from newsbot.result import Result
from newsbot.saying import say
from newsbot.telling import tell

#: Seconds between two looks at the children.
INTERVAL = 0.2
#: Columns of the table where there is no terminal to ask.
PLAIN_WIDTH = 140


class Command(crawl.Command):
    """Shares crawl's checks; its exit status is the worst of the children's."""

    def syntax(self) -> str:
        return "[options] [SOURCE ...]"

    def short_desc(self) -> str:
        return "Crawl every source, or those named, and print a table"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--jobs", metavar="N", type=int, default=1, help="crawls at a time (default: 1)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.refuse_options(args)
        if opts.output or opts.overwrite_output:
            self.refuse("-o, -O: the sources would write over each other; use scrapy crawl")
        if opts.jobs < 1:
            self.refuse(f"--jobs: {opts.jobs} is not a number from 1")
        names = [spider.name for spider in self.spiders(args, opts.spargs)]
        if self.settings is None:
            raise RuntimeError("run by Scrapy's command line, which gives the settings")
        data = Path(self.settings["DATA_DIR"])
        try:
            check_data_folder(data, self.settings.getint("ARCHIVE_DISK_FLOOR"))
        except ArchiveError as error:
            say("crawlall", error)
            self.end([Result("crawlall", ExitStatus.NOT_ARCHIVED, [str(error)])])
            return
        console = Console(stderr=True)
        with display(console) as shown, tempfile.TemporaryDirectory(prefix="crawlall-") as notes:
            results = crawl_all(names, child_options(opts), data, Path(notes), opts.jobs, shown)
        for result in results:
            for problem in result.problems:
                say(result.source, problem)
        out = Console()
        (out if out.is_terminal else Console(width=PLAIN_WIDTH)).print(crawl_table(results))
        self.end(results)

    def end(self, results: Sequence[Result]) -> None:
        """Tell how the sources' crawls ended, and end with the worst status."""
        if self.settings is not None:
            for wrong in tell(results, self.settings):
                self.warn(wrong)
        self.exitcode = worst(result.status for result in results)


def child_options(opts: argparse.Namespace) -> list[str]:
    """Return what to pass on to each child."""
    options = [word for setting in opts.set for word in ("-s", setting)]
    options += [word for name, value in opts.spargs.items() for word in ("-a", f"{name}={value}")]
    if opts.loglevel:
        options += ["--loglevel", opts.loglevel]
    return options


def crawl_all(
    names: Sequence[str], options: Sequence[str], data: Path, notes: Path, jobs: int, shown: Display
) -> list[Result]:
    """Run a crawl a name, so many at a time, and return their results in the order of the names."""
    waiting, running, results = list(names), list[Child](), dict[str, Result]()
    with caught_signals() as caught:
        while running or waiting:
            while waiting and len(running) < jobs:
                child = Child(waiting.pop(0), options, data, notes)
                running.append(child)
                shown.started(child.source)
            time.sleep(INTERVAL)
            while caught:
                number = caught.pop(0)
                waiting.clear()
                for child in running:
                    child.send(number)
            for child in list(running):
                shown.counted(child.source, child.count())
                if child.has_ended():
                    running.remove(child)
                    results[child.source] = child.result()
                    shown.ended(results[child.source])
    stopped = ["not started: crawlall was told to stop"]
    return [results.get(name) or Result(name, ExitStatus.UNHEALTHY, stopped) for name in names]


@contextmanager
def caught_signals() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM in a list instead of dying of them."""
    caught: list[int] = []

    def catch(number: int, frame: FrameType | None) -> None:
        caught.append(number)

    before = {number: signal.signal(number, catch) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
