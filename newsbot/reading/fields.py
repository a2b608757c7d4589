"""Yields for each field the claims of the steps of the extraction chain, the best evidence first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Protocol
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from newsbot.reading.headings import agreeing, find_heading, lone_heading, without_site_name
from newsbot.reading.layouts import Fit, Layout
from newsbot.reading.nearby import finer_date, nearby_date
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute
from newsbot.reading.repetition import is_cut_copy
from newsbot.reading.structured import Structured
from newsbot.reading.surroundings import Surroundings
from newsbot.reading.visible_lists import (
    HOME,
    breadcrumb,
    crumbs_of,
    linked_tags,
    section_holders,
    shown_tags,
    unmarked_breadcrumb,
)
from newsbot.vietnamese.dates import PrintedDate, parse_date, parse_machine_date
from newsbot.vietnamese.languages import language_of_text, may_be_english
from newsbot.vietnamese.outlets import is_outlet
from newsbot.vietnamese.text import clean, fold

#: In characters: a longer breadcrumb that begins as the title does is the title, cut.
_LONGEST_SECTION: Final = 30
#: Keywords with which a site describes itself.
_SITE_WORD: Final = re.compile(
    r"(?:tin (?:tức|mới|nhanh|nóng|trong)|đọc (?:báo|tin)|báo (?:điện tử|mới|mạng|online)|bao dien tu|tin tuc|news"
    r"|cổng thông tin|trang (?:thông )?tin|website)\b"
)
#: How a paper describes itself, and in how many characters at most.
_PAPER: Final = re.compile(
    r"\A(?:báo|tạp chí|đài|trang|cổng|website)\b.{0,80}?\b(?:cơ quan (?:ngôn luận )?(?:của )?|tiếng nói của )"
    r"(?:ban chấp hành )?(?:đảng bộ|đảng|tỉnh ủy|thành ủy)"
)
_LONGEST_PAPER: Final = 300
#: The same, of a site.
_SITE: Final = re.compile(
    r"\A(?:(?:cổng|trang) thông tin điện tử[^.!?]{0,100}\Z"
    r"|(?:báo(?! (?:cáo|động|hiệu|chí))|tạp chí|đài|kênh|trang|cổng|website)\b.{0,60}?"
    r"\b(?:tin tức (?:mới|nhanh|nóng|trong|24)|cập nhật (?:liên tục|nhanh|tin|24)|đọc báo))"
)
_ENGLISH_HOST: Final = re.compile(r"https?://(?:www\.)?(?:en|eng|english|news)\.")


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
    def province_code(self) -> str | None: ...
    @property
    def slugs(self) -> tuple[str, ...]: ...
    @property
    def outlets(self) -> tuple[str, ...]: ...

    def article_id(self, url: str) -> str | None: ...


def titles(page: Page, fit: Fit | None, structured: Structured, outlets: set[str]) -> Iterable[tuple[str, str]]:
    """Yield what is claimed to be the headline; of several headings the one is meant that the page's title names."""
    head = page.tree.css_first("title")
    head_title = clean(node_text(head)) if head is not None else ""
    claimed = _cleaned(structured.title)
    printed: list[str] = []
    if fit is not None:
        printed = [text for node in fit.select("title") if (text := clean(node_text(node)))]
    references: list[str] = []
    if len(printed) != 1:  # else there is nothing to choose from
        told = (*(text for _, text in claimed), head_title)
        references = [text for text in told if text and fold(text) not in outlets and not is_outlet(text)]
    if printed:
        yield "layout", agreeing(printed, references) or printed[0]
        yield from claimed
        return
    heading = find_heading(page.tree, references)
    if heading and heading not in (text for _, text in claimed):
        yield "generic", heading
    # A claim that the heading confirms comes first.
    yield from sorted(
        ((place, without_site_name(text, outlets)) for place, text in claimed), key=lambda claim: claim[1] != heading
    )
    if not heading and not claimed:
        yield "generic", lone_heading(page.tree) or without_site_name(head_title, outlets)


def published_dates(
    page: Page, fit: Fit | None, structured: Structured, around: Surroundings
) -> list[tuple[str, PrintedDate | None]]:
    claims: list[tuple[str, PrintedDate | None]] = []
    if fit is not None:
        claims.append(("layout", _first_date(page, fit.select("published"))))
    claims += [(place, parse_machine_date(raw, reference=page.time)) for place, raw in structured.published.items()]
    best = next((date for _, date in claims if date), None)
    if best is None or (best.precision == "day" and not (claims[0][0] == "layout" and claims[0][1])):
        # Metadata often tells the day alone where the page prints the minute.
        printed = nearby_date(around)
        if best is None or (printed and printed.value.date() == best.value.date()):
            claims.insert(0, ("generic", printed))
    return claims


def modified_dates(page: Page, fit: Fit | None, structured: Structured) -> list[tuple[str, PrintedDate | None]]:
    visible = [("layout", _first_date(page, fit.select("modified")))] if fit is not None else []
    claimed = [(place, parse_machine_date(raw, reference=page.time)) for place, raw in structured.modified.items()]
    return visible + claimed


