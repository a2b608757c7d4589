"""The base class of all sources: a source sets class attributes, and rarely overrides a method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scrapy.http import Request, Response

from newsbot.items import Article, FurtherPage, Removal
from newsbot.lists.addresses import Addresses
from newsbot.lists.gone import REDIRECTS, is_refreshed_away, is_sent_away, redirect_target, says_something
from newsbot.planning.article_requests import ListedError
from newsbot.planning.discovery import Discovery
from newsbot.reader_process.limited_reading import read_bounded
from newsbot.reading.article import read_article
from newsbot.reading.file_links import may_link_to_files
from newsbot.reading.further_pages import PageOf
from newsbot.reading.joined_pages import addresses, is_whole
from newsbot.reading.layouts import Layout
from newsbot.reading.limits import ReadingLimitError
from newsbot.reading.page import Page, gunzip
from newsbot.reading.page_kinds import PageKind
from newsbot.source_attributes import Evidence, check_source
from newsbot.vietnamese.provinces import current_province, province_code

if TYPE_CHECKING:
    from twisted.python.failure import Failure

__all__ = ["Layout", "NewsSpider"]

#: Of a response: its capture, and the addresses of the files attached to the article on it, once it has been read.
_ATTACHED: Final = "attached"
#: Number of bytes at the start of a list in which its root element is looked for.
_BEGINNING: Final = 2000
#: Further pages come before other articles: theirs wait for them.
_FURTHER_PRIORITY: Final = 10
#: Maximum number of redirects from one address of a further page to another.
_MOST_HOPS: Final = 3


class NewsSpider(Discovery):
    """Base class of all sources.

    A source sets `allowed_domains` (its hosts in full, the current one first), `feeds`, `sitemaps` and `sections`
    (where links to articles are: paths below the home page, or URLs on an old host), `article_url` (regular expressions
    for the paths of articles, each with a group `id`, the current form first) and `layouts` (CSS selectors, newest
    first). Its name is that of its module.
    """

    #: Every host that ever served the source, in full.
    allowed_domains: ClassVar[list[str]]
    #: Name of the province as the paper prints it, even if it was merged since; empty for a national paper.
    province: ClassVar[str]
    language: ClassVar[str] = "vi"
    article_url: ClassVar[tuple[str, ...]]
    #: Whether ids that differ only in case belong to one article.
    ids_ignore_case: ClassVar[bool] = False
    layouts: ClassVar[tuple[Layout, ...]] = ()
    #: Agency slugs that the source puts before a lead: "SK&MT" for "(SK&MT) - ".
    slugs: ClassVar[tuple[str, ...]] = ()
    #: Names under which the source credits itself; they are never authors.
    outlets: ClassVar[tuple[str, ...]] = ()

    #: How its pages are known: "page" (saved ones), "config" (selectors of others), "inferred" (from its system alone).
    evidence: ClassVar[Evidence] = "config"
    #: Whether its site is gone, is kept by its successor or forbids crawlers: crawlall leaves it out; captures stay.
    archive_only: ClassVar[bool] = False
    current_province: ClassVar[str | None] = None
    province_code: ClassVar[str | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "allowed_domains" in cls.__dict__:  # a source, not a family of them
            if "name" not in cls.__dict__:
                cls.name = cls.__module__.rpartition(".")[2]
            check_source(cls)
            cls.home = f"https://{cls.allowed_domains[0]}/"
            cls.addresses = Addresses(cls.allowed_domains, cls.article_url, ignore_case=cls.ids_ignore_case)
            cls.current_province = current_province(cls.province) if cls.province else None
            cls.province_code = province_code(cls.province) if cls.province else None

    @classmethod
    def article_id(cls, url: str) -> str | None:
        """Return "<spider>:<id>", the same for every address of an article; None for any other URL."""
        article = cls.addresses.article_at(url)
        return f"{cls.name}:{article}" if article else None

    @classmethod
    def whole_article_id(cls, url: str) -> str | None:
        """Return the same, also for the address of an article's further page."""
        further = cls.addresses.page_at(url)
        return f"{cls.name}:{further.article}" if further else cls.article_id(url)

    def article_id_of(self, page: Page) -> str | None:
        """Return the id of the article on a page, be it a further one."""
        return self.whole_article_id(page.url)

    def parse_article(self, response: Response) -> Iterator[Article]:
        """Yield the article on a page; nothing if the page is no article. A pure function of the response.

        :raises ReadingLimitError: as `read_page`.
        """
        found = self.read_page(response)
        if isinstance(found, Article):
            yield found

    def parse(self, response: Response) -> Iterator[Article | Request | None]:
        """Read any page, whatever it is; used by `scrapy parse`."""
        if self.whole_article_id(response.url) is None:
            yield from self._list_reader(response)(response)
            return
        found = self.read_page(response)
        if isinstance(found, Article):
            yield found
        else:
            self.logger.warning("%s: no article: %s", response.url, found)

    def _list_reader(self, response: Response) -> Callable[[Response], Iterator[Request | None]]:
        """Return the method that parses this list: a section, a feed or a sitemap."""
        reader: Callable[[Response], Iterator[Request | None]]
        if response.url in (lists := self.lists()):
            reader, _ = lists[response.url]
            return reader
        beginning = response.body[:_BEGINNING].lower()
        if b"<urlset" in beginning or b"<sitemapindex" in beginning or self.json_list(response.url):
            return self.parse_sitemap
        return self.parse_feed if b"<rss" in beginning or b"<feed" in beginning else self.parse_section

    def parse_fetched(self, response: Response) -> Iterator[Article | Removal | FurtherPage | Request]:
        if response.status == 304:
            self.note_article(response)
            return
        found: Article | PageKind | None = None
        try:
            yield from self.read_earlier(response)
            found = self.read_page(response)
        except ReadingLimitError as error:
            self.note_unread(response, error)
        response.meta[_ATTACHED] = response.meta["capture"], _attached(found)
        if found is PageKind.WALL:
            self.count("newsbot/walls", "browser" not in response.meta)
            if request := self.opened(response):
                yield request
                return
        if "wall" in response.meta:
            # Of a text that a script makes, what the browser showed is in the archive, if not on a line.
            is_shown = found is PageKind.WALL and any(layout.by_script for layout in self.layouts)
            self.note_opened(is_open=isinstance(found, Article), is_shown=is_shown)
        yield from self.settle_article(response, found)

    def read_earlier(self, response: Response) -> Iterator[Article]:
        """Yield what stood on documents that led a browser on to another: whoever reads the archive reads them, too."""
        for document in response.meta.get("documents", ())[:-1]:
            if document.status < 300 and isinstance(found := self.read_page(document), Article):
                yield found

    def settle_article(
        self, response: Response, found: Article | PageKind | None
    ) -> Iterator[Article | Removal | FurtherPage | Request]:
        article_id, capture = response.meta["article_id"], response.meta["capture"]
        article = found if isinstance(found, Article) else None
        self.note_article(response, article, readable=article is not None)
        if article:
            self._alternatives.arrived(article_id.partition(":")[2])
            yield article
            yield from self.page_behind(article)
            yield from self.strategy.article_ended(article_id, capture, article.published_at)
        elif response.request is not None:
            if found is not None:
                stat = "newsbot/gone" if found is PageKind.GONE else "newsbot/blocked"
                self.note(stat, f"no article: {found}", response)
            if found is PageKind.GONE and self.article_id(capture.url):
                yield Removal(article_id, capture)
            yield from self.ask_elsewhere(response.request, capture)

    def page_behind(self, article: Article, pages: Sequence[FurtherPage] = ()) -> Iterator[Request]:
        """Yield the request for an article's next further page, at its own address, if it has one.

        :param pages: those that were had.
        """
        if not is_whole(article, pages):
            self.crawl_state.note_lacking(article.id)
            yield self._page_request(addresses(article, pages)[len(pages)], article, pages)
        elif pages:
            self.crawl_state.note_whole(article.id, pages[-1].capture.sequence)

    def _page_request(self, url: str, article: Article, pages: Sequence[FurtherPage], hops: int = 0) -> Request:
        return Request(
            url,
            self.parse_further_page,
            errback=self.further_page_failed,
            dont_filter=True,
            priority=_FURTHER_PRIORITY,
            meta={"dont_redirect": True, "handle_httpstatus_all": True},
            cb_kwargs={"article": article, "pages": pages, "hops": hops},
        )

    def parse_further_page(
        self, response: Response, article: Article, pages: Sequence[FurtherPage], hops: int
    ) -> Iterator[FurtherPage | Request]:
        page = None
        try:
            page = self.read_further_page(response)
        except ReadingLimitError as error:
            self.note_unread(response, error)
        response.meta[_ATTACHED] = response.meta["capture"], _attached(page.article if page else None)
        if page is not None:
            yield page
            yield from self.page_behind(article, [*pages, page])
        elif hops < _MOST_HOPS and (target := self._same_page(response)):
            yield self._page_request(target, article, pages, hops + 1)

    def further_page_failed(self, failure: Failure) -> None:
        """Have the article asked for in full when it is looked at again, unless its page shall not be asked for."""
        if isinstance(failure.value, ListedError):
            self.crawl_state.note_whole(failure.request.cb_kwargs["article"].id, 0)

    def read_further_page(self, response: Response) -> FurtherPage | None:
        """Return what a further page adds to its article; None if the answer is none of such a page, or says nothing.

        :raises ReadingLimitError: as `read_page`.
        """
        capture = response.meta["capture"]
        further = self.addresses.page_at(capture.url)
        if further is None or not says_something(response.status) or not self._is_answer(response, further):
            return None
        found = self.read_page(response) if response.status < 300 else None
        if found in (PageKind.WALL, PageKind.BLOCKED):
            return None
        article_id = f"{self.name}:{further.article}"
        article = found if isinstance(found, Article) and found.id == article_id else None
        return FurtherPage(article_id, further.number, capture, article)

    def _is_answer(self, response: Response, further: PageOf) -> bool:
        """Whether an answer says what stands on a further page; a redirect does that leads back, or to no page."""
        if response.status not in REDIRECTS or is_sent_away(response, self.addresses):
            return True
        target = redirect_target(response)
        return target is not None and self.addresses.article_at(target) == further.article

    def _same_page(self, response: Response) -> str | None:
        """Return the address to which a redirect leads from a further page, if that is the same page's."""
        target = redirect_target(response) if response.status in REDIRECTS else None
        here = self.addresses.page_at(response.url)
        return target if target and here and self.addresses.page_at(target) == here else None

    def read_page(self, response: Response) -> Article | PageKind:
        """Return the article on a page, or what the page is instead.

        :raises ReadingLimitError: if the page exceeds a limit of reading, or is cut off.
        """
        found: Article | PageKind = read_bounded(self, "article", response)
        return found

    def read_documents(self, response: Response) -> list[str]:
        """Return the addresses of the files attached to an article; none if the page is no article.

        Where `parse_fetched` has read the page already, it is not read once more.

        :raises ReadingLimitError: as `read_page`.
        """
        capture = response.meta["capture"]
        of, known = response.meta.get(_ATTACHED, (None, []))
        if of is capture:  # and not that of a request which this one was made from
            return list(known)
        if self.whole_article_id(capture.url) is None or not may_link_to_files(gunzip(response.body)):
            return []
        return _attached(self.read_page(response))

    def read_page_here(self, response: Response) -> Article | PageKind:
        """Do the same in this process, without limits of time and memory."""
        if is_sent_away(response, self.addresses):
            return PageKind.GONE
        page = Page.from_response(response)
        article_id = self.article_id_of(page)
        if article_id is None:
            return PageKind.GONE  # sent on to the front page
        found = read_article(page, self, article_id)
        has_text = isinstance(found, Article) and bool(found.body)
        if not has_text and is_refreshed_away(page.url, page.tree, self.addresses):
            return PageKind.GONE
        if isinstance(found, Article) and page.breaks_off:
            raise ReadingLimitError(f"it breaks off {page.breaks_off}")
        return found


def _attached(found: Article | PageKind | None) -> list[str]:
    documents = found.documents if isinstance(found, Article) else ()
    return [url for document in documents if (url := document["url"])]
