"""Checks whether the captured pages of sources replay: which are looked at, and what counts as a fault."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean
from time import monotonic
from typing import Final, NamedTuple

from scrapy.settings import BaseSettings

from archive.clock import now
from archive.errors import ArchiveError
from archive.quality.captured_page import CapturedPage, captured_page, not_held
from archive.quality.checker import BrowserOptions, Checked, Checker
from archive.quality.held import HeldAnswers
from archive.quality.twins import without_moment
from archive.requisites.hosts import ADS_AND_TRACKERS
from archive.requisites.known import KnownRequisites, Wanted, database_path
from newsbot.configuration.folders import collection
from newsbot.fetching.do_not_fetch import DoNotFetchList
from newsbot.health.replay_score import MOST_NAMED, ReplayScore
from newsbot.replaying.article_pages import ArticlePage, article_pages, shuffled
from newsbot.replaying.looked_at import LookedAt

#: Pages of a source of which it is looked up whether all that they need is there, before some are opened.
_MOST_LOOKED_UP: Final = 1_000
#: The share of a source's time for that.
_LOOKING_UP: Final = 0.25
#: Addresses of a page that the next crawl is asked for, and that are named.
_MOST_WANTED: Final = 50


class Thresholds(NamedTuple):
    """From when on a page does not replay: shares from 0 to 1, and addresses missing."""

    text: float
    view: float
    missing: int


@dataclass
class _Looked:
    """A page that was looked up, and perhaps opened."""

    article: ArticlePage
    page: CapturedPage | None = None
    #: What it needs and is nowhere.
    missing: list[str] = field(default_factory=list)
    checked: Checked | None = None
    failure: str = ""

    def faults(self, limits: Thresholds) -> list[str]:
        """Return what is wrong with it."""
        found = [self.failure] if self.failure else []
        if self.checked is not None:
            found += [f"not shown: {self.checked.failure}"] if self.checked.failure else []
            for what, share, least in (
                ("text", self.checked.text, limits.text),
                ("picture", self.checked.view, limits.view),
            ):
                if share is not None and share < least:
                    found.append(f"{share:.0%} of its {what} is as it was")
        if len(self.missing) > limits.missing:
            found += [f"missing {url}" for url in self.missing[:_MOST_WANTED]]
            if len(self.missing) > _MOST_WANTED:
                found.append(f"missing {len(self.missing) - _MOST_WANTED} more")
        return found


class Quality:
    """Checks the pages of sources, one source after the other.

    :param sample: how many pages of a source are opened; 0 for all that were not looked at before.
    :param tell: called with a line for each fault.
    :raises ArchiveError: from every method, if something cannot be read or written, or no browser is there.
    """

    def __init__(self, settings: BaseSettings, limits: Thresholds, sample: int, tell: Callable[[str], object]):
        self._settings, self._limits, self._sample, self._tell = settings, limits, sample, tell
        self._data = Path(settings["DATA_DIR"])
        self._collection = collection(settings)
        self._held = HeldAnswers(self._collection)
        self._looked_at = LookedAt(self._data)
        self._redacted = frozenset(map(without_moment, DoNotFetchList(self._data).addresses()))

    async def check(self, sources: Iterable[str], minutes: float) -> list[ReplayScore]:
        """Check sources; each may take as much of the time as is left for all."""
        ends = monotonic() + 60 * minutes
        sources = [*sources]
        scores = []
        async with Checker.opened(self._held, self._browser_options()) as checker:
            for number, source in enumerate(sources):
                begun = monotonic()
                until = begun + max(0.0, ends - begun) / (len(sources) - number)
                score = await self._source(checker, source, until)
                score.write(self._data)
                scores.append(score)
        return scores

    def _browser_options(self) -> BrowserOptions:
        settings = self._settings
        locale = str(settings["DEFAULT_REQUEST_HEADERS"].get("Accept-Language") or "en").partition(",")[0]
        given = settings.get("REQUISITES_SKIP_HOSTS")
        skipped = ADS_AND_TRACKERS if given is None else tuple(settings.getlist("REQUISITES_SKIP_HOSTS"))
        return BrowserOptions(settings["BROWSER_PATH"] or "", settings["USER_AGENT"], locale, skipped)

    async def _source(self, checker: Checker, source: str, until: float) -> ReplayScore:
        pages = self._chosen(source)
        last = monotonic() + (until - monotonic()) * _LOOKING_UP
        looked: list[_Looked] = []
        for article in pages[:_MOST_LOOKED_UP]:
            if looked and monotonic() > last:
                break
            looked.append(self._look_up(article))
            await asyncio.sleep(0)  # lets the process be told to stop
        # Those that lack something, then the others as they were chosen.
        first = sorted(looked, key=lambda each: not (each.missing or each.failure))
        rest = (_Looked(article) for article in pages[len(looked) :])
        opened: list[_Looked] = []
        for each in (*first, *rest):
            if (self._sample and len(opened) >= self._sample) or monotonic() > until:
                break
            await self._open(checker, each)
            opened.append(each)
            for fault in each.faults(self._limits):
                self._tell(_line(source, each.article, fault))
        unopened = [each for each in first if each.missing and each.checked is None]
        for each in unopened[:MOST_NAMED]:
            for fault in each.faults(self._limits):
                self._tell(_line(source, each.article, fault))
        self._looked_at.add(each.article.record_id for each in opened)
        self._want([*opened, *unopened])
        wanted = min(self._sample or len(pages), len(pages))
        return replace(self._score(source, opened, unopened, len(looked)), left=wanted - len(opened))

    def _chosen(self, source: str) -> list[ArticlePage]:
        """Return the pages to look at, in order: a sample, another one each day, or the newest first."""
        there = {path.name for path in self._collection.files()}
        pages = [page for page in article_pages(self._data / "articles" / source) if page.file in there]
        if self._sample:
            return shuffled(pages, f"{now():%Y-%m-%d}")
        known = self._looked_at.all()
        return sorted((page for page in pages if page.record_id not in known), key=lambda page: page.fetched_at)[::-1]

    def _look_up(self, article: ArticlePage) -> _Looked:
        """Look whether what a page needs is there."""
        looked = _Looked(article)
        try:
            looked.page = captured_page(self._held, self._collection.path(article.file), article.offset)
        except ArchiveError as error:
            looked.failure = f"its capture is not there: {error}"
            return looked
        if looked.page.record_id != article.record_id:
            looked.failure = f"its capture is not there: {article.file}: at {article.offset}: another record is there"
            looked.page = None
            return looked
        looked.missing = [url for url in not_held(self._held, looked.page) if not self._is_redacted(url)]
        return looked

    async def _open(self, checker: Checker, looked: _Looked) -> None:
        """Open a page, unless its capture is not there."""
        if looked.page is None and not looked.failure:
            other = self._look_up(looked.article)
            looked.page, looked.missing, looked.failure = other.page, other.missing, other.failure
        if looked.page is None:
            return
        looked.checked = await checker.check(looked.page, looked.article.text())
        known = {*looked.missing}
        looked.missing += [url for url in looked.checked.missing if url not in known and not self._is_redacted(url)]

    def _is_redacted(self, url: str) -> bool:
        """Return whether an address, or its twin of another moment, is not to be fetched any more."""
        return without_moment(url) in self._redacted

    def _want(self, looked: Iterable[_Looked]) -> None:
        """Have the next crawls ask for what is missing: with the moment that a page put in, but at one moment only."""
        wanted: dict[str, Wanted] = {}
        for each in (each for page in looked for each in self._wanted(page)):
            wanted.setdefault(without_moment(each.url), each)
        if wanted:
            with closing(KnownRequisites(database_path(self._settings))) as known:
                already = {without_moment(each.url) for each in known.wanted()}
                known.want(each for twin, each in wanted.items() if twin not in already)

    def _wanted(self, looked: _Looked) -> Iterator[Wanted]:
        if looked.page is None:
            return
        unseen = looked.checked.unseen if looked.checked is not None else []
        for url in [*looked.missing, *unseen][:_MOST_WANTED]:
            if not self._is_redacted(url):
                yield Wanted(url, looked.page.kind(url), looked.page.url)

    def _score(self, source: str, opened: list[_Looked], unopened: list[_Looked], looked_up: int) -> ReplayScore:
        checked = [each.checked for each in opened if each.checked is not None]
        refused: Counter[str] = Counter()
        for each in checked:
            refused.update(each.refused)
        faults = [
            _line("", each.article, fault) for each in (*opened, *unopened) for fault in each.faults(self._limits)
        ]
        return ReplayScore(
            source=source,
            checked=now().isoformat(timespec="seconds"),
            looked_up=max(looked_up, len(opened)),
            opened=len(opened),
            well=sum(not each.faults(self._limits) for each in opened),
            text=_mean(each.text for each in checked),
            view=_mean(each.view for each in checked),
            missing=len({url for each in (*opened, *unopened) for url in each.missing}),
            unseen=len({url for each in checked for url in each.unseen}),
            missed=sum(each.missed for each in checked),
            requests=sum(each.requests for each in checked),
            refused=dict(refused),
            errors=sum(each.errors for each in checked),
            faults=faults[:MOST_NAMED],
        )


def _line(source: str, article: ArticlePage, fault: str) -> str:
    return f"{source}: {article.url} ({article.fetched_at[:19]}Z): {fault}".removeprefix(": ")


def _mean(shares: Iterable[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return round(mean(known), 4) if known else None
