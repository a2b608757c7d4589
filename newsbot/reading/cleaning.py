"""The stored form of an article's fields: clean texts, lists, addresses and pictures, each with a maximum size."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from newsbot.items import Article
from newsbot.reading.limits import LONGEST_ADDRESS, has_endless_host
from newsbot.vietnamese.text import clean, content_digest

_BLANK_LINE: Final = re.compile(r"\n\s*\n")
_WHITE_SPACE: Final = re.compile(r"\s")
#: An address as most are, with nothing in it to escape or to doubt.
_PLAIN_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+/[!#-;=?-_a-z~]*")
#: Maximum lengths of texts, in characters.
_LONGEST: Final = {
    "title": 2_000,
    "sapo": 20_000,
    "body": 2_000_000,
    "byline": 2_000,
    "agency": 2_000,
    "published_raw": 2_000,
}
#: Maximum number of entries of lists, and maximum length of each in characters.
_MOST: Final = {"authors": 100, "section": 100, "tags": 500}
_LONGEST_NAME: Final = 1_000


class _Entries(NamedTuple):
    """Entries with an address and a text: how many there may be, and how long the text."""

    what: str
    most: int
    text: str
    #: The text as messages call it.
    said: str
    longest: int


_PICTURES: Final = _Entries("pictures", 2_000, "caption", "caption", 5_000)
_DOCUMENTS: Final = _Entries("documents", 200, "title", "title of a document", _LONGEST_NAME)


def normalise(article: Article) -> list[str]:
    """Bring every text field of an article into its stored form; returns what was too long, as `keep_within` does."""
    cut = keep_within(article)
    article.title = clean(article.title)
    article.body = clean_body(article.body)
    article.sapo = clean(article.sapo or "") or None
    article.byline = clean(article.byline or "") or None
    article.agency = clean(article.agency or "") or None
    article.published_raw = clean(article.published_raw or "") or None
    article.authors = clean_list(article.authors)
    article.section = clean_list(article.section)
    article.tags = clean_list(article.tags)
    article.images = clean_images(article.images)
    article.documents = clean_documents(article.documents)
    article.canonical_url = web_address(article.canonical_url)
    article.conflicts = clean_values(article.conflicts) or None
    article.content_digest = content_digest(article.title, article.sapo, article.body)
    return cut


def clean_body(body: str) -> str:
    r"""Return clean paragraphs joined by a blank line.

    >>> clean_body(" Nước\xa0lên. \n \n\n Nước\nxuống. ")
    'Nước lên.\n\nNước xuống.'
    """
    return "\n\n".join(filter(None, map(clean, _BLANK_LINE.split(body))))


def clean_list(texts: list[str]) -> list[str]:
    """Return clean texts, each once and none empty.

    >>> clean_list(["Lan  Chi", "", "Lan Chi"])
    ['Lan Chi']
    """
    return [*dict.fromkeys(filter(None, map(clean, texts)))]


def clean_values(value: Any) -> Any:
    """Return a value of any shape with every text in it clean.

    >>> clean_values({"title": {"meta": "Cầu &amp; đường"}})
    {'title': {'meta': 'Cầu & đường'}}
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: clean_values(entry) for key, entry in value.items()}
    return clean_list(value) if isinstance(value, list) else value


def clean_images(images: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """Return the images that have a web address, each once.

    >>> clean_images([{"url": "http://a.vn/1.jpg", "caption": " "}, {"url": "data:image/gif,R0", "caption": ""}])
    [{'url': 'http://a.vn/1.jpg', 'caption': None}]
    """
    kept: dict[str, dict[str, str | None]] = {}
    for image in images:
        if url := web_address(image["url"]):
            kept.setdefault(url, {"url": url, "caption": clean(image["caption"] or "") or None})
    return [*kept.values()]


def clean_documents(documents: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """Return the attached files that have a web address, each once.

    >>> clean_documents([{"url": "http://a.vn/1.pdf", "title": "Kế  hoạch", "format": "pdf"}] * 2)
    [{'url': 'http://a.vn/1.pdf', 'title': 'Kế hoạch', 'format': 'pdf'}]
    """
    kept: dict[str, dict[str, str | None]] = {}
    for document in documents:
        if url := web_address(document["url"]):
            title = clean(document["title"] or "") or None
            kept.setdefault(url, {"url": url, "title": title, "format": document["format"]})
    return [*kept.values()]


def web_address(url: str | None) -> str | None:
    """Return an http address with nothing in it that breaks a line, escaped as a browser would; None for any other.

    >>> web_address("http://a.vn/ảnh 1.jpg"), web_address("http://a.vn/1.jpg"), web_address("javascript:void(0)")
    ('http://a.vn/%E1%BA%A3nh%201.jpg', 'http://a.vn/1.jpg', None)
    """
    if not url or has_endless_host(url):
        return None
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
    try:
        if not (url.startswith(("http://", "https://")) and url.isascii() and url.isprintable() and " " not in url):
            url = safe_url_string(url)
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a host, a port or characters that no address has
        return None
    return url if whole and not _WHITE_SPACE.search(url) else None


def keep_within(article: Article) -> list[str]:
    """Cut values to their maximum sizes, and drop addresses that are too long; return what was cut, in words.

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
    article.images = _entries(article.images, _PICTURES, cut)
    article.documents = _entries(article.documents, _DOCUMENTS, cut)
    if article.canonical_url and len(article.canonical_url) > LONGEST_ADDRESS:
        cut.append(f"canonical_url of {len(article.canonical_url)} characters")
        article.canonical_url = None
    article.conflicts = _short(article.conflicts)
    return cut


def _entries(entries: list[dict[str, str | None]], of: _Entries, cut: list[str]) -> list[dict[str, str | None]]:
    kept = [entry for entry in entries if len(entry["url"] or "") <= LONGEST_ADDRESS]
    if len(kept) < len(entries):
        cut.append(f"{len(entries) - len(kept)} addresses of {of.what} with more than {LONGEST_ADDRESS} characters")
    if len(kept) > of.most:
        cut.append(f"{len(kept)} {of.what}")
    for entry in kept[: of.most]:
        text = entry[of.text]
        if text and len(text) > of.longest:
            cut.append(f"{of.said} of {len(text)} characters")
            entry[of.text] = text[: of.longest]
    return kept[: of.most]


def _short(claims: Any) -> Any:
    """Return the claims of other places, each as long as the field they are about may be at most."""
    if isinstance(claims, str):
        return claims[: _LONGEST["sapo"]]
    if isinstance(claims, dict):
        return {key: _short(value) for key, value in claims.items()}
    return [_short(value) for value in claims[: _MOST["tags"]]] if isinstance(claims, list) else claims
