"""What an article's version is known by, and what has changed since the one before."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.state.versions import Version
from newsbot.vietnamese.text import content_digest, fold


def changed_since(article: Article, known: Version | None) -> Article | None:
    """Return an article with its version and what has changed since the last; None if nothing has.

    One that comes as removed, from its line, stays so, if it was there before.
    """
    if article.change == "removed":
        return replace(article, version=known.version + 1) if known and known.change != "removed" else None
    if known is None:
        return article
    version = version_of(article)
    if known.change == "removed":
        change = "restored"
    elif known.headline_digest != version.headline_digest:
        change = "headline"
    elif known.content_digest != version.content_digest:
        change = "body"
    elif known.metadata_digest and version.metadata_digest and known.metadata_digest != version.metadata_digest:
        change = "metadata"
    else:
        return None
    return replace(article, version=known.version + 1, change=change)


def version_of(article: Article) -> Version:
    """Return what the state keeps of an article, be it on its way to its line or read from one."""
    capture = article.capture
    pointer = capture.pointer() if isinstance(capture, Capture) else capture or {}
    return Version(
        article.id,
        article.version,
        article.source,
        article.content_digest or "",
        content_digest(article.title, "", ""),
        article.fetched_at,
        _metadata_digest(article),
        article.change,
        article.url,
        str(pointer["file"]),
        int(pointer["offset"]),
    )


def _metadata_digest(article: Article) -> str:
    """Return a digest of what is said about a text: by whom, when, where; a date like "an hour ago" says nothing.

    Empty where no layout fits the page: a site's new design hides most of it, and that is no change.
    """
    if article.layout is None:
        return ""
    relative = fold("trước") in fold(article.published_raw or "")
    lists = ("; ".join(map(fold, names)) for names in (article.authors, article.section, article.tags))
    said = "\n".join((*lists, fold(article.agency or ""), "" if relative else article.published_at or ""))
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
