"""How a source's articles are found: feeds and sitemaps first, then sections page by page.

What is known is not asked for again before its time, and lists that bring nothing of their own are asked rarely.

Links come from strangers: nothing but http(s) on the source's own hosts is followed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, UsageError
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from selectolax.lexbor import LexborHTMLParser

from archive.clock import now
from newsbot.addresses import Address, Addresses
from newsbot.alternatives import Alternatives
from newsbot.crawl_state import Answer, CrawlState, validators
from newsbot.listings import feed_links, is_sitemap_index, sitemap_entries, sitemap_links
from newsbot.page import absolute, decode, gunzip
from newsbot.polling import choose
from newsbot.removal import GONE_STATUSES, Removal
from newsbot.resources import Resource
from newsbot.schedule import is_newer, warc_date

if TYPE_CHECKING:
    from twisted.python.failure import Failure

# Feeds are the cheapest and the newest; an article is fetched before the next page of its list.
_FEED_PRIORITY: Final = 30
_SITEMAP_PRIORITY: Final = 20
_SECTION_PRIORITY: Final = 10
_NEXT_PAGE_PRIORITY: Final = -10
_RECHECK_PRIORITY: Final = -20
#: A list of so many articles, all of them new, shows that much has happened since it was read.
_MANY: Final = 5
#: So many articles are looked at again in one run; the rest wait for the next.
_RECHECKS: Final = 200
_SITEMAP_DEPTH: Final = 3
#: So many articles of a sitemap are asked for at once; a request takes ten times the room of the address that waits.
_BATCH: Final = 200


class Discovery(scrapy.Spider):
    """Finds the articles of a source. What it reads of a page are links, never the article."""

    home: ClassVar[str]
    feeds: ClassVar[Iterable[str]] = ()
    sitemaps: ClassVar[Iterable[str]] = ()
    sections: Iterable[str] = ()
    next_page: ClassVar[str] = 'a[rel="next"][href], link[rel="next"][href]'
    pager: ClassVar[str] = ".pagination a[href], .pager a[href], .paging a[href], #page a[href]"
    max_pages: int = 20
    addresses: ClassVar[Addresses]
    #: What is known; the pipeline that publishes puts the one with a database here.
    crawl_state: CrawlState

    def __init__(
        self,
        name: str | None = None,
        *,
        limit: str | None = None,
        sections: str | None = None,
        max_pages: str | None = None,
        refetch: str | None = None,
        **kwargs: Any,
    ):
        """Take the operator's arguments.

        `-a limit=N` articles, `-a sections=a,b`, `-a max_pages=N` of each list, `-a refetch=yes`: as if nothing
        were known.
        """
        super().__init__(name, **kwargs)
        self.limit = _whole_number("limit", limit) if limit else None
        if max_pages:
            self.max_pages = _whole_number("max_pages", max_pages)
        if sections:
            known = {_stem(path): path for path in self.sections}
            self.sections = [known.get(_stem(path), path) for path in map(str.strip, sections.split(",")) if path]
        self.refetch = bool(refetch)
        self.crawl_state = CrawlState(self.name)
        self._every_list = self.refetch or bool(sections)
        self._asked: set[str] = set()
        #: Feeds and sitemaps under way: only what they do not name is to a section's credit, so sections wait for them.
        self._leads: set[str] = set()
        self._held: deque[Request] = deque()
        #: Lists that this run leaves out, unless another shows that much has happened.
        self._left: list[Request] = []
        self._alternatives = Alternatives()
        self._waiting: deque[Address] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.follow_waiting, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        for request in self.list_requests():
            yield request
        if self.limit is None and not self.refetch:
            for row in self.crawl_state.due_articles(_RECHECKS):
                yield self.article_request(row.key.partition(":")[2], row.url, known=row)

    def list_requests(self) -> Iterator[Request]:
        """Yield requests for the feeds and sitemaps that this run asks, or for its sections if there are none."""
        lists = self.lists()
        known = {} if self.refetch else self.crawl_state.get(lists)
        asked, left = choose(lists, known, warc_date(now()))
        if self._every_list:
            asked, left = list(lists), []
        requests = {url: self.list_request(url, *lists[url], known.get(url)) for url in lists}
        self._left = [requests[url] for url in left]
        self._leads = {url for url in asked if lists[url][1] > _SECTION_PRIORITY}
        self._held.extend(requests[url] for url in asked if url not in self._leads)
        yield from (requests[url] for url in asked if url in self._leads)
        yield from self.release()

    def lists(self) -> dict[str, tuple[Any, int]]:
        """Return all lists of the source by URL, each with what reads it and the priority of its request."""
        lists: dict[str, tuple[Any, int]] = {}
        for paths, callback, priority in (
            (self.feeds, self.parse_feed, _FEED_PRIORITY),
            (self.sitemaps, self.parse_sitemap, _SITEMAP_PRIORITY),
            (self.sections, self.parse_section, _SECTION_PRIORITY),
        ):
            for path in paths:
                url = absolute(self.home, path)
                if url:
                    lists[url] = callback, priority
        return lists

    def list_request(
        self, url: str, callback: Any, priority: int, known: Resource | None = None, **meta: Any
    ) -> Request:
        """Return the request for a list, conditional if it is known and is believed."""
        meta = {"old_host": not url.startswith(self.home), "root": url} | meta
        headers = validators(known, verify=True)
        if headers:
            meta["handle_httpstatus_list"] = [304]
        meta |= {"list": url, "known": known, "incremental": known is not None and bool(known.complete)}
        return Request(url, callback, errback=self.list_failed, headers=headers, priority=priority, meta=meta)

    def parse_feed(self, response: Response) -> Iterator[Request]:
        found = self.read_addresses(response, feed_links(_text(response)))
        yield from self.follow_addresses(self.sort_out(response, "feed", found))
        yield from self.list_done(response)

    def parse_sitemap(self, response: Response) -> Iterator[Request]:
        text = _text(response)
        if response.status == 200 and is_sitemap_index(text):
            self.sort_out(response, "sitemap", (), own=True)
            yield from self.follow_sitemaps(response, text)
        else:
            new = self.sort_out(response, "sitemap", self.read_addresses(response, sitemap_links(text)))
            self._waiting.extend(new[_BATCH:])
            yield from self.follow_addresses(new[:_BATCH])
        yield from self.list_done(response)

    def follow_sitemaps(self, response: Response, text: str) -> Iterator[Request]:
        """Yield requests for those sitemaps of an index that may have changed since they were read."""
        depth = response.meta.get("sitemap_depth", 1)
        if depth >= _SITEMAP_DEPTH:
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
                self._leads.add(url)
                yield self.list_request(
                    url, self.parse_sitemap, _SITEMAP_PRIORITY, row, sitemap_depth=depth + 1, **meta
                )

    def sort_out(self, response: Response, kind: str, found: Iterable[Address], *, own: bool = False) -> list[Address]:
        """Return those of a list's articles that were not known before this run, and note how the list is.

        :param own: it is to be asked in every run, whatever it brings.
        """
        ids = {f"{self.name}:{address.article}": address for address in found}
        known = {} if self.refetch else self.crawl_state.get(ids)
        new = [address for id, address in ids.items() if id not in known]
        root, row = response.meta.get("root", response.url), response.meta.get("known")
        self.crawl_state.found((id for id in ids if id not in known), root)
        self.crawl_state.adopt(known.values(), root, response.meta["capture"])
        own = own or any(self.crawl_state.found_on(id, known.get(id)) == root for id in ids)
        self.count("newsbot/known", len(known))
        if "list" in response.meta:
            answer = Answer(response.status, response.headers)
            if response.status == 304:
                self.count("newsbot/lists_unchanged")
                own = row is not None and not row.step
            self.crawl_state.note_list(
                response.meta["list"], kind, response.meta["capture"], answer, row, own=own, news=bool(new)
            )
            if row and new and answer.has_validators_of(row):
                self.note("newsbot/lying_validators", "it has changed, but its validators have not", response)
                self.crawl_state.note_lie(response.meta["list"])
            if row and row.complete and len(new) >= _MANY and not known:  # more may have happened than it shows
                self._held.extend(self._left)
                self._left = []
        return new

    def list_done(self, response: Response) -> Iterator[Request]:
        self._leads.discard(response.meta.get("list", ""))
        yield from self.release()

    def list_failed(self, failure: Failure) -> Iterator[Request]:
        """Note that a list or a part of it could not be read."""
        self.crawl_state.note_incomplete(failure.request.meta["root"])
        self._leads.discard(failure.request.meta.get("list", ""))
        yield from self.release()

    def release(self) -> Iterator[Request]:
        """Yield the requests for sections once no feed or sitemap is under way."""
        while self._held and not self._leads and not self.is_done():
            yield self._held.popleft()

    def follow_waiting(self) -> None:
        """Ask for the next articles of long sitemaps, now that the crawl has nothing else to do."""
        self._leads.clear()
        held = list(self.release())
        for request in held:
            self.crawler.engine.crawl(request)
        if held:
            raise DontCloseSpider
        batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
        if not batch:
            return
        for request in self.follow_addresses(batch):
            self.crawler.engine.crawl(request)
        raise DontCloseSpider

    def follow_rest(self) -> Iterator[Request]:
        """Yield the requests for all articles that still wait, for whoever needs no pauses."""
        while self._waiting:
            yield from self.follow_addresses([self._waiting.popleft()])

    def parse_section(self, response: Response) -> Iterator[Request]:
        """Follow the articles of one page of a list, then its next page as long as pages bring new ones."""
        tree = LexborHTMLParser(_text(response))
        found = self.read_addresses(response, self.read_links(response, tree))
        seen = response.meta.get("seen", [])
        new = [address.article for address in found if address.article not in set(seen)]
        unknown = self.sort_out(response, "section", found)
        yield from self.follow_addresses(unknown)
        yield from self.list_done(response)
        page = response.meta.get("page", 1)
        if response.status == 304:
            return
        if not new:
            self.note("newsbot/pages_without_articles", f"no new article on page {page} of the list", response)
        elif page < self.max_pages and (not response.meta.get("incremental") or _any_of(unknown, new)):
            link = self.read_next_page(response, tree, page)
            if link:
                yield from self.follow_list(
                    response, link, self.parse_section, priority=_NEXT_PAGE_PRIORITY, page=page + 1, seen=[*seen, *new]
                )

    def read_links(self, response: Response, tree: LexborHTMLParser) -> Iterable[str]:
        """Return every link of a page of a list; those that are no articles are sorted out by their address."""
        return [href for node in tree.css("a[href]") if (href := node.attributes.get("href"))]

    def read_next_page(self, response: Response, tree: LexborHTMLParser, page: int) -> str | None:
        """Return the link to the page after this one: one that says so, else the one with its number."""
        if (node := tree.css_first(self.next_page)) is not None:
            return node.attributes.get("data-url") or node.attributes.get("href")
        numbered = (node for node in tree.css(self.pager) if node.text(strip=True) == str(page + 1))
        return next((node.attributes.get("href") for node in numbered), None)

    def follow_list(
        self, response: Response, link: str, callback: Any, *, priority: int, **meta: Any
    ) -> Iterator[Request]:
        """Yield the request for another list of links, if it is on one of the source's own hosts."""
        url = absolute(response.url, link)
        if url and self.addresses.is_own(url) and not self.is_done():
            meta |= {name: response.meta.get(name) for name in ("old_host", "root", "incremental")}
            yield Request(url, callback, errback=self.list_failed, priority=priority, meta=meta)

    def follow_articles(self, response: Response, links: Iterable[str]) -> Iterator[Request]:
        """Yield a request for each article among the links, whatever else there is among them."""
        yield from self.follow_addresses(self.read_addresses(response, links))

    def read_addresses(self, response: Response, links: Iterable[str]) -> list[Address]:
        """Return the articles among links, each once: by its newest address if a page gives several."""
        found: dict[str, Address] = {}
        for link in links:
            url = absolute(response.url, link)
            address = self.addresses.find(url) if url else None
            if address and (address.article not in found or address.age < found[address.article].age):
                found[address.article] = address
        self.count_found(response, len(found))
        return list(found.values())

    def count_found(self, response: Response, articles: int) -> None:
        """Count the articles on each of the source's own lists, so that one that has become empty is missed.

        Stats: ``newsbot/listings`` ({address: articles}); of a list in pages, those on the first.
        """
        if "page" in response.meta or "sitemap_depth" in response.meta or self.crawler.stats is None:
            return
        asked = response.meta.get("redirect_urls", [response.url])[0]
        listings: dict[str, int] = self.crawler.stats.get_value("newsbot/listings", {})
        self.crawler.stats.set_value("newsbot/listings", listings | {asked: articles})

    def follow_addresses(self, found: Iterable[Address]) -> Iterator[Request]:
        """Yield one request an article; the scheduler drops those that were asked for under another address."""
        for address in found:
            if self.limit is not None and address.article not in self._asked:
                if self.is_done():
                    return
                self._asked.add(address.article)
            if not self._alternatives.keeps_back(address):
                again = self._alternatives.is_second_chance(address)
                yield self.article_request(address.article, address.url, dont_filter=again)

    def article_request(
        self, article: str, url: str, *, dont_filter: bool = False, known: Resource | None = None
    ) -> Request:
        """Return the request for an article; its id makes it one with those for its other addresses."""
        headers = validators(known)
        meta: dict[str, Any] = {"article_id": f"{self.name}:{article}"}
        if known:
            meta["known"] = known
        if headers:
            meta["handle_httpstatus_list"] = [304]
        return Request(
            url,
            self.parse_fetched,
            errback=self.article_failed,
            headers=headers,
            dont_filter=dont_filter,
            priority=_RECHECK_PRIORITY if known else 0,
            meta=meta,
        )

    def article_failed(self, failure: Failure) -> Iterator[Request | Removal]:
        """Ask for an article elsewhere, if another address of it is known."""
        request = failure.request
        if isinstance(failure.value, HttpError) and failure.value.response.status in GONE_STATUSES:
            response = failure.value.response
            self.note_article(response)
            if self.addresses.find(response.meta["capture"].url):
                yield Removal(request.meta["article_id"], response.meta["capture"])
        else:
            self.crawl_state.note_failure(request.meta["article_id"], request.url, request.meta.get("known"))
        yield from self.ask_elsewhere(request)

    def note_article(self, response: Response, *, readable: bool = True) -> None:
        """Note what came of an article's request."""
        answer = Answer(response.status, response.headers, readable=readable)
        meta = response.meta
        self.crawl_state.note_article(meta["article_id"], meta["capture"], answer, meta.get("known"))

    def ask_elsewhere(self, request: Request) -> Iterator[Request]:
        article = request.meta["article_id"].partition(":")[2]
        first = request.meta.get("redirect_urls", [request.url])[0]
        if url := self._alternatives.after_failure(article, first):
            yield self.article_request(article, url, dont_filter=True, known=request.meta.get("known"))

    def parse_fetched(self, response: Response) -> Iterator[Any]:
        """Read an article that the crawl asked for."""
        raise NotImplementedError

    def is_done(self) -> bool:
        """Whether as many articles were asked for as the operator wanted."""
        return self.limit is not None and len(self._asked) >= self.limit

    def count(self, stat: str, number: int = 1) -> None:
        if number and self.crawler.stats is not None:
            self.crawler.stats.inc_value(stat, number)

    def note(self, stat: str, message: str, response: Response) -> None:
        """Count something about a reply that an operator should see, and say where it was."""
        self.logger.info("%s: %s", response.url, message)
        self.count(stat)


def _any_of(addresses: Iterable[Address], articles: Iterable[str]) -> bool:
    return not {address.article for address in addresses}.isdisjoint(articles)


def _whole_number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise UsageError(f"-a {name} must be a whole number from 1, not {value!r}")
    return int(value)


def _stem(path: str) -> str:
    """Return a section's name as an operator writes it.

    >>> _stem("kinh-te.html"), _stem("http://baoquangninh.com.vn/kinh-te/")
    ('kinh-te', 'kinh-te')
    """
    return path.rstrip("/").rpartition("/")[2].removesuffix(".html").lower()


def _text(response: Response) -> str:
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return decode(gunzip(response.body), content_type)
