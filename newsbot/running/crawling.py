"""One crawl of one source from the command line: locks and recovery before it, report and exit status after it."""

from __future__ import annotations

import gc
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
from archive.crawling.extension import Archive
from archive.errors import ArchiveError
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.chaining.stamping import stamp
from newsbot.configuration.folders import check_data_folder
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.health.console import say
from newsbot.health.exit_status import ExitStatus
from newsbot.health.problems import Limits, Problem, Stats, problems
from newsbot.health.result import Result, conclude
from newsbot.health.run_report import remove_unfinished, report
from newsbot.locks.archive_lock import refuse_half_redacted
from newsbot.locks.source_lock import LockedError, SourceLock, failure_status, failure_text
from newsbot.planning.backfill.estimate import from_stats
from newsbot.replaying.recovery import recover_source
from newsbot.running.caught_signals import end_with, ignore_signals
from newsbot.spider import NewsSpider
from newsbot.state.runs import ARGUMENTS_SETTING
from newsbot.upkeep.tidying import log_path, tidy


def crawl_source(spider: type[Spider], arguments: dict[str, Any], settings: Settings) -> Result:
    """Crawl a source, report on it, say what is wrong with it, and return how it ended."""
    if parent := settings.getint("PARENT_PROCESS"):
        end_with(parent)
    if moment := settings.get("NOW"):
        set_clock(datetime.fromisoformat(moment))
    data = Path(settings["DATA_DIR"])
    lock = SourceLock(data / "locks", spider.name)
    try:
        for folder in (data, Path(settings["ARCHIVE_DIR"])):
            check_data_folder(folder, settings.getint("ARCHIVE_DISK_FLOOR"))
        lock.acquire()
        refuse_half_redacted(data)
        remove_unfinished(data / "runs", spider.name)
    except (LockedError, ArchiveError, OSError) as error:
        longest = settings.getfloat("HEALTH_LOCKED_HOURS") * 3600
        return _failed(spider.name, failure_status(error, longest), failure_text(error, lock.path))
    with closing(lock):
        result = _crawl_and_report(spider, arguments, settings, data / "runs")
        tidy(spider.name, settings)
        return result


def _crawl_and_report(spider: type[Spider], arguments: dict[str, Any], settings: Settings, runs: Path) -> Result:
    started = now()
    settings.set(ARGUMENTS_SETTING, dict(arguments), "cmdline")
    try:
        if sys.stderr.isatty() and settings.getbool("LOG_ENABLED") and not settings["LOG_FILE"]:
            # Whoever watches sees how far it is, and what is wrong with it; the log is for later.
            settings.set("LOG_FILE", str(log_path(runs.parent, spider.name)), "cmdline")
            settings.set("SHOW_PROGRESS", True, "cmdline")
        process = AsyncCrawlerProcess(settings)
    except OSError as error:
        problem = f"LOG_FILE: cannot write {settings['LOG_FILE']}: {error.strerror}"
        return _failed(spider.name, ExitStatus.CONFIGURATION, problem)
    crawler = process.create_crawler(spider)
    left_unread: list[Problem] = []
    try:
        recovery = recover_source(spider, settings, lambda text: say(spider.name, text))
        if summary := recovery.summary():
            say(spider.name, summary)
        left_unread = [Problem("recovery", f"of an earlier run, {problem}") for problem in recovery.problems]
    except ArchiveError as error:
        cause: BaseException | None = error
    else:
        cause = _crawl(process, crawler, arguments)
    stats = stats_of(crawler)
    if left := from_stats(stats):
        say(spider.name, f"backfill: {left}")
    status, wrong = judge(stats, cause, Limits.from_settings(crawler.settings))
    if left_unread:
        wrong += left_unread
        status = ExitStatus.UNHEALTHY if status is ExitStatus.WELL else status
    chain, unchained = _enter(crawler, spider.name, settings)
    if unchained:
        wrong.append(Problem("chain", unchained))
        status = ExitStatus.NOT_ARCHIVED
    run = report(
        spider.name,
        stats,
        started=started,
        finished=now(),
        exit_status=status,
        problems=wrong,
        arguments=arguments,
        text_selectors=_text_selectors(spider),
        chain=chain,
    )
    return conclude(run, runs, settings)


def _crawl(process: AsyncCrawlerProcess, crawler: Crawler, arguments: dict[str, Any]) -> BaseException | None:
    """Crawl, and return what Scrapy's crawl raised, if it did."""
    task = process.crawl(crawler, **arguments)
    gc.freeze()  # what has been imported stays: the collector need not look through it again and again
    gc.set_threshold(10_000)  # a page leaves hundreds of objects and next to no cycles: look for them less often
    process.start()
    ignore_signals()
    return None if not task.done() or task.cancelled() else task.exception()


def _enter(crawler: Crawler, source: str, settings: Settings) -> tuple[dict[str, Any], str]:
    """Enter a run that has ended in the signed chain; returns the last entry, and what went wrong."""
    try:
        archive = crawler.get_extension(Archive)
    except RuntimeError:  # Scrapy's word for "not yet": the crawl has not begun
        archive = None
    if archive is None:
        return {}, ""
    entered = ArchiveChain(settings)
    try:
        head = entered.enter_runs(source, run=archive.run)
    except ArchiveError as error:
        return {}, f"the run is in no entry of the signed chain, the next one enters it: {error}"
    if head is None:
        return {}, ""
    if unstamped := stamp(entered.chain, head, settings):
        say(source, f"warning: no time stamp (TIMESTAMP_URL), the next run asks again: {unstamped}")
    return head._asdict(), ""


def _text_selectors(spider: type[Spider]) -> dict[str, str]:
    layouts = spider.layouts if issubclass(spider, NewsSpider) else ()
    return {layout.name: ", ".join(layout.body) for layout in layouts}


def _failed(source: str, status: ExitStatus, problem: object) -> Result:
    """Say why a source is not crawled."""
    say(source, problem)
    return Result(source, status, [str(problem)])


def stats_of(crawler: Crawler) -> Stats:
    """Return a crawler's stats; a crawl that failed before it began has none."""
    try:
        return dict(crawler.stats.get_stats())
    except RuntimeError:  # Scrapy's word for "not yet"
        return {}


def judge(stats: Stats, error: BaseException | None, limits: Limits) -> tuple[ExitStatus, list[Problem]]:
    """Return the exit status of a crawl that has ended, and what is wrong with it.

    :param error: what Scrapy's crawl raised: it could not start, or broke down.

    >>> judge({}, ConfigurationError("CONNECT_TO: no"), Limits())
    (<ExitStatus.CONFIGURATION: 2>, [Problem(monitor='configuration', text='CONNECT_TO: no')])
    >>> judge({"finish_reason": "finished", "newsbot/articles": 1, "newsbot/lines": 1}, None, Limits())
    (<ExitStatus.WELL: 0>, [])
    """
    if isinstance(error, ConfigurationError | UsageError):
        return ExitStatus.CONFIGURATION, [Problem("configuration", str(error))]
    if isinstance(error, ArchiveError):
        return ExitStatus.NOT_ARCHIVED, [Problem("archive", str(error))]
    wrong = problems(stats, limits)
    if error is not None:
        wrong.insert(0, Problem("broke down", f"the crawl broke down: {type(error).__name__}: {error}"))
    if "archive/failure" in stats or stats.get("finish_reason") == "archive_failed":
        return ExitStatus.NOT_ARCHIVED, wrong
    return (ExitStatus.UNHEALTHY if wrong else ExitStatus.WELL), wrong
