"""The article: one line of the JSONL, and everything that line says.

The published form is ``article.schema.json`` beside this file. A test holds the two together, key by key and in order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.files.file_name import is_file_name
from archive.http.exchange import Capture
from newsbot.line_types import is_number, is_text, types_of
from newsbot.vietnamese.provinces import province_code

#: Raised when a key is added, dropped or changes its meaning.
SCHEMA_VERSION: Final = 3
SCHEMA_FILE: Final = Path(__file__).with_name("article.schema.json")

#: What a source may be called: as its module, since it is named after that, and without what ends a source's name in
#: the names of files (``-``) and in ids (``:``).
SOURCE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
#: What an article may be made of: text, pictures with captions, a film, entries that follow an event.
KINDS: Final = ("article", "gallery", "video", "live")
#: What may have happened to an article since its version before.
CHANGES: Final = ("new", "headline", "body", "metadata", "removed", "restored")

_SURROGATES = re.compile("[\ud800-\udfff]")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Compared(NamedTuple):
    """What an article is compared by (`newsbot.publishing.readiness`)."""

    headline_digest: str
    metadata_digest: str
    #: Shingles of its text, packed, and the bands by which texts like it are found.
    hashes: bytes
    details: str
    bands: tuple[int, ...]


@dataclass(kw_only=True, slots=True)
class Article:
    """One version of one article.

    Every key is in every line, in this order. None means: looked for and not found. A reader (``parse_article``) fills
    everything but ``content_digest`` (pipeline Normalise), ``version``, ``change`` and ``duplicate_of`` (pipeline
    Publish), which need more than the page.
    """

    schema_version: int = SCHEMA_VERSION
    #: "<spider>:<the site's article id>", the same under every URL of the article.
    id: str
    #: Spider name.
    source: str
    #: As on the wire, equal to the WARC-Target-URI of the capture.
    url: str
    canonical_url: str | None = None
    #: One of KINDS.
    kind: str = "article"
    title: str
    #: The lead, without an agency slug.
    sapo: str | None = None
    #: Paragraphs joined by a blank line, without the sapo, captions and bylines.
    body: str
    authors: list[str] = field(default_factory=list)
    #: The printed author line.
    byline: str | None = None
    #: Credited source, such as a news agency.
    agency: str | None = None
    #: ISO 8601 with offset, or a plain date where the page prints no time.
    published_at: str | None = None
    modified_at: str | None = None
    #: The date as printed.
    published_raw: str | None = None
    #: "second", "minute" or "day".
    published_precision: str | None = None
    #: Breadcrumb without the home link, widest first.
    section: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    #: Each {"url": str, "caption": str | None}.
    images: list[dict[str, str | None]] = field(default_factory=list)
    #: Files attached to the text, each {"url": str, "title": str | None, "format": str | None}.
    documents: list[dict[str, str | None]] = field(default_factory=list)
    #: Addresses of the article's further pages, where its site has split it.
    further_pages: list[str] = field(default_factory=list)
    #: Their captures, as far as they were asked for: their text is joined to the first page's. None: it was not had.
    pages: list[Capture | dict[str, Any] | None] = field(default_factory=list)
    #: BCP 47.
    language: str
    #: Name on the map of 34 provinces; None for a national paper.
    province: str | None = None
    #: Its code in ISO 3166-2.
    province_code: str | None = None
    #: The page asked not to be archived.
    noarchive: bool = False
    #: Encodings from before Unicode in which some of the page was, without saying so.
    decoded_from: list[str] = field(default_factory=list)
    #: Name of the layout that fitted; None if none did.
    layout: str | None = None
    #: Which step of the extraction chain gave each field.
    extracted_by: dict[str, str] = field(default_factory=dict)
    #: {field: {step: value}} where steps disagree.
    conflicts: dict[str, dict[str, Any]] | None = None
    #: "sha256:<hex>" of the folded title, sapo and body; None until the text is normalised.
    content_digest: str | None = None
    version: int = 1
    #: One of CHANGES.
    change: str = "new"
    #: Id of the article that printed this text first.
    duplicate_of: str | None = None
    reader_version: str
    #: Equal to the WARC-Date of the capture.
    fetched_at: str
    #: {"file", "offset", "length", "record_id", "payload_digest"} in a line; before, the capture that was read.
    capture: Capture | dict[str, Any] | None = None
    #: Of the layout, the selectors that selected something on the page, by field; told to the run, not in the line.
    selected: dict[str, str] = field(default_factory=dict, compare=False, metadata={"line": False})
    #: What it is compared by, where that was worked out before it is published.
    compared: Compared | None = field(default=None, compare=False, metadata={"line": False})
    #: What its line has before and after its history (`line_around`), where that was written before it is published.
    around: tuple[bytes, bytes] | None = field(default=None, compare=False, metadata={"line": False})


FIELDS: Final = tuple(f.name for f in fields(Article) if f.metadata.get("line", True))
#: What is known of an article only when it is published, all that precedes it in a line, and all that follows.
_HISTORY: Final = ("version", "change", "duplicate_of")
_BEFORE: Final = FIELDS[: FIELDS.index(_HISTORY[0])]
_AFTER: Final = FIELDS[len(_BEFORE) + len(_HISTORY) :]
#: Keys that lines did not have before the version that added them.
_ADDED: Final = {2: ("kind", "documents", "further_pages", "province_code", "decoded_from"), 3: ("pages",)}


#: What of a pointer to a capture whoever follows it needs, and what tells that it is of its type.
_POINTER: Final = {"file": lambda value: type(value) is str, "offset": is_number, "record_id": is_text}
_TYPES: Final = {name: fits for name, fits in types_of(Article).items() if name in FIELDS}
#: Without these it is no article; what a later version has added may be lacking.
_NEEDED: Final = tuple(f.name for f in fields(Article) if f.default is MISSING and f.default_factory is MISSING)


def fields_of(schema_version: object) -> tuple[str, ...]:
    """Return the keys of the lines of a version, in their order: an archive has lines of several; none if it is none.

    >>> sorted(set(fields_of(2)) - set(fields_of(1))), fields_of(SCHEMA_VERSION) == FIELDS, fields_of("x")
    (['decoded_from', 'documents', 'further_pages', 'kind', 'province_code'], True, ())
    """
    if not isinstance(schema_version, int) or not 1 <= schema_version <= SCHEMA_VERSION:
        return ()
    later = {name for version, names in _ADDED.items() if version > schema_version for name in names}
    return tuple(name for name in FIELDS if name not in later)


def article_of(line: Mapping[str, Any]) -> Article:
    """Return the article of a line, be it of an older version; written again, it is a line of this one.

    :raises ValueError: if the line is no article's: it lacks what every version has, or a field is of another type.
    """
    if lacking := [name for name in _NEEDED if name not in line]:
        raise ValueError(f"it has no {lacking[0]}")
    known = {name: line[name] for name in FIELDS if name in line}
    if wrong := [name for name, value in known.items() if not _TYPES[name](value)]:
        raise ValueError(f"its {wrong[0]} cannot be an article's")
    source, _, rest = known["id"].partition(":")
    if not is_file_name(source) or not rest:
        raise ValueError("its id is none")
    captures_of(line)
    if known.get("province") and "province_code" not in known:
        known["province_code"] = _code_of(known["province"])
    return Article(**known | {"schema_version": SCHEMA_VERSION})


def _code_of(province: str) -> str:
    try:
        return province_code(province)
    except KeyError as error:
        raise ValueError("its province is none") from error


@dataclass(frozen=True, slots=True)
class Removal:
    """A capture showing that an article is gone."""

    id: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class FurtherPage:
    """A capture at the address of an article's further page."""

    #: The article's id.
    id: str
    #: Of the page, from 2.
    number: int
    capture: Capture
    #: What is read there, as if that were an article of its own; None if it is none.
    article: Article | None


