"""Sitemaps as zce has them: an index of a packed file for each month, whose number is not filled up with a zero."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from datetime import timedelta

from tests.replica import feeds
from tests.replica.headlines import Headline
from tests.replica.newspaper import Newspaper
from tests.replica.site import Reply

_FILE = re.compile(r"/sitemaps/news-(20\d\d)-([1-9]|1[0-2])\.xml")


class MonthSitemaps:
    """The sitemaps of the stories in some lanes. Addresses stand between blanks, and changes are days."""

    def __init__(self, site: Newspaper, *, home: str, lanes: Sequence[int]) -> None:
        self.site, self.home, self.lanes = site, home, lanes

    def answer(self, path: str) -> Reply | None:
        """The sitemap at a path, or None if there is none."""
        if path == "/sitemap.xml":
            newest: dict[str, Headline] = {}
            for row in self._rows():
                newest.setdefault(f"{self.home}/sitemaps/news-{row.moment.year}-{row.moment.month}.xml", row)
            entries = [(url, row.moment + timedelta(hours=1)) for url, row in newest.items()]
            return self.site.text(feeds.sitemap_index(entries), "text/xml")
        if found := _FILE.fullmatch(path):
            month = (int(found[1]), int(found[2]))
            rows = [row for row in self._rows() if (row.moment.year, row.moment.month) == month]
            listed = "".join(
                f"<url>\n<loc>\n  {row.url}\n</loc>\n<lastmod>{row.moment:%Y-%m-%d}</lastmod></url>\n" for row in rows
            )
            text = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset>\n{listed}</urlset>\n'
            return self.site.file("application/x-gzip", gzip.compress(text.encode(), 6, mtime=0)) if rows else None
        return None

    def _rows(self) -> list[Headline]:
        site, width = self.site, len(self.site.lanes)
        indices = [index for lane in self.lanes for index in range(lane, site.articles, width) if site.is_listed(index)]
        return sorted(map(site.headline, indices), key=lambda row: row.moment, reverse=True)
