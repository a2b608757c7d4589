"""An article read from a page: each field from the layout's selectors, else metadata, else a generic extractor.

Nothing here keeps state or fetches anything, so that a page read again years later gives the same article.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.items import Article
from newsbot.reading.article_kinds import (
    captions_of,
    has_film,
    has_times,
    is_called_live,
    is_gallery,
    may_be_film,
    with_times,
)
from newsbot.reading.blocks import as_printed
from newsbot.reading.claims import Claims, same_text
from newsbot.reading.documents import attached_documents
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
from newsbot.reading.further_pages import further_pages
from newsbot.reading.generic import all_text, generic_body
from newsbot.reading.images import Body, all_images, with_captions
from newsbot.reading.inline_html import inline_html
from newsbot.reading.layouts import Fit, fitting_layout
from newsbot.reading.leftovers import introduces, is_leftover, without_leftovers
from newsbot.reading.legacy_pages import in_unicode, is_suspicious
from newsbot.reading.menus import shorten_menus
from newsbot.reading.nearby import nearby_lead
from newsbot.reading.nearby_byline import author_lines, completed_byline
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute
from newsbot.reading.page_kinds import PageKind, is_message, missing_kind, refusal
from newsbot.reading.parsing import parsed
from newsbot.reading.repetition import without_repetition
from newsbot.reading.structured import read_structured
from newsbot.reading.surroundings import Surroundings, elements_around
from newsbot.reading.walk import CELL_MARK, walk
from newsbot.vietnamese.bylines import Byline, is_credited, looks_like_byline, parse_byline
from newsbot.vietnamese.names import are_initials_of, is_office
from newsbot.vietnamese.outlets import slug_of_name, strip_slug
from newsbot.vietnamese.text import clean, fold

#: Raised with every change that reads an old capture differently.
READER_VERSION: Final = "6"

#: Maximum length of a byline, in characters.
_LONGEST_BYLINE: Final = 200
#: Maximum number of lines of a byline, of bare names in it (more are a list), and of lines looked at.
_MOST_BYLINES: Final = 4
_MOST_NAMES: Final = 2
_MOST_SIGNED: Final = 8
#: Of the elements around the text, the one in which its pager is.
_AROUND_TEXT: Final = 2
#: How many elements may be around a lead within the text.
_DEEPEST_LEAD: Final = 6
#: Maximum difference in length of two spellings of one title.
_SAME_LENGTH: Final = 10


def read_article(page: Page, source: Source, article_id: str, claims: Claims | None = None) -> Article | PageKind:
    """Return the article on a page, or what the page is instead. An article may lack a title or a body.

    :param claims: settles the fields, for who wants to see what each step has claimed.
    """
    kind = refusal(page)
    if kind is not None:
        return kind
    shorten_menus(page.tree)
    claims = claims or Claims()
    found = _ArticleReader(page, source, article_id, claims).read()
    if not isinstance(found, Article) or not is_suspicious(found):
        return found
    html, encodings = in_unicode(page.tree.html or "")
    if not encodings:
        return found
    claims.forget()
    found = _ArticleReader(replace(page, tree=parsed(html)), source, article_id, claims).read()
    return replace(found, decoded_from=encodings) if isinstance(found, Article) else found


class _ArticleReader:
    """Reads one page, field by field; what is read first helps to read what comes later."""

    def __init__(self, page: Page, source: Source, article_id: str, claims: Claims) -> None:
        self.page = page
        self.source = source
        self.article_id = article_id
        self.structured = read_structured(page.tree)
        self.fit: Fit | None
        self.root: LexborNode | None
        self.fit, self.root = fitting_layout(page.tree, source.layouts)
        self.claims = claims
        #: Folded names of the site and its publisher.
        self.outlets = {fold(name) for name in (*source.outlets, *self.structured.outlets)}
        self.title = self.title_key = ""
        #: Whether links lead to other articles, as far as that was asked: of a link it is asked several times.
        self._others: dict[str, bool] = {}

    def read(self) -> Article | PageKind:
        """Return the article, or what the page is instead."""
        sapo, body = "", Body()
        signatures: list[LexborNode] = []
        if self.fit is not None and self.root is not None:
            sapo, signatures, body = self._body_of_layout(self.fit, self.root)
            if self.fit.layout.by_script and not body.paragraphs and not body.images:
                # Whatever else is on the page is no text of the article's.
                return missing_kind(self.page, self.structured, [sapo], self.outlets) or PageKind.WALL
        claimed = titles(self.page, self.fit, self.structured, self.outlets)
        self.title = self.claims.settle_text("title", claimed)
        self.title_key = fold(self.title)
        if not body.paragraphs and not sapo:
            found = self._body_without_layout()
            if isinstance(found, PageKind):
                return found
            if found.paragraphs or not body.images:
                body = found
            else:
                self.claims.believe("body", "layout")
        texts = body.paragraphs or captions_of(body.images)
        kind = missing_kind(self.page, self.structured, [sapo, *texts], self.outlets)
        return self._article(sapo, signatures, body) if kind is None else kind

    def _article(self, sapo: str, signatures: list[LexborNode], body: Body) -> Article:
        """Return the article, its text being found. Each field that is settled goes into `extracted_by`, in order."""
        page, fit, structured, claims = self.page, self.fit, self.structured, self.claims
        around = Surroundings(page, self.title, body.paragraphs)
        sapo, paragraphs = self._sapo_and_paragraphs(sapo, body, around)
        lines, place, bylines = self._bylines(signatures, paragraphs, around, has_lead=bool(sapo))
        authors = self._authors(bylines, place)
        published = claims.settle_date("published_at", published_dates(page, fit, structured, around))
        modified = claims.settle_date("modified_at", modified_dates(page, fit, structured))
        documents = attached_documents(around, self.root)
        images = all_images(body, fit, around, self.title_key)
        if not paragraphs and not sapo:
            paragraphs = [document["title"] for document in documents if document["title"]]  # what a notice may be
        kind, sapo, paragraphs = self._kind(sapo, paragraphs, images, around)
        if not paragraphs:
            claims.extracted_by.pop("body", None)
        if lines:
            claims.believe("byline", place)
        if images:
            claims.believe("images", self._place_of_text())
        if documents:
            claims.believe("documents", self._place_of_text())
        text = "\n\n".join(map(as_printed, paragraphs))
        return Article(
            id=self.article_id,
            source=self.source.name,
            url=page.url,
            canonical_url=canonical_url(page, structured, self.source, self.article_id),
            kind=kind,
            title=self.title,
            sapo=sapo or None,
            body=text,
            authors=authors,
            byline=", ".join(lines) or None,
            agency=next((byline.agency for byline in bylines if byline.agency), None),
            published_at=published.isoformat() if published else None,
            modified_at=modified.isoformat() if modified else None,
            published_raw=published.raw if published else None,
            published_precision=published.precision if published else None,
            section=claims.settle_names(
                "section", sections(page, fit, structured, around, self.title_key, self.outlets)
            ),
            tags=claims.settle_names("tags", tags(page, fit, structured, self.title, around)),
            images=images,
            documents=documents,
            further_pages=further_pages(page, self._links_to_pages(), self.article_id, self.source.article_id),
            language=language_of(page, self.source, "\n".join((self.title, sapo, text))),
            province=self.source.current_province,
            province_code=self.source.province_code,
            noarchive=structured.noarchive or "noarchive" in page.robots.lower(),
            layout=fit.layout.name if fit is not None else None,
            extracted_by=claims.extracted_by,
            conflicts=claims.conflicts or None,
            reader_version=READER_VERSION,
            fetched_at=page.fetched_at,
            capture=page.capture,
            selected=fit.selected if fit is not None else {},
        )

    def _is_other_article(self, href: str) -> bool:
        if href not in self._others:
            url = absolute(self.page.base, href)
            self._others[href] = url is not None and self.source.article_id(url) not in (None, self.article_id)
        return self._others[href]

    def _body_of_layout(self, fit: Fit, root: LexborNode) -> tuple[str, list[LexborNode], Body]:
        """Return the sapo, the elements with the byline, and the body where the layout says that they are."""
        layout, trees = fit.layout, [self.page.tree]
        if layout.script and not node_text(root).strip() and (inline := inline_html(trees[0], layout.script)):
            trees.append(inline)
            root = inline.body or root
        signatures = [
            node
            for tree in trees
            for node in (*fit.select("author", tree), *fit.select("credit", tree))
            if _may_be_byline(node)
        ]
        dropped = [*root.css(layout.not_text), *signatures]
        sapo = ""
        for node in (node for tree in trees for node in fit.select("sapo", tree)):
            text = clean(node_text(node))
            if introduces(text) and _is_in(node, root):
                break  # the text's first paragraph, which goes on below it
            if not is_leftover(text):
                sapo = text
                dropped.append(node)
                break
        captions = root.css(layout.captions) if layout.captions else ()
        blocks, boxes = walk(root, self.page.base, _ids(dropped), _ids(captions))
        if any(block.linked > 0.9 for block in blocks):
            blocks = without_cards(
                blocks, boxes, self._is_other_article, lambda block: block.box.tag == "h1", known=True
            )
        weigh(blocks, boxes, lambda block: len(block.text) if block.runs else 0)
        blocks = without_furniture(blocks, boxes, known=True)
        self.claims.believe("body", "layout")
        return sapo, signatures, with_captions(without_leftovers(blocks, self._is_other_article))

    def _body_without_layout(self) -> Body | PageKind:
        """Return the body found by its form, or what the page is instead."""
        blocks, boxes = all_text(self.page)
        if is_message([block.text for block in blocks if block.kind != "picture"]):
            # To look for its article would cost ten times as much as to be told that there is none.
            kind = missing_kind(self.page, self.structured, outlets=self.outlets)
            if kind is not None:
                return kind
        body = generic_body(self.page, blocks, boxes, self.title, self._is_other_article)
        self.claims.believe("body", "generic")
        return body

    def _sapo_and_paragraphs(self, sapo: str, body: Body, around: Surroundings) -> tuple[str, list[str]]:
        """Return the sapo, wherever it is told, and the paragraphs without it and without the title."""
        outlets = (*self.source.outlets, *self.structured.outlets)
        slugs = (*self.source.slugs, *filter(None, map(slug_of_name, outlets)))
        claimed = [(place, strip_slug(text, slugs)) for place, text in leads_claimed(self.structured)]
        claimed = [(place, text) for place, text in (("layout", strip_slug(sapo, slugs)), *claimed)]
        claimed = [(place, text) for place, text in claimed if not self._is_title(text)]
        if not sapo and (lead := strip_slug(nearby_lead(around), slugs)) and all(text != lead for _, text in claimed):
            claimed.insert(0, ("generic", lead))
        paragraphs = [line for line in body.paragraphs if not self._is_title(line)]
        if paragraphs and introduces(paragraphs[0]):  # it begins the text, whatever metadata make of it
            paragraphs[0] = strip_slug(paragraphs[0], slugs)
            claimed = [(place, text) for place, text in claimed if not same_text(text, paragraphs[0])]
        if len(paragraphs) > 1 and not any(text for _, text in claimed):
            # A paper puts its slug before a lead.
            claimed += [("generic", lead) for lead in (strip_slug(paragraphs[0], slugs),) if lead != paragraphs[0]]
        return without_repetition(self.claims.settle_text("sapo", claimed), paragraphs, slugs)

    def _kind(
        self, sapo: str, paragraphs: list[str], images: list[dict[str, str | None]], around: Surroundings
    ) -> tuple[str, str, list[str]]:
        """Return what the article is made of, its sapo and its paragraphs: of a film, what describes it."""
        if self.structured.is_live or (is_called_live(self.title) and has_times(paragraphs)):
            return "live", sapo, with_times(paragraphs) or self._updates()
        captions = captions_of(images)
        if not paragraphs and captions:
            return "gallery", sapo, captions
        if is_gallery(images, paragraphs):
            return "gallery", sapo, paragraphs
        if not may_be_film(paragraphs) or not has_film(self.root, around):
            return "article", sapo, with_times(paragraphs)
        if not paragraphs and sapo:
            self.claims.extracted_by["body"] = self.claims.extracted_by.pop("sapo")
            return "video", "", [sapo]
        return "video", sapo, paragraphs

    def _links_to_pages(self) -> list[LexborNode]:
        """Return what may link to further pages: in and around the text, where a layout says where that is."""
        around = [*elements_around(self.root, _AROUND_TEXT)] if self.root is not None else []
        holder = around[-1] if len(around) == _AROUND_TEXT else self.page.tree
        return [*self.structured.following, *holder.css("a[href*='page'], a[href*='trang']")]

    def _updates(self) -> list[str]:
        """Return the entries that metadata tell, where a script puts them on the page."""
        if self.structured.updates:
            self.claims.believe("body", "json-ld")
        return [*self.structured.updates]

    def _bylines(
        self, signatures: list[LexborNode], paragraphs: list[str], around: Surroundings, *, has_lead: bool
    ) -> tuple[list[str], str, list[Byline]]:
        """Return the printed lines of the author, where they stand, and what they say; takes them off the body."""
        lines = [line for node in signatures for line in author_lines(node)]
        lines = lines or _pop_bylines(paragraphs, self.outlets, has_lead=has_lead)
        place = self._place_of_text()
        if self.fit is None or (not lines and not self.fit.layout.author):
            completed = completed_byline(lines, around)
            place = place if completed == lines else "generic"
            lines = completed
        return lines, place, [parse_byline(line) for line in lines]

    def _authors(self, bylines: list[Byline], place: str) -> list[str]:
        """Return the names of the authors: those that the page prints, unless metadata spells their initials out."""
        printed = [*dict.fromkeys(name for byline in bylines for name in byline.authors)]
        claimed = [(where, _people(names, self.outlets)) for where, names in self.structured.authors.items()]
        if not any(are_initials_of(printed, names) for _, names in claimed):
            claimed.insert(0, (place, printed))
        return self.claims.settle_names("authors", claimed)

    def _place_of_text(self) -> str:
        return self.claims.extracted_by.get("body", "layout")

    def _is_title(self, line: str) -> bool:
        if abs(len(line) - len(self.title)) >= _SAME_LENGTH:
            return False
        return line == self.title or fold(line) == self.title_key


def _is_in(node: LexborNode, root: LexborNode) -> bool:
    """Whether an element is within another."""
    return any(each.mem_id == root.mem_id for each in elements_around(node, _DEEPEST_LEAD))


def _ids(nodes: Iterable[LexborNode]) -> set[int]:
    return {node.mem_id for node in nodes}


def _may_be_byline(node: LexborNode) -> bool:
    text = clean(node_text(node))
    return 0 < len(text) <= _LONGEST_BYLINE and not is_leftover(text)


def _pop_bylines(paragraphs: list[str], outlets: set[str], *, has_lead: bool) -> list[str]:
    """Take the bare byline off the end of the body: an author's lines above those that credit; or off its head."""
    last = paragraphs[-1] if paragraphs else ""
    fewest = 0 if has_lead and is_credited(last) else 1
    signed = 0  # lines at the end that may be of a byline
    while signed < min(len(paragraphs), _MOST_SIGNED) and _may_sign(paragraphs[-1 - signed]):
        signed += 1
    first = max(fewest, len(paragraphs) - min(signed, _MOST_BYLINES if is_credited(last) else _MOST_NAMES))
    if _are_names_in_text(paragraphs, first, signed):
        while first < len(paragraphs) and not all(map(is_credited, paragraphs[first:])):
            first += 1
    lines = paragraphs[first:]
    del paragraphs[first:]
    if len(paragraphs) == 1 and fold(paragraphs[0]) in outlets:  # the page of a video
        lines.insert(0, paragraphs.pop())
    if not lines and len(paragraphs) > 1 and is_credited(paragraphs[0]) and looks_like_byline(paragraphs[0]):
        lines.append(paragraphs.pop(0))
    return lines


def _may_sign(line: str) -> bool:
    """Whether a line can be a byline's; names in the cells of a table are none."""
    return (CELL_MARK not in line or is_credited(line)) and looks_like_byline(line)


def _are_names_in_text(paragraphs: list[str], first: int, signed: int) -> bool:
    """Whether the bare names among the last lines end a list, follow a line that introduces them, or sign a decree."""
    names = [line for line in paragraphs[len(paragraphs) - signed :] if not is_credited(line)]
    words = [line for line in paragraphs[-1 - signed :] if not is_credited(line)][-2:]
    if len(names) > _MOST_NAMES or (len(paragraphs) > 2 and len(words) == 2 and all(map(str.isalpha, words))):
        return True
    if not 0 < first < len(paragraphs) or is_credited(paragraphs[first]):
        return False
    return paragraphs[first - 1].endswith(":") or is_office(paragraphs[first - 1])


def _people(names: list[str], outlets: set[str]) -> list[str]:
    people = [name for entry in names for name in parse_byline(clean(entry)).authors]
    return [name for name in dict.fromkeys(people) if fold(name) not in outlets]
