"""Plays a source's runs again for the state, which learns of lists and articles what the runs had learnt.

Exchanges pass the code of a crawl, in the order in which they were made, so that the same is decided.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.http import Response

from archive.clock import clock_at
from archive.records.run_record import Opening
from archive.replay.replay import Failed
from newsbot.items import Article
from newsbot.lists.gone import REDIRECTS, is_sent_away, redirect_target, says_something
from newsbot.planning.crawl_state import Answer, CrawlState
from newsbot.planning.list_requests import named_kind
from newsbot.planning.schedule import read_date
from newsbot.planning.spider_arguments import spider_arguments
from newsbot.publishing.joining import Joining
from newsbot.reading.limits import ReadingLimitError
from newsbot.replaying.captures import Reader, Unread
from newsbot.replaying.read_once import READ_ONCE, Found, ReadOnce
from newsbot.replaying.replay import Consumer
from newsbot.spider import NewsSpider
from newsbot.state.resources import Resource, Resources
from newsbot.state.runs import ARGUMENTS_SETTING, Run

_ALL = sys.maxsize


class StateReplay(Consumer):
    """Plays runs of one source, one after another: `begin`, `take` each exchange, `end`.

    :raises ArchiveError: from every method, if the state cannot be read or written.
    """

    def __init__(self, crawler: Crawler, resources: Resources, gaps: Sequence[timedelta], unread: Unread):
        self._reader = Reader(crawler, unread)
        self._resources = resources
        self._gaps = gaps
        self.spider: NewsSpider = self._reader.spider

    def begin(self, opening: Opening | None = None, started: str = "") -> None:
        """Begin a run.

        :param opening: has the arguments that the operator gave the spider (-a); None for another crawler's run.
        :param started: WARC-Date at which a run began that has no opening.
        """
        #: Those of the expected requests for lists that a list has named.
        self._named: set[str] = set()
        #: Those for sitemaps that wait until there is nothing else to do.
        self._backlog: set[str] = set()
        #: Lists that others have named and whose exchanges failed.
        self._failed_lists: set[str] = set()
        #: The sitemaps that name them, by how many of them wait.
        self._open: Counter[str] = Counter()
        #: Where requests for articles were sent on to.
        self._sent_to: dict[str, str] = {}
        self._joining = Joining()
        arguments = opening.settings.get(ARGUMENTS_SETTING) if opening else None
        self.spider = self._new_spider(arguments if isinstance(arguments, dict) else {})
        started = opening.started if opening else started
        started = started if _moment(started) else ""
        self.spider.crawl_state = CrawlState(self.spider.name, self._resources, self._gaps, started)
        if opening:
            self.spider.strategy.plan()
        lists = self.spider.lists()
        known = {} if self.spider.refetch else self.spider.crawl_state.get(lists)
        #: The requests for lists that the run may have made.
        self._expected = {url: self.spider.list_request(url, *lists[url], known.get(url)) for url in lists}

    def _new_spider(self, arguments: Mapping[str, str]) -> NewsSpider:
        crawler = self._reader.spider.crawler
        taken = spider_arguments(crawler.spidercls)
        try:
            spider = crawler.spidercls.from_crawler(crawler, **{n: v for n, v in arguments.items() if n in taken})
        except UsageError:  # of another newsbot's
            spider = crawler.spidercls.from_crawler(crawler)
        assert isinstance(spider, NewsSpider)
        return spider

    def take(self, found: Response | Failed) -> None:
        if isinstance(found, Failed):
            if request := self._expected.get(found.url):
                if found.url in self._backlog:
                    self._settle(found.url)
                self._note_list_failure(request, found.url, found.date)
            elif article_id := self._article_of(found.url):
                self._note_failure(article_id, found.url, found.date)
            return
        moment = _moment(found.meta["capture"].date)
        if moment is None:
            return
        with self._reader.unread.catching(found), clock_at(moment):
            if request := self._expected.get(found.url):
                self._read_list(request, found)
            elif article_id := self._article_of(found.url):
                self._read_article(article_id, found)
            elif self.spider.addresses.page_at(found.url) and (page := self._reader.further_page(found)) is not None:
                self._joining.take(page)

    def end(self, run: Run | None = None) -> None:
        """Write what the run has learnt.

        :param run: how it ended; None: it was killed, and the next run reads its lists again.
        """
        state = self.spider.crawl_state
        if run and run.complete:
            self._note_unread(self._named | self._backlog)
        for article in self._joining.end():
            state.note_lacking(article.id)
        state.close(_ALL, complete=bool(run and run.complete))

    def _note_unread(self, urls: set[str]) -> None:
        """Note that lists which others have named were asked for in vain, and so those are not complete."""
        for meta in (self._expected[url].meta for url in urls):
            self.spider.note_incomplete(meta)
            if (kind := named_kind(meta)) and meta["list"] not in self._failed_lists:
                self._note_failed_list(meta, kind, "")

    def _settle(self, url: str) -> None:
        """Take what lists have named for asked for: a sitemap that waits is asked for when there is nothing else."""
        self._note_unread(self._named - self._backlog)
        self.spider.crawl_state.settle(but=+self._open)
        self._backlog.discard(url)
        self._open.subtract(self._expected[url].meta["above"])

    def _read_list(self, request: Request, response: Response) -> None:
        if response.url in self._backlog:
            self._settle(response.url)
        if response.status in REDIRECTS and (target := redirect_target(response)):
            if target not in self._expected:
                self._expected[target] = request
                if response.url in self._named:
                    self._named.add(target)
            self._named.discard(response.url)
            return
        decoded = self._reader.decode(response)
        if decoded is None or response.status not in (200, 304):
            self._note_list_failure(request, response.url, response.meta["capture"].date)
            return
        self._named.discard(response.url)
        meta = {**request.meta, **response.meta}
        known = meta.get("known")
        if known and known.checked_at >= meta["capture"].date:
            meta.pop("list", None)  # the run itself has noted that
        decoded.request = response.request.replace(meta=meta)  # type: ignore[union-attr]
        assert request.callback is not None
        for found in request.callback(decoded):
            if isinstance(found, Request) and "article_id" not in found.meta and found.url not in self._expected:
                self._expected[found.url] = found
                self._named.add(found.url)
        self.spider.news.take_rest()
        for waiting in self.spider.news.rest_of_sitemaps():
            if waiting.url not in self._expected:
                self._expected[waiting.url] = waiting
                self._backlog.add(waiting.url)
                self._open.update(waiting.meta["above"])

    def _read_article(self, article_id: str, response: Response) -> None:
        capture = response.meta["capture"]
        at_front = is_sent_away(response, self.spider.addresses)
        is_redirect = response.status in REDIRECTS and not at_front
        if is_redirect and (target := redirect_target(response)):
            self._sent_to[target] = article_id
            return
        self.spider.crawl_state.note_sent(article_id)
        known = self._known(article_id)
        if known and known.checked_at >= capture.date:
            return  # the run itself has noted that
        decoded = self._reader.decode(response)
        is_answer = response.status == 304 or says_something(response.status)
        if decoded is None or is_redirect or not is_answer:
            self._note_failure(article_id, response.url, capture.date)
            return
        found, fails = None, response.status == 200
        with self._reader.unread.catching(response):
            try:
                found = self._page(decoded) if fails else None
                fails = False
            except ReadingLimitError:  # it is an answer all the same
                fails = False
                raise
        if fails:
            self._note_failure(article_id, response.url, capture.date)
            return
        article = found if isinstance(found, Article) else None
        if article is not None:
            self._joining.take(article)
        readable = article is not None if response.status == 200 else not at_front
        age = self.spider.strategy.age_of(article, capture)
        self.spider.crawl_state.note_article(article_id, Answer(response, readable=readable), known, age)

    def _page(self, response: Response) -> Found:
        """Return what stands on an article's page, which others may have read before."""
        once: ReadOnce | None = response.meta.get(READ_ONCE)
        if once is None or self.spider.reading_arguments() != self._reader.spider.reading_arguments():
            return self.spider.read_page(response)
        return once.page(self.spider.name, response.meta["capture"], lambda: self.spider.read_page(response))

    def _note_failure(self, article_id: str, url: str, date: str) -> None:
        self.spider.crawl_state.note_sent(article_id)
        known = self._known(article_id)
        is_noted = known and (known.checked_at >= date or (known.failures and (known.next_check or date) >= date))
        if _moment(date) and not is_noted:
            self.spider.crawl_state.note_failure(article_id, url, known, date)

    def _note_list_failure(self, request: Request, url: str, date: str) -> None:
        self._named.add(url)
        if (kind := named_kind(request.meta)) and _moment(date):
            self._failed_lists.add(request.meta["list"])
            self._note_failed_list(request.meta, kind, date)

    def _note_failed_list(self, meta: Mapping[str, Any], kind: str, date: str) -> None:
        state, known = self.spider.crawl_state, meta.get("known")
        if not state.has_noted_list_failure(known):
            state.note_list_failure(meta["list"], kind, known, date)

    def _article_of(self, url: str) -> str | None:
        return self.spider.article_id(url) or self._sent_to.get(url)

    def _known(self, article_id: str) -> Resource | None:
        if self.spider.refetch:
            return None
        return self.spider.crawl_state.get([article_id]).get(article_id)


def _moment(date: str) -> datetime | None:
    """Return the moment of a WARC-Date; None for one that no crawl of ours has written."""
    try:
        moment = read_date(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
