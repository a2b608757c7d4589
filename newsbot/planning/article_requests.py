"""How a source's articles are asked for: each once, at the address that will last, elsewhere if that fails.

Links come from strangers: nothing but http(s) on the source's own hosts is followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError

from archive.browser.asking import BrowserError, in_browser
from archive.http.exchange import Capture
from newsbot.items import Article, Removal
from newsbot.lists.addresses import Address, Addresses
from newsbot.lists.gone import GONE_STATUSES
from newsbot.planning.crawl_state import Answer, CrawlState, validators
from newsbot.planning.spider_arguments import whole_number, yes_or_no
from newsbot.planning.strategy import Strategy
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import absolute
from newsbot.reading.page_kinds import PageKind
from newsbot.state.resources import Resource

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from archive.browser.extension import Browser

_RECHECK_PRIORITY: Final = -20
#: Pages and lists named by each stat, and characters of a page's address there.
_MOST_NAMED: Final = 20
_LONGEST_NAME: Final = 300
#: Maximum number of articles whose other addresses are remembered, and of addresses of each; the oldest go first.
_MOST_ARTICLES: Final = 10_000
_MOST_ADDRESSES: Final = 5

#: Walls in a row that stay walls in the browser, after which those of this run are left.
_MOST_UNOPENED: Final = 5

Value = TypeVar("Value")


class UnmadeError(IgnoreRequest):
    """A request is not made on purpose; whoever decides so counts it, and it is no failure."""


class ListedError(UnmadeError):
    """What the request leads to was redacted, or an operator does not want it (`newsbot.fetching.do_not_fetch`)."""


class UnsentError(UnmadeError):
    """The crawl is ending, which says nothing of what the request was for."""


class Alternatives:
    """Keeps the further addresses of an article back until the first has answered: a dead host loses nothing.

    >>> old, new = Address("7", "http://old.vn/7/", 1), Address("7", "https://new.vn/7.html", 0)
    >>> alternatives = Alternatives()
    >>> [alternatives.keeps_back(address) for address in (old, new)], alternatives.after_failure("7", old.url)
    ([False, True], 'https://new.vn/7.html')
    """

    def __init__(self) -> None:
        self._pending: dict[str, list[str]] = {}
        self._lost: dict[str, str] = {}

    def keeps_back(self, address: Address) -> bool:
        """Whether not to ask at this address for now, as an older one is being asked."""
        pending = self._pending.get(address.article)
        if pending is None:
            if address.age:
                _put(self._pending, address.article, [address.url])
            return False
        if address.url not in pending and len(pending) < _MOST_ADDRESSES:
            pending.append(address.url)
        return True

    def is_second_chance(self, address: Address) -> bool:
        """Whether an article was asked for elsewhere in vain, before this address was found."""
        return self._lost.pop(address.article, address.url) != address.url

    def arrived(self, article: str) -> None:
        """Forget an article's other addresses."""
        self._pending.pop(article, None)

    def after_failure(self, article: str, url: str) -> str | None:
        """Return where to ask after an address failed; without one, wait for the next that is found."""
        pending = [each for each in self._pending.pop(article, ()) if each != url]
        if not pending:
            _put(self._lost, article, url)
            return None
        if len(pending) > 1:
            _put(self._pending, article, pending)
        return pending[0]


def _put(entries: dict[str, Value], article: str, value: Value) -> None:
    if len(entries) >= _MOST_ARTICLES:
        del entries[next(iter(entries))]
    entries[article] = value


