"""Fills in the templates of the pages; every text of a site is escaped and shown as its own, whatever it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import URL

from newsbot import __version__
from newsbot.vietnamese.dates import VIETNAM

_LONGEST: Final = 300
#: What has happened to an article, in words.
CHANGES: Final = {
    "new": "new",
    "headline": "new headline",
    "body": "text changed",
    "metadata": "details changed",
    "removed": "taken down by its site",
    "restored": "back on its site",
}


class Paging(NamedTuple):
    """Which page of a list this is, and the addresses of its neighbours, empty where there is none."""

    number: int
    before: str
    after: str


def paging(url: URL, number: int, *, has_more: bool) -> Paging:
    """Return the neighbours of a page of a list."""
    before = _address(url.include_query_params(page=number - 1)) if number > 1 else ""
    return Paging(number, before, _address(url.include_query_params(page=number + 1)) if has_more else "")


def _address(url: URL) -> str:
    return f"{url.path}?{url.query}"


def text_of(line: Mapping[str, Any]) -> str:
    """Return lead and text of an article's line."""
    return "\n\n".join(str(line[name]) for name in ("sapo", "body") if line.get(name))


def short(text: object, most: int = _LONGEST) -> str:
    """Return the beginning of a text.

    >>> short("abcdef", 4)
    'abc…'
    """
    written = str(text)
    return written if len(written) <= most else f"{written[: most - 1]}…"


def moment(date: str) -> str:
    """Return a date and time, as it was in Vietnam; a plain date, or what is none, as it is.

    >>> moment("2026-11-22T20:00:00Z"), moment("2026-11-22"), moment("hôm qua")
    ('2026-11-23 03:00', '2026-11-22', 'hôm qua')
    >>> moment("0999-01-01T00:00:00Z"), moment("9999-12-31T20:00:00Z")
    ('0999-01-01 07:00', '9999-12-31T20:00:00Z')
    """
    try:
        found = datetime.fromisoformat(date)
        here = found.replace(tzinfo=found.tzinfo or UTC).astimezone(VIETNAM)
    except (ValueError, TypeError, OverflowError):
        return short(date)
    if len(date) <= len("2026-11-22"):
        return date
    return here.replace(tzinfo=None).isoformat(" ", "minutes")


def quoted(text: str) -> str:
    """Return a text as a part of an address, in which nothing has a meaning.

    >>> quoted("a:../b?c#d")
    'a%3A..%2Fb%3Fc%23d'
    """
    return quote(text, safe="")


@cache
def style() -> str:
    """Return the style sheet."""
    return Path(__file__).with_name("templates").joinpath("style.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("newsbot.viewer", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"short": short, "moment": moment, "quoted": quoted, "thousands": "{:,}".format}
    environment.globals |= {"version": __version__, "changes": CHANGES}
    return environment


def render(name: str, **values: Any) -> str:
    """Return a page. Half a character of UTF-16, which JSON may hold, stands in no UTF-8: a mark takes its place."""
    text = _environment().get_template(f"{name}.html.jinja").render(**values)
    return text.encode("utf-8", "replace").decode("utf-8")
