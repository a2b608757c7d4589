"""Holds articles that their site has split into pages back until these have come.

What is joined is decided by captures alone and in their order, so that a rebuild decides the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from newsbot.items import Article, FurtherPage
from newsbot.reading.joined_pages import is_whole, joined

#: Maximum number of articles that wait for pages; the oldest goes first.
_MOST: Final = 1_000
#: What a first page says that its further ones go with.
_SAID: Final = ("title", "sapo", "body", "further_pages")


@dataclass
class _Split:
    """An article, and its further pages as far as they have come."""

    first: Article
    pages: list[FurtherPage] = field(default_factory=list)

    @property
    def next(self) -> int:
        """The number of the page that it waits for."""
        return len(self.pages) + 2

    def is_same(self, first: Article) -> bool:
        """Whether an article's first page has come again as it was."""
        return all(getattr(self.first, name) == getattr(first, name) for name in _SAID)

    def lacking(self) -> Article:
        """Return it without the page that it waits for, and those behind that."""
        return joined(self.first, [*self.pages, None])


class Joining:
    """The articles of a run that wait for their further pages."""

    def __init__(self) -> None:
        self._split: dict[str, _Split] = {}

    def waits_for(self, article_id: str, number: int) -> bool:
        """Whether an article waits for one of its further pages."""
        split = self._split.get(article_id)
        return split is not None and split.next == number

    def take(self, found: Article | FurtherPage) -> list[Article]:
        """Take an article's first page, or a further one; return the articles that wait no more."""
        if isinstance(found, FurtherPage):
            return self._take_page(found)
        split = self._split.get(found.id)
        if split is not None and split.is_same(found):
            return []
        ready = [self._split.pop(found.id).lacking()] if split is not None else []
        if not found.further_pages:
            return [*ready, found]
        self._split[found.id] = _Split(found)
        if len(self._split) > _MOST:
            ready.append(self._split.pop(next(iter(self._split))).lacking())
        return ready

    def _take_page(self, page: FurtherPage) -> list[Article]:
        if not self.waits_for(page.id, page.number):
            return []
        split = self._split[page.id]
        split.pages.append(page)
        if not is_whole(split.first, split.pages):
            return []
        del self._split[page.id]
        return [joined(split.first, split.pages)]

    def end(self) -> list[Article]:
        """Return the articles some of whose pages have not come."""
        ready = [split.lacking() for split in self._split.values()]
        self._split.clear()
        return ready