class ArticleRequests(scrapy.Spider):
    """A spider that makes requests of links to articles, and knows what came of each."""

    addresses: ClassVar[Addresses]
    #: What this run asks for.
    strategy: Strategy
    #: What Chromium opens: "never" anything, "walls" that stand in place of articles, or all "articles".
    browser_use: str = "never"
    #: What opens pages; None where nothing does.
    browser: Browser | None = None
    #: What is known; the pipeline that publishes puts the one with a database here.
    crawl_state: CrawlState

    def __init__(self, name: str | None = None, *, limit: str | None = None, refetch: str | None = None, **kwargs: Any):
        """Take the operator's arguments: `-a limit=N` articles, `-a refetch=yes`: as if nothing were known."""
        super().__init__(name, **kwargs)
        self.limit = whole_number("limit", limit) if limit else None
        self.refetch = yes_or_no("refetch", refetch) if refetch is not None else False
        self.crawl_state = CrawlState(self.name)
        self._asked: set[str] = set()
        #: Walls in a row that the browser has not opened.
        self._unopened = 0
        self._alternatives = Alternatives()

    def read_addresses(self, response: Response, links: Iterable[str]) -> list[Address]:
        """Return the articles among links, each once: by its newest address if a page gives several."""
        found: dict[str, Address] = {}
        for link in links:
            address = self.find_address(response, link)
            if address and (address.article not in found or address.age < found[address.article].age):
                found[address.article] = address
        return list(found.values())

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
        self,
        article: str,
        url: str,
        *,
        dont_filter: bool = False,
        known: Resource | None = None,
        is_opened: bool | None = None,
        **meta: Any,
    ) -> Request:
        """Return the request for an article; its id makes it one with those for its other addresses.

        :param is_opened: whether in the browser; by default as the source's setting says.
        """
        if is_opened is None:
            is_opened = self.browser_use == "articles" and self.has_browser()
        # Validators are of a page that was had there, and in full.
        headers = validators(known) if known and known.url == url and not is_opened else {}
        meta |= {"article_id": f"{self.name}:{article}"} | (in_browser() if is_opened else {})
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

    def has_browser(self) -> bool:
        """Whether a page can be opened in a browser now."""
        return self.browser is not None and self.browser.is_there

    def opened(self, response: Response) -> Request | None:
        """Return the request that opens a wall in the browser, None if nothing can, or it was tried."""
        request = response.request
        assert request is not None
        was_tried = {"browser", "unopened"} & request.meta.keys() or self._unopened >= _MOST_UNOPENED
        if self.browser_use == "never" or was_tried or not self.has_browser():
            return None
        _, _, article = request.meta["article_id"].partition(":")
        first = request.meta.get("redirect_urls", [request.url])[0]
        known = request.meta.get("known")
        return self.article_request(article, first, dont_filter=True, known=known, is_opened=True, wall=response)

    def note_opened(self, *, is_open: bool, is_shown: bool = False) -> None:
        """Note whether a wall has opened: where none does, no more of the source's are tried.

        Stats: ``newsbot/walls_opened``, ``newsbot/walls_shown`` (what stands behind them is in the archive alone).

        :param is_shown: whether the browser shows what stands behind it, although the site sends it to no one.
        """
        self.count("newsbot/walls_opened", is_open)
        self.count("newsbot/walls_shown", is_shown)
        self._unopened = 0 if is_open or is_shown else self._unopened + 1

    def parse_fetched(self, response: Response) -> Iterator[Any]:
        """Read an article that the crawl asked for."""
        raise NotImplementedError

    def settle_article(self, response: Response, found: Any) -> Iterator[Any]:
        """Note what stood at an article's address, and yield what follows from it."""
        raise NotImplementedError

    def parse_unopened(self, request: Request) -> Iterator[Any]:
        """Make do with the wall that the browser could not open, or ask without it."""
        if (wall := request.meta.get("wall")) is not None:
            self.note_opened(is_open=False)
            yield from self.settle_article(wall, PageKind.WALL)
        else:
            _, _, article = request.meta["article_id"].partition(":")
            known = request.meta.get("known")
            yield self.article_request(
                article, request.url, dont_filter=True, known=known, is_opened=False, unopened=True
            )

    def article_failed(self, failure: Failure) -> Iterator[Any]:
        """Ask for an article elsewhere, if another address of it is known."""
        request = failure.request
        if isinstance(failure.value, UnsentError):
            return
        if isinstance(failure.value, ListedError):
            yield from self.strategy.article_ended(request.meta["article_id"], None, None)
            return
        if isinstance(failure.value, BrowserError):
            yield from self.parse_unopened(request)
            return
        capture = None
        if isinstance(failure.value, HttpError) and failure.value.response.status in GONE_STATUSES:
            response = failure.value.response
            capture = response.meta["capture"]
            self.note_article(response)
            if self.addresses.find(capture.url):
                yield Removal(request.meta["article_id"], capture)
        else:
            known = request.meta.get("known")
            self.crawl_state.note_failure(request.meta["article_id"], request.url, known, failed_at(failure))
        yield from self.ask_elsewhere(request, capture)

    def note_article(self, response: Response, article: Article | None = None, *, readable: bool = True) -> None:
        """Note what came of an article's request."""
        answer, meta = Answer(response, readable=readable), response.meta
        age = self.strategy.age_of(article, answer.capture)
        self.crawl_state.note_article(meta["article_id"], answer, meta.get("known"), age)

    def ask_elsewhere(self, request: Request, capture: Capture | None) -> Iterator[Request]:
        """Yield the request for an article at its next address, if there is one; else it has come to its end."""
        article = request.meta["article_id"].partition(":")[2]
        first = request.meta.get("redirect_urls", [request.url])[0]
        known = request.meta.get("known")
        url = self._alternatives.after_failure(article, first)
        url = url or self.crawl_state.elsewhere(request.meta["article_id"], known)
        if url and url != first:
            yield self.article_request(article, url, dont_filter=True, known=known)
        else:
            yield from self.strategy.article_ended(request.meta["article_id"], capture, None)

    def find_address(self, response: Response, link: str) -> Address | None:
        """Return the article that a link on a page leads to, if it leads to one."""
        url = absolute(response.url, link)
        return self.addresses.find(url) if url else None

    def is_done(self) -> bool:
        """Whether as many articles were asked for as the operator wanted."""
        return self.limit is not None and len(self._asked) >= self.limit

    def count(self, stat: str, number: int = 1) -> None:
        if number and self.crawler.stats is not None:
            self.crawler.stats.inc_value(stat, number)

    def note_unread(self, response: Response, error: ReadingLimitError) -> None:
        """Count and name a page that takes more to read than any may.

        Stats: ``newsbot/over_limit``, ``newsbot/over_limit_pages`` (the first twenty, each as one line).
        """
        self.note("newsbot/over_limit", f"kept, but not read: {error}", response)
        self.add_line("newsbot/over_limit_pages", f"{response.url[:_LONGEST_NAME]}: {error}")

    def add_line(self, stat: str, line: str) -> None:
        """Add a line to a stat; there are at most twenty."""
        if self.crawler.stats is not None:
            lines: list[str] = self.crawler.stats.get_value(stat, [])
            self.crawler.stats.set_value(stat, [*lines, line][:_MOST_NAMED])

    def note(self, stat: str, message: str, response: Response) -> None:
        """Count something about a reply that an operator should see, and say where it was."""
        self.logger.info("%s: %s", response.url, message)
        self.count(stat)


def failed_at(failure: Failure) -> str:
    """Return the WARC-Date of the exchange that failed; empty if the request was never sent."""
    capture: Capture | None = failure.request.meta.get("capture")
    return capture.date if capture else ""
