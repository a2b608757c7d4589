"""What a page says of its site: its name, its feeds, its sitemaps, the sections in its menu."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from newsbot.lists.addresses import Addresses
from newsbot.lists.menu import menu_sections
from newsbot.reading.page import Page, absolute
from newsbot.reading.structured import read_structured
from newsbot.vietnamese.outlets import is_outlet
from newsbot.vietnamese.text import clean

_FEEDS: Final = "link[rel~='alternate'][type*='rss'][href], link[rel~='alternate'][type*='atom'][href]"
_FEED_LINK: Final = re.compile(r"/rss/.|/(?:rss|feed|atom)/?\Z|\.rss\Z|/rss\.xml\Z", re.IGNORECASE)
#: Feeds of comments, and lists of feeds for readers.
_NO_FEED: Final = re.compile(r"/comments?/|/rss(?:/|\.html?|\.aspx)?\Z", re.IGNORECASE)
_MOST_FEEDS: Final = 40
_LONGEST_NAME: Final = 80
_BETWEEN_NAMES: Final = re.compile(r"(?<!\s)\s+[-–—|»]\s+|(?<!\s)\s*\|\s*")


@dataclass(frozen=True)
class SiteFacts:
    """What a page and its site's robots.txt say of a site; addresses are whole."""

    outlet: str
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    sections: tuple[str, ...]


def read_site(page: Page, addresses: Addresses, sitemaps: Iterable[str] = ()) -> SiteFacts:
    """Return what a page says of its site.

    :param addresses: the site's hosts, and which of its addresses are articles.
    :param sitemaps: those that robots.txt names.
    """
    tree = page.tree
    own = list(dict.fromkeys(url for url in sitemaps if addresses.is_own(url)))
    feeds = [url for url in dict.fromkeys(_feeds(tree, page.base)) if addresses.is_own(url)]
    return SiteFacts(
        outlet=_outlet(tree),
        feeds=tuple(feeds[:_MOST_FEEDS]),
        sitemaps=tuple(own),
        sections=tuple(menu_sections(tree, page.url, addresses)),
    )


def _feeds(tree: LexborHTMLParser, base: str) -> Iterator[str]:
    for node in tree.css(_FEEDS):
        if (url := absolute(base, node.attributes.get("href") or "")) and "/comments/" not in url:
            yield url
    for node in tree.css("a[href]"):
        url = absolute(base, node.attributes.get("href") or "")
        if url and _FEED_LINK.search(path := urlsplit(url).path) and not _NO_FEED.search(path):
            yield url


def _outlet(tree: LexborHTMLParser) -> str:
    """Return the site's name, as its metadata have it; "" where none of them is one."""
    title = tree.css_first("title")
    said = [*read_structured(tree).outlets, *(_BETWEEN_NAMES.split(title.text()[:500]) if title is not None else ())]
    names = [name for each in said if 2 < len(name := _plain(each)) <= _LONGEST_NAME]
    known = [name for name in names if is_outlet(name) and "." not in name]
    return next(iter(known or [name for name in names[: len(said)] if "." not in name][:1]), "")


def _plain(text: str) -> str:
    """Return a name as it can stand in a module: printable, without quotes and backslashes."""
    return " ".join("".join(each for each in clean(text) if each.isprintable() and each not in "\"'\\`").split())
