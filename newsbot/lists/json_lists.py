"""Reads the addresses of articles, or of further lists, from what a site gives its own scripts: JSON.

What the JSON says goes into a form that the source declares, each value as one part of an address: it can choose
neither a host nor a path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from scrapy.http import Response

from newsbot.lists.list_text import ListText
from newsbot.lists.sitemaps import Entry, Sitemap

#: A name in a form.
_PLACE: Final = re.compile(r"\{(\w+)\}")
_LONGEST_VALUE: Final = 300
#: Rows that are read.
_MOST: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class JsonList:
    """A list in JSON: by what address it is known, where its rows are, and what address each of them means.

    `address` is a form with names of a row's values in braces, and `{number}`: how many rows to ask a list for.
    """

    #: A regular expression, searched in the list's own address.
    answers: str
    #: The names that lead to the rows, with dots between.
    rows: str
    address: str
    #: Whether the rows mean further lists instead of articles.
    names_lists: bool = False
    #: What `{number}` is in a run for news, and in a backfill.
    number: int = 30
    number_of_backfill: int = 1_000

    def of(self, response: Response, *, is_backfill: bool) -> JsonSitemap:
        """Return the list in a response."""
        number = self.number_of_backfill if is_backfill else self.number
        text = ListText(response.body, "application/json; charset=utf-8", limit=JsonSitemap.limit)
        return JsonSitemap(text, response.url, self, number)


class JsonSitemap(Sitemap):
    """A list in JSON, read as the sitemap that the site does not have.

    >>> form = JsonList(answers="/menu", rows="data.list", address="https://a.vn/tin?cat={slug}&limit={number}")
    >>> rows = '{"data": {"list": [{"slug": "lúa&x=1"}, {"slug": null}, 7, {"slug": 5}]}}'
    >>> found = JsonSitemap([rows], "https://api.a.vn/menu", form, 30)
    >>> [entry.url for entry in found], found.shortfall
    (['https://a.vn/tin?cat=l%C3%BAa%26x%3D1&limit=30', 'https://a.vn/tin?cat=5&limit=30'], '2 entries have no address')
    >>> for text in ('{"data": {"list": [{"sl', "[" * 9999, '{"data": []}', "<html>", '"' + "9" * 9999):
    ...     found = JsonSitemap([text], "https://api.a.vn/menu", form, 30)
    ...     print([*found], found.is_one, found.shortfall)
    [] False no JSON, or cut off
    [] False no JSON, or cut off
    [] False no rows at data.list
    [] False no JSON, or cut off
    [] False no JSON, or cut off
    """

    limit = 8 << 20

    def __init__(self, text: Iterable[str], url: str, form: JsonList, number: int):
        super().__init__(text, url)
        self._form = form
        self._number = str(number)

    def steps(self) -> Iterator[Entry | None]:
        """Yield the entries; a list of the size that is read takes no time to speak of."""
        try:
            value = json.loads("".join(self._text))
        except (ValueError, RecursionError):
            self._shortfall = "no JSON, or cut off"
            return
        for name in self._form.rows.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, list):
            self._shortfall = f"no rows at {self._form.rows}"
            return
        self.is_one = True
        for row in value[:_MOST]:
            if url := self._address(row):
                yield Entry(url, is_sitemap=self._form.names_lists)
            else:
                self._unaddressed.number += 1
        self._shortfall = f"more than {_MOST:,} rows" if len(value) > _MOST else self._unaddressed.shortfall

    def _address(self, row: Any) -> str | None:
        """Return the address that a row means; None if a value for it is missing, or is none for an address."""
        values = {**row, "number": self._number} if isinstance(row, dict) else {}
        parts = {name: _part(values.get(name)) for name in _PLACE.findall(self._form.address)}
        return _PLACE.sub(lambda place: parts[place[1]], self._form.address) if all(parts.values()) else None


def _part(value: Any) -> str:
    """Return a value as a part of an address; empty if it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip() if isinstance(value, str) or abs(value) < 10**15 else ""
    if len(text) > _LONGEST_VALUE or text in (".", ".."):
        return ""
    return quote(text.encode("utf-8", "replace"), safe="")
