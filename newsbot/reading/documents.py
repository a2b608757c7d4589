"""Finds the files attached to an article: decisions, plans and tables that its text links to or shows.

A file counts in the text, and beside it, in the element that holds title and text, where it is said to be attached: by
the name of an element or by a label. Lists of a site's other files do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.file_links import FORMATS, PROGRAMS, marks_of_files
from newsbot.reading.furniture import is_furniture_name
from newsbot.reading.limits import LONGEST_ADDRESS, MAX_DEPTH
from newsbot.reading.node_text import is_hidden, is_small, node_text
from newsbot.reading.page import absolute
from newsbot.reading.surroundings import Surroundings, elements_around, holder_of
from newsbot.vietnamese.text import clean, fold

_FORMAT: Final = "|".join(FORMATS)
#: In an address, behind which a version or the number of a file may follow; and at the end of a name.
_IN_ADDRESS: Final = re.compile(rf"\.(?P<format>{_FORMAT})(?![\w.-])", re.IGNORECASE)
_NAME: Final = re.compile(rf"\S\.(?P<format>{_FORMAT})\Z", re.IGNORECASE)
#: Programs of sites that hand out a file by its number.
_PROGRAM: Final = re.compile(rf"(?<![a-z])(?:{'|'.join(PROGRAMS)})(?![a-z]*-)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[/=_-]\d+|[0-9a-f]{8}-[0-9a-f]{4}", re.IGNORECASE)
#: What may lead to a file, where it says so, and what stands there for one.
_HOLDERS: Final = {"a": "href", "iframe": "src", "embed": "src", "object": "data"}
_HOLDING: Final = ", ".join(_HOLDERS)
_SHOWN: Final = {"iframe": (".pdf", ".doc", ".xls"), "embed": (".pdf",), "object": (".pdf",)}
#: A link that calls a file so says nothing of it.
_SAYS_NOTHING: Final = re.compile(
    r"[\W_]*(?:(?:xem|tải|chi tiết|bấm|nhấn|click|download|vui lòng|file|tệp|tập tin|tài liệu|văn bản|đính kèm|kèm theo"
    r"|toàn văn|về|xuống|vào|tại|ở|đây|này|here|attachments?|pdf|word|excel|docx?|xlsx?)\b[\W_]*)*"
)
#: Names of elements for attached files, and labels before them.
_ATTACHED: Final = re.compile(r"attach|dinh-?kem|download|tai-?ve|(?<![a-z])files?(?![a-z])", re.IGNORECASE)
_LABEL: Final = re.compile(r"đính kèm|kèm theo|tải (?:về|xuống|file|tệp)|tệp tin|tập tin|phụ lục|attach|download")
_LONGEST_LABEL: Final = 300
#: Maximum number of links looked at.
_MOST: Final = 200


def attached_documents(around: Surroundings, root: LexborNode | None) -> list[dict[str, str | None]]:
    """Return the files attached to an article, in the order of the page, each address once.

    :param root: the element that holds its text; None if only its paragraphs are known.
    """
    nodes = _links_to_files(around.page.tree)[:_MOST]
    if not nodes:
        return []
    ends = (around.first, around.last)
    text = [root] if root is not None else [around.texts[place] for place in ends if place is not None]
    title = [around.texts[place] for place in around.titles[:1]]
    inside = holder_of(text) if text else next((each for node in title for each in _with_links(node)), None)
    article = holder_of([*text, *title]) if title else None
    near = {each.mem_id for holder in (inside, article) if holder is not None for each in holder.css(_HOLDING)}
    found: dict[str, dict[str, str | None]] = {}
    for node in (each for each in nodes if each.mem_id in near):
        url, name = _target(node, around.page.base)
        if url is None or (not name and not _is_marked(node)) or not _belongs(node, inside, article):
            continue
        known = found.setdefault(url, {"url": url, "title": None, "format": _format(url, name)})
        if said := _said(node):
            known["title"] = known["title"] or said
    for url, document in found.items():
        document["title"] = document["title"] or _file_name(url) or None
    return [*found.values()]


def _with_links(title: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around a title that hold a link to a file, the smallest first."""
    yield from (each for each in elements_around(title, 4) if _links_to_files(each))


