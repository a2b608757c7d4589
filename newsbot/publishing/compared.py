"""Works out what an article is compared by before it is published, in whatever process."""

from __future__ import annotations

from dataclasses import replace

from newsbot.items import Article, Compared
from newsbot.publishing.duplicates.near_duplicates import read_texts
from newsbot.state.versions import headline_digest, metadata_digest


def with_compared(article: Article) -> Article:
    """Return an article that has with it what it is compared by."""
    (text,) = read_texts([article])
    compared = Compared(headline_digest(article), metadata_digest(article), *text.packed, tuple(text.bands))
    return replace(article, compared=compared)
