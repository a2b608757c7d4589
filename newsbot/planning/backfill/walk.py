"""One list under way in a backfill: where its walk begins, continues and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from newsbot.lists.list_dates import Span, middle
from newsbot.planning.backfill.cursors import Cursor
from newsbot.planning.backfill.list_page import ListPage
from newsbot.planning.backfill.lists import List
from newsbot.planning.backfill.window import Window

#: Number of consecutive pages with nothing but older articles that end a list: one alone may be a stray.
_PAST: Final = 2


@dataclass(eq=False)
class Walk:
    """A list of pages, newest first, or a sitemap, which is one page."""

    cursor: Cursor
    window: Window
    #: The list that is walked.
    of: List
    #: Whether the first page of the window is still looked for: articles of pages that are too new are not fetched.
    is_looking: bool = False
    pages: int = 0
    #: Articles on the pages so far.
    seen: set[str] = field(default_factory=set)
    search: Search | None = None
    #: Of a search: the pages it has looked at, by number; the first page's articles, and its link to the second.
    looked_at: dict[int, ListPage] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    second: str = ""
    _past: int = 0

    def begin_search(self, page: ListPage) -> int | None:
        """Begin to search, since the first page is too new; returns the number of the page to look at."""
        self.search, self.looked_at = Search(page.last), {page.number: page}
        self.beside, self.second = frozenset(page.articles), page.following or ""
        return self.search.page()

    def note(self, page: ListPage, *, too_new: bool) -> int | None:
        """Note the verdict on a page; returns the number of the next to look at."""
        assert self.search is not None
        self.search.note(page.number, too_new=too_new)
        if too_new and page.following is None:
            self.search.note(page.number + 1, too_new=False)
        self.looked_at[page.number] = page
        return self.search.page()

    def end_search(self) -> ListPage:
        """Return the page at which the walk begins."""
        assert self.search is not None
        start, self.search, self.is_looking = self.search.start, None, False
        if start > 1:
            self.seen.update(self.beside)
        return self.looked_at.pop(start)

    def following(self) -> ListPage | None:
        """Return the next page, if the search has already looked at it."""
        page = self.looked_at.pop(self.cursor.next_page, None)
        return page if page and page.url == self.cursor.next_url else None

    def is_too_new(self, page: ListPage) -> bool | None:
        """Whether most of a page's articles are newer than the window; None if it gives too few dates.

        A page with no articles of its own is beyond the last, and not too new.
        """
        own = page.without(self.beside)
        spans = sorted(each.span for each in own.values() if each.span)
        if len(spans) * 2 < len(own):
            return None
        return bool(spans) and self.window.is_after(spans[len(spans) // 2])

    def go_on(
        self, page: ListPage, spans: Sequence[Span], articles: int, *, is_new: bool, is_past: bool = False
    ) -> None:
        """Move the cursor past a page, now that all that it names has been fetched.

        :param spans: when the page's articles were published, as far as is known.
        :param articles: number of articles that were requested.
        :param is_new: whether it names any that earlier pages did not.
        :param is_past: whether it has reached articles that are too old.
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
            done_at=page.capture.date,
        )


class Search:
    """Searches for the last page that is too new, by doubling and then halving; the first page is known to be.

    >>> search, asked = Search(hint=40), []
    >>> while page := search.page():
    ...     asked.append(page)
    ...     search.note(page, too_new=page < 700)
    >>> asked, search.start
    ([40, 80, 160, 320, 640, 1280, 960, 800, 720, 680, 700, 690, 695, 697, 698, 699], 699)

    :param hint: the greatest page number that the list shows, which need not be the last.
    """

    def __init__(self, hint: int | None = None):
        #: The last page known to be too new; in the end, where the walk begins.
        self.start = 1
        self._hint = hint if hint and hint > 1 else 2
        self._end: int | None = None

    def page(self) -> int | None:
        """Return the page to look at next; None when the search is over."""
        if self._end is None:
            return self._hint if self.start < self._hint else self.start * 2
        return (self.start + self._end) // 2 if self._end - self.start > 1 else None

    def note(self, page: int, *, too_new: bool) -> None:
        """Note the verdict on a page; one that does not exist, or of which nothing is known, is not too new."""
        if too_new:
            self.start = page
        else:
            self._end = page
