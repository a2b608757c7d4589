"""What was found of an article's captured pages: of each that it lacks, and how far it is shown as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from archive.quality.alike import text_share
from archive.quality.captured_page import CapturedPage
from archive.quality.checker import Checked
from newsbot.replaying.article_pages import ArticlePage

#: Addresses of a page that the next crawl is asked for, and that are named.
MOST_WANTED: Final = 50


class Thresholds(NamedTuple):
    """From when on a page does not replay: shares from 0 to 1, and addresses missing."""

    text: float
    view: float
    missing: int


@dataclass
class LookedPage:
    """A page that was looked up, and perhaps opened."""

    url: str
    #: Of its capture, as in a WARC-Date.
    moment: str
    page: CapturedPage | None = None
    #: What it needs and is nowhere.
    missing: list[str] = field(default_factory=list)
    #: Whether what it lacks may be in a file that a crawl is still writing.
    is_unfinished: bool = False
    checked: Checked | None = None
    failure: str = ""

    def faults(self, limits: Thresholds) -> Iterator[str]:
        """Yield what is wrong with it."""
        if self.failure:
            yield self._line(self.failure)
        if self.checked is not None:
            if self.checked.failure:
                yield self._line(f"not shown: {self.checked.failure}")
            yield from self.less("text", self.checked.text, limits.text)
            yield from self.less("picture", self.checked.view, limits.view)
        if len(self.missing) > limits.missing:
            yield from (self._line(f"missing {url}") for url in self.missing[:MOST_WANTED])
            if len(self.missing) > MOST_WANTED:
                yield self._line(f"missing {len(self.missing) - MOST_WANTED} more")

    def less(self, what: str, share: float | None, least: float) -> Iterator[str]:
        """Yield that less is there again than it has to be, if so."""
        if share is not None and share < least:
            yield self._line(f"{share:.0%} of its {what} is as it was")

    def _line(self, fault: str) -> str:
        return f"{self.url} ({self.moment[:19]}Z): {fault}"


@dataclass
class LookedArticle:
    """A version of an article: its own page, and the further ones whose text is joined to it."""

    article: ArticlePage
    #: Empty if none was looked up.
    pages: list[LookedPage] = field(default_factory=list)
    #: How much of its line's text its pages show, if no browser has noted what they showed; None if that is not known.
    text: float | None = None

    @property
    def lacks(self) -> bool:
        """Whether a page lacks something, or is not there."""
        return any(page.missing or page.failure for page in self.pages)

    @property
    def is_unfinished(self) -> bool:
        return any(page.is_unfinished for page in self.pages)

    def compare(self) -> None:
        """Compare the text of its line with what its pages have shown, all of which must have been had.

        :raises ArchiveError: if its line cannot be read.
        """
        checked = [page.checked for page in self.pages if page.checked is not None]
        is_noted = all(page.page is not None and page.page.text for page in self.pages)
        shown = [each.shown for each in checked if each.shown is not None]
        if not is_noted and len(shown) == len(self.article.places) and (text := self.article.text().strip()):
            self.text = text_share(text, "\n".join(shown))
        for each in checked:
            each.shown = None  # a night's articles are thousands

    def faults(self, limits: Thresholds) -> list[str]:
        """Return what is wrong with it: address, moment and fault."""
        found = [fault for page in self.pages for fault in page.faults(limits)]
        return [*found, *(self.pages[0].less("text", self.text, limits.text) if self.pages else ())]
