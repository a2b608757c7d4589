"""How a source's articles are found: feeds and sitemaps first, then sections page by page.

What is known is not asked for again before its time, and lists that bring nothing of their own are asked rarely.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response

from archive.clock import now
from archive.records.run_record import warc_now
from newsbot.lists.feeds import Feed
from newsbot.lists.menu import section_key
from newsbot.lists.sitemaps import DEPTH, Entry
from newsbot.planning.backfill.backfill import Backfill
from newsbot.planning.backfill.window import read_window
from newsbot.planning.crawl_state import CrawlState
from newsbot.planning.index_children import Waiting, order_children
from newsbot.planning.list_reading import ListReading
from newsbot.planning.list_requests import Tally
from newsbot.planning.news import BATCH, News
from newsbot.planning.schedule import choose
from newsbot.planning.spider_arguments import whole_number
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import absolute
from newsbot.state.resources import Resource
from newsbot.state.state import State
from newsbot.state.versions import ReadVersion
from newsbot.vietnamese.dates import VIETNAM

# Feeds are the cheapest and the newest; an article is fetched before the next page of its list.
_FEED_PRIORITY: Final = 30
_SITEMAP_PRIORITY: Final = 20
_SECTION_PRIORITY: Final = 10
_NEXT_PAGE_PRIORITY: Final = -10
#: Maximum number of sitemaps of an index that are remembered.
_MOST_CHILDREN: Final = 50_000
#: Entries of a sitemap that are looked up at once.
_PART: Final = 2_000
#: Sections of a menu asked for in one run, beside new ones.
_MENU_AT_ONCE: Final = 2
#: Sitemaps of an index asked for before sections are; the others follow when there is nothing else to do.
_LEADING: Final = 10


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
        self.news = News(self)
        self.strategy = Backfill(self, window) if window else self.news

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.go_on, signals.spider_idle)
        return spider

    def remember(self, crawl_state: CrawlState, state: State, read_version: ReadVersion) -> None:
        """Take up what is known."""
        self.crawl_state = crawl_state
        self.strategy.remember(state, read_version)

    async def start(self) -> AsyncIterator[Request]:
        for request in self.strategy.requests():
            yield request

    def list_requests(self) -> Iterator[Request]:
        """Yield requests for the feeds and sitemaps that this run asks, or for its sections if there are none."""
        lists = self.lists()
        known = {} if self.refetch else self.crawl_state.get(lists)
        asked, left = choose(lists, known, warc_now())
        if self.refetch or self.is_told_sections:
            asked, left = list(lists), []
        requests = {url: self.list_request(url, *lists[url], known.get(url)) for url in lists}
        leading = [url for url in asked if lists[url][1] > _SECTION_PRIORITY]
        self.turns.leads.update(leading)
        self.turns.hold((requests[url] for url in asked if url not in leading), (requests[url] for url in left))
        yield from (requests[url] for url in leading)
        yield from self.release()

    def lists(self) -> dict[str, tuple[Any, int]]:
        """Return the lists that may be asked for by URL, each with what reads it and the priority of its request."""
        lists: dict[str, tuple[Any, int]] = {}
        if not self.strategy.asks_lists:
            return lists
        for paths, callback, priority in (
            (self.feeds, self.parse_feed, _FEED_PRIORITY),
            (self.sitemaps, self.parse_sitemap, _SITEMAP_PRIORITY),
            (self._sections(), self.parse_section, _SECTION_PRIORITY),
        ):
            for path in paths:
                if url := absolute(self.home, path):
                    lists[url] = callback, priority
        return lists

    def _sections(self) -> Iterable[str]:
        """Return the sections, and the front page where its menu names others."""
        is_asked = self.sections_from_menu and not self.is_told_sections and "" not in self.sections
        return ("", *self.sections) if is_asked else self.sections

    def hold_menu(self, menu: Sequence[str]) -> None:
        """Hold the requests for sections that a menu names: new ones, and some whose time has come."""
        if not menu or self.is_told_sections:
            return
        listed = {section_key(url) for url in self.lists()}
        named = [url for url in menu if section_key(url) not in listed]
        known, moment = {} if self.refetch else self.crawl_state.get(named), warc_now()
        # What was not there the last time is asked for less and less often.
        named = [
            url
            for url in named
            if not (url in known and known[url].failures and (known[url].next_check or "") > moment)
        ]
        asked, left = choose(named, known, moment, _MENU_AT_ONCE)
        requests = {url: self.menu_request(url, known.get(url)) for url in named}
        self.turns.hold((requests[url] for url in asked), (requests[url] for url in left))

    def menu_request(self, url: str, known: Resource | None) -> Request:
        """Return the request for a section that nobody but a menu names: it may lead nowhere, which is no failure."""
        return self.list_request(url, self.parse_section, _SECTION_PRIORITY, known, may_be_missing=True, in_menu=True)

    def parse_feed(self, response: Response) -> Iterator[Request]:
        if response.status == 304:
            self.note_unchanged(response, "feed")
        else:
            feed = Feed.of(response)
            found = self.read_list(response, [self.likeliest(response, links) for links in feed])
            yield from self.follow_addresses(self.sort_out(response, "feed", found))
            if feed.shortfall:
                self.note_unread_list(response, "feed", feed.shortfall)
        yield from self.list_done(response.meta)

    def parse_sitemap(self, response: Response) -> Iterator[Request | None]:
        """Follow what a sitemap names; None is a good moment for other work (`newsbot.fetching.turns`)."""
        if response.status == 304:
            self.note_unchanged(response, "sitemap")
        else:
            yield from self.read_sitemap(response)
        yield from self.list_done(response.meta)

    def read_sitemap(self, response: Response) -> Iterator[Request | None]:
        """Yield requests for what a sitemap names that may be new: part by part, since it may name any number.

        Stats: ``newsbot/sitemaps_put_off`` (those with more new articles than wait at once, or with more sitemaps).
        """
        sitemap, tally, number, is_put_off = self.sitemap_of(response), Tally(), 0, False
        children: dict[str, str | None] = {}
        steps = sitemap.steps()
        while part := (yield from _next_part(steps)):
            children |= self.own_sitemaps(response, part)
            found = self.read_addresses(response, [entry.url for entry in part if not entry.is_sitemap])
            number += len(found)
            if self.news.is_full() or len(children) > _MOST_CHILDREN:
                is_put_off = True
                break
            new = self.sort_part(response, found, tally)
            at_once = new[: max(0, BATCH + len(new) - tally.new)]
            yield from self.follow_addresses(at_once)
            self.news.put_off(new[len(at_once) :])
        if children:
            tally.own = True
        else:
            self.count_listing(response, number)
        self.note_list(response, "sitemap", tally)
        if sitemap.shortfall:
            self.note_unread_list(response, "sitemap", sitemap.shortfall)
        all_follow = yield from self.follow_sitemaps(response, children)
        if is_put_off or not all_follow:
            self.note(
                "newsbot/sitemaps_put_off", "it names more than waits at once: the rest is for another run", response
            )
            self.note_incomplete(response.meta)

    def own_sitemaps(self, response: Response, entries: Iterable[Entry]) -> dict[str, str | None]:
        """Return the sitemaps of the source's own that a sitemap names, each with its last change as that is given."""
        found = ((absolute(response.url, entry.url), entry.changed) for entry in entries if entry.is_sitemap)
        return {url: changed for url, changed in found if url and self.addresses.is_own(url)}

    def follow_sitemaps(self, response: Response, children: Mapping[str, str | None]) -> Generator[Request, None, bool]:
        """Yield requests for the first of those sitemaps of an index that are to be asked for; the others wait.

        Returns False if they are more than can wait.
        """
        depth = response.meta.get("sitemap_depth", 1)
        if depth >= DEPTH or not children or self.is_done():
            return True
        known = {} if self.refetch else self.crawl_state.get(children)
        above = (*response.meta.get("above", ()), response.meta.get("list", response.url))
        old_host = response.meta.get("old_host", False)
        ordered = order_children(children, known, now(), self.sitemap_month)
        waiting = [Waiting(url, depth + 1, above, old_host) for url in ordered]
        for each in waiting[:_LEADING]:
            self.turns.leads.add(each.url)
            yield self.sitemap_request(each, known.get(each.url))
        return self.news.backlog.add(waiting[_LEADING:])

    def sitemap_request(self, each: Waiting, known: Resource | None) -> Request:
        """Return the request for a sitemap that others name."""
        meta = {"old_host": each.old_host, "root": each.above[0], "above": each.above, "sitemap_depth": each.depth}
        return self.list_request(each.url, self.parse_sitemap, _SITEMAP_PRIORITY, known, **meta)

    def parse_section(self, response: Response) -> Iterator[Request]:
        """Follow the articles of one page of a list, then its next page as long as pages bring new ones."""
        meta, section = response.meta, None
        if response.status == 304:
            self.note_unchanged(response, "section")
        else:
            try:
                section = self.read_section(response)
            except ReadingLimitError as error:
                self.note_unread(response, error)
                self.crawl_state.note_incomplete(meta.get("root", response.url))
        if section is None:
            yield from self.list_done(meta)
            return
        found = self.read_list(response, section.links)
        page, seen = meta.get("page", 1), meta.get("seen", [])
        shown = set(seen)
        new = [address.article for address in found if address.article not in shown]
        unknown = self.sort_out(response, "section", found)
        yield from self.follow_addresses(unknown)
        self.note_section_shortfall(response, "section", section)
        self.hold_menu(section.menu)
        yield from self.list_done(meta)
        if not new:
            self.note("newsbot/pages_without_articles", f"no new article on page {page} of the list", response)
            return
        brings_any = not meta.get("incremental") or any(address.article not in shown for address in unknown)
        goes_on = page < self.max_pages and brings_any and not self.is_done()
        if not goes_on or not (url := section.following):
            return
        if self.addresses.is_own(url):
            following = {name: meta.get(name) for name in ("old_host", "root", "incremental")}
            following |= {"page": page + 1, "seen": [*seen, *new]}
            yield Request(
                url, self.parse_section, errback=self.list_failed, priority=_NEXT_PAGE_PRIORITY, meta=following
            )
        else:
            self.note("newsbot/next_pages_elsewhere", f"its next page is on no host of the source: {url}", response)

    def go_on(self) -> None:
        """Ask for what comes next: all that was asked for so far has been answered."""
        if not (requests := self.strategy.idle()):
            return
        for request in requests:
            self.crawler.engine.crawl(request)
        raise DontCloseSpider


def _next_part(steps: Iterator[Entry | None]) -> Generator[None, None, list[Entry]]:
    """Return the next entries of a sitemap, none if there are no more; yields where it is a moment for other work."""
    part: list[Entry] = []
    for entry in steps:
        if entry is None:
            yield
        else:
            part.append(entry)
            if len(part) >= _PART:
                break
    return part
