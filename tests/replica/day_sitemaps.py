"""Sitemaps as OneCMS has them: an index of a file for each day, whose dates say when the index was made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.replica import feeds
from tests.replica.headlines import Headline
from tests.replica.newspaper import Newspaper
from tests.replica.site import Reply

_FILE = re.compile(r"/sitemap-article-(\d{4}-\d\d-\d\d)\.xml")


class DaySitemaps:
    """The sitemaps of the stories in some lanes. In a day's file the newest stands first, with its publication."""

    def __init__(self, site: Newspaper, *, home: str, lanes: Sequence[int]) -> None:
        self.site, self.home, self.lanes = site, home, lanes

    def answer(self, path: str) -> Reply | None:
        """The sitemap at a path, or None if there is none."""
        if path == "/sitemap.xml":
            days = sorted({f"{row.moment:%Y-%m-%d}" for row in self._rows()}, reverse=True)
            entries = [(f"{self.home}/sitemap-article-{day}.xml", self.site.now) for day in days]
            return self.site.text(feeds.sitemap_index(entries), "text/xml")
        if path == "/sitemap-news.xml":
            return self.site.text(feeds.news_sitemap(self.site.name, self._rows()[:20]), "text/xml")
        if found := _FILE.fullmatch(path):
            entries = [(row.url, row.moment) for row in self._rows() if f"{row.moment:%Y-%m-%d}" == found[1]]
            return self.site.text(feeds.sitemap(entries), "text/xml") if entries else None
        return None

    def _rows(self) -> list[Headline]:
        site, width = self.site, len(self.site.lanes)
        indices = [index for lane in self.lanes for index in range(lane, site.articles, width) if site.is_listed(index)]
        return sorted(map(site.headline, indices), key=lambda row: row.moment, reverse=True)
