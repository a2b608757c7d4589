"""Rebuilds the state from WARCs alone: what was published, and what is known of each article and list.

Captures are taken in the order in which they were made, through the same code as in a crawl, so that the same is
decided.
What left no capture behind, such as a request that failed, is not in the result.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.collection import Collection
from newsbot.crawl_state import Answer, CrawlState
from newsbot.items import Article
from newsbot.page import absolute
from newsbot.reader import Reader
from newsbot.rebuild import Rebuild
from newsbot.removal import GONE_STATUSES, REDIRECTS, is_sent_to_front
from newsbot.resources import Resources
from newsbot.spider import NewsSpider
from newsbot.state import State

_ALL = sys.maxsize


class StateRebuild(Rebuild):
    """Rebuilds into an empty database.

    :param folder: where the lines go, which nobody needs.
    """

    def __init__(
        self,
        crawlers: Iterable[Crawler],
        folder: Path,
        max_bytes: int,
        collection: Collection | None,
        state: State,
        gaps: Sequence[timedelta],
    ):
        crawlers = list(crawlers)
        super().__init__(crawlers, folder, max_bytes, collection, state)
        resources = Resources(state)
        self._replays = {crawler.spidercls.name: _Replay(crawler, resources, gaps) for crawler in crawlers}

    def observe(self, path: Path, response: Response) -> None:
        for replay in self._replays.values():
            if replay.spider.addresses.is_own(response.url):
                replay.take(path, response)
                return

    def close(self) -> None:
        for replay in self._replays.values():
            replay.end_run()
        super().close()


class _Replay:
    """One source's runs, played from their captures."""

    def __init__(self, crawler: Crawler, resources: Resources, gaps: Sequence[timedelta]):
        self._reader = Reader(crawler)
        self._resources = resources
        self._gaps = gaps
        self._run = ""
        #: The requests for lists that the run may have made.
        self._expected: dict[str, Request] = {}
        #: Articles that lists have named first, and those that were answered: the others are known to have failed.
        self._asked: dict[str, str] = {}
        self._answered: set[str] = set()
        self.spider: NewsSpider = self._reader.spider

    def take(self, path: Path, response: Response) -> None:
        run = path.name.removesuffix(".open").rpartition("-")[2]
        if run != self._run:
            self.end_run()
            self._begin(run)
        if request := self._expected.get(response.url):
            self._read_list(request, response)
        elif self.spider.article_id(response.url):
            self._read_article(response)

    def _begin(self, run: str) -> None:
        self._run = run
        self._asked, self._answered = {}, set()
        crawler = self._reader.spider.crawler
        spider = crawler.spidercls.from_crawler(crawler)
        assert isinstance(spider, NewsSpider)
        self.spider = spider
        spider.crawl_state = CrawlState(spider.name, self._resources, self._gaps)
        lists = spider.lists()
        known = spider.crawl_state.get(lists)
        self._expected = {url: spider.list_request(url, *lists[url], known.get(url)) for url in lists}

    def end_run(self) -> None:
        """Write what the run has learnt."""
        if not self._run:
            return
        self._asked |= {request.meta["article_id"]: request.url for request in self.spider.follow_rest()}
        for article_id, url in self._asked.items():
            if article_id not in self._answered:
                self.spider.crawl_state.note_failure(article_id, url, None)
        self.spider.crawl_state.close(_ALL, complete=True)

    def _read_list(self, request: Request, response: Response) -> None:
        if response.status in REDIRECTS:
            target = absolute(response.url, (response.headers.get("Location") or b"").decode("latin-1"))
            if target:
                self._expected.setdefault(target, request)
            return
        decoded = self._reader.decode(response)
        if decoded is None or response.status not in (200, 304):
            return
        decoded.request = response.request.replace(meta={**request.meta, **response.meta})  # type: ignore[union-attr]
        assert request.callback is not None
        for found in request.callback(decoded):
            if not isinstance(found, Request):
                continue
            if "article_id" in found.meta:
                self._asked[found.meta["article_id"]] = found.url
            else:
                self._expected.setdefault(found.url, found)

    def _read_article(self, response: Response) -> None:
        article_id = self.spider.article_id(response.url)
        decoded = self._reader.decode(response)
        gone = response.status in GONE_STATUSES or is_sent_to_front(response, self.spider.addresses)
        if article_id is None or decoded is None or not (gone or response.status in (200, 304)):
            return
        readable = True
        if not gone and response.status == 200:
            readable = isinstance(self.spider.read_page(decoded), Article)
        elif response.status in REDIRECTS:
            readable = False
        self._answered.add(article_id)
        state = self.spider.crawl_state
        known = state.get([article_id]).get(article_id)
        answer = Answer(response.status, response.headers, readable=readable)
        state.note_article(article_id, response.meta["capture"], answer, known)
