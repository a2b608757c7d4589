"""A crawl in small: a spider walks its site of the replica in this process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from urllib.parse import urlsplit

from scrapy import Request as Wanted
from twisted.python.failure import Failure

from newsbot.items import Article
from newsbot.spider import NewsSpider
from tests.harness.pages import reply
from tests.replica.newspaper import Newspaper
from tests.replica.request import Request as Asked
from tests.replica.site import Reply


class Walk:
    """Redirects are followed, an article is asked for once, nothing is fetched twice."""

    def __init__(self, spider: NewsSpider, site: Newspaper, *, dead: Iterable[str] = ()) -> None:
        self.spider, self.site, self.dead = spider, site, frozenset(dead)
        self.articles: dict[str, Article] = {}
        self.asked: list[str] = []
        self._seen: set[str] = set()
        self._queue: deque[Wanted] = deque()

    def run(self) -> Walk:
        async def start() -> None:
            async for request in self.spider.start():
                assert isinstance(request, Wanted)
                self._add(request)

        asyncio.run(start())
        while self._queue:
            self._fetch(self._queue.popleft())
        return self

    def _add(self, request: Wanted) -> None:
        key = request.meta.get("article_id", request.url)
        if request.dont_filter or key not in self._seen:
            self._seen.add(key)
            self._queue.append(request)

    def _fetch(self, request: Wanted) -> None:
        url, answer = request.url, Reply(301, headers=(("Location", request.url),))
        while answer.status == 301:
            self.asked.append(url)
            parts = urlsplit(url)
            if parts.hostname in self.dead:
                return self._fail(request)
            found = self.site.reply(Asked("GET", parts.scheme, parts.hostname or "", parts.path, parts.query))
            assert isinstance(found, Reply)
            answer, url = found, dict(found.headers).get("Location", url)
        if answer.status != 200:
            return self._fail(request)
        response = reply(url, answer.body, headers=answer.headers)
        response.request = request.replace(meta={**response.meta, **request.meta})
        assert request.callback is not None
        for result in request.callback(response):
            if isinstance(result, Article):
                self.articles[result.id] = result
            elif isinstance(result, Wanted):
                self._add(result)
        return None

    def _fail(self, request: Wanted) -> None:
        if request.errback is not None:
            failure = Failure(ConnectionError(request.url))
            failure.request = request
            for result in request.errback(failure):
                if isinstance(result, Wanted):
                    self._add(result)
