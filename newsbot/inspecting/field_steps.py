"""What each step of the extraction chain saw of each field of an article, and which was believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from newsbot.items import Article
from newsbot.reading.article import read_article
from newsbot.reading.claims import Claims
from newsbot.reading.fields import Source
from newsbot.reading.layouts import Layout
from newsbot.reading.page import Page
from newsbot.reading.page_kinds import PageKind
from newsbot.reading.parsing import parsed
from newsbot.vietnamese.dates import PrintedDate

#: The fields that are read from a page, in the order in which they are shown.
FIELDS: Final = (
    "title", "sapo", "body", "authors", "byline", "published_at", "modified_at", "section", "tags", "images",
)  # fmt: skip
_METADATA: Final = "meta[property], meta[name], meta[itemprop], script[type*='ld+json']"


@dataclass(frozen=True)
class FieldSteps:
    """One field: its value, the step that gave it, and what each step has for it; "" where it has nothing."""

    name: str
    value: str
    won: str
    layout: str = ""
    structured: str = ""
    generic: str = ""


class _SeenClaims(Claims):
    """Keeps all claims, also those that nobody asks for once one is believed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, list[tuple[str, str]]] = {}

    def _settle(self, field: str, claims: Iterable[tuple[str, Any]], agree: Callable[[Any, Any], bool]) -> Any:
        claimed = list(claims)
        self.seen[field] = [(place, _shown(claim)) for place, claim in claimed if claim]
        return super()._settle(field, claimed, agree)


@dataclass(frozen=True)
class _Blind:
    """A source of whose pages no layout is known."""

    _source: Source
    layouts: tuple[Layout, ...] = field(default=())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def read_steps(page: Page, source: Source, article_id: str) -> tuple[Article | PageKind, list[FieldSteps]]:
    """Return the article on a page, or what the page is instead, and what each step saw of it."""
    claims = _SeenClaims()
    found = read_article(page, source, article_id, claims)
    if not isinstance(found, Article):
        return found, []
    blind = read_article(_without_metadata(page), _Blind(source), article_id)
    return found, [_steps(name, found, blind, claims) for name in FIELDS]


def claims_of(page: Page, source: Source, article_id: str) -> dict[str, list[tuple[str, str]]]:
    """Return what each place on a page says of each field of its article, with the place, the likeliest first."""
    claims = _SeenClaims()
    read_article(page, source, article_id, claims)
    return claims.seen


def _steps(name: str, found: Article, blind: Article | PageKind, claims: _SeenClaims) -> FieldSteps:
    value, won = _shown(getattr(found, name)), found.extracted_by.get(name, "")
    seen = claims.seen.get(name, [])
    layout = next((text for place, text in seen if place == "layout"), value if won == "layout" else "")
    structured = next((f"{text} ({place})" for place, text in seen if place not in ("layout", "generic")), "")
    generic = _shown(getattr(blind, name)) if isinstance(blind, Article) else ""
    return FieldSteps(name, value, won, layout, structured, generic)


def _without_metadata(page: Page) -> Page:
    """Return a page without what is written for machines, so that only what a reader sees is left."""
    tree = parsed(page.tree.html or "")
    for node in tree.css(_METADATA):
        node.decompose()
    return replace(page, tree=tree)


def _shown(value: Any) -> str:
    if isinstance(value, PrintedDate):
        return value.isoformat()
    if isinstance(value, list):
        return " | ".join(str(each["url"] if isinstance(each, dict) else each) for each in value)
    return str(value or "")
