"""What a line may hold: no article has more, and no page may fill a disk."""

from __future__ import annotations

from typing import Any, Final

from newsbot.items import Article
from newsbot.reading.limits import LONGEST_ADDRESS

#: Characters of texts.
_LONGEST: Final = {
    "title": 2_000,
    "sapo": 20_000,
    "body": 2_000_000,
    "byline": 2_000,
    "agency": 2_000,
    "published_raw": 2_000,
}
#: Entries of lists, and characters of each.
_MOST: Final = {"authors": 100, "section": 100, "tags": 500}
_LONGEST_NAME: Final = 1_000
_MOST_PICTURES: Final = 2_000
_LONGEST_CAPTION: Final = 5_000


def keep_within(article: Article) -> list[str]:
    """Cut what is longer than a line may hold, and drop what is no address; returns what was, in words.

    >>> article = Article(id="a:1", source="a", url="http://a.vn/1", title="Lũ " * 1000, body="Nước.", language="vi",
    ...                   reader_version="1", fetched_at="2026-11-22T03:20:11Z", tags=["lũ"] * 600)
    >>> keep_within(article), len(article.title), len(article.tags)
    (['title of 3000 characters', '600 tags'], 2000, 500)
    """
    cut: list[str] = []
    for name, longest in _LONGEST.items():
        text = getattr(article, name)
        if text and len(text) > longest:
            cut.append(f"{name} of {len(text)} characters")
            setattr(article, name, text[:longest])
    for name, most in _MOST.items():
        entries = getattr(article, name)
        if len(entries) > most:
            cut.append(f"{len(entries)} {name}")
        if any(len(entry) > _LONGEST_NAME for entry in entries[:most]):
            cut.append(f"{name} of more than {_LONGEST_NAME} characters")
        setattr(article, name, [entry[:_LONGEST_NAME] for entry in entries[:most]])
    article.images = _pictures(article.images, cut)
    if article.canonical_url and len(article.canonical_url) > LONGEST_ADDRESS:
        cut.append(f"canonical_url of {len(article.canonical_url)} characters")
        article.canonical_url = None
    article.conflicts = _short(article.conflicts)
    return cut


def _pictures(images: list[dict[str, str | None]], cut: list[str]) -> list[dict[str, str | None]]:
    kept = [image for image in images if len(image["url"] or "") <= LONGEST_ADDRESS]
    if len(kept) < len(images):
        cut.append(f"{len(images) - len(kept)} addresses of pictures with more than {LONGEST_ADDRESS} characters")
    if len(kept) > _MOST_PICTURES:
        cut.append(f"{len(kept)} pictures")
    for image in kept[:_MOST_PICTURES]:
        caption = image["caption"]
        if caption and len(caption) > _LONGEST_CAPTION:
            cut.append(f"caption of {len(caption)} characters")
            image["caption"] = caption[:_LONGEST_CAPTION]
    return kept[:_MOST_PICTURES]


def _short(claims: Any) -> Any:
    """Return the claims of other places, each as long as the field they are about may be at most."""
    if isinstance(claims, str):
        return claims[: _LONGEST["sapo"]]
    if isinstance(claims, dict):
        return {key: _short(value) for key, value in claims.items()}
    return [_short(value) for value in claims[: _MOST["tags"]]] if isinstance(claims, list) else claims
