"""The strategy of a run for news: lists first, then known articles again, then what long sitemaps name."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from scrapy.http import Request

from newsbot.lists.addresses import Address
from newsbot.planning.index_children import Backlog, Waiting
from newsbot.planning.strategy import Strategy
from newsbot.state.resources import Resource

if TYPE_CHECKING:
    from newsbot.planning.discovery import Discovery

#: Maximum number of articles looked at again in one run; the rest wait for the next.
_RECHECKS: Final = 200
#: Articles of a sitemap asked for at once; a request takes ten times the room of the address that waits.
BATCH: Final = 200
#: Maximum number of addresses that wait: some 100 MB, and more than a run comes to.
_MOST_WAITING: Final = 100_000


class News(Strategy):
    """Asks for what lists name; long sitemaps and their children wait until there is nothing else to do."""

    def __init__(self, spider: Discovery):
        self._spider = spider
        self._waiting: deque[Address] = deque()
        #: Sitemaps that wait.
        self.backlog = Backlog()
        #: Articles to look at again, once lists have said what is new and where articles are now.
        self._due: list[Resource] = []

    def requests(self) -> Iterator[Request]:
        self.plan()
        yield from self._spider.list_requests()

    def plan(self) -> None:
        if self._spider.limit is None and not self._spider.refetch:
            self._due = self._spider.crawl_state.due_articles(_RECHECKS)

    def is_full(self) -> bool:
        """Whether no more addresses can wait."""
        return len(self._waiting) >= _MOST_WAITING

    def put_off(self, articles: Iterable[Address]) -> None:
        """Let articles wait."""
        self._waiting.extend(articles)

    def idle(self) -> list[Request]:
        spider = self._spider
        spider.turns.leads.clear()
        requests = list(spider.release())
        if not requests:
            requests = [spider.article_request(row.key.partition(":")[2], row.url, known=row) for row in self._due]
            self._due = []
        while not requests and self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            requests = list(spider.follow_addresses(batch))
        return requests or self._next_sitemap()

    def _next_sitemap(self) -> list[Request]:
        each = None if self._spider.is_done() else self.backlog.take()
        if each is None:
            return []
        # What is done is written down now: an index may name more than this run will ever come to.
        self._spider.crawl_state.settle(but={*self.backlog.open(), *each.above})
        return [self._sitemap_request(each)]

    def _sitemap_request(self, each: Waiting) -> Request:
        known = {} if self._spider.refetch else self._spider.crawl_state.get([each.url])
        return self._spider.sitemap_request(each, known.get(each.url))

    def take_rest(self) -> None:
        """Take all articles that still wait for asked for; used by replay."""
        for _ in self._spider.follow_addresses(self._waiting):
            pass
        self._waiting.clear()

    def rest_of_sitemaps(self) -> Iterator[Request]:
        """Yield the requests for all sitemaps that still wait, all at once; used by replay."""
        while each := self.backlog.take():
            yield self._sitemap_request(each)
