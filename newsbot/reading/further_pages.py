"""Finds the further pages of an article that its site has split, and tells their addresses from those of articles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from newsbot.reading.limits import LONGEST_ADDRESS
from newsbot.reading.page import Page, absolute
from newsbot.reading.surroundings import elements_around

ArticleId = Callable[[str], str | None]

#: The number of a page in a query, or at the end of a path: "?page=2", "/trang-2", "-trang-2.html".
_IN_QUERY: Final = re.compile(r"(?<=[?&])(?:page|trang)=(\d{1,2})(?:&|(?=#)|\Z)")
_IN_PATH: Final = re.compile(r"[/-](?:page|trang)[/-]?(\d{1,2})(?=(?:\.\w{3,5})?/?(?:[?#]|\Z))")
_COMMENTS: Final = re.compile(r"comment|binh-?luan", re.IGNORECASE)
#: Maximum number of links looked at, and of further pages.
_MOST_LINKS: Final = 100
_MOST: Final = 30


class PageOf(NamedTuple):
    """An article, by its id, and the number of one of its pages, from 2."""

    article: str
    number: int


def page_of(url: str, article_id: ArticleId) -> PageOf | None:
    """Return what further page an address is that of; None if it is no article's second page, and none behind it.

    What only looks like the number of a page may be an article's slug.

    :param article_id: gives the id of the article whose address it is given.

    >>> paper = lambda url: match[1] if (match := re.search(r"-(\\d+)\\.html", url)) else None
    >>> [page_of(f"/lu-17{end}", paper) for end in (".html?page=2", "-trang-3.html", ".html", ".html?page=1")]
    [PageOf(article='17', number=2), PageOf(article='17', number=3), None, None]
    >>> page_of("/doc-trang-2-17.html", paper), page_of("/the-gioi?page=2", paper)
    (None, None)
    """
    if "page" not in url and "trang" not in url:
        return None
    number, match = _number(url)
    if number < 2 or match is None:
        return None
    if match.re is _IN_QUERY:
        article = article_id(first_page(url))
    else:
        article = article_id(url[: match.start()] + url[match.end() :])
        if article == article_id(url):
            return None
    return PageOf(article, number) if article is not None else None


def first_page(url: str) -> str:
    """Return an address without the number of a page in its query.

    >>> first_page("http://a.vn/17.html?page=2"), first_page("http://a.vn/tin?id=7&trang=3&x=1")
    ('http://a.vn/17.html', 'http://a.vn/tin?id=7&x=1')
    """
    return _IN_QUERY.sub("", url, count=1).rstrip("?&") if _IN_QUERY.search(url) else url


def further_pages(page: Page, links: Sequence[LexborNode], article: str, article_id: ArticleId) -> list[str]:
    """Return the addresses of an article's further pages, as far as its page names them, in the order of their numbers.

    Those between two that are named ("1 2 … 9") are among them.

    :param links: elements of the page that may link to them.
    """
    found: dict[int, str] = {}
    for url in _addresses(page, links):
        if (each := page_of(url, article_id)) is not None and each.article == article:
            found.setdefault(each.number, url)
    if not found:
        return []
    last = min(max(found), _MOST + 1)
    known = found[max(found)]
    return [found.get(number) or _with_number(known, number) for number in range(2, last + 1)]


def _addresses(page: Page, links: Sequence[LexborNode]) -> Iterator[str]:
    for node in links[:_MOST_LINKS]:
        link = node.attributes.get("href") or ""
        if len(link) > LONGEST_ADDRESS or _COMMENTS.search(link):
            continue
        if not (_IN_QUERY.search(link) or _IN_PATH.search(link)):
            continue
        names = (f"{each.attributes.get('class')} {each.attributes.get('id')}" for each in elements_around(node, 6))
        url = absolute(page.base, link.partition("#")[0])
        if url is not None and not any(map(_COMMENTS.search, names)):
            yield url


def _number(url: str) -> tuple[int, re.Match[str] | None]:
    match = _IN_QUERY.search(url) or _IN_PATH.search(url)
    return int(match[1]) if match else 1, match


def _with_number(url: str, number: int) -> str:
    _, match = _number(url)
    assert match is not None
    return f"{url[: match.start(1)]}{number}{url[match.end(1) :]}"
