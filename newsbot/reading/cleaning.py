"""The stored form of fields that are more than one text: paragraphs, lists, images, addresses, conflicts."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from newsbot.reading.limits import has_endless_host
from newsbot.vietnamese.text import clean

_BLANK_LINE: Final = re.compile(r"\n\s*\n")
_WHITE_SPACE: Final = re.compile(r"\s")


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


def web_address(url: str | None) -> str | None:
    """Return an http address with nothing in it that breaks a line, escaped as a browser would; None for any other.

    >>> web_address("http://a.vn/ảnh 1.jpg"), web_address("http://a.vn/1.jpg"), web_address("javascript:void(0)")
    ('http://a.vn/%E1%BA%A3nh%201.jpg', 'http://a.vn/1.jpg', None)
    """
    if not url or has_endless_host(url):
        return None
    try:
        if not (url.startswith(("http://", "https://")) and url.isascii() and url.isprintable() and " " not in url):
            url = safe_url_string(url)
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a host, a port or characters that no address has
        return None
    return url if whole and not _WHITE_SPACE.search(url) else None
