"""The item pipelines: normalise an article, require a title and a body, hand it on to be published."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Final, Self, TypeVar

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from newsbot.items import Article, FurtherPage, Removal
from newsbot.publishing.publication import Publication
from newsbot.reading.cleaning import normalise
from newsbot.vietnamese.dates import is_known_form

logger = logging.getLogger(__name__)

#: What passes: an article, the removal of one, or what belongs to one.
Published = TypeVar("Published", Article, Removal, FurtherPage)

#: Maximum number of incomplete pages, and of cut ones, named in the run report; the log has all of them.
INCOMPLETE_URLS: Final = 20


class ArticlePipeline(ABC):
    """Passes articles on as it changes or counts them; anything else passes as it is."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, found: Published) -> Published:
        if isinstance(found, Article):
            self.process_article(found)
        return found

    @abstractmethod
    def process_article(self, article: Article) -> None: ...

    def name(self, stat: str, line: str) -> None:
        """Name an article in the run report, if it is one of the first."""
        named: list[str] = self.stats.get_value(stat, [])
        if len(named) < INCOMPLETE_URLS:
            self.stats.set_value(stat, [*named, line])


class Normalise(ArticlePipeline):
    """Bring every text field into its stored form, and count how the article was read.

    Stats: ``newsbot/articles``, ``newsbot/layout/<layout or none>``, ``newsbot/extracted_by/<field>/<step>``,
    ``newsbot/coverage/<layout or none>/<field>`` (articles that have it),
    ``newsbot/selected/<layout>/<field>/<selector>`` (articles on whose pages it selects something),
    ``newsbot/conflict/<field>``,
    ``newsbot/cut`` (articles with values that exceeded their maximum size), ``newsbot/cut_values`` (the first),
    ``newsbot/date_missing``, ``newsbot/date_fallback`` (dateparser had to help), ``newsbot/noarchive``.
    """

    def process_item(self, found: Published) -> Published:
        if isinstance(found, FurtherPage) and found.article is not None:
            self._normalise(found.article)
        return super().process_item(found)

    def process_article(self, article: Article) -> None:
        self._normalise(article)
        count = self.stats.inc_value
        for stat in _counted(article):
            count(stat)

    def _normalise(self, article: Article) -> None:
        if cut := normalise(article):
            self.stats.inc_value("newsbot/cut")
            self.name("newsbot/cut_values", f"{article.url}: {', '.join(cut[:3])}")
            logger.warning("Cut on %s: %s", article.url, ", ".join(cut[:20]))


def _counted(article: Article) -> Iterator[str]:
    """Yield the stats in which an article counts."""
    layout = article.layout or "none"
    yield "newsbot/articles"
    yield f"newsbot/layout/{layout}"
    for field, step in article.extracted_by.items():
        yield f"newsbot/coverage/{layout}/{field}"
        yield f"newsbot/extracted_by/{field}/{step}"
    for field, selector in article.selected.items():
        yield f"newsbot/selected/{layout}/{field}/{selector}"
    for field in article.conflicts or ():
        yield f"newsbot/conflict/{field}"
    if article.published_at is None:
        yield "newsbot/date_missing"
    elif article.published_raw and not is_known_form(article.published_raw):
        yield "newsbot/date_fallback"
    if article.noarchive:
        yield "newsbot/noarchive"


class Require(ArticlePipeline):
    """Let an article through only with a title and a body; one without is named and counted, never lost in silence.

    Stats: ``newsbot/incomplete``, ``newsbot/incomplete_urls`` (the first twenty).
    """

    def process_article(self, article: Article) -> None:
        missing = [name for name in ("title", "body") if not getattr(article, name)]
        if not missing:
            return
        self.stats.inc_value("newsbot/incomplete")
        self.name("newsbot/incomplete_urls", article.url)
        logger.warning("No %s found on %s (layout %s)", " and no ".join(missing), article.url, article.layout)
        # Named above; at Scrapy's own level the whole article would follow.
        raise DropItem(f"incomplete: no {' and no '.join(missing)}", log_level="DEBUG")


class Publish:
    """Hand what has passed to the run's publication, which writes a line once its capture is on disk."""

    #: Given by the extension that puts the crawl together (`newsbot.running.composition`).
    publication: Publication

    def process_item(self, found: Published) -> Published:
        self.publication.add(found)
        return found
