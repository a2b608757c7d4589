"""An article read from a page: each field from the layout's selectors, else metadata, else a generic extractor.

Nothing here keeps state or fetches anything, so that a page read again years later gives the same article.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.items import Article
from newsbot.reading.blocks import walk
from newsbot.reading.captions import Body, with_captions
from newsbot.reading.claims import Claims
from newsbot.reading.fields import (
    Source,
    canonical_url,
    language_of,
    leads_claimed,
    modified_dates,
    published_dates,
    sections,
    tags,
    titles,
)
from newsbot.reading.furniture import weigh, without_cards, without_furniture
from newsbot.reading.generic import all_text, generic_body
from newsbot.reading.layouts import Layout, fitting_layout, select
from newsbot.reading.lead_pictures import lead_pictures
from newsbot.reading.leftovers import is_leftover, without_leftovers
from newsbot.reading.nearby_byline import author_lines, completed_byline
from newsbot.reading.nearby_lead import nearby_lead
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute
from newsbot.reading.page_kinds import PageKind, is_message, missing_kind, refusal
from newsbot.reading.repetition import without_repetition
from newsbot.reading.structured import read_structured
from newsbot.reading.surroundings import Surroundings
from newsbot.vietnamese.bylines import is_credited, looks_like_byline, parse_byline
from newsbot.vietnamese.names import are_initials_of, is_office
from newsbot.vietnamese.slugs import slug_of_name, strip_slug
from newsbot.vietnamese.text import clean, fold

#: Raised with every change that reads an old capture differently.
READER_VERSION: Final = "2"

_LONGEST_BYLINE: Final = 200
#: Lines of a byline, and of bare names in it; more names are a list of the text's. So many lines are looked at.
_MOST_BYLINES: Final = 4
_MOST_NAMES: Final = 2
_MOST_SIGNED: Final = 8
#: Two spellings of one title differ in length by less.
_SAME_LENGTH: Final = 10


def read_article(page: Page, source: Source, article_id: str) -> Article | PageKind:
    """Return the article on a page, or what the page is instead. An article may lack a title or a body."""
    kind = refusal(page)
    if kind is not None:
        return kind
    structured = read_structured(page.tree)
    layout, root = fitting_layout(page.tree, source.layouts)
    claims = Claims()
    body = Body()
    byline_nodes: list[LexborNode] = []

    def is_other_article(href: str) -> bool:
        url = absolute(page.base, href)
        return url is not None and source.article_id(url) not in (None, article_id)

    sapo = ""
    if layout is not None and root is not None:
        signed = (*select(page.tree, layout.author), *select(page.tree, layout.credit))
        byline_nodes = [node for node in signed if _may_be_byline(node)]
        leads = (node for node in select(page.tree, layout.sapo) if not is_leftover(clean(node_text(node))))
        sapo_node = next(leads, None)
        dropped = [*root.css(layout.not_text), *byline_nodes]
        if sapo_node is not None:
            sapo = clean(node_text(sapo_node))
            dropped.append(sapo_node)
        captions = root.css(layout.captions) if layout.captions else ()
        blocks, boxes = walk(root, page.base, _ids(dropped), _ids(captions))
        if any(block.linked > 0.9 for block in blocks):
            blocks = without_cards(blocks, boxes, is_other_article, lambda block: block.box.tag == "h1", known=True)
        weigh(blocks, boxes, lambda block: len(block.text) if block.runs else 0)
        blocks = without_furniture(blocks, boxes, known=True)
        body = with_captions(without_leftovers(blocks, is_other_article))
        claims.believe("body", "layout")
    outlets = {fold(name) for name in (*source.outlets, *structured.outlets)}
    title = claims.settle_text("title", titles(page, layout, structured, outlets))
    title_key = fold(title)
    if not body.paragraphs and not sapo:
        blocks, boxes = all_text(page)
        if is_message(block.text for block in blocks if block.kind != "picture"):
            # To look for its article would cost ten times as much as to be told that there is none.
            kind = missing_kind(page, structured, outlets=outlets)
            if kind is not None:
                return kind
        body = generic_body(page, blocks, boxes, title, is_other_article)
        claims.believe("body", "generic")
    kind = missing_kind(page, structured, [sapo, *body.paragraphs], outlets)
    if kind is not None:
        return kind
    around = Surroundings(page, title, body.paragraphs)
    paragraphs = [line for line in body.paragraphs if not _is_title(line, title, title_key)]
    slugs = (*source.slugs, *filter(None, map(slug_of_name, (*source.outlets, *structured.outlets))))
    told = [(place, strip_slug(text, slugs)) for place, text in (("layout", sapo), *leads_claimed(structured))]
    told = [(place, text) for place, text in told if not _is_title(text, title, title_key)]
    if not sapo and (lead := strip_slug(nearby_lead(around), slugs)) and all(text != lead for _, text in told):
        told.insert(0, ("generic", lead))
    sapo = claims.settle_text("sapo", told)
    sapo, paragraphs = without_repetition(sapo, paragraphs, slugs)
    printed = [line for node in byline_nodes for line in author_lines(node)]
    lines = printed or _pop_bylines(paragraphs, outlets, has_lead=bool(sapo))
    place_of_lines = _place_of_text(claims)
    if layout is None or (not lines and not layout.author):
        told_lines, lines = lines, completed_byline(lines, around)
        if lines != told_lines:
            place_of_lines = "generic"
    bylines = [parse_byline(line) for line in lines]
    signed_by = [*dict.fromkeys(name for byline in bylines for name in byline.authors)]
    named = [(place, _people(names, outlets)) for place, names in structured.authors.items()]
    if not any(are_initials_of(signed_by, names) for _, names in named):
        named.insert(0, (place_of_lines, signed_by))
    authors = claims.settle_names("authors", named)
    published = claims.settle_date("published_at", published_dates(page, layout, structured, around))
    modified = claims.settle_date("modified_at", modified_dates(page, layout, structured))
    if not paragraphs:
        claims.extracted_by.pop("body", None)
    if lines:
        claims.believe("byline", place_of_lines)
    images = _with_lead(body, layout, around, title_key)
    if images:
        claims.believe("images", _place_of_text(claims))
    text = "\n\n".join(paragraphs)
    return Article(
        id=article_id,
        source=source.name,
        url=page.url,
        canonical_url=canonical_url(page, structured, source, article_id),
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
        section=claims.settle_names("section", sections(page, layout, structured, around, title_key, outlets)),
        tags=claims.settle_names("tags", tags(page, layout, structured, title, around)),
        images=images,
        language=language_of(page, source, text),
        province=source.current_province,
        noarchive=structured.noarchive or "noarchive" in page.robots.lower(),
        layout=layout.name if layout is not None else None,
        extracted_by=claims.extracted_by,
        conflicts=claims.conflicts or None,
        reader_version=READER_VERSION,
        fetched_at=page.fetched_at,
        capture=page.capture,
    )


def _with_lead(body: Body, layout: Layout | None, around: Surroundings, title_key: str) -> list[dict[str, str | None]]:
    """Return the pictures of an article: those above its text, then those in it, each address once."""
    page = around.page
    holders = lead_pictures(around) if layout is None else select(page.tree, layout.pictures)
    lead = [image for holder in holders for image in with_captions(walk(holder, page.base)[0]).images]
    images: dict[str | None, dict[str, str | None]] = {}
    for image in (*lead, *body.images):
        if image["caption"] and fold(image["caption"]) == title_key:
            image["caption"] = None
        known = images.setdefault(image["url"], image)
        known["caption"] = known["caption"] or image["caption"]
    return [*images.values()]


def _ids(nodes: Iterable[LexborNode]) -> set[int]:
    return {node.mem_id for node in nodes}


def _is_title(line: str, title: str, title_key: str) -> bool:
    return abs(len(line) - len(title)) < _SAME_LENGTH and (line == title or fold(line) == title_key)


def _may_be_byline(node: LexborNode) -> bool:
    text = clean(node_text(node))
    return 0 < len(text) <= _LONGEST_BYLINE and not is_leftover(text)


def _pop_bylines(paragraphs: list[str], outlets: set[str], *, has_lead: bool) -> list[str]:
    """Take the bare byline off the end of the body: an author's lines above those that credit; or off its head."""
    last = paragraphs[-1] if paragraphs else ""
    fewest = 0 if has_lead and is_credited(last) else 1
    signed = 0  # lines at the end that may be of a byline
    while signed < min(len(paragraphs), _MOST_SIGNED) and looks_like_byline(paragraphs[-1 - signed]):
        signed += 1
    first = max(fewest, len(paragraphs) - min(signed, _MOST_BYLINES if is_credited(last) else _MOST_NAMES))
    if _are_names_in_text(paragraphs, first, signed):
        while first < len(paragraphs) and not all(map(is_credited, paragraphs[first:])):
            first += 1
    lines = paragraphs[first:]
    del paragraphs[first:]
    if len(paragraphs) == 1 and fold(paragraphs[0]) in outlets:  # a video's page
        lines.insert(0, paragraphs.pop())
    if not lines and len(paragraphs) > 1 and is_credited(paragraphs[0]) and looks_like_byline(paragraphs[0]):
        lines.append(paragraphs.pop(0))
    return lines


def _are_names_in_text(paragraphs: list[str], first: int, signed: int) -> bool:
    """Whether the bare names among the last lines end a list, follow a line that introduces them, or sign a decree."""
    names = [line for line in paragraphs[len(paragraphs) - signed :] if not is_credited(line)]
    words = [line for line in paragraphs[-1 - signed :] if not is_credited(line)][-2:]
    if len(names) > _MOST_NAMES or (len(paragraphs) > 2 and len(words) == 2 and all(map(str.isalpha, words))):
        return True
    if not 0 < first < len(paragraphs) or is_credited(paragraphs[first]):
        return False
    return paragraphs[first - 1].endswith(":") or is_office(paragraphs[first - 1])


def _place_of_text(claims: Claims) -> str:
    return claims.extracted_by.get("body", "layout")


def _people(names: list[str], outlets: set[str]) -> list[str]:
    people = [name for entry in names for name in parse_byline(clean(entry)).authors]
    return [name for name in dict.fromkeys(people) if fold(name) not in outlets]
