"""An article read from a page: each field from the layout's selectors, else metadata, else a generic extractor.

Nothing here keeps state or fetches anything, so that a page read again years later gives the same article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Protocol
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from newsbot.blocks import Body, read_body
from newsbot.bylines import looks_like_byline, parse_byline
from newsbot.claims import Claims
from newsbot.dates import PrintedDate, parse_date, parse_machine_date
from newsbot.generic import generic_body, printed_date
from newsbot.items import Article
from newsbot.layouts import Layout, fitting_layout, select
from newsbot.leftovers import is_leftover, without_leftovers
from newsbot.page import Page, absolute
from newsbot.page_kinds import PageKind, missing_kind
from newsbot.repetition import without_repetition
from newsbot.structured import Structured, read_structured
from newsbot.text import clean, fold, strip_slug

#: Raised with every change that reads an old capture differently.
READER_VERSION: Final = "1"

_HOME: Final = frozenset(("trang chủ", "home", "trang nhất"))
_VIETNAMESE: Final = re.compile("[ăâđêôơưạảấầẩậắằặẻẽẹếềểệỉĩịọỏốồổộớờởợụủứừửựỳỷỹ]", re.IGNORECASE)
_LONGEST_BYLINE: Final = 200
#: Two spellings of one title differ in length by less.
_SAME_LENGTH: Final = 10


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


def read_article(page: Page, source: Source, article_id: str) -> Article | PageKind:
    """Return the article on a page, or what the page is instead. An article may lack a title or a body."""
    structured = read_structured(page.tree)
    layout, root = fitting_layout(page.tree, source.layouts)
    claims = Claims()
    body = Body()
    byline_nodes: list[LexborNode] = []
    sapo = ""
    if layout is not None and root is not None:
        byline_nodes = [node for node in select(page.tree, layout.author) if _may_be_byline(node)]
        sapo_node = next((node for node in select(page.tree, layout.sapo) if not is_leftover(clean(node.text()))), None)
        dropped = [*root.css(layout.not_text), *byline_nodes]
        if sapo_node is not None:
            sapo = clean(sapo_node.text())
            dropped.append(sapo_node)
        body = read_body(root, page.base, dropped, root.css(layout.captions) if layout.captions else ())
        claims.believe("body", "layout")
    kind = missing_kind(page, structured, bool(body.paragraphs))
    if kind is not None:
        return kind
    if not body.paragraphs and not sapo:
        body = generic_body(page)
        claims.believe("body", "generic")

    title = claims.settle_text("title", _titles(page, layout, structured))
    title_key = fold(title)
    paragraphs = [line for line in without_leftovers(body.paragraphs) if not _is_title(line, title, title_key)]
    leads = [("layout", sapo), *_cleaned(structured.sapo)]
    sapo = claims.settle_text("sapo", [(place, strip_slug(text, source.slugs)) for place, text in leads])
    sapo, paragraphs = without_repetition(sapo, paragraphs, source.slugs)
    outlets = {fold(name) for name in (*source.outlets, *structured.outlets)}
    lines = [clean(node.text()) for node in byline_nodes] or _pop_bylines(paragraphs, outlets)
    bylines = [parse_byline(line) for line in lines]
    authors = claims.settle_names(
        "authors",
        [
            (_place_of_text(claims), [*dict.fromkeys(name for byline in bylines for name in byline.authors)]),
            *((place, _people(names, outlets)) for place, names in structured.authors.items()),
        ],
    )
    published = claims.settle_date("published_at", _published(page, layout, structured, title))
    modified = claims.settle_date("modified_at", _modified(page, layout, structured))
    if not paragraphs:
        claims.extracted_by.pop("body", None)
    if lines:
        claims.believe("byline", _place_of_text(claims))
    if body.images:
        claims.believe("images", _place_of_text(claims))
    text = "\n\n".join(paragraphs)
    return Article(
        id=article_id,
        source=source.name,
        url=page.url,
        canonical_url=_canonical(page, structured, source, article_id),
        title=title,
        sapo=sapo or None,
        body=text,
        authors=authors,
        byline=", ".join(lines) or None,
        agency=next((byline.agency for byline in bylines if byline.agency), None),
        published_at=published.isoformat() if published else None,
        modified_at=modified.isoformat() if modified else None,
        published_raw=published.raw if published else None,
        published_precision=published.precision if published else None,
        section=claims.settle_names("section", _sections(page, layout, structured, title_key)),
        tags=claims.settle_names("tags", _tags(page, layout, structured)),
        images=body.images,
        language=_language(page, source, text),
        province=source.current_province,
        noarchive=structured.noarchive or "noarchive" in page.robots.lower(),
        layout=layout.name if layout is not None else None,
        extracted_by=claims.extracted_by,
        conflicts=claims.conflicts or None,
        reader_version=READER_VERSION,
        fetched_at=page.fetched_at,
        capture=page.capture,
    )


def _titles(page: Page, layout: Layout | None, structured: Structured) -> Iterable[tuple[str, str]]:
    visible = ""
    if layout is not None:
        visible = next((text for node in select(page.tree, layout.title) if (text := clean(node.text()))), "")
        yield "layout", visible
    yield from _cleaned(structured.title)
    if not visible and not structured.title:
        node = page.tree.css_first("h1") or page.tree.css_first("title")
        if node is not None:
            yield "generic", clean(node.text())


def _is_title(line: str, title: str, title_key: str) -> bool:
    return abs(len(line) - len(title)) < _SAME_LENGTH and (line == title or fold(line) == title_key)


def _cleaned(claims: dict[str, str]) -> list[tuple[str, str]]:
    return [(place, clean(text)) for place, text in claims.items()]


def _published(
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


def _modified(page: Page, layout: Layout | None, structured: Structured) -> list[tuple[str, PrintedDate | None]]:
    visible = [("layout", _first_date(page, layout.modified))] if layout is not None else []
    claimed = [(place, parse_machine_date(raw, reference=page.time)) for place, raw in structured.modified.items()]
    return visible + claimed


def _first_date(page: Page, selectors: Iterable[str]) -> PrintedDate | None:
    for node in select(page.tree, tuple(selectors)):
        attributes = node.attributes
        machine = attributes.get("datetime") or attributes.get("content")
        printed = parse_date(node.text(), reference=page.time)
        if date := printed or (parse_machine_date(machine, reference=page.time) if machine else None):
            return date
    return None


def _may_be_byline(node: LexborNode) -> bool:
    text = clean(node.text())
    return 0 < len(text) <= _LONGEST_BYLINE and not is_leftover(text)


def _pop_bylines(paragraphs: list[str], outlets: set[str]) -> list[str]:
    """Take the bare byline off the end of the body: one line, or an author's above a source's."""
    lines: list[str] = []
    while len(paragraphs) > 1 and len(lines) < 2 and looks_like_byline(paragraphs[-1]):
        lines.insert(0, paragraphs.pop())
    if len(paragraphs) == 1 and fold(paragraphs[0]) in outlets:  # a video's page
        lines.insert(0, paragraphs.pop())
    return lines


def _place_of_text(claims: Claims) -> str:
    return claims.extracted_by.get("body", "layout")


def _people(names: list[str], outlets: set[str]) -> list[str]:
    people = [name for entry in names for name in parse_byline(clean(entry)).authors]
    return [name for name in dict.fromkeys(people) if fold(name) not in outlets]


def _sections(
    page: Page, layout: Layout | None, structured: Structured, title_key: str
) -> Iterable[tuple[str, list[str]]]:
    if layout is not None:
        names = []
        for node in select(page.tree, layout.section):
            href = node.attributes.get("href")
            name = clean(node.text()).strip(" /›»>")
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


def _tags(page: Page, layout: Layout | None, structured: Structured) -> Iterable[tuple[str, list[str]]]:
    if layout is not None:
        tags = [clean(node.text()).lstrip("#").strip() for node in select(page.tree, layout.tags)]
        yield "layout", [*dict.fromkeys(tag for tag in tags if tag)]
    for place, names in structured.tags.items():
        yield place, [*dict.fromkeys(tag for name in names if (tag := clean(name).lstrip("#")))]


def _canonical(page: Page, structured: Structured, source: Source, article_id: str) -> str:
    """Return the address that the page gives for this very article, else its own."""
    for link in structured.canonical:
        url = absolute(page.url, link) if link else None
        if url and (url == page.url or source.article_id(url) == article_id):
            return url.partition("#")[0]
    return page.url.partition("#")[0].partition("?")[0]


def _language(page: Page, source: Source, text: str) -> str:
    """Return the language of an article; templates claim "en" for Vietnamese pages, so its letters have to agree."""
    root = page.tree.css_first("html")
    claimed = ((root.attributes.get("lang") or "") if root is not None else "")[:2].lower()
    if claimed == "en" and not _VIETNAMESE.search(text):
        return "en"
    return source.language