def captures_of(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the captures that a line was read from, the article's own first.

    :raises ValueError: if a line has anything else in their place.

    >>> page = {"file": "a.warc.gz", "offset": 7, "record_id": "<urn:x:1>"}
    >>> captures_of({"capture": page, "pages": [page, None]}) == [page, page]
    True
    """
    found = line.get("capture")
    pages = line.get("pages", [])
    if not isinstance(pages, list) or not all(page is None or _is_pointer(page) for page in pages):
        raise ValueError("its pages are no captures")
    if not _is_pointer(found):
        raise ValueError("its capture is none")
    captures = [found, *(page for page in pages if page is not None)]
    if wrong := [each["file"] for each in captures if not is_file_name(each["file"])]:
        raise ValueError(f"its capture cannot be in a file called {wrong[0][:100]!r}")
    return captures


def _is_pointer(found: object) -> bool:
    if not isinstance(found, dict) or not all(fits(found.get(name)) for name, fits in _POINTER.items()):
        return False
    return bool(found["offset"] >= 0)


def to_line(article: Article) -> str:
    r"""Return the article as one JSON line, without the line feed.

    The key order is that of `Article`, so that equal articles are equal bytes. Half a UTF-16 pair, which a page can
    smuggle in by JSON-LD and no UTF-8 file can hold, becomes U+FFFD.

    >>> article = Article(id="a:1", source="a", url="http://a.vn/1", title="Lũ về \ud83c", body="Nước lên.",
    ...                   language="vi", reader_version="1", fetched_at="2026-11-22T03:20:11Z")
    >>> to_line(article)[:86]
    '{"schema_version":3,"id":"a:1","source":"a","url":"http://a.vn/1","canonical_url":null'
    >>> json.loads(to_line(article))["title"]
    'Lũ về �'
    """
    return encoded_line(article).decode()


def encoded_line(article: Article) -> bytes:
    """Return the article's line in UTF-8, without the line feed."""
    before, after = article.around or line_around(article)
    return before + _history(article.version, article.change, article.duplicate_of) + after


def line_around(article: Article) -> tuple[bytes, bytes]:
    """Return what an article's line has before and after its version, its change and what it repeats, in UTF-8."""
    return _encoded(_said(article, _BEFORE))[:-1] + b",", b"," + _encoded(_said(article, _AFTER))[1:]


@lru_cache(1000)
def _history(*values: object) -> bytes:
    """Return what a line says of its version, its change and what it repeats: mostly what others say, too."""
    return _encoded(dict(zip(_HISTORY, values, strict=True)))[1:-1]


def _pointer(capture: Capture | dict[str, Any] | None) -> dict[str, Any] | None:
    return capture.pointer() if isinstance(capture, Capture) else capture


def _said(article: Article, names: tuple[str, ...]) -> dict[str, Any]:
    said = {name: getattr(article, name) for name in names}
    if "pages" in said:
        said["pages"] = [*map(_pointer, article.pages)]
    if "capture" in said:
        said["capture"] = _pointer(article.capture)
    return said


def _encoded(said: Mapping[str, Any]) -> bytes:
    text = _ENCODER.encode(said)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode()
