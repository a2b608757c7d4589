"""JSON-LD as sites write it: lists, graphs, value objects, wrapped in comments, escaped, broken.

All input is hostile: no shape of it raises an exception, and all loops have a maximum.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any, Final

from newsbot.vietnamese.text import unescape

logger = logging.getLogger(__name__)

#: Largest JSON-LD script that is read, in characters; an article's is a few thousand.
_LARGEST: Final = 300_000
#: Maximum number of values looked at in one script, and of names in one value.
_MOST_THINGS: Final = 1000
_MOST_NAMES: Final = 200
#: Maximum number of places tried as the start of the data: it may follow "//<![CDATA[", a comment, "var data =".
_MOST_STARTS: Final = 12
#: Maximum length of a headline, a lead or a list of keywords, in characters.
LONGEST_TEXT: Final = 5_000
_START: Final = re.compile(r"[\[{]")
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
#: The fields worth saving from JSON that no parser takes.
_STRING_FIELD: Final = re.compile(
    r'"(@type|headline|description|datePublished|dateModified|articleSection|keywords)"\s*:\s*"((?:[^"\\]|\\.)*)"'
)
_DECODER: Final = json.JSONDecoder(strict=False)
_MAY_BE_EPOCH: Final = range(10**9, 10**13)


def types(thing: dict[str, Any]) -> frozenset[str]:
    """Return the types of a thing, in lower case and without the vocabulary's address.

    >>> sorted(types({"@type": ["http://schema.org/NewsArticle", [{"@id": "schema:Report"}], 5, None]}))
    ['newsarticle', 'report']
    """
    return frozenset(re.split("[/#:]", name)[-1].lower() for name in _texts(thing.get("@type"), ("@id", "@type")))


def text(value: Any) -> str | None:
    """Return the first text in a value, which may be a text, a value object, a list of such, or a time in seconds.

    >>> text(["", {"@value": "Lũ về"}]), text(1640000000), text({"name": 5}), text(True)
    ('Lũ về', '1640000000', None, None)
    """
    if isinstance(value, int) and value in _MAY_BE_EPOCH:
        return str(value)
    return next(_texts(value, ("@value",)), None)


def names(value: Any) -> Iterator[str]:
    """Yield the names in a value that may be a string, a thing, or a list of either.

    >>> [*names([{"@type": "Person", "name": "Hà Thu"}, "Nam Giang", {"item": {"name": "Kinh tế"}}, [["Lan Chi"], 5]])]
    ['Hà Thu', 'Nam Giang', 'Kinh tế', 'Lan Chi']
    """
    return _texts(value, ("name", "item", "@value", "@list"))


def things(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-LD script: one, a list of them, or a graph of them."""
    pending, seen = [data], 0
    while pending and seen < _MOST_THINGS:
        value = pending.pop()
        seen += 1
        if isinstance(value, list):
            pending.extend(reversed(value[:_MOST_THINGS]))
        elif isinstance(value, dict):
            yield value
            pending.extend(value[key] for key in ("@graph", "mainEntity") if isinstance(value.get(key), list | dict))


def load(script: str) -> Any:
    r"""Return the data of a JSON-LD script, mended where sites break it, or the fields that can be read one by one.

    >>> load('/* <![CDATA[ */ {"headline": "Một\n hai",}; /* ]]> */')
    [{'headline': 'Một\n hai'}]
    >>> load('{&quot;headline&quot;: &quot;M&#7897;t&quot;}')
    [{'headline': 'Một'}]
    >>> load('{"@type": "NewsArticle", "headline": "Một "hai" ba", "datePublished": "2021-12-01"}')["datePublished"]
    '2021-12-01'
    """
    if len(script) > _LARGEST:
        logger.warning("A JSON-LD script of %d characters is not read", len(script))
        return None
    try:
        return _DECODER.decode(script)
    except (ValueError, RecursionError):
        pass
    for mended in dict.fromkeys((script, unescape(script))):
        for written in dict.fromkeys((mended, _TRAILING_COMMA.sub(r"\1", mended))):
            if data := _values(written):
                return data
    fields: dict[str, Any] = {}
    for name, value in _STRING_FIELD.findall(script):
        if name == "@type":
            fields.setdefault(name, []).append(value)
        else:
            fields.setdefault(name, _unescaped(value))
    return fields


def _values(script: str) -> list[Any]:
    """Return the lists and objects that stand in a script, one after the other, whatever stands around them."""
    found: list[Any] = []
    position = 0
    for _ in range(_MOST_STARTS):
        start = _START.search(script, position)
        if start is None:
            break
        try:
            value, position = _DECODER.raw_decode(script, start.start())
        except (ValueError, RecursionError):
            if start[0] == "{":
                break  # a broken object: whole ones inside of it are not the article
            position = start.end()  # "[CDATA["
            continue
        if value:
            found.append(value)
    return found


def _unescaped(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _texts(value: Any, keys: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts in a value: itself, those of a list, and what stands under the first of the keys in an object."""
    pending, seen = [value], 0
    while pending and seen < _MOST_NAMES:
        entry = pending.pop()
        seen += 1
        if isinstance(entry, str):
            entry = entry.strip()
            if 0 < len(entry) <= LONGEST_TEXT:
                yield entry
        elif isinstance(entry, list):
            pending.extend(reversed(entry[:_MOST_NAMES]))
        elif isinstance(entry, dict):
            pending.extend(entry[key] for key in [key for key in keys if entry.get(key)][:1])
