"""One page of a list as a backfill reads it: its articles with their dates, and where the list goes on."""

from __future__ import annotations

from collections.abc import Container, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from scrapy.http import Response

from archive.http.exchange import Capture
from newsbot.lists.addresses import Address
from newsbot.lists.gone import GONE_STATUSES
from newsbot.lists.list_dates import Span, address_span, changed_spans, published_span
from newsbot.lists.sitemaps import Entry

if TYPE_CHECKING:
    from newsbot.planning.discovery import Discovery

#: Addresses of a sitemap that are read, some 150 MB; the protocol allows 50,000.
_MOST: Final = 200_000


class Listed(NamedTuple):
    """An article on a list."""

    address: Address
    #: When it was published, as far as the list says.
    span: Span | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, or one sitemap."""

    #: As it was requested.
    url: str
    number: int
    capture: Capture
    #: By the site's own ids, in the list's order.
    articles: Mapping[str, Listed]
    #: The page after it.
    following: str | None = None
    #: The greatest page number that it shows.
    last: int | None = None
    #: Where it breaks off, or why it was not read to its end; empty if it was.
    breaks_off: str = ""
    #: The sitemaps that a sitemap names, including those on other hosts and of other days.
    sitemaps: Sequence[Entry] = ()

    def without(self, seen: Container[str]) -> dict[str, Listed]:
        """Return the articles that earlier pages did not show: what every page shows in its margin is not its own.

        >>> capture = Capture(1, "https://a.vn/tin", "2026-11-22T03:20:11Z", "<urn:uuid:1>")
        >>> page = ListPage(capture.url, 2, capture, {"7": Listed(Address("7", "https://a.vn/7.html", 0), None)})
        >>> [*page.without(["7"])], [*page.without(["8"])]
        ([], ['7'])
        """
        return {article: listed for article, listed in self.articles.items() if article not in seen}


def section_page(spider: Discovery, response: Response, kind: str) -> ListPage | None:
    """Read a page of a section or an archive, and report it if it is incomplete.

    A page that does not exist is empty; None if a wall or an error stands in its place.

    :raises ReadingLimitError: if it takes more than any page may.
    """
    meta = response.meta
    asked, number, capture = meta.get("redirect_urls", [response.url])[0], meta["page"], meta["capture"]
    if response.status in GONE_STATUSES:
        return ListPage(asked, number, capture, {})
    section = spider.read_section(response)
    spider.note_section_shortfall(response, kind, section)
    if section.stands_in:
        return None
    articles = combine(spider.read_addresses(response, section.links), section.dates)
    following = section.following if section.following and spider.addresses.is_own(section.following) else None
    return ListPage(asked, number, capture, articles, following, section.last, section.breaks_off)


def sitemap_page(spider: Discovery, response: Response) -> Generator[None, None, ListPage | None]:
    """Read a sitemap, and report it if it is incomplete; yields at good moments for other work.

    Returns None if it is not a sitemap.
    """
    sitemap, breaks_off = spider.sitemap_of(response), ""
    articles: dict[str, Address] = {}
    changes: dict[str, str | None] = {}
    published: dict[str, Span] = {}
    sitemaps: list[Entry] = []
    for entry in sitemap.steps():
        if entry is None:
            yield
        elif entry.is_sitemap:
            sitemaps.append(entry)
        elif address := spider.find_address(response, entry.url):
            best = articles.setdefault(address.article, address)
            if address.age < best.age:
                articles[address.article] = address
            changes[address.article] = entry.changed
            if span := published_span(entry.published):
                published[address.article] = span
        if len(articles) >= _MOST or len(sitemaps) >= _MOST:
            breaks_off = f"more than {_MOST:,} addresses"
            break
    if sitemaps and articles:
        breaks_off = breaks_off or "it names articles beside sitemaps"
    is_one = sitemap.is_one or bool(breaks_off)
    breaks_off = breaks_off or sitemap.shortfall
    if breaks_off:
        spider.note_unread_list(response, "sitemap", breaks_off)
    if not is_one:
        return None
    told = {id: span for id, each in articles.items() if (span := address_span(each.url))}
    spans = changed_spans(changes, published | told) | published
    found = combine(articles.values(), spans)
    return ListPage(response.url, 1, response.meta["capture"], found, breaks_off=breaks_off, sitemaps=sitemaps)


def combine(addresses: Iterable[Address], spans: Mapping[str, Span]) -> dict[str, Listed]:
    """Return articles with their dates: that in the address is certain, that printed beside it nearly so.

    >>> address = Address("7", "https://a.vn/tin/201203/che-7/", 0)
    >>> combine([address], {})["7"].span.first.isoformat()
    '2012-03-01'
    """
    return {each.article: Listed(each, address_span(each.url) or spans.get(each.article)) for each in addresses}
