"""The item pipelines: normalise an article, require a title and a body, hand it on to be published."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final, Self, TypeVar

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from newsbot.items import Article, Removal
from newsbot.publishing.publication import Publication
from newsbot.reading.cleaning import (
    clean_body,
    clean_images,
    clean_list,
    clean_values,
    keep_within,
    web_address,
)
from newsbot.vietnamese.dates import is_known_form
from newsbot.vietnamese.text import clean, content_digest

logger = logging.getLogger(__name__)

#: What passes: an article, or the removal of one.
Published = TypeVar("Published", Article, Removal)

#: Maximum number of addresses of incomplete pages in the run report; the log has all of them.
INCOMPLETE_URLS: Final = 20


class Normalise:
    """Bring every text field into its stored form, and count how the article was read.

    Stats: ``newsbot/articles``, ``newsbot/layout/<layout or none>``, ``newsbot/extracted_by/<field>/<step>``,
    ``newsbot/coverage/<layout or none>/<field>`` (articles that have it), ``newsbot/conflict/<field>``,
    ``newsbot/cut`` (articles with values that exceeded their maximum size), ``newsbot/cut_values`` (the first),
    ``newsbot/date_missing``, ``newsbot/date_fallback`` (dateparser had to help), ``newsbot/noarchive``.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, article: Published) -> Published:
        if isinstance(article, Removal):
            return article
        if cut := keep_within(article):
            self._count_cut(article, cut)
        fields = ItemAdapter(article)
        fields["title"] = clean(article.title)
        fields["body"] = clean_body(article.body)
        for name in ("sapo", "byline", "agency", "published_raw"):
            fields[name] = clean(fields[name] or "") or None
        for name in ("authors", "section", "tags"):
            fields[name] = clean_list(fields[name])
        fields["images"] = clean_images(article.images)
        fields["canonical_url"] = web_address(article.canonical_url)
        fields["conflicts"] = clean_values(article.conflicts) or None
        fields["content_digest"] = content_digest(article.title, article.sapo, article.body)
        self._count(article)
        return article

    def _count_cut(self, article: Article, cut: list[str]) -> None:
        self.stats.inc_value("newsbot/cut")
        named: list[str] = self.stats.get_value("newsbot/cut_values", [])
        if len(named) < INCOMPLETE_URLS:
            self.stats.set_value("newsbot/cut_values", [*named, f"{article.url}: {', '.join(cut[:3])}"])
        logger.warning("Cut on %s: %s", article.url, ", ".join(cut[:20]))

    def _count(self, article: Article) -> None:
        stats = self.stats.get_stats()  # `inc_value` for each of some twenty would take longer than all else here
        for name in _counted(article):
            stats[name] = stats.get(name, 0) + 1


def _counted(article: Article) -> Iterator[str]:
    """Yield the stats in which an article counts."""
    layout = article.layout or "none"
    yield "newsbot/articles"
    yield f"newsbot/layout/{layout}"
    for field, step in article.extracted_by.items():
        yield f"newsbot/coverage/{layout}/{field}"
        yield f"newsbot/extracted_by/{field}/{step}"
    for field in article.conflicts or ():
        yield f"newsbot/conflict/{field}"
    if article.published_at is None:
        yield "newsbot/date_missing"
    elif article.published_raw and not is_known_form(article.published_raw):
        yield "newsbot/date_fallback"
    if article.noarchive:
        yield "newsbot/noarchive"


class Require:
    """Let an article through only with a title and a body; one without is named and counted, never lost in silence.

    Stats: ``newsbot/incomplete``, ``newsbot/incomplete_urls`` (the first twenty).
    """

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, article: Published) -> Published:
        if isinstance(article, Removal):
            return article
        missing = [name for name in ("title", "body") if not getattr(article, name)]
        if not missing:
            return article
        self.stats.inc_value("newsbot/incomplete")
        urls: list[str] = self.stats.get_value("newsbot/incomplete_urls", [])
        if len(urls) < INCOMPLETE_URLS:
            self.stats.set_value("newsbot/incomplete_urls", [*urls, article.url])
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
