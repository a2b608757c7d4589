"""One list under way in a backfill: where its walk begins, where it goes on, where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from newsbot.lists.spans import Span, middle
from newsbot.planning.backfill.cursors import Cursor
from newsbot.planning.backfill.list_page import ListPage
from newsbot.planning.backfill.search import Search
from newsbot.planning.backfill.window import Window

#: So many pages in a row that hold nothing but older articles end a list: one may have a stray.
_PAST: Final = 2


@dataclass(eq=False)
class Walk:
    """A list of pages, newest first, or a sitemap, which is one page."""

    cursor: Cursor
    window: Window
    #: All its articles are of these days; None if it does not say so.
    period: Span | None = None
    #: How deep it stands in sitemaps of sitemaps, and the one that names it.
    depth: int = 1
    parent: str | None = None
    #: Whether its pages so far were too new, so that their articles are not fetched.
    is_looking: bool = False
    #: Whether it was not read to its end, so that it is not done with what is known of it.
    is_cut: bool = False
    pages: int = 0
    #: Articles on the pages so far.
    seen: set[str] = field(default_factory=set)
    search: Search | None = None
    #: Of a search: the pages that were looked at, by number; what the first page shows, and its link to the second.
    looked_at: dict[int, ListPage] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    second: str = ""
    _past: int = 0

    def begin_search(self, page: ListPage) -> int | None:
        """Look for the beginning, since a list's first page is too new; returns the number of the page to look at."""
        self.search, self.looked_at = Search(page.last), {page.number: page}
        self.beside, self.second = frozenset(page.articles), page.following or ""
        return self.search.page()

    def note(self, page: ListPage, *, too_new: bool) -> int | None:
        """Note what a page is that was looked at, and return the number of the next to look at."""
        assert self.search is not None
        self.search.note(page.number, too_new=too_new)
        if too_new and page.following is None:
            self.search.note(page.number + 1, too_new=False)
        self.looked_at[page.number] = page
        return self.search.page()

    def end_search(self) -> ListPage:
        """Return the page with which the walk begins."""
        assert self.search is not None
        start, self.search, self.is_looking = self.search.start, None, False
        if start > 1:
            self.seen.update(self.beside)
        return self.looked_at.pop(start)

    def following(self) -> ListPage | None:
        """Return the page to go on with, if it was looked at already."""
        page = self.looked_at.pop(self.cursor.next_page, None)
        return page if page and page.url == self.cursor.next_url else None

    def go_on(
        self, page: ListPage, spans: Sequence[Span], articles: int, *, is_new: bool, is_past: bool = False
    ) -> Cursor:
        """Return where the list stands when all that a page names has been fetched.

        :param spans: when the page's articles were published, as far as is known.
        :param articles: how many of them were fetched.
        :param is_new: whether it names any that the pages before it did not name.
        :param is_past: whether it has come to articles that are too old.
        """
        self.pages += 1
        is_past = is_past or (bool(spans) and all(map(self.window.is_before, spans)))
        self._past = self._past + 1 if is_past else 0
        is_last = not is_new or page.following is None or self._past >= _PAST
        day = middle(list(spans))
        reached = day.last.isoformat() if day else self.cursor.reached
        self.cursor = self.cursor._replace(
            next_url=None if is_last else page.following,
            next_page=page.number + 1,
            last_url=page.url,
            articles=self.cursor.articles + articles,
            begun=self.cursor.begun or reached,
            reached=reached,
            done_at=page.date,
        )
        return self.cursor


def is_too_new(page: ListPage, window: Window, beside: frozenset[str]) -> bool | None:
    """Whether most of a page's articles are younger than the days looked for; None if it tells too few dates.

    A page that shows nothing of its own is behind the last, and not too new.
    """
    own = page.without(beside)
    spans = sorted(each.span for each in own.values() if each.span)
    if len(spans) * 2 < len(own):
        return None
    return bool(spans) and window.is_after(spans[len(spans) // 2])
