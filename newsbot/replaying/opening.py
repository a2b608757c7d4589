"""Opens articles' pages in several browsers at once, each of which takes the next article when it is free."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from time import monotonic
from typing import Generic, Protocol, TypeVar

from archive.errors import ArchiveError
from newsbot.replaying.looked_articles import LookedArticle


class Startable(Protocol):
    """A browser."""

    async def start(self) -> None:
        """Have it ready for a page.

        :raises ArchiveError: if it does not start.
        """


Browser = TypeVar("Browser", bound=Startable)


@dataclass(slots=True)
class _Begun:
    """An article that was taken."""

    article: LookedArticle
    #: Whether all its pages were opened; None while that is under way.
    is_opened: bool | None = None


class Opening(Generic[Browser]):
    """Opens articles.

    :param articles: in the order in which they shall be opened.
    :param most: how many of them; 0 for all.
    :param until: when no page is begun any more, by `time.monotonic`.
    :param open_pages: opens the pages of one; returns whether there was time for all.
    :param tell: called with each article that was opened, in order.
    """

    def __init__(
        self,
        articles: Iterable[LookedArticle],
        most: int,
        until: float,
        open_pages: Callable[[Browser, LookedArticle], Awaitable[bool]],
        tell: Callable[[LookedArticle], object],
    ):
        self._articles: Iterator[LookedArticle] = iter(articles)
        self._most, self._until, self._open_pages, self._tell = most, until, open_pages, tell
        self._taken = 0
        #: Those that nobody was told of yet.
        self._begun: deque[_Begun] = deque()
        self.opened: list[LookedArticle] = []
        #: Articles left out for now, since a crawl may be writing what they lack.
        self.waiting = 0

    async def run(self, browsers: Sequence[Browser]) -> None:
        """Open the articles with some browsers, or with those of them that start.

        :raises ArchiveError: if none of them starts, or the index cannot be read.
        """
        refusal: ArchiveError | None = None
        while browsers:
            refusals = await self._work_together(browsers)
            if not any(refusals):
                return
            refusal = next(filter(None, refusals))
            browsers = [browser for browser, refused in zip(browsers, refusals, strict=True) if not refused]
        if refusal is not None and await self._next() is not None:
            raise refusal

    async def _work_together(self, browsers: Iterable[Browser]) -> list[ArchiveError | None]:
        tasks = [asyncio.ensure_future(self._work(browser)) for browser in browsers]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, browser: Browser) -> ArchiveError | None:
        """Open one article after the other; returns why the browser does not start, if it does not."""
        while (begun := await self._next()) is not None:
            try:
                await browser.start()
            except ArchiveError as error:
                self._give_back(begun)
                return error
            begun.is_opened = await self._open_pages(browser, begun.article)
            self._tell_of_opened()
        return None

    async def _next(self) -> _Begun | None:
        """Take the next article; None if there is none, or no time for it."""
        while monotonic() <= self._until and (not self._most or self._taken < self._most):
            article = next(self._articles, None)
            if article is None:
                break
            if not article.is_unfinished:
                self._taken += 1
                self._begun.append(_Begun(article))
                return self._begun[-1]
            self.waiting += 1
            await asyncio.sleep(0)  # lets the process be told to stop
        return None

    def _give_back(self, begun: _Begun) -> None:
        """Let another browser take an article."""
        begun.is_opened = False
        self._taken -= 1
        self._articles = chain([begun.article], self._articles)
        self._tell_of_opened()

    def _tell_of_opened(self) -> None:
        """Tell of those before which none is under way any more."""
        while self._begun and self._begun[0].is_opened is not None:
            begun = self._begun.popleft()
            if begun.is_opened:
                self.opened.append(begun.article)
                self._tell(begun.article)
