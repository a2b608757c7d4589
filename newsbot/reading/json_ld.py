"""JSON-LD as sites write it: lists, graphs, wrapped in comments, broken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

#: Largest JSON-LD script that is read, in characters; an article's is a few thousand.
_LARGEST: Final = 300_000
_WRAPPINGS: Final = (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>"))
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
#: The fields worth saving from JSON that no parser takes.
_STRING_FIELD: Final = re.compile(
    r'"(@type|headline|description|datePublished|dateModified|articleSection)"\s*:\s*"((?:[^"\\]|\\.)*)"'
)


def names(value: Any) -> Iterator[str]:
    """Yield the names in a value that may be a string, a thing, or a list of either.

    >>> [*names([{"@type": "Person", "name": "Hà Thu"}, "Nam Giang", {"item": {"name": "Kinh tế"}}, 5])]
    ['Hà Thu', 'Nam Giang', 'Kinh tế']
    """
    for entry in value if isinstance(value, list) else [value]:
        name = entry
        if isinstance(name, dict) and "name" not in name:
            name = name.get("item")
        if isinstance(name, dict):
            name = name.get("name")
        if isinstance(name, str) and name.strip():
            yield name.strip()


def things(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-LD script: one, a list of them, or a graph of them."""
    pending, seen = [data], 0
    while pending and seen < 1000:
        value = pending.pop()
        seen += 1
        if isinstance(value, list):
            pending.extend(reversed(value[:1000]))
        elif isinstance(value, dict):
            yield value
            pending.extend(value[key] for key in ("@graph", "mainEntity") if isinstance(value.get(key), list | dict))


def load(text: str) -> Any:
    r"""Return the data of a JSON-LD script, mended where sites break it, or the fields that can be read one by one.

    >>> load('<!-- {"headline": "Một\n hai",} -->')
    {'headline': 'Một\n hai'}
    >>> load('{"@type": "NewsArticle", "headline": "Một "hai" ba", "datePublished": "2021-12-01"}')["datePublished"]
    '2021-12-01'
    """
    if len(text) > _LARGEST:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        mended = _unwrap(_TRAILING_COMMA.sub(r"\1", text))
    try:
        return json.loads(mended, strict=False)
    except (ValueError, RecursionError):
        return dict(reversed(_STRING_FIELD.findall(mended)))


def _unwrap(text: str) -> str:
    for opening, closing in _WRAPPINGS:
        text = text.strip().removeprefix(opening).removesuffix(closing)
    return text
