"""Says of each field of a line where on its page, or of its record, it was read, and in which text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from scrapy.http import Response

from newsbot.health.console import as_text, shortened
from newsbot.inspecting.field_steps import claims_of
from newsbot.items import Article
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page
from newsbot.replaying.captures import Reader
from newsbot.replaying.line_check import NOT_READ
from newsbot.vietnamese.text import clean

_LONGEST: Final = 200
#: Characters shown before and behind a value.
_AROUND: Final = 40
#: By which selectors of a layout a field is read, where they are called otherwise.
_SELECTORS: Final = {
    "authors": "author", "byline": "author", "agency": "credit", "images": "pictures",
    "published_at": "published", "published_raw": "published", "modified_at": "modified",
}  # fmt: skip
#: Where fields come from that are read nowhere in the page's text.
_ELSEWHERE: Final = {
    "id": "the address, by the source's pattern", "source": "the source", "url": "WARC-Target-URI",
    "canonical_url": "link rel=canonical, or the address", "province": "the source", "fetched_at": "WARC-Date",
    "noarchive": "robots meta, X-Robots-Tag", "layout": "the first layout whose body selects something",
    "extracted_by": "the reader", "conflicts": "the other steps", "content_digest": "title, sapo and body, folded",
    "language": "the source and the words of the text", "documents": "links of the article",
    "published_precision": "published_raw", "province_code": "the province", "decoded_from": "the words of the text",
    "further_pages": "links of the article's pager",
}  # fmt: skip


@dataclass(frozen=True)
class FieldProof:
    """One field: what the line says, what is read now, and where that stands."""

    name: str
    said: Any
    read: Any
    #: layout, structured, generic; empty for what is no part of the text.
    step: str = ""
    #: The selector, the metadata, or in words where it is from.
    place: str = ""
    #: The text that it was read in, its beginning.
    text: str = ""

    @property
    def holds(self) -> bool:
        return bool(self.said == self.read)


def field_proofs(line: dict[str, Any], read: dict[str, Any], article: Article, places: Places) -> list[FieldProof]:
    """Compare a line field by field with the article that is read now.

    :param read: the article as a line.
    """
    return [_proof(name, line[name], read[name], article, places) for name in line if name not in NOT_READ]


@dataclass(frozen=True)
class Places:
    """The page of an article, and what each metadata says of each field."""

    page: Page | None
    claims: dict[str, list[tuple[str, str]]]

    def text(self, selector: str) -> str:
        """Return the text of the first element that a selector selects."""
        node = self.page.tree.css_first(selector) if self.page and selector else None
        return clean(node_text(node)) if node is not None else ""

    @classmethod
    def on(cls, response: Response, reader: Reader, article_id: str) -> Places:
        """Look over a captured page; nothing is known of one that cannot be looked over."""
        decoded = reader.decode(response)
        if decoded is None:
            return cls(None, {})
        with reader.unread.catching(response):
            page = Page.from_response(decoded)
            return cls(page, claims_of(page, reader.spider, article_id))
        return cls(None, {})


def _proof(name: str, said: Any, read: Any, article: Article, places: Places) -> FieldProof:
    step = article.extracted_by.get(name) or (article.extracted_by.get("published_at", "") if _is_dated(name) else "")
    if step == "layout":
        selector = article.selected.get(_SELECTORS.get(name, name), "")
        if not selector:  # a line of the body's, told by what it says
            body = article.selected.get("body", "")
            return FieldProof(name, said, read, step, f"inside {body}", _around(_first(read), places.text(body)))
        return FieldProof(name, said, read, step, selector, shortened(places.text(selector), _LONGEST))
    if step == "structured":
        claims = places.claims.get("published_at" if _is_dated(name) else name, [])
        place, text = next((claim for claim in claims if claim[0] not in ("layout", "generic")), ("metadata", ""))
        return FieldProof(name, said, read, step, place, shortened(text, _LONGEST))
    if step == "generic":
        return FieldProof(name, said, read, step, "by its form and place", shortened(as_text(read), _LONGEST))
    return FieldProof(name, said, read, "", _ELSEWHERE.get(name, "" if not read else "the page"))


def _first(value: Any) -> str:
    """Return the text of a value, or of the first of several."""
    first = value[0] if isinstance(value, list) and value else value
    first = first.get("caption") if isinstance(first, dict) else first
    return first if isinstance(first, str) else ""


def _around(value: str, text: str) -> str:
    """Return a part of a text in which a value stands; empty if it does not stand there as it is."""
    place = text.find(value) if value else -1
    start = max(0, place - _AROUND)
    return text[start : place + len(value) + _AROUND] if place >= 0 else ""


def _is_dated(name: str) -> bool:
    return name == "published_raw"
