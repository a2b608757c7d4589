"""What the steps of the extraction chain claim of each field, the best evidence first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Protocol
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from newsbot.reading.generic import printed_date
from newsbot.reading.layouts import Layout, select
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute
from newsbot.reading.structured import Structured
from newsbot.vietnamese.dates import PrintedDate, parse_date, parse_machine_date
from newsbot.vietnamese.text import clean, fold

_HOME: Final = frozenset(("trang chủ", "home", "trang nhất"))
_VIETNAMESE: Final = re.compile("[ăâđêôơưạảấầẩậắằặẻẽẹếềểệỉĩịọỏốồổộớờởợụủứừửựỳỷỹ]", re.IGNORECASE)


class Source(Protocol):
    """What reading must know of a source; `NewsSpider` is one."""

    name: str

    @property
    def layouts(self) -> tuple[Layout, ...]: ...
    @property
    def language(self) -> str: ...
    @property
    def current_province(self) -> str | None: ...
    @property
    def slugs(self) -> tuple[str, ...]: ...
    @property
    def outlets(self) -> tuple[str, ...]: ...

    def article_id(self, url: str) -> str | None: ...


def titles(page: Page, layout: Layout | None, structured: Structured) -> Iterable[tuple[str, str]]:
    visible = ""
    if layout is not None:
        visible = next((text for node in select(page.tree, layout.title) if (text := clean(node_text(node)))), "")
        yield "layout", visible
    yield from cleaned(structured.title)
    if not visible and not structured.title:
        node = page.tree.css_first("h1") or page.tree.css_first("title")
        if node is not None:
            yield "generic", clean(node_text(node))


def published_dates(
    page: Page, layout: Layout | None, structured: Structured, title: str
) -> list[tuple[str, PrintedDate | None]]:
    claims: list[tuple[str, PrintedDate | None]] = []
    if layout is not None:
        claims.append(("layout", _first_date(page, layout.published)))
    claims += [(place, parse_machine_date(raw, reference=page.time)) for place, raw in structured.published.items()]
    best = next((date for _, date in claims if date), None)
    if best is None or (best.precision == "day" and not (claims[0][0] == "layout" and claims[0][1])):
        # Metadata often tells the day alone where the page prints the minute.
        printed = printed_date(page, title)
        if best is None or (printed and printed.value.date() == best.value.date()):
            claims.insert(0, ("generic", printed))
    return claims


def modified_dates(page: Page, layout: Layout | None, structured: Structured) -> list[tuple[str, PrintedDate | None]]:
    visible = [("layout", _first_date(page, layout.modified))] if layout is not None else []
    claimed = [(place, parse_machine_date(raw, reference=page.time)) for place, raw in structured.modified.items()]
    return visible + claimed


def _first_date(page: Page, selectors: Iterable[str]) -> PrintedDate | None:
    for node in select(page.tree, tuple(selectors)):
        attributes = node.attributes
        machine = attributes.get("datetime") or attributes.get("content")
        printed = _printed_in(node, page)
        if date := printed or (parse_machine_date(machine, reference=page.time) if machine else None):
            return date
    return None


def _printed_in(node: LexborNode, page: Page) -> PrintedDate | None:
    """Return the date in an element, with the element's own text as raw where that tells all of it.

    What stands inside in elements of its own is then no part of the date: buttons for the size of letters, say.
    """
    whole, own = node_text(node, apart=True), node_text(node, deep=False)
    date = parse_date(whole, reference=page.time)
    if date is None or own == whole:
        return date
    alone = parse_date(own, reference=page.time)
    return alone if alone and (alone.value, alone.precision) == (date.value, date.precision) else date


def sections(
    page: Page, layout: Layout | None, structured: Structured, title_key: str
) -> Iterable[tuple[str, list[str]]]:
    if layout is not None:
        names = []
        for node in select(page.tree, layout.section):
            href = node.attributes.get("href")
            name = clean(node_text(node)).strip(" /›»>")
            if href is not None and _path(page, href) in ("", "/"):
                continue
            if name and fold(name) not in _HOME and fold(name) != title_key:
                names.append(name)
        yield "layout", [*dict.fromkeys(names)]
    for place, names in structured.section.items():
        cleaned = [clean(name).strip(" /") for name in names]
        yield place, [name for name in cleaned if name and fold(name) not in _HOME and fold(name) != title_key]


def _path(page: Page, href: str) -> str:
    if href.startswith("/") and not href.startswith("//"):
        return href
    url = absolute(page.base, href)
    return urlsplit(url).path if url else "?"


def tags(page: Page, layout: Layout | None, structured: Structured) -> Iterable[tuple[str, list[str]]]:
    if layout is not None:
        tags = [clean(node_text(node)).lstrip("#").strip() for node in select(page.tree, layout.tags)]
        yield "layout", [*dict.fromkeys(tag for tag in tags if tag)]
    for place, names in structured.tags.items():
        yield place, [*dict.fromkeys(tag for name in names if (tag := clean(name).lstrip("#")))]


def canonical_url(page: Page, structured: Structured, source: Source, article_id: str) -> str:
    """Return the address that the page gives for this very article, else its own."""
    for link in structured.canonical:
        url = absolute(page.url, link) if link else None
        if url and (url == page.url or source.article_id(url) == article_id):
            return url.partition("#")[0]
    return page.url.partition("#")[0].partition("?")[0]


def language_of(page: Page, source: Source, text: str) -> str:
    """Return the language of an article; templates claim "en" for Vietnamese pages, so its letters have to agree."""
    root = page.tree.css_first("html")
    claimed = ((root.attributes.get("lang") or "") if root is not None else "")[:2].lower()
    if claimed == "en" and not _VIETNAMESE.search(text):
        return "en"
    return source.language


def cleaned(claims: dict[str, str]) -> list[tuple[str, str]]:
    return [(place, clean(text)) for place, text in claims.items()]
