"""Checks whether the captured pages of sources replay: which are looked at, and what counts as a fault."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import mean
from time import monotonic
from typing import Final

from scrapy.settings import BaseSettings

from archive.clock import now
from archive.errors import ArchiveError
from archive.quality.captured_page import Need, captured_page, not_held
from archive.quality.checker import BrowserOptions, Checker
from archive.quality.held import HeldAnswers
from archive.quality.twins import without_moment
from archive.requisites.hosts import ADS_AND_TRACKERS
from archive.requisites.known import KnownRequisites, Wanted, database_path
from newsbot.configuration.folders import collection
from newsbot.fetching.do_not_fetch import DoNotFetchList
from newsbot.health.replay_score import MOST_NAMED, ReplayScore
from newsbot.replaying.article_pages import ArticlePage, Place, article_pages, shuffled
from newsbot.replaying.finished_files import FinishedFiles
from newsbot.replaying.looked_articles import MOST_WANTED, LookedArticle, LookedPage, Thresholds
from newsbot.replaying.looked_at import LookedAt
from newsbot.replaying.opening import Opening

#: Pages of a source of which it is looked up whether all that they need is there, before some are opened.
_MOST_LOOKED_UP: Final = 1_000
#: The share of a source's time for that.
_LOOKING_UP: Final = 0.25


class Quality:
    """Checks the pages of sources, one source after the other.

    :param sample: how many pages of a source are opened; 0 for all that were not looked at before.
    :param tell: called with a line for each fault.
    :param jobs: how many articles are opened at a time, each in a browser of its own.
    :raises ArchiveError: from every method, if something cannot be read or written, or no browser is there.
    """

    def __init__(
        self, settings: BaseSettings, limits: Thresholds, sample: int, tell: Callable[[str], object], jobs: int
    ):
        self._settings, self._limits, self._sample, self._tell, self._jobs = settings, limits, sample, tell, jobs
        self._data = Path(settings["DATA_DIR"])
        self._collection = collection(settings)
        self._held = HeldAnswers(self._collection)
        self._files = FinishedFiles(self._collection)
        self._looked_at = LookedAt(self._data)
        self._redacted = frozenset(map(without_moment, DoNotFetchList(self._data).addresses()))
        #: What the pages of the source need, and whether the archive has it.
        self._needs: dict[Need, bool] = {}

    def unindexed(self) -> list[str]:
        """Return the WARC files that lines point to, and that the index still does not have: they were left out."""
        return self._files.unindexed()

    async def check(self, sources: Iterable[str], minutes: float) -> list[ReplayScore]:
        """Check sources; each may take as much of the time as is left for all."""
        ends = monotonic() + 60 * minutes
        sources = [*sources]
        scores = []
        async with AsyncExitStack() as stack:
            browsers = (Checker.opened(self._held, self._browser_options()) for _ in range(self._jobs))
            checkers = [await stack.enter_async_context(each) for each in browsers]
            for number, source in enumerate(sources):
                begun = monotonic()
                until = begun + max(0.0, ends - begun) / (len(sources) - number)
                scores.append(await self._source(checkers, source, until))
        return scores

    def _browser_options(self) -> BrowserOptions:
        settings = self._settings
        locale = str(settings["DEFAULT_REQUEST_HEADERS"].get("Accept-Language") or "en").partition(",")[0]
        given = settings.get("REQUISITES_SKIP_HOSTS")
        skipped = ADS_AND_TRACKERS if given is None else tuple(settings.getlist("REQUISITES_SKIP_HOSTS"))
        return BrowserOptions(settings["BROWSER_PATH"] or "", settings["USER_AGENT"], locale, skipped)

    async def _source(self, checkers: list[Checker], source: str, until: float) -> ReplayScore:
        articles = self._chosen(source)
        last = monotonic() + (until - monotonic()) * _LOOKING_UP
        looked: list[LookedArticle] = []
        for article in articles[:_MOST_LOOKED_UP]:
            if looked and monotonic() > last:
                break
            looked.append(self._look_up(article))
            await asyncio.sleep(0)  # lets the process be told to stop
        # Those that lack something, then the others as they were chosen.
        first = sorted(looked, key=lambda each: not each.lacks)
        rest = (self._look_up(article) for article in articles[len(looked) :])
        opening = Opening(
            chain(first, rest),
            self._sample,
            until,
            partial(self._open, until),
            partial(self._tell_faults, source),
        )
        await opening.run(checkers)
        opened, waiting = opening.opened, opening.waiting
        done = {id(each) for each in opened}
        unopened = [each for each in first if each.lacks and id(each) not in done and not each.is_unfinished]
        for each in unopened[:MOST_NAMED]:
            self._tell_faults(source, each)
        self._want([*opened, *unopened])
        wanted = min(self._sample or len(articles), len(articles) - waiting)
        score = replace(
            self._score(source, opened, unopened, len(looked)), left=max(0, wanted - len(opened)), waiting=waiting
        )
        if score.opened or score.faults:  # else nothing was found out, and what is known stays
            score.write(self._data)
        self._looked_at.add(each.article.own.record_id for each in opened)
        return score

    def _tell_faults(self, source: str, looked: LookedArticle) -> None:
        for fault in looked.faults(self._limits):
            self._tell(f"{source}: {fault}")

    def _chosen(self, source: str) -> list[ArticlePage]:
        """Return the articles to look at, in order: a sample, another one each day, or the newest first."""
        articles = [*article_pages(self._data / "articles" / source)]
        if not articles:
            return []
        self._files.look()
        self._needs.clear()
        there = [article for article in articles if self._files.has(article)]
        if self._sample:
            return shuffled(there, f"{now():%Y-%m-%d}")
        known = self._looked_at.all()
        new = (article for article in there if article.own.record_id not in known)
        return sorted(new, key=lambda article: article.fetched_at)[::-1]

    def _look_up(self, article: ArticlePage) -> LookedArticle:
        """Look whether what its pages need is there."""
        places = [place for place in article.places if self._files.is_there(place.file)]
        return LookedArticle(article, [self._look_up_page(article, place) for place in places])

    def _look_up_page(self, article: ArticlePage, place: Place) -> LookedPage:
        looked = LookedPage(article.url, article.fetched_at)
        what = "its capture" if place == article.own else "the capture of a further page"
        try:
            page = captured_page(self._held, self._collection.path(place.file), place.offset)
        except ArchiveError as error:
            looked.failure = f"{what} is not there: {error}"
            return looked
        if page.record_id != place.record_id:
            looked.failure = f"{what} is not there: {place.file}: at {place.offset}: another record is there"
            return looked
        if place != article.own:
            looked.url, looked.moment = page.url, page.date
        looked.page = page
        looked.missing = [url for url in not_held(self._held, page, self._needs) if not self._is_redacted(url)]
        looked.is_unfinished = any(self._files.may_be_unfinished(page.needs[url][0]) for url in looked.missing)
        return looked

    async def _open(self, until: float, checker: Checker, looked: LookedArticle) -> bool:
        """Open an article's pages, but those whose capture is not there; return whether there was time for all."""
        for each in looked.pages:
            if monotonic() > until:
                return False
            if each.page is None:
                continue
            each.checked = await checker.check(each.page)
            known = {*each.missing}
            each.missing += [url for url in each.checked.missing if url not in known and not self._is_redacted(url)]
        looked.compare()
        return True

    def _is_redacted(self, url: str) -> bool:
        """Return whether an address, or its twin of another moment, is not to be fetched any more."""
        return without_moment(url) in self._redacted

    def _want(self, looked: Iterable[LookedArticle]) -> None:
        """Have the next crawls ask for what is missing: with the moment that a page put in, but at one moment only."""
        wanted: dict[str, Wanted] = {}
        for each in (each for article in looked for page in article.pages for each in self._wanted(page)):
            wanted.setdefault(without_moment(each.url), each)
        if wanted:
            with closing(KnownRequisites(database_path(self._settings))) as known:
                already = {without_moment(each.url) for each in known.wanted()}
                known.want(each for twin, each in wanted.items() if twin not in already)

    def _wanted(self, looked: LookedPage) -> Iterator[Wanted]:
        if looked.page is None:
            return
        unseen = looked.checked.unseen if looked.checked is not None else []
        for url in [*looked.missing, *unseen][:MOST_WANTED]:
            if not self._is_redacted(url):
                yield Wanted(url, looked.page.kind(url), looked.page.url)

    def _score(
        self, source: str, opened: list[LookedArticle], unopened: list[LookedArticle], looked_up: int
    ) -> ReplayScore:
        pages = [page for each in opened for page in each.pages]
        checked = [page.checked for page in pages if page.checked is not None]
        refused: Counter[str] = Counter()
        for each in checked:
            refused.update(each.refused)
        both = [*opened, *unopened]
        return ReplayScore(
            source=source,
            checked=now().isoformat(timespec="seconds"),
            looked_up=max(looked_up, len(opened)),
            opened=len(opened),
            well=sum(not each.faults(self._limits) for each in opened),
            text=_mean([*(each.text for each in checked), *(article.text for article in opened)]),
            view=_mean(each.view for each in checked),
            missing=len({url for article in both for page in article.pages for url in page.missing}),
            unseen=len({url for each in checked for url in each.unseen}),
            missed=sum(each.missed for each in checked),
            requests=sum(each.requests for each in checked),
            refused=dict(refused),
            errors=sum(each.errors for each in checked),
            faults=[fault for article in both for fault in article.faults(self._limits)][:MOST_NAMED],
        )


def _mean(shares: Iterable[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return round(mean(known), 4) if known else None
