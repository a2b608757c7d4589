"""How a source's articles are found: feeds first, then sitemaps, then sections page by page.

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
from selectolax.lexbor import LexborHTMLParser

from newsbot.addresses import Address, Addresses
from newsbot.alternatives import Alternatives
from newsbot.listings import feed_links, is_sitemap_index, sitemap_links
from newsbot.page import absolute, decode, gunzip

if TYPE_CHECKING:
    from twisted.python.failure import Failure

# Feeds are the cheapest and the newest; an article is fetched before the next page of its list.
_FEED_PRIORITY: Final = 30
_SITEMAP_PRIORITY: Final = 20
_SECTION_PRIORITY: Final = 10
_NEXT_PAGE_PRIORITY: Final = -10
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

    def __init__(
        self,
        name: str | None = None,
        *,
        limit: str | None = None,
        sections: str | None = None,
        max_pages: str | None = None,
        **kwargs: Any,
    ):
        """Take the operator's arguments: `-a limit=N` articles, `-a sections=a,b`, `-a max_pages=N` of each list."""
        super().__init__(name, **kwargs)
        self.limit = _whole_number("limit", limit) if limit else None
        if max_pages:
            self.max_pages = _whole_number("max_pages", max_pages)
        if sections:
            known = {_stem(path): path for path in self.sections}
            self.sections = [known.get(_stem(path), path) for path in map(str.strip, sections.split(",")) if path]
        self._asked: set[str] = set()
        self._alternatives = Alternatives()
        self._waiting: deque[Address] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.follow_waiting, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        for paths, callback, priority in (
            (self.feeds, self.parse_feed, _FEED_PRIORITY),
            (self.sitemaps, self.parse_sitemap, _SITEMAP_PRIORITY),
            (self.sections, self.parse_section, _SECTION_PRIORITY),
        ):
            for path in paths:
                url = absolute(self.home, path)
                if url:
                    yield Request(url, callback, priority=priority, meta={"old_host": not url.startswith(self.home)})

    def parse_feed(self, response: Response) -> Iterator[Request]:
        yield from self.follow_articles(response, feed_links(_text(response)))

    def parse_sitemap(self, response: Response) -> Iterator[Request]:
        text = _text(response)
        if not is_sitemap_index(text):
            found = self.read_addresses(response, sitemap_links(text))
            self._waiting.extend(found[_BATCH:])
            yield from self.follow_addresses(found[:_BATCH])
            return
        depth = response.meta.get("sitemap_depth", 1)
        if depth < _SITEMAP_DEPTH:
            for link in sitemap_links(text):
                yield from self.follow_list(
                    response, link, self.parse_sitemap, priority=_SITEMAP_PRIORITY, sitemap_depth=depth + 1
                )

    def follow_waiting(self) -> None:
        """Ask for the next articles of long sitemaps, now that the crawl has nothing else to do."""
        batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
        if not batch:
            return
        for request in self.follow_addresses(batch):
            self.crawler.engine.crawl(request)
        raise DontCloseSpider

    def parse_section(self, response: Response) -> Iterator[Request]:
        """Follow the articles of one page of a list, then its next page as long as pages bring new ones."""
        tree = LexborHTMLParser(_text(response))
        found = self.read_addresses(response, self.read_links(response, tree))
        seen = response.meta.get("seen", [])
        new = [address.article for address in found if address.article not in set(seen)]
        yield from self.follow_addresses(found)
        page = response.meta.get("page", 1)
        if not new:
            self.note("newsbot/pages_without_articles", f"no new article on page {page} of the list", response)
        elif page < self.max_pages:
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
            meta["old_host"] = response.meta.get("old_host", False)
            yield Request(url, callback, priority=priority, meta=meta)

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

    def article_request(self, article: str, url: str, *, dont_filter: bool = False) -> Request:
        """Return the request for an article; its id makes it one with those for its other addresses."""
        return Request(
            url,
            self.parse_fetched,
            errback=self.article_failed,
            dont_filter=dont_filter,
            meta={"article_id": f"{self.name}:{article}"},
        )

    def article_failed(self, failure: Failure) -> Iterator[Request]:
        """Ask for an article elsewhere, if another address of it is known."""
        yield from self.ask_elsewhere(failure.request)

    def ask_elsewhere(self, request: Request) -> Iterator[Request]:
        article = request.meta["article_id"].partition(":")[2]
        first = request.meta.get("redirect_urls", [request.url])[0]
        if url := self._alternatives.after_failure(article, first):
            yield self.article_request(article, url, dont_filter=True)

    def parse_fetched(self, response: Response) -> Iterator[Any]:
        """Read an article that the crawl asked for."""
        raise NotImplementedError

    def is_done(self) -> bool:
        """Whether as many articles were asked for as the operator wanted."""
        return self.limit is not None and len(self._asked) >= self.limit

    def note(self, stat: str, message: str, response: Response) -> None:
        """Count something about a reply that an operator should see, and say where it was."""
        self.logger.info("%s: %s", response.url, message)
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(stat)


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
