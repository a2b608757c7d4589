"""Reads a page of a list: its articles, their dates, and its next page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser

from newsbot.lists.addresses import Address, link_base
from newsbot.lists.gone import GONE_STATUSES
from newsbot.lists.list_dates import Span
from newsbot.lists.menu import menu_sections
from newsbot.lists.printed_list_dates import printed_dates
from newsbot.lists.section import Section, greatest, numbered
from newsbot.lists.sitemaps import Sitemap
from newsbot.planning.list_requests import ListRequests
from newsbot.planning.schedule import read_date
from newsbot.reader_process.limited_reading import read_bounded
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute, base_of
from newsbot.reading.page_kinds import refuses


class ListReading(ListRequests):
    """A spider that reads lists as most sites have them; a system that does otherwise overrides what it must."""

    next_page: ClassVar[str] = 'a[rel="next"][href], link[rel="next"][href]'
    pager: ClassVar[str] = ".pagination a[href], .pager a[href], .paging a[href], #page a[href]"

    def read_section(self, response: Response) -> Section:
        """Return what a page of a section says.

        :raises ReadingLimitError: if it takes more than any page may.
        """
        found: Section = read_bounded(self, "section", response)
        return found

    def read_section_here(self, response: Response) -> Section:
        """Read a page of a section in this process, whatever it takes."""
        page = Page.from_response(response)
        tree = page.tree
        base = link_base(page.base, response.url, self.addresses)
        links = [url for link in self.read_links(response, tree) if (url := absolute(base, link))]
        link = self.read_next_page(response, tree, response.meta.get("page", 1))
        following = absolute(base, link) if link else None
        names_any = any(self.find_address(response, link) for link in links)
        stands_in = response.status not in GONE_STATUSES and not names_any and refuses(page)
        breaks_off = self.read_breaking_off(response, page)
        if not self.strategy.reads_dates:
            menu = self.read_menu(response, tree)
            return Section(links, following, stands_in=stands_in, breaks_off=breaks_off, menu=menu)
        dates = self.read_link_dates(response, tree)
        return Section(links, following, self.read_last_page(response, tree), dates, stands_in, breaks_off)

    def read_menu(self, response: Response, tree: LexborHTMLParser) -> Sequence[str]:
        """Return the sections that the menu of the front page names, where a source's menu is asked."""
        asked = response.meta.get("redirect_urls", [response.url])[0]
        if not self.sections_from_menu or self.home not in (asked, response.url):
            return ()
        return menu_sections(tree, response.url, self.addresses, self.section_url)

    def reading_arguments(self) -> dict[str, str]:
        """Return the arguments of a spider that reads as this one does."""
        return self.strategy.reading_arguments()

    def read_links(self, response: Response, tree: LexborHTMLParser) -> Iterable[str]:
        """Return every link of a page of a list; those that are no articles are sorted out by their address."""
        return [href for node in tree.css("a[href]") if (href := node.attributes.get("href"))]

    def read_breaking_off(self, response: Response, page: Page) -> str:
        """Return where a page of a list breaks off, in words; empty if it is whole."""
        return page.breaks_off

    def read_next_page(self, response: Response, tree: LexborHTMLParser, page: int) -> str | None:
        """Return the link to the page after this one: one that says so, else the one with its number."""
        if (node := tree.css_first(self.next_page)) is not None:
            return node.attributes.get("data-url") or node.attributes.get("href")
        numbered = (node for node in tree.css(self.pager) if node_text(node) == str(page + 1))
        return next((node.attributes.get("href") for node in numbered), None)

    def sitemap_of(self, response: Response) -> Sitemap:
        """Return the sitemap in an answer, or the list in JSON that stands for one."""
        form = self.json_list(response.url)
        return form.of(response, is_backfill=self.strategy.reads_dates) if form else Sitemap.of(response)

    def read_list(self, response: Response, links: Iterable[str]) -> list[Address]:
        """Return the articles of a list, counted so that a list of the source that has become empty is missed.

        Stats: ``newsbot/listings`` ({address: articles}); of a list in pages, those on the first.
        """
        found = self.read_addresses(response, links)
        self.count_listing(response, len(found))
        return found

    def count_listing(self, response: Response, articles: int) -> None:
        """Count the articles of a list."""
        is_part = "page" in response.meta or "sitemap_depth" in response.meta
        if response.status != 304 and not is_part and self.crawler.stats is not None:
            asked = response.meta.get("redirect_urls", [response.url])[0]
            listings: dict[str, int] = self.crawler.stats.get_value("newsbot/listings", {})
            self.crawler.stats.set_value("newsbot/listings", listings | {asked: articles})

    def likeliest(self, response: Response, links: Sequence[str]) -> str:
        """Return that link of a feed's entry which leads to an article of the source; the first if none does."""
        return next((link for link in links if self.find_address(response, link)), links[0])

    def read_link_dates(self, response: Response, tree: LexborHTMLParser) -> dict[str, Span]:
        """Return when the articles of a page of a list were published, as far as it tells, by the site's own ids."""

        base = base_of(tree, response.url)

        def article_of(href: str) -> str | None:
            url = absolute(base, href)
            address = self.addresses.find(url) if url else None
            return address.article if address else None

        return printed_dates(tree, article_of, read_date(response.meta["capture"].date))

    def read_last_page(self, response: Response, tree: LexborHTMLParser) -> int | None:
        """Return the greatest number of a page that a page of a list shows."""
        return greatest(node_text(node) for node in tree.css(self.pager))

    def page_address(self, second: str, page: int) -> str | None:
        """Return the address of a page of a list, made from that of its second page; None if that has no number."""
        return numbered(second, page)
