"""Judges a crawl by its stats alone: its problems, in words that say what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from scrapy.settings import BaseSettings

Stats = dict[str, Any]

#: Reasons for which a crawl may end and still be a good one.
PLANNED = frozenset({"finished", "limit", "closespider_itemcount", "closespider_pagecount", "closespider_timeout"})
#: Reasons for which Scrapy ends a crawl that has more to do: its time was up, it was told to stop.
CUT_SHORT = frozenset({"closespider_timeout", "shutdown"})
#: The monitor of a crawl that was told to stop (Ctrl-C, SIGTERM).
STOPPED = "stopped"
#: A share says little about fewer cases than this.
FEW = 3


class Problem(NamedTuple):
    """One thing that is wrong."""

    #: What found it: a name that stays the same from run to run.
    monitor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Shares (0 to 1) above which something is wrong."""

    errors: float = 0.1
    incomplete: float = 0.1
    generic: float = 0.5
    undated: float = 0.5

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read HEALTH_ERROR_SHARE, HEALTH_INCOMPLETE_SHARE, HEALTH_GENERIC_SHARE and HEALTH_UNDATED_SHARE."""
        return cls(
            errors=settings.getfloat("HEALTH_ERROR_SHARE", cls.errors),
            incomplete=settings.getfloat("HEALTH_INCOMPLETE_SHARE", cls.incomplete),
            generic=settings.getfloat("HEALTH_GENERIC_SHARE", cls.generic),
            undated=settings.getfloat("HEALTH_UNDATED_SHARE", cls.undated),
        )


def problems(stats: Stats, limits: Limits | None = None) -> list[Problem]:
    """Return what is wrong with a crawl that has ended, one line a problem, the worst first.

    >>> problems({"finish_reason": "shutdown", "newsbot/articles": 3, "newsbot/lines": 3})
    [Problem(monitor='stopped', text='did not finish: shutdown')]
    >>> problems({"finish_reason": "finished", "newsbot/failed": 4, "newsbot/failed/HTTP 500": 4})
    [Problem(monitor='errors', text='every request failed: HTTP 500 (4)')]
    >>> problems({"finish_reason": "finished", "newsbot/articles": 9, "newsbot/lines": 9})
    []
    """
    limits = limits or Limits()
    return [*_end(stats), *_fetching(stats, limits), *_reading(stats, limits), *_mistakes(stats)]


def shares(stats: Stats, prefix: str) -> dict[str, int]:
    """Return the counts under a prefix by what follows it.

    >>> shares({"newsbot/failed/HTTP 500": 4, "newsbot/failed": 4}, "newsbot/failed/")
    {'HTTP 500': 4}
    """
    return {name.removeprefix(prefix): count for name, count in stats.items() if name.startswith(prefix)}


def mix(counts: dict[str, int]) -> str:
    """Return counts in one line, the greatest first.

    >>> mix({"HTTP 404": 1, "HTTP 500": 4})
    'HTTP 500 (4), HTTP 404 (1)'
    """
    return ", ".join(f"{name} ({count})" for name, count in Counter(counts).most_common())


def _end(stats: Stats) -> Iterator[Problem]:
    if failure := stats.get("archive/failure"):
        yield Problem("archive", f"the archive could not be written: {failure}")
    reason = stats.get("finish_reason")
    if reason not in PLANNED and not failure:
        monitor = STOPPED if reason == "shutdown" else "unfinished"
        yield Problem(monitor, f"did not finish: {reason or 'it was stopped before it could end'}")


def _fetching(stats: Stats, limits: Limits) -> Iterator[Problem]:
    pages, failed = stats.get("newsbot/pages", 0), stats.get("newsbot/failed", 0)
    reasons = shares(stats, "newsbot/failed/")
    if failed and not pages:
        yield Problem("errors", f"every request failed: {mix(reasons)}")
    else:
        yield from (Problem("listing", f"not read: {line}") for line in stats.get("newsbot/failed_listings", ()))
        # Lists that were cut off, that are longer than any is read, or in whose place something else stood.
        named = stats.get("newsbot/unread_listings", [])
        yield from (Problem("listing", f"not read to its end: {line}") for line in named)
        if (more := stats.get("newsbot/lists_unread", 0) - len(named)) > 0:
            yield Problem("listing", f"not read to their ends: {more} lists more")
        lost, read = stats.get("newsbot/failed_articles", 0), stats.get("newsbot/article_pages", 0)
        if too_many(lost, lost + read, limits.errors):
            example = stats.get("newsbot/failed_addresses", ["?"])[0]
            yield Problem("errors", f"{lost} of {lost + read} article pages failed: {mix(reasons)}, first {example}")
    reasons_given_up = shares(stats, "politeness/given_up/").values()  # texts, not counts
    yield from (Problem("refused", str(reason)) for reason in reasons_given_up)
    blocked, seen = stats.get("newsbot/blocked", 0), stats.get("newsbot/article_pages", 0)
    if too_many(blocked, seen, limits.errors):
        hint = "; no browser is installed, which may open walls" if stats.get("browser/not_installed") else ""
        yield Problem("blocked", f"{blocked} of {seen} article pages were walls or block pages, not articles{hint}")
    opened, failed = stats.get("browser/pages", 0), stats.get("browser/failed", 0)
    starts = "browser/failed/it does not start" not in stats
    if not starts or (failed >= FEW and too_many(failed, opened, limits.errors)):
        why, example = mix(shares(stats, "browser/failed/")), stats.get("browser/failed_pages", ["?"])[0]
        yield Problem("browser", f"the browser failed on {failed} of {opened} pages: {why}, first {example}")


def _reading(stats: Stats, limits: Limits) -> Iterator[Problem]:
    if stats.get("newsbot/failed") and not stats.get("newsbot/pages"):
        return  # said already
    if kept_back := stats.get("newsbot/kept_back", 0):
        yield Problem(
            "vanished",
            f"{kept_back} articles that were looked at again are gone at once: told when a later run says the same",
        )
    articles, lines = stats.get("newsbot/articles", 0), stats.get("newsbot/lines", 0)
    known = any(stats.get(f"newsbot/{what}") for what in ("known", "lists_unchanged", "backfill/lists_done"))
    if not articles and not known and stats.get("finish_reason") not in CUT_SHORT:
        yield Problem("empty", "no article was read")
    elif articles and not lines and not stats.get("newsbot/unchanged") and not known:
        yield Problem("empty", f"no line was written of {articles} articles")
    if over := stats.get("newsbot/over_limit", 0):
        example = stats.get("newsbot/over_limit_pages", ["?"])[0]
        pages = "1 page was" if over == 1 else f"{over} pages were"
        yield Problem("over_limit", f"{pages} kept, but not read, first {example}")
    if cut := stats.get("newsbot/cut", 0):
        example = stats.get("newsbot/cut_values", ["?"])[0]
        articles_cut = "1 article" if cut == 1 else f"{cut} articles"
        yield Problem("cut", f"values of {articles_cut} were cut to what a line may hold, first {example}")
    incomplete = stats.get("newsbot/incomplete", 0)
    if too_many(incomplete, articles, limits.incomplete):
        yield Problem("incomplete", f"{incomplete} of {articles} articles had no title or no body")
    steps = shares(stats, "newsbot/extracted_by/body/")
    generic = steps.get("generic", 0)
    # A source of whose designs none is known has nothing that could stop fitting.
    if stats.get("newsbot/layouts") != 0 and too_many(generic, sum(steps.values()), limits.generic):
        yield Problem(
            "generic", f"no layout fitted {generic} of {sum(steps.values())} articles: the site may have a new design"
        )
    undated = stats.get("newsbot/date_missing", 0)
    if too_many(undated, articles, limits.undated):
        yield Problem("undated", f"{undated} of {articles} articles had no date that could be read")


def _mistakes(stats: Stats) -> Iterator[Problem]:
    """Exceptions, which Scrapy logs and then forgets."""
    raised = shares(stats, "spider_exceptions/")
    if raised.pop("count", 0) or raised:  # Scrapy's total of the others
        named = "".join(f", first {line}" for line in stats.get("newsbot/unread", ())[:1])
        yield Problem("spider", f"the spider failed on pages: {mix(raised)}{named}")
    if not stats.get("archive/failure"):
        yield from (Problem("log", f"error: {line}") for line in stats.get("newsbot/errors", ()))


def too_many(part: int, whole: int, share: float) -> bool:
    """Whether a part of pages is greater than a share of them, and not a handful."""
    return part > share * whole and (part >= FEW or part >= whole)
