"""The readers of all sources, for what reads single captures of any of them."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from newsbot.replaying.answers import spider_named
from newsbot.replaying.captures import Reader
from newsbot.replaying.generic_source import NAME as GENERIC


class SourceReaders:
    """Makes a reader when it is first asked for; there is one for pages that no source knows, too."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._loader = get_spider_loader(settings)
        self._names = {*self._loader.list(), GENERIC}
        self._readers: dict[str, Reader] = {}

    def of(self, source: str) -> Reader | None:
        """Return the reader of a source; None if no spider is called so."""
        if source not in self._readers and source in self._names:
            self._readers[source] = Reader(Crawler(spider_named(source, self._loader), self._settings))
        return self._readers.get(source)
