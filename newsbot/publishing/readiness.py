"""Works out, in whatever process, what an article is compared by and most of its line, before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newsbot.items import Article, Compared, line_around
from newsbot.publishing.duplicates.near_duplicates import read_texts
from newsbot.state.versions import headline_digest, metadata_digest


def ready_to_publish(articles: Sequence[Article]) -> list[Article]:
    """Return articles, whose captures are in the archive, that have with them all that needs no history."""
    return [
        replace(
            article,
            compared=Compared(headline_digest(article), metadata_digest(article), *text.packed, tuple(text.bands)),
            around=line_around(article),
        )
        for article, text in zip(articles, read_texts(articles), strict=True)
    ]
