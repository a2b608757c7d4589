"""Finds the address of the picture that an `<img>` shows, despite lazy loading, `srcset`, `<picture>`, `<noscript>`."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.node_text import siblings

#: Attributes with an address, those of lazy loaders before the one that may hold a placeholder.
_SOURCES: Final = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-echo", "src")
_SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")
_SIZE: Final = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)[wx]")
#: In characters: of a longer `srcset` the beginning is read, up to the last whole word.
_LONGEST_SET: Final = 10_000
#: Nodes beside an `<img>` among which its `<source>` elements are looked for; a page may have thousands of both.
_MOST_BESIDE: Final = 40
#: Names of files that stand in a picture's place until it is loaded, or hold none.
_PLACEHOLDER: Final = re.compile(
    r"(?:(?:img|image|ajax)[-_]?)?(?:blank|spacer|pixel|transparent|loading|loader|lazy|lazyload|placeholder|gr[ae]y"
    r"|empty|1x1|no[-_]?(?:image|img|photo)|default)\d{0,4}"
    r"(?:[-_](?:image|img|icon|spinner|bg|thumb|gif|\d{1,4}(?:x\d{1,4})?)){0,3}\.(?:gif|png|svg|jpe?g|webp)",
    re.IGNORECASE,
)


def picture_source(image: LexborNode) -> str:
    """Return the address of the picture that an `<img>` shows in the end, as it is written; empty if there is none.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<img src=/loading.gif data-srcset='/a-1.jpg 1x, /a-2.jpg 2x'>"
    >>> html += "<img src=data:x><noscript><img src=b.jpg></noscript>"
    >>> [picture_source(image) for image in LexborHTMLParser(html).css("body > img")]
    ['/a-2.jpg', 'b.jpg']
    """
    if _is_counter(image):
        return ""
    if source := _own_source(image):
        return source
    parent = image.parent
    if parent is not None and parent.tag == "picture":
        for source_node in _sources_beside(image):
            if source := _own_source(source_node):
                return source
        image = parent
    behind = _sibling(image, forward=True)
    if behind is not None and behind.tag == "noscript" and (shown := behind.css_first("img")) is not None:
        return "" if _is_counter(shown) else _own_source(shown)
    return ""


def behind_script(noscript: LexborNode) -> LexborNode | None:
    """Return the picture that a `<noscript>` shows by itself; None where it stands for the one before it.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<p><noscript><img src=a.jpg></noscript><p><img data-src=b.jpg> <noscript><img src=b.jpg></noscript>"
    >>> [behind_script(node) is not None for node in LexborHTMLParser(html).css("noscript")]
    [True, False]
    """
    before = _sibling(noscript, forward=False)
    if before is not None and before.tag in ("img", "picture"):
        return None
    return noscript.css_first("img")


def _sources_beside(image: LexborNode) -> list[LexborNode]:
    """Return the `<source>` elements before and behind an `<img>`, the nearest of many."""
    before, behind = (
        [node for node in islice(siblings(image, forward=forward), _MOST_BESIDE) if node.tag == "source"]
        for forward in (False, True)
    )
    return before[::-1] + behind


def _sibling(node: LexborNode, *, forward: bool) -> LexborNode | None:
    """Return the next or the previous element, if there is no text between."""
    return next(
        (each for each in siblings(node, forward=forward) if each.tag != "-text" or (each.text_content or "").strip()),
        None,
    )


def _own_source(image: LexborNode) -> str:
    attributes = image.attributes
    for name in _SOURCES:
        source = (attributes.get(name) or "").strip()
        if ("/" in source or "." in source) and not _is_placeholder(source):
            return source
    for name in _SETS:
        if source := _largest(attributes.get(name) or ""):
            return source
    return ""


def _largest(srcset: str) -> str:
    """Return the address of the largest picture of a `srcset`.

    >>> _largest("/a.jpg 480w, /b,1.jpg 800w, /c.jpg"), _largest("data:image/gif;base64,R0 1x"), _largest("")
    ('/b,1.jpg', '', '')
    """
    best, largest = "", -1.0
    words = srcset[:_LONGEST_SET].split()[::-1]
    if len(srcset) > _LONGEST_SET:
        del words[:1]  # it may be cut
    while words:
        address = words.pop()
        size = 0.0
        if not address.endswith(",") and words and (match := _SIZE.match(words[-1])):
            rest = words.pop()[match.end() :].lstrip(",")
            if rest:
                words.append(rest)
            size = float(match[1])
        address = address.strip(",")
        if size > largest and not _is_placeholder(address) and ("/" in address or "." in address):
            best, largest = address, size
    return best


def _is_placeholder(source: str) -> bool:
    if source.startswith("data:"):
        return True
    name = source[:2000].partition("?")[0].rpartition("/")[2]
    return _PLACEHOLDER.fullmatch(name) is not None


def _is_counter(image: LexborNode) -> bool:
    """Whether an image is a dot that counts readers."""
    attributes = image.attributes
    return any((attributes.get(name) or "").removesuffix("px") in ("0", "1") for name in ("width", "height"))
