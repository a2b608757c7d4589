"""One crawl of one source from the command line: what comes before Scrapy's crawl, and what is made of its end."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from archive.clock import now, set_clock
from archive.errors import ArchiveError
from newsbot.configuration import ConfigurationError
from newsbot.data_folder import check_data_folder
from newsbot.exit_status import ExitStatus
from newsbot.health import Limits, Stats, problems
from newsbot.locks import LockedError, SourceLock
from newsbot.recovery import recover_source
from newsbot.run_report import report


def say(source: str, text: object) -> None:
    """Tell the operator something about a source, in one line on standard error."""
    print(f"newsbot: {source}: {' '.join(str(text).split())}", file=sys.stderr)


def crawl_source(spider: type[Spider], arguments: dict[str, Any], settings: Settings) -> ExitStatus:
    """Crawl a source, report on it, say what is wrong with it, and return the exit status."""
    if moment := settings.get("NOW"):
        set_clock(datetime.fromisoformat(moment))
    data = Path(settings["DATA_DIR"])
    lock = SourceLock(data / "locks", spider.name)
    try:
        for folder in (data, Path(settings.get("ARCHIVE_DIR") or data / "warc")):
            check_data_folder(folder, settings.getint("ARCHIVE_DISK_FLOOR"))
        lock.acquire()
    except LockedError as error:
        say(spider.name, error)
        return ExitStatus.LOCKED
    except ArchiveError as error:
        say(spider.name, error)
        return ExitStatus.NOT_ARCHIVED
    except OSError as error:
        say(spider.name, f"cannot make the lock {lock.path}: {error.strerror}")
        return ExitStatus.NOT_ARCHIVED
    with closing(lock):
        return _crawl_and_report(spider, arguments, settings, data / "runs")


def _crawl_and_report(spider: type[Spider], arguments: dict[str, Any], settings: Settings, runs: Path) -> ExitStatus:
    started = now()
    try:
        process = AsyncCrawlerProcess(settings)
    except OSError as error:
        say(spider.name, f"LOG_FILE: cannot write {settings['LOG_FILE']}: {error.strerror}")
        return ExitStatus.CONFIGURATION
    crawler = process.create_crawler(spider)
    cause: BaseException | None = None
    try:
        if summary := recover_source(spider, settings).summary():
            say(spider.name, summary)
    except ArchiveError as error:
        cause = error
    else:
        task = process.crawl(crawler, **arguments)
        process.start()
        cause = None if not task.done() or task.cancelled() else task.exception()
    stats = stats_of(crawler)
    status, wrong = judge(stats, cause, Limits.from_settings(crawler.settings))
    run = report(spider.name, stats, started=started, finished=now(), exit_status=status, problems=wrong)
    for problem in wrong:
        say(spider.name, problem)
    try:
        run.write(runs)
    except OSError as failure:
        say(spider.name, f"cannot write the run report in {runs}: {failure.strerror}")
        return ExitStatus.NOT_ARCHIVED
    return status


def stats_of(crawler: Crawler) -> Stats:
    """Return a crawler's stats; a crawl that failed before it began has none."""
    try:
        return dict(crawler.stats.get_stats())
    except RuntimeError:  # Scrapy's word for "not yet"
        return {}


def judge(stats: Stats, error: BaseException | None, limits: Limits) -> tuple[ExitStatus, list[str]]:
    """Return the exit status of a crawl that has ended, and what is wrong with it.

    :param error: what Scrapy's crawl raised: it could not start, or broke down.

    >>> judge({}, ConfigurationError("CONNECT_TO: no"), Limits())
    (<ExitStatus.CONFIGURATION: 2>, ['CONNECT_TO: no'])
    >>> judge({"archive/failure": "disk full"}, None, Limits())
    (<ExitStatus.NOT_ARCHIVED: 3>, ['the archive could not be written: disk full', 'no article was read'])
    """
    if isinstance(error, ConfigurationError | UsageError):
        return ExitStatus.CONFIGURATION, [str(error)]
    if isinstance(error, ArchiveError):
        return ExitStatus.NOT_ARCHIVED, [str(error)]
    wrong = problems(stats, limits)
    if error is not None:
        wrong.insert(0, f"the crawl broke down: {type(error).__name__}: {error}")
    if "archive/failure" in stats or stats.get("finish_reason") == "archive_failed":
        return ExitStatus.NOT_ARCHIVED, wrong
    return (ExitStatus.UNHEALTHY if wrong else ExitStatus.WELL), wrong
