"""Reads the metadata of a page: JSON-LD, OpenGraph, meta tags, microdata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.json_ld import LONGEST_TEXT, load, names, text, things, types
from newsbot.reading.node_text import node_text
from newsbot.vietnamese.text import clean, fold

_LIST_MARK: Final = re.compile("[,;|\n]")

#: Types of schema.org that stand for an article of a paper, in lower case.
_ARTICLE_TYPES: Final = frozenset((
    "article", "advertisercontentarticle", "analysisnewsarticle", "askpublicnewsarticle", "backgroundnewsarticle",
    "blogposting", "liveblogposting", "newsarticle", "opinionnewsarticle", "report", "reportagenewsarticle",
    "reviewnewsarticle", "satiricalarticle", "scholarlyarticle", "socialmediaposting", "techarticle",
))  # fmt: skip
#: Entries of a live blog that are read.
_MOST_UPDATES: Final = 500
_CLOCK: Final = re.compile(r"[T ](\d{2}:\d{2})")
#: Names of meta tags, by what they tell.
_NAMES: Final = {
    "title": ("og:title", "twitter:title"),
    "sapo": ("og:description", "description", "twitter:description"),
    "published": ("article:published_time", "pubdate", "datepublished"),
    "modified": ("article:modified_time", "lastmod", "datemodified"),
    "section": ("article:section", "articlesection"),
    "author": ("article:author", "author", "dable:author"),
}
_META: Final = {name: field_name for field_name, names in _NAMES.items() for name in names}


@dataclass(slots=True)
class Structured:
    """Field values as the page gives them, raw, by where they stand ("json-ld" before "meta")."""

    title: dict[str, str] = field(default_factory=dict)
    sapo: dict[str, str] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)
    modified: dict[str, str] = field(default_factory=dict)
    section: dict[str, list[str]] = field(default_factory=dict)
    authors: dict[str, list[str]] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    keywords: list[str] = field(default_factory=list)  # for search engines; of the article, or of the whole site
    outlets: list[str] = field(default_factory=list)  # the site's and the publisher's names
    canonical: list[str] = field(default_factory=list)
    following: list[LexborNode] = field(default_factory=list)  # links to what follows, a further page perhaps
    noarchive: bool = False
    is_article: bool = False
    is_live: bool = False
    updates: list[str] = field(default_factory=list)  # entries of a live blog, each a paragraph


def read_structured(tree: LexborHTMLParser) -> Structured:
    """Return what JSON-LD, meta tags and microdata say; broken JSON costs only what cannot be read of it."""
    found = Structured()
    # At once: each look-up goes over all the page.
    nodes = tree.css('script[type], meta[content], link:is([rel="canonical"], [rel="next"])')
    found.following = [node for node in nodes if node.tag == "link" and node.attributes.get("rel") == "next"]
    _read_json_ld((node for node in nodes if node.tag == "script"), found)
    _read_meta((node for node in nodes if node.tag == "meta"), found)
    links = [node.attributes.get("href") or "" for node in nodes if node.attributes.get("rel") == "canonical"]
    found.canonical[:0] = reversed(links)
    if not found.published:
        node = tree.css_first('[itemprop="datePublished"]')
        if node is not None:
            machine = node.attributes.get("content") or node.attributes.get("datetime")
            found.published["microdata"] = machine or node_text(node, apart=True)
    return found


def split_list(texts: Iterable[str]) -> list[str]:
    """Return the entries of lists that sites write as one text.

    >>> split_list(["lụt bão, Yên Phú; đê sông Luộc,"])
    ['lụt bão', 'Yên Phú', 'đê sông Luộc']
    """
    return [name for text in texts for part in _LIST_MARK.split(clean(text)) if (name := part.strip(" #"))]


def _read_meta(nodes: Iterable[LexborNode], found: Structured) -> None:
    for node in nodes:
        attributes = node.attributes
        content = attributes.get("content")
        if not content or len(content) > LONGEST_TEXT:
            continue
        for attribute in ("property", "name", "itemprop"):
            name = (attributes.get(attribute) or "").lower()
            if field_name := _META.get(name):
                if field_name == "author":
                    found.authors.setdefault("meta", []).append(content)
                elif field_name == "section":
                    found.section.setdefault("meta", [content])
                else:
                    getattr(found, field_name).setdefault("meta", content)
            elif name in ("keywords", "news_keywords"):
                found.keywords = found.keywords or split_list([content])
            elif name == "article:tag":
                found.tags.setdefault("meta", []).extend(split_list([content]))
            elif name == "og:site_name":
                found.outlets.append(content)
            elif name in ("og:url", "canonical"):
                found.canonical.append(content)
            elif name == "robots":
                found.noarchive = found.noarchive or "noarchive" in content.lower()
            elif name == "og:type":
                found.is_article = found.is_article or content == "article"


def _read_json_ld(scripts: Iterable[LexborNode], found: Structured) -> None:
    for script in scripts:
        if "ld+json" not in (script.attributes.get("type") or "").lower():
            continue
        for thing in things(load(script.text())):
            kinds = types(thing)
            if not _ARTICLE_TYPES.isdisjoint(kinds):
                _read_article(thing, found)
            elif "breadcrumblist" in kinds and (crumbs := [*names(thing.get("itemListElement"))]):
                found.section.setdefault("breadcrumb", crumbs)


def _read_article(thing: dict[str, Any], found: Structured) -> None:
    found.is_article = True
    known, headline = found.title.get("json-ld"), text(thing.get("headline"))
    if known and headline and fold(clean(known)) != fold(clean(headline)):
        return  # another article, of a list below this one
    for field_name, keys in (
        ("title", ("headline", "name")),
        ("sapo", ("description",)),
        ("published", ("datePublished",)),
        ("modified", ("dateModified",)),
    ):
        if value := next(filter(None, (text(thing.get(key)) for key in keys)), None):
            getattr(found, field_name).setdefault("json-ld", value)
    for values, key in ((found.authors, "author"), (found.section, "articleSection"), (found.tags, "keywords")):
        told = names(thing.get(key))
        if claimed := split_list(told) if values is found.tags else [*told]:
            values.setdefault("json-ld", claimed)
    found.outlets.extend(names(thing.get("publisher")))
    if "liveblogposting" in types(thing):
        _read_live_blog(thing, found)


def _read_live_blog(thing: dict[str, Any], found: Structured) -> None:
    """Read the entries of a live blog, the newest of which has changed it."""
    found.is_live = True
    given = thing.get("liveBlogUpdate")
    updates = [
        each for each in (given if isinstance(given, list) else [given])[:_MOST_UPDATES] if isinstance(each, dict)
    ]
    dates = [date for each in updates if (date := text(each.get("datePublished")))]
    if dates:
        found.modified.setdefault("json-ld", max(dates))
    for each in updates:
        printed = filter(None, (text(each.get(key)) for key in ("headline", "articleBody")))
        found.updates.append(" | ".join((*_clock(each), *printed)))


def _clock(update: dict[str, Any]) -> Iterator[str]:
    """Yield the hour and minute of an entry, as its date tells them."""
    if (date := text(update.get("datePublished"))) and (match := _CLOCK.search(date)):
        yield match[1]
