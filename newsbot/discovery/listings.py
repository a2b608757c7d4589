"""Links out of feeds and sitemaps, which arrive cut off, with space before their declaration, or as no XML at all."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from scrapy.http import Response

from newsbot.reading.page import decode, gunzip

# Read with patterns, not with an XML parser: what is there is wanted even if the end is missing, and no entity that the
# document declares may be expanded.
_ENTRY: Final = re.compile(r"<(?:item|entry)\b", re.IGNORECASE)
_RSS_LINK: Final = re.compile(r"<link>\s*(?:<!\[CDATA\[\s*)?([^<\]\s]+)", re.IGNORECASE)
_ATOM_LINK: Final = re.compile(r"<link\b[^>]{0,300}?\bhref\s*=\s*[\"']([^\"'<>]+)", re.IGNORECASE)
_GUID: Final = re.compile(r"<guid[^<>]*>\s*(?:<!\[CDATA\[\s*)?(https?://[^<\]\s]+)", re.IGNORECASE)
_LOCATION: Final = re.compile(r"<loc>\s*(?:<!\[CDATA\[\s*)?([^<\]\s]+)\s*(?:\]\]>)?\s*</loc>", re.IGNORECASE)
_INDEX: Final = re.compile(r"<sitemapindex\b", re.IGNORECASE)
_SITEMAP_TAG: Final = re.compile(r"<(?:sitemapindex|urlset|loc)\b", re.IGNORECASE)
_SITEMAP: Final = re.compile(r"<sitemap\b", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"<url[\s>]", re.IGNORECASE)
_PUBLISHED: Final = re.compile(r"<news:publication_date>\s*([0-9T:.+Z-]{10,40})\s*</", re.IGNORECASE)
_LASTMOD: Final = re.compile(r"<lastmod>\s*([0-9T:.+Z-]{10,40})\s*</lastmod>", re.IGNORECASE)
#: Sitemaps of sitemaps are followed so deep.
SITEMAP_DEPTH: Final = 3
_BEGINNING: Final = 5_000


def text_of(response: Response) -> str:
    """Return the text of a list, whatever it was sent as."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return decode(gunzip(response.body), content_type)


def feed_links(text: str) -> Iterator[str]:
    """Yield the article links of an RSS or Atom feed.

    >>> [*feed_links("<rss><link>x</link><item><link><![CDATA[https://a.vn/1?a=1&amp;b]]></link></item><item><guid>")]
    ['https://a.vn/1?a=1&b']
    """
    for entry in _ENTRY.split(text)[1:]:
        match = _RSS_LINK.search(entry) or _ATOM_LINK.search(entry) or _GUID.search(entry)
        if match:
            yield html.unescape(match[1])


def sitemap_links(text: str) -> Iterator[str]:
    """Yield the locations of a sitemap; one that was cut off is left out.

    >>> [*sitemap_links("  <?xml version='1.0'?><urlset><url><loc> https://a.vn/1 </loc></url><url><loc>https://a.v")]
    ['https://a.vn/1']
    """
    for match in _LOCATION.finditer(text):
        yield html.unescape(match[1])


def sitemap_articles(text: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the locations of a sitemap, each with when it was last changed and when published, as these are given.

    >>> [*sitemap_articles("<urlset><url><lastmod>2026-11-22</lastmod><loc>https://a.vn/1</loc></url>")]
    [('https://a.vn/1', '2026-11-22', None)]
    """
    for entry in _ARTICLE.split(text)[1:]:
        if match := _LOCATION.search(entry):
            changed, published = _LASTMOD.search(entry), _PUBLISHED.search(entry)
            yield html.unescape(match[1]), changed[1] if changed else None, published[1] if published else None


def sitemap_entries(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the locations of a sitemap of sitemaps, each with the moment of its last change as it is given.

    >>> [*sitemap_entries("<sitemapindex><sitemap><loc>https://a.vn/1.xml</loc><lastmod>2026-11-22</lastmod></sitemap>")]
    [('https://a.vn/1.xml', '2026-11-22')]
    """
    for entry in _SITEMAP.split(text)[1:]:
        if match := _LOCATION.search(entry):
            changed = _LASTMOD.search(entry)
            yield html.unescape(match[1]), changed[1] if changed else None


def is_sitemap(text: str) -> bool:
    """Whether a text is a sitemap, even an empty one: a wall or an error may be sent in its place.

    >>> is_sitemap("<urlset></urlset>"), is_sitemap("<html><h1>Bảo trì</h1>")
    (True, False)
    """
    return _SITEMAP_TAG.search(text[:_BEGINNING]) is not None


def is_sitemap_index(text: str) -> bool:
    """Whether a sitemap lists sitemaps."""
    return _INDEX.search(text[:_BEGINNING]) is not None
