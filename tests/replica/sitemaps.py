"""A site's sitemaps: an index, and files of its stories made when asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tests.replica import feeds
from tests.replica.headlines import Headline
from tests.replica.newspaper import Newspaper
from tests.replica.site import Reply

_FILE = re.compile(r"/sitemap-articles-(\d{1,7})\.xml")


class Sitemaps:
    """The sitemaps of the stories in some lanes; file 1 holds the newest stories, each file its newest last."""

    def __init__(self, site: Newspaper, *, home: str, lanes: Sequence[int], leading_space: bool = False) -> None:
        self.site, self.home, self.lanes = site, home, lanes
        self.leading_space = leading_space
        count = sum(len(range(lane, site.articles, len(site.lanes))) for lane in lanes)
        self._size = max(15, min(2000, -(-count // 2)))
        self._files = max(1, -(-count // self._size))

    def answer(self, path: str) -> Reply | None:
        """The sitemap at a path, or None if there is none."""
        if path == "/sitemap.xml":
            text = feeds.sitemap_index(
                [(f"{self.home}/sitemap-articles-{n}.xml", self._changed(n)) for n in self._numbers()]
            )
            return self.site.text(text, "text/xml", modified=self.site.now)
        found = _FILE.fullmatch(path)
        if not found or not 1 <= int(found[1]) <= self._files:
            return None
        number = int(found[1])
        entries = [(row.url, self.site.modified(row)) for row in reversed(self._rows(number))]
        text = feeds.sitemap(entries, leading_space=self.leading_space)
        return self.site.text(text, "text/xml", modified=self._changed(number))

    def _numbers(self) -> range:
        return range(1, self._files + 1)

    def _rows(self, number: int) -> list[Headline]:
        width, start = len(self.site.lanes), (number - 1) * self._size
        entries = [divmod(entry, len(self.lanes)) for entry in range(start, start + self._size)]
        indices = [block * width + self.lanes[lane] for block, lane in entries]
        return [self.site.headline(index) for index in indices if self.site.is_listed(index)]

    def _changed(self, number: int) -> datetime:
        block = (number - 1) * self._size // len(self.lanes)
        moment = self.site.lanes[self.lanes[0]].era.moment(block)
        changed = self.site.newsroom.changed
        # Files before it hold nothing that is published yet.
        newest = self.site.newsroom.held // len(self.site.lanes) * len(self.lanes) // self._size + 1
        return max(moment, changed) if number <= newest and changed else moment