def _links_to_files(holder: LexborHTMLParser | LexborNode) -> list[LexborNode]:
    """Return what may lead to a file or show one, in the order of the page.

    >>> html = "<a href='/KH 17.PDF'>a</a><a href=/1.html>b</a><a download>c</a><iframe src=/v?u=d.xlsx></iframe>"
    >>> [node.tag for node in _links_to_files(LexborHTMLParser(html))]
    ['a', 'a', 'iframe']
    """
    nodes = holder.css(_HOLDING)
    said = [*map(_says, nodes)]
    marks = marks_of_files("\n".join(said).lower())
    if not marks:  # as on most pages
        return []
    lower = map(str.lower, said)
    return [node for node, each in zip(nodes, lower, strict=True) if any(mark in each for mark in marks)]


def _says(node: LexborNode) -> str:
    """Return what an element says of where it leads."""
    tag, attributes = node.tag or "", node.attributes
    address = attributes.get(_HOLDERS[tag]) or ""
    if tag == "a":
        return f"{address} download" if "download" in attributes else address
    return address if any(mark in address.lower() for mark in _SHOWN[tag]) else ""


def _belongs(node: LexborNode, inside: LexborNode | None, article: LexborNode | None) -> bool:
    """Whether a link is in an article's text, or beside it among what is attached."""
    furniture = is_hidden(node.attributes)
    for each in elements_around(node, MAX_DEPTH):
        if inside is not None and each.mem_id == inside.mem_id:
            return not furniture
        if article is not None and each.mem_id == article.mem_id:
            return not furniture and _is_marked(node)
        name = _names(each)
        furniture = furniture or is_hidden(each.attributes)
        furniture = furniture or (not _ATTACHED.search(name) and is_furniture_name(each.tag or "", name))
    return False


def _is_marked(node: LexborNode) -> bool:
    """Whether a link is said to lead to an attached file: by an element's name, or by a label beside it."""
    for each in elements_around(node, 4):
        if not is_small(each):
            return False
        if _ATTACHED.search(_names(each)):
            return True
        text = fold(node_text(each)[:_LONGEST_LABEL])
        if _LABEL.search(text):
            return True
    return False


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def _target(node: LexborNode, base: str) -> tuple[str | None, str]:
    """Return the address of a file that an element links to or shows, and the file's name if one is told.

    No address if it is no file, as far as can be told, or longer than any that a site would answer.
    """
    attributes = node.attributes
    link = next((link for name in ("href", "src", "data") if (link := (attributes.get(name) or "").strip())), "")
    if len(link) > LONGEST_ADDRESS:
        return None, ""
    is_program = "download" in attributes or (_PROGRAM.search(link) is not None and _NUMBER.search(link) is not None)
    if node.tag == "a" and not is_program and not _IN_ADDRESS.search(unquote(link)):
        return None, ""
    url = absolute(base, link)
    if url is None:
        return None, ""
    if node.tag != "a":  # a viewer perhaps, which is told what to show
        shown = next((shown for shown in _shown_by(url) if _IN_ADDRESS.search(shown)), url)
        url = absolute(base, shown) or url
    name = _file_name(url)
    if not name:
        name = next((each for each in (attributes.get("download") or "", _said(node)) if _NAME.search(each)), "")
    if name or is_program:
        return url, name
    return None, ""


def _shown_by(url: str) -> Iterator[str]:
    """Yield what the query and the fragment of a viewer's address name.

    >>> [*_shown_by("https://a.vn/viewer.html?file=/vb/17.pdf")]
    ['/vb/17.pdf']
    """
    parts = urlsplit(url)
    for query in (parts.query, parts.fragment):
        yield from (value for _, value in parse_qsl(query))


def _file_name(url: str) -> str:
    """Return the name of a file in an address, wherever it stands there; empty if there is none.

    >>> _file_name("https://a.vn/documents/20182/0/KH+17.pdf/0b1c?version=1.0"), _file_name("https://a.vn/tai?f=a.docx")
    ('KH 17.pdf', 'a.docx')
    """
    path = url.partition("://")[2].partition("/")[2]
    for part in re.split(r"[/?&=#]", path)[::-1]:
        name = clean(unquote(part).replace("+", " ").rpartition("/")[2])
        if _NAME.search(name):
            return name
    return ""


def _said(node: LexborNode) -> str:
    """Return what a link says of its file; empty if that is nothing."""
    attributes = node.attributes
    text = clean(node_text(node)) if node.tag == "a" and is_small(node) else ""
    told = (text, clean(attributes.get("title") or ""), clean(attributes.get("download") or ""))
    return next((each for each in told if each and not _SAYS_NOTHING.fullmatch(fold(each))), "")


def _format(url: str, name: str) -> str | None:
    match = _NAME.search(name) or _IN_ADDRESS.search(unquote(url))
    return match["format"].lower() if match else None
