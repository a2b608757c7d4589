"""How a source's articles are found: feeds and sitemaps first, then sections page by page.

What is known is not asked for again before its time, and lists that bring nothing of their own are asked rarely.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response

from archive.clock import now
from archive.exchange.capture import Capture
from newsbot.backfill.backfill import Backfill
from newsbot.backfill.memory import Memory
from newsbot.backfill.window import read_window
from newsbot.discovery.addresses import Address
from newsbot.discovery.crawl_state import CrawlState
from newsbot.discovery.list_reading import ListReading
from newsbot.discovery.list_requests import SITEMAP_PRIORITY
from newsbot.discovery.listings import (
    SITEMAP_DEPTH,
    feed_links,
    is_sitemap_index,
    sitemap_entries,
    sitemap_links,
    text_of,
)
from newsbot.discovery.schedule import is_newer, warc_date
from newsbot.discovery.spider_arguments import whole_number
from newsbot.items import Article
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import absolute
from newsbot.state.resources import Resource
from newsbot.state.state import State
from newsbot.vietnamese.dates import VIETNAM

if TYPE_CHECKING:
    from newsbot.publishing.version_reader import VersionReader

_NEXT_PAGE_PRIORITY: Final = -10
#: So many articles are looked at again in one run; the rest wait for the next.
_RECHECKS: Final = 200
#: So many articles of a sitemap are asked for at once; a request takes ten times the room of the address that waits.
_BATCH: Final = 200


class Discovery(ListReading):
    """Finds the articles of a source. What it reads of a page are links, never the article."""

    max_pages: int = 20
    #: A paper's pages by day or month, for backfills: forms of their paths as `strftime` has them, "tin/%d-%m-%Y.html".
    archives: ClassVar[Iterable[str]] = ()

    def __init__(
        self,
        name: str | None = None,
        *,
        max_pages: str | None = None,
        since: str | None = None,
        until: str | None = None,
        **kwargs: Any,
    ):
        """Take the operator's arguments: `-a max_pages=N` of each list, `-a since=DAY`, `-a until=DAY`: a backfill."""
        super().__init__(name, **kwargs)
        #: As many as the operator says; None if he does not.
        self.most_pages = whole_number("max_pages", max_pages) if max_pages else None
        if self.most_pages:
            self.max_pages = self.most_pages
        window = read_window(since, until, now().astimezone(VIETNAM).date())
        self.backfill = Backfill(self, window) if window else None
        self.is_backfill = self.backfill is not None
        self._waiting: deque[Address] = deque()
        #: Articles to look at again, once lists have said what is new and where articles are now.
        self._due: list[Resource] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.follow_waiting, signals.spider_idle)
        return spider

    def remember(self, crawl_state: CrawlState, state: State, versions: VersionReader) -> None:
        """Take up what is known."""
        self.crawl_state = crawl_state
        if self.backfill:
            window = self.backfill.window
            self.backfill.memory = Memory(self.name, window, crawl_state, state, versions, refetch=self.refetch)

    def note_durable(self, synced: int) -> None:
        """Take note that what was read from the captures up to the ``synced``-th is on disk."""
        if self.backfill:
            self.backfill.memory.flush(synced)

    def lists(self) -> dict[str, tuple[Any, int]]:
        return {} if self.backfill else super().lists()

    def reading_arguments(self) -> dict[str, str]:
        if self.backfill is None:
            return {}
        return {name: day for name, day in zip(("since", "until"), self.backfill.window.names(), strict=True) if day}

    def article_ended(self, article_id: str, capture: Capture | None, published_at: str | None) -> Iterable[Request]:
        return self.backfill.article_ended(article_id, capture, published_at) if self.backfill else ()

    def age_of(self, article: Article | None, capture: Capture) -> timedelta:
        return self.backfill.age_of(article, capture) if self.backfill else timedelta()

    async def start(self) -> AsyncIterator[Request]:
        if self.backfill:
            for request in self.backfill.requests():
                yield request
            return
        for request in self.list_requests():
            yield request
        if self.limit is None and not self.refetch:
            self._due = self.crawl_state.due_articles(_RECHECKS)

    def parse_feed(self, response: Response) -> Iterator[Request]:
        found = self.read_list(response, feed_links(text_of(response)))
        yield from self.follow_addresses(self.sort_out(response, "feed", found))
        yield from self.list_done(response)

    def parse_sitemap(self, response: Response) -> Iterator[Request]:
        text = text_of(response)
        if response.status == 200 and is_sitemap_index(text):
            self.sort_out(response, "sitemap", (), own=True)
            yield from self.follow_sitemaps(response, text)
        else:
            new = self.sort_out(response, "sitemap", self.read_list(response, sitemap_links(text)))
            self._waiting.extend(new[_BATCH:])
            yield from self.follow_addresses(new[:_BATCH])
        yield from self.list_done(response)

    def follow_sitemaps(self, response: Response, text: str) -> Iterator[Request]:
        """Yield requests for those sitemaps of an index that may have changed since they were read."""
        depth = response.meta.get("sitemap_depth", 1)
        if depth >= SITEMAP_DEPTH:
            return
        urls = {absolute(response.url, link): changed for link, changed in sitemap_entries(text)}
        known = {} if self.refetch else self.crawl_state.get(url for url in urls if url)
        for url, changed in urls.items():
            row = known.get(url) if url else None
            if row and row.complete:
                due = is_newer(changed, row.checked_at) if changed else (row.next_check or "") <= warc_date(now())
                if not due:
                    continue
            if url and self.addresses.is_own(url) and not self.is_done():
                meta = {"old_host": response.meta.get("old_host", False), "root": response.meta.get("root", url)}
                self.turns.lead(url)
                yield self.list_request(url, self.parse_sitemap, SITEMAP_PRIORITY, row, sitemap_depth=depth + 1, **meta)

    def parse_section(self, response: Response) -> Iterator[Request]:
        """Follow the articles of one page of a list, then its next page as long as pages bring new ones."""
        try:
            section = self.read_section(response)
        except ReadingLimitError as error:
            self.note_unread(response, error)
            self.crawl_state.note_incomplete(response.meta.get("root", response.url))
            yield from self.list_done(response)
            return
        found = self.read_list(response, section.links)
        seen = response.meta.get("seen", [])
        shown = set(seen)
        new = [address.article for address in found if address.article not in shown]
        unknown = self.sort_out(response, "section", found)
        yield from self.follow_addresses(unknown)
        yield from self.list_done(response)
        page = response.meta.get("page", 1)
        if response.status == 304:
            return
        if not new:
            self.note("newsbot/pages_without_articles", f"no new article on page {page} of the list", response)
            return
        goes_on = page < self.max_pages and (not response.meta.get("incremental") or _any_of(unknown, new))
        if goes_on and (link := section.following):
            yield from self.follow_list(
                response, link, self.parse_section, priority=_NEXT_PAGE_PRIORITY, page=page + 1, seen=[*seen, *new]
            )

    def follow_waiting(self) -> None:
        """Look again at known articles, then at the next of long sitemaps: the crawl has nothing else to do."""
        self.turns.end_all()
        requests = self.backfill.idle() if self.backfill else list(self.release())
        if not requests:
            requests = [self.article_request(row.key.partition(":")[2], row.url, known=row) for row in self._due]
            self._due = []
        if not requests:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            if not batch:
                return
            requests = list(self.follow_addresses(batch))
        for request in requests:
            self.crawler.engine.crawl(request)
        raise DontCloseSpider

    def follow_rest(self) -> Iterator[Request]:
        """Yield the requests for all articles that still wait, for whoever needs no pauses."""
        while self._waiting:
            yield from self.follow_addresses([self._waiting.popleft()])


def _any_of(addresses: Iterable[Address], articles: Iterable[str]) -> bool:
    return not {address.article for address in addresses}.isdisjoint(articles)
