"""Joins what stands on the pages of an article that its site has split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from newsbot.items import Article, FurtherPage
from newsbot.reading.cleaning import clean_body, clean_documents, clean_images, keep_within
from newsbot.vietnamese.text import content_digest, fold

#: What is taken from a further page where the first does not have it: a long article is signed at its end.
_AT_THE_END: Final = ("authors", "byline", "agency", "tags")


def joined(first: Article, pages: Sequence[FurtherPage | None]) -> Article:
    """Return an article with what stands on its further pages behind what stands on the first.

    :param pages: in order, as far as they were asked for; None for one that was not captured.
    """
    read = [*_articles(pages)]
    article = replace(
        first,
        further_pages=addresses(first, pages),
        pages=[page.capture if page is not None else None for page in pages],
        body="\n\n".join([*_texts(first.body), *(text for texts in _added(first, read) for text in texts)]),
        images=clean_images([image for each in (first, *read) for image in each.images]),
        documents=clean_documents([document for each in (first, *read) for document in each.documents]),
        compared=None,
        around=None,
    )
    for name in _AT_THE_END:
        value = next((value for each in (first, *read) if (value := getattr(each, name))), None)
        if value:
            setattr(article, name, value)
    keep_within(article)
    article.content_digest = content_digest(article.title, article.sapo, article.body)
    return article


def addresses(first: Article, pages: Iterable[FurtherPage | None]) -> list[str]:
    """Return the addresses of an article's further pages, also of those that only later ones name."""
    found = [*first.further_pages]
    for article in _articles(pages):
        found += article.further_pages[len(found) :]
    return found


def is_whole(first: Article, pages: Sequence[FurtherPage]) -> bool:
    """Whether there is no further page behind these.

    If one says nothing that is not on those before it, those behind it will not: a site that knows nothing of the
    number shows what it always shows.
    """
    if len(pages) >= len(addresses(first, pages)):
        return True
    return bool(pages) and (pages[-1].article is None or not _added(first, [*_articles(pages)])[-1])


def _articles(pages: Iterable[FurtherPage | None]) -> Iterable[Article]:
    return (page.article for page in pages if page is not None and page.article is not None)


def _added(first: Article, others: Iterable[Article]) -> list[list[str]]:
    """Return the paragraphs that each further page adds: without those at its beginning that one before it begins with.

    What was taken for a further page's lead is its first paragraph.
    """
    own = _texts(first.body)
    earlier = [_keys(own), _keys([*_texts(first.sapo), *own])]
    added = []
    for other in others:
        texts = [*_texts(other.sapo), *_texts(other.body)]
        keys = _keys(texts)
        added.append(texts[max(_common(keys, before) for before in earlier) :])
        earlier.append(keys)
    return added


def _texts(text: str | None) -> list[str]:
    return clean_body(text).split("\n\n") if text else []


def _keys(texts: Iterable[str]) -> list[str]:
    return [*map(fold, texts)]


def _common(keys: Sequence[str], others: Sequence[str]) -> int:
    """Return how many texts both have at their beginning."""
    pairs = zip(keys, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
