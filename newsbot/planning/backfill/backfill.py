"""A crawl of a source's past: one list after another, page by page; a page is done when all that it names is kept.

Articles that are known, or that a list dates outside the window, are not fetched. The position in each list is saved
once the captures are on disk, so that an interrupted backfill resumes there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from scrapy.http import Request, Response

from archive.clock import now
from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.lists.list_dates import day_span
from newsbot.planning.backfill.cursors import Cursor
from newsbot.planning.backfill.estimate import Estimate, articles_left
from newsbot.planning.backfill.list_page import Listed, ListPage, section_page, sitemap_page
from newsbot.planning.backfill.lists import Lists, lists_of, sitemaps_of
from newsbot.planning.backfill.memory import Memory
from newsbot.planning.backfill.page import PageInWork, Question, middle_out
from newsbot.planning.backfill.walk import Walk
from newsbot.planning.backfill.window import Window
from newsbot.planning.schedule import read_date
from newsbot.planning.strategy import Strategy
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import absolute
from newsbot.state.state import State
from newsbot.state.versions import ReadVersion
from newsbot.vietnamese.dates import VIETNAM

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from newsbot.planning.discovery import Discovery

_LIST_PRIORITY: Final = 10
#: Maximum number of articles looked at to learn which days a page is of.
_TRIES: Final = 3
#: Number of articles between two progress lines.
_TELL_AFTER: Final = 100
#: After this time articles may have been taken down, so that others have moved up a page: the last page is read again.
_MAY_HAVE_MOVED: Final = timedelta(days=1)


class Backfill(Strategy):
    """Walks through a spider's lists, one at a time: politeness allows their host one request at a time anyway."""

    reads_dates = True
    asks_lists = False

    def __init__(self, spider: Discovery, window: Window):
        self.window = window
        #: What is known: nothing, until `remember`.
        self.memory = Memory(spider, window)
        self._spider = spider
        self._lists = Lists((), {})
        self._walk: Walk | None = None
        # Each waits for articles; if there is neither, a page of the list under way has been requested.
        self._work: PageInWork | None = None
        self._question: Question | None = None
        #: The last capture that belongs to an article.
        self._sequence = 0
        self._began, self._fetched = monotonic(), 0

    def remember(self, state: State, read_version: ReadVersion) -> None:
        self.memory = Memory(self._spider, self.window, state, read_version)

    def note_durable(self, synced: int) -> None:
        self.memory.flush(synced)

    def reading_arguments(self) -> dict[str, str]:
        return {name: day for name, day in zip(("since", "until"), self.window.names(), strict=True) if day}

    def requests(self) -> list[Request]:
        lists = lists_of(self._spider, self.window, now().astimezone(VIETNAM).date())
        self._lists = Lists(lists, self.memory.rows())
        return self._next_list()

    def parse_sitemap(self, response: Response) -> Iterator[Request | None]:
        """Read a sitemap, or one that names others; None is a good moment for other work."""
        page = yield from sitemap_page(self._spider, response)
        yield from self._go_through(page, response)

    def _go_through(self, page: ListPage | None, response: Response) -> list[Request]:
        walk = self._under_way()
        if page is None or page.breaks_off:
            self._lists.leave_unread(walk.of.url)
        if page is None:
            return self._unreadable(response)
        if not page.sitemaps:
            return self._begin_work(self.memory.complete(page))
        children = sitemaps_of(self._spider, response, page.sitemaps, self.window, walk.of)
        done = self._lists.open_index(walk.cursor._replace(done_at=page.capture.date), children, walk.of.parent)
        self.memory.put(page.capture.sequence, done)
        return self._next_list()

    def parse_section(self, response: Response) -> list[Request]:
        """Read a page of a section or an archive."""
        walk = self._under_way()
        try:
            found = section_page(self._spider, response, walk.cursor.kind)
        except ReadingLimitError as error:
            self._spider.note_unread(response, error)
            return self._next_list()
        if found is None:
            return self._unreadable(response)
        page = self.memory.complete(found)
        if not walk.is_looking:
            return self._begin_work(page)
        if (too_new := walk.is_too_new(page)) is not None:
            return self._judged(page, too_new=too_new)
        untold = {id: each for id, each in page.without(walk.beside).items() if each.span is None}
        self._question = Question(page, deque(middle_out(untold)[:_TRIES]))
        return self._ask_about(self._question)

    def list_failed(self, failure: Failure) -> list[Request]:
        """Leave a list that cannot be read to another run."""
        self._spider.logger.info("Left for another run, since it cannot be read: %s", failure.request.url)
        return self._next_list()

    def _unreadable(self, response: Response) -> list[Request]:
        self._spider.note("newsbot/blocked_lists", "no list, but a wall or an error: left for another run", response)
        return self._next_list()

    def article_ended(self, article_id: str, capture: Capture | None, published_at: str | None) -> list[Request]:
        """Note that an article was fetched, or cannot be; returns what to request next."""
        article, span = article_id.partition(":")[2], day_span(published_at)
        self._sequence = max(self._sequence, capture.sequence if capture else 0)
        self._fetched += 1
        if self._fetched % _TELL_AFTER == 0:
            self._tell()
        self.memory.ended(article, self._sequence, span)
        question, work = self._question, self._work
        if question and question.asked and question.asked.article == article:
            question.take(span, self.window)
            return self._ask_about(question)
        if work and article in work.pending:
            work.end(article, self._sequence, span, self.window)
            return self._fetch(work)
        return []

    def age_of(self, article: Article | None, capture: Capture) -> timedelta:
        """Return the minimum age of an article: without a date of its own, it may be of the window's last day."""
        read, day = read_date(capture.date), day_span(article.published_at) if article else None
        last = day.last if day else self.window.end(read.astimezone(VIETNAM).date())
        return max(timedelta(), read - datetime.combine(last, time.max, VIETNAM))

    def idle(self) -> list[Request]:
        """Go on without requests that will never be answered, such as one redirected to another article's address."""
        requests: list[Request] = []
        lost = dict(self._work.pending) if self._work else {}
        if self._question and self._question.asked:
            lost[self._question.asked.article] = self._question.asked.url
        for article, url in lost.items():
            article_id = f"{self._spider.name}:{article}"
            known = self._spider.crawl_state.get([article_id]).get(article_id)
            self._spider.crawl_state.note_failure(article_id, url, known, "")
            requests += self.article_ended(article_id, None, None)
        if not lost and self._walk and not self._work and not self._question:
            return self._next_list()
        return requests

    # From list to list

    def _under_way(self) -> Walk:
        assert self._walk is not None
        return self._walk

    def _next_list(self) -> list[Request]:
        self._walk = self._work = self._question = None
        following = None if self._spider.is_done() else self._lists.take()
        self._tell()
        if following is None:
            return []
        url, kind = following.url, following.kind
        cursor = self._lists.rows.get(url) or Cursor(self._spider.name, *self.window.names(), url, kind)
        is_looking = bool(self.window.until) and kind == "section" and not cursor.reached
        self._walk = Walk(cursor, self.window, following, is_looking=is_looking)
        if cursor.next_url is None:
            return [self._request(url, 1)]
        if now() - read_date(cursor.done_at) > _MAY_HAVE_MOVED:
            return [self._request(cursor.last_url, cursor.next_page - 1)]
        return [self._request(cursor.next_url, cursor.next_page)]

    def _request(self, url: str, page: int, *, may_be_missing: bool = False) -> Request:
        cursor = self._under_way().cursor
        meta = {"root": cursor.root, "page": page, "old_host": self._spider.is_on_old_host(cursor.root)}
        if may_be_missing:
            meta |= {"may_be_missing": True, "handle_httpstatus_list": [404, 410]}
        read = self.parse_sitemap if cursor.kind == "sitemap" else self.parse_section
        return Request(url, read, errback=self.list_failed, priority=_LIST_PRIORITY, dont_filter=True, meta=meta)

    def _leave_behind(self, page: ListPage, sequence: int) -> list[Request]:
        """Note that a page is done, to be saved once its captures are on disk, and go on to the next.

        One that breaks off is not done, even if it links to the next page: the next run requests it again.
        """
        walk = self._under_way()
        if page.breaks_off:
            return self._next_list()
        cursor = self._lists.rows[walk.of.url] = walk.cursor
        self.memory.put(sequence, [cursor])
        if cursor.next_url is None:
            self.memory.put(sequence, self._lists.done(walk.of.url, walk.of.parent, cursor.done_at))
            return self._next_list()
        if self._spider.most_pages and walk.pages >= self._spider.most_pages:
            return self._next_list()
        self._tell()
        if following := walk.following():
            return self._begin_work(following)
        return [self._request(cursor.next_url, cursor.next_page)]

    # To the first page of the window

    def _ask_about(self, question: Question) -> list[Request]:
        requests = question.ask(self._spider, self.memory, self.window)
        if question.verdict is None:
            return requests
        self._question = None
        return self._judged(question.page, too_new=question.verdict)

    def _judged(self, page: ListPage, *, too_new: bool) -> list[Request]:
        walk = self._under_way()
        if walk.search is not None:
            number = walk.note(page, too_new=too_new)
        elif not too_new:
            walk.is_looking = False
            return self._begin_work(page)
        elif page.number == 1 and page.following and self._spider.page_address(page.following, 3):
            number = walk.begin_search(page)
        else:
            walk.go_on(page, [], 0, is_new=True)
            return self._leave_behind(page, page.capture.sequence)
        if number is None:
            return self._begin_work(walk.end_search())
        link = self._spider.page_address(walk.second, number)
        return [self._request(absolute(page.url, link or "") or walk.second, number, may_be_missing=True)]

    # Through the articles of a page

    def _begin_work(self, page: ListPage) -> list[Request]:
        walk = self._under_way()
        own = page.without(walk.seen)
        walk.seen.update(page.articles)
        if walk.of.period:
            own = {id: Listed(each.address, each.span or walk.of.period) for id, each in own.items()}
        wanted = {id: each.address for id, each in own.items() if self.window.may_hold(each.span)}
        known = self.memory.known(wanted)
        self._spider.count("newsbot/known", len(known))
        self._spider.count("newsbot/of_other_days", len(own) - len(wanted))
        waiting = deque(address for id, address in wanted.items() if id not in known)
        self._work = PageInWork(page, own, waiting, sequence=page.capture.sequence)
        return self._fetch(self._work)

    def _fetch(self, work: PageInWork) -> list[Request]:
        requests = work.ask(self._spider)
        return self._end_work(work) if work.is_done else requests

    def _end_work(self, work: PageInWork) -> list[Request]:
        spans = work.spans()
        if not spans:
            looked_at = [address.article for address in middle_out(work.own)[:_TRIES]]
            spans = [span for article in looked_at if (span := self.memory.day_of(article))]
        self._work = None
        self._under_way().go_on(work.page, spans, work.asked, is_new=bool(work.own), is_past=work.is_past)
        return self._leave_behind(work.page, work.sequence)

    def _tell(self) -> None:
        """Log the progress, and put it into the stats."""
        lists, days = self._lists, (self.window.since, self.window.end(now().astimezone(VIETNAM).date()))
        left, unknown = articles_left(lists.rows.values(), lists.untouched(), *days)
        if self._work:
            left += len(self._work.waiting) + len(self._work.pending)
        seconds = round(left * (monotonic() - self._began) / self._fetched) if self._fetched else None
        estimate = Estimate(*lists.counts(), left, unknown, seconds)
        self._spider.logger.info("Backfill: %s", estimate)
        for stat, value in estimate.stats().items():
            if self._spider.crawler.stats is not None:
                self._spider.crawler.stats.set_value(stat, value)
