"""The source of pages that no spider knows: read by metadata and the generic step alone, out of captures."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin, urlsplit

from scrapy.http import HtmlResponse, Response

from newsbot.lists.addresses import AnyAddresses
from newsbot.reading.page import Page
from newsbot.spider import NewsSpider

NAME: Final = "generic"
#: Why a page is left aside, in words.
ASIDE: Final = {"not_html": "are no HTML", "error_status": "have an error status", "cut": "were cut off"}


class GenericSpider(NewsSpider):
    """Reads articles on any host. An article's id is its address: the one that its page calls canonical, if it may."""

    name = NAME
    province = ""
    article_url = ()
    addresses = AnyAddresses()

    def article_id_of(self, page: Page) -> str | None:
        return self.article_id(_canonical(page) or page.url)


def why_aside(response: Response) -> str | None:
    """Return why no article is looked for in an answer of a host that no spider knows; None if one is."""
    if response.meta["capture"].truncated:
        return "cut"
    if response.status >= 400:
        return "error_status"
    if response.status < 300 and not isinstance(response, HtmlResponse):
        return "not_html"
    return None


def _canonical(page: Page) -> str | None:
    """Return the address that a page calls its canonical one: on its own host; no page speaks for another site."""
    link = page.tree.css_first('link[rel="canonical" i]')
    href = (link.attributes.get("href") or "").strip() if link is not None else ""
    try:
        url = urljoin(page.url, href)
        return url if href and _host(url) == _host(page.url) else None
    except ValueError:
        return None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
