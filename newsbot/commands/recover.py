"""``scrapy recover``: the recovery that every crawl begins with, without the crawl."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

from archive.errors import ArchiveError
from newsbot.commands import crawl
from newsbot.configuration.folders import check_data_folder
from newsbot.health.console import say
from newsbot.health.exit_status import ExitStatus, worst
from newsbot.locks.source_lock import LockedError, SourceLock, failure_status, failure_text
from newsbot.replaying.recovery import recover_source


class Command(crawl.Command):
    """Finishes what killed runs left, also of sources that are not crawled any more."""

    default_settings = {"LOG_LEVEL": "WARNING"}
    asks_sites = False

    usage = "[options] [SOURCE ...]"
    summary = "Finish what killed runs of every source, or of those named, have left; a crawl does so by itself"
    description = (
        "Makes WARC files whole that a kill, a full disk or a power cut left open, and publishes the articles that "
        "were captured but have no line yet. Exit status: 0 done, 1 some WARC file, record or page could not be read, "
        "2 usage, 3 a file could not be finished or written, 75 all sources are being crawled."
    )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.exitcode = worst(self._recover(args, opts))

    def _recover(self, names: list[str], opts: argparse.Namespace) -> Iterator[ExitStatus]:
        spiders = self.spiders(names, opts.spargs)
        self.need_data("recover")
        try:
            check_data_folder(self.data, 0)
        except ArchiveError as error:
            say("recover", error)
            yield ExitStatus.NOT_ARCHIVED
            return
        for name, mistake in self.mistaken.items():
            say(name, mistake)
            yield ExitStatus.CONFIGURATION
        for spider in spiders:
            try:
                with SourceLock(self.data / "locks", spider.name):
                    recovery = recover_source(spider, self.settings, partial(say, spider.name), all_runs=True)
                    again = f"the state of {recovery.missing} runs made again" if recovery.missing else ""
                    print(f"{spider.name}: {recovery.summary() or again or 'nothing to recover'}")
                for problem in recovery.problems:
                    say(spider.name, problem)
                yield ExitStatus.UNHEALTHY if recovery.problems else ExitStatus.WELL
            except (LockedError, ArchiveError, OSError) as error:
                say(spider.name, failure_text(error, "its lock"))
                yield failure_status(error)
