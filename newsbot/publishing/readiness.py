"""Works out, in whatever process, what an article is compared by and most of its line, before it is published."""

from __future__ import annotations

from collections.abc import Sequence

from newsbot.items import Article, Compared, line_around
from newsbot.publishing.duplicates.near_duplicates import read_texts
from newsbot.state.versions import headline_digest, metadata_digest


def make_ready(articles: Sequence[Article]) -> None:
    """Let articles, whose captures are in the archive, have with them all that needs no history."""
    for article, text in zip(articles, read_texts(articles), strict=True):
        digests = headline_digest(article), metadata_digest(article)
        article.compared = Compared(*digests, *text.packed, tuple(text.bands))
        article.around = line_around(article)
