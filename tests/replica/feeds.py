"""RSS feeds and sitemaps, as they arrive in real life."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from tests.replica.headlines import Headline
from tests.replica.printed_dates import rfc822

_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def rss(title: str, home: str, headlines: Iterable[Headline], *, dated: bool = True, address: int = 0) -> str:
    """An RSS 2.0 feed as Vietnamese CMSs write it: the description holds a linked picture, then the lead.

    `address` picks which of a story's addresses the feed gives, where it has that many.
    """
    items = []
    for headline in headlines:
        url = escape(headline.urls[min(address, len(headline.urls) - 1)])
        date = f"<pubDate>{rfc822(headline.moment)}</pubDate>" if dated else ""
        items.append(
            f"<item><title><![CDATA[{headline.title}]]></title><link>{url}</link>"
            f'<description><![CDATA[<a href="{url}"><img src="/thumb/{headline.id}.jpg" /></a></br>{headline.sapo}]]>'
            f"</description>{date}<guid>{url}</guid></item>\n"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>{home}</link><description>{escape(title)}</description>"
        f"<language>vi-vn</language>\n{''.join(items)}</channel></rss>\n"
    )


def sitemap_index(entries: Iterable[tuple[str, datetime]]) -> str:
    """A sitemap of sitemaps, with the newest change of each."""
    rows = "".join(
        f"<sitemap><loc>{escape(url)}</loc><lastmod>{moment.isoformat()}</lastmod></sitemap>\n"
        for url, moment in entries
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_SITEMAP}>\n{rows}</sitemapindex>\n'


def sitemap(entries: Iterable[tuple[str, datetime]], *, leading_space: bool = False) -> str:
    """A sitemap, if need be with space before its declaration."""
    rows = [f"<url><loc>{escape(url)}</loc><lastmod>{moment.isoformat()}</lastmod></url>\n" for url, moment in entries]
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP}>\n{"".join(rows)}</urlset>\n'
    return f"\n\n   {text}" if leading_space else text


def news_sitemap(name: str, headlines: Iterable[Headline]) -> str:
    """A sitemap of the newest stories for news searches; their titles are escaped CDATA sections."""
    rows = "".join(
        f"<url><loc>{escape(row.url)}</loc><news:news><news:publication><news:name>{name}</news:name>"
        f"<news:language>vi</news:language></news:publication><news:publication_date>{row.moment.isoformat()}"
        f"</news:publication_date><news:title>{escape(f'<![CDATA[{row.title}]]>')}</news:title></news:news></url>\n"
        for row in headlines
    )
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP} {news}>\n{rows}</urlset>\n'