def _first_date(page: Page, nodes: Iterable[LexborNode]) -> PrintedDate | None:
    for node in nodes:
        attributes = node.attributes
        machine = attributes.get("datetime") or attributes.get("content")
        printed = _printed_in(node, page)
        if date := printed or (parse_machine_date(machine, reference=page.time) if machine else None):
            if date.precision == "day" and (finer := finer_date(node, page)) and finer.precision != "day":
                # The time stands beside the element.
                return finer if finer.value.date() == date.value.date() else date
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
    page: Page, fit: Fit | None, structured: Structured, around: Surroundings, title_key: str, outlets: set[str]
) -> Iterable[tuple[str, list[str]]]:
    """Yield what is claimed to be the way to the article, widest first; the page's own where it tells more."""

    def named(crumbs: Iterable[tuple[str, str | None]]) -> list[str]:
        names = []
        for text, href in crumbs:
            name = clean(text).strip(" /›»>")
            key = fold(name)
            if href is not None and _path(page, href) in ("", "/"):
                continue
            if key and key not in HOME and key not in outlets and not _is_title(key, title_key):
                names.append(name)
        return [*dict.fromkeys(names)]

    if fit is not None:
        chosen = fit.select("section")
        yield "layout", named((node_text(node), node.attributes.get("href")) for node in chosen)
    claimed = [(place, named((name, None) for name in names)) for place, names in structured.section.items()]
    if fit is None or not fit.layout.section:
        shown = named(breadcrumb(page.tree))
        if not shown and not any(names for _, names in claimed):
            shown = next(filter(None, (named(crumbs_of(holder)) for holder in section_holders(around))), [])
            shown = shown or named(unmarked_breadcrumb(around))
        told = max((names for _, names in claimed), key=len, default=[])
        if {*map(fold, told)} < {*map(fold, shown)}:
            yield "generic", shown
    yield from claimed


def _is_title(key: str, title_key: str) -> bool:
    return key == title_key or (len(key) > _LONGEST_SECTION and is_cut_copy(key, title_key))


def _path(page: Page, href: str) -> str:
    if href.startswith("/") and not href.startswith("//"):
        return href
    url = absolute(page.base, href)
    return urlsplit(url).path if url else "?"


def tags(
    page: Page, fit: Fit | None, structured: Structured, title: str, around: Surroundings
) -> Iterable[tuple[str, list[str]]]:
    """Yield what is claimed to be the tags; what is written for search engines counts where nothing else is."""
    claimed: list[tuple[str, list[str]]] = []
    if fit is not None:
        names = [clean(node_text(node)).lstrip("#").strip() for node in fit.select("tags")]
        claimed.append(("layout", [*dict.fromkeys(name for name in names if name)]))
    claimed += [(place, [*dict.fromkeys(names)]) for place, names in structured.tags.items()]
    told = next((names for _, names in claimed if names), [])
    if fit is None and told and _may_be_cut_at_commas(told):
        # Metadata part at commas what the page shows as one tag: "phòng, chống thiên tai".
        shown = shown_tags(page.tree, around.texts) or linked_tags(around)
        if len(shown) < len(told) and _words(shown) == _words(told):
            claimed.insert(0, ("generic", shown))
    if not told and (fit is None or not fit.layout.tags):
        # All texts are looked through only where the page's design is unknown: it costs as much as reading the rest.
        found = shown_tags(page.tree, around.texts if fit is None else ())
        claimed.append(("generic", found or (linked_tags(around) if fit is None else [])))
    if structured.keywords and not any(names for _, names in claimed) and _are_articles(structured.keywords, title):
        claimed.append(("meta", [*dict.fromkeys(structured.keywords)]))
    return claimed


def _may_be_cut_at_commas(names: list[str]) -> bool:
    return len(names) > 1 and any(name[0].islower() for name in names[1:] if name)


def _words(names: list[str]) -> list[str]:
    return fold(" ".join(names)).replace(",", " ").split()


def _are_articles(keywords: list[str], title: str) -> bool:
    """Whether keywords are an article's: not the site's own, the same on each page, nor the title cut at its commas."""
    if fold(" ".join(keywords)) == fold(title.replace(",", " ")):
        return False
    return not any(is_outlet(name) or _SITE_WORD.match(fold(name)) for name in keywords)


def canonical_url(page: Page, structured: Structured, source: Source, article_id: str) -> str:
    """Return the address that the page gives for this very article, else its own."""
    for link in structured.canonical:
        url = absolute(page.url, link) if link else None
        if url and (url == page.url or source.article_id(url) == article_id):
            return url.partition("#")[0]
    whole = page.url.partition("#")[0]
    bare = whole.partition("?")[0]
    # Of some systems the query alone says which article it is.
    return bare if source.article_id(bare) == article_id else whole


def language_of(page: Page, source: Source, text: str) -> str:
    """Return the language of an article by its words; that of the source if they are too few to tell.

    Templates claim "en" for Vietnamese pages, and "vi" for English ones. A page that claims to be English, or has a
    host of an English edition, is believed of a short text if it has English words.
    """
    if language := language_of_text(text):
        return language
    root = page.tree.css_first("html")
    claimed = ((root.attributes.get("lang") or "") if root is not None else "")[:2].lower()
    if (claimed == "en" or _ENGLISH_HOST.match(page.url)) and may_be_english(text):
        return "en"
    return source.language


def leads_claimed(structured: Structured) -> list[tuple[str, str]]:
    """Return what the metadata gives as lead, but for what a paper says of itself on each page."""
    claims = [(place, text, fold(text[:_LONGEST_PAPER])) for place, text in _cleaned(structured.sapo)]
    return [(place, text) for place, text, key in claims if not (_PAPER.search(key) or _SITE.match(key))]


def _cleaned(claims: dict[str, str]) -> list[tuple[str, str]]:
    return [(place, clean(text)) for place, text in claims.items()]
