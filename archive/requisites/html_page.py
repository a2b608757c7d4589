"""Reads which addresses an HTML page asks for, without a browser: also what one would load only after scrolling.

What scripts make up is not found. HTML is parsed as browsers do (lexbor), since some sites close ``</html>`` first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.requisites.requisite import Kind, Requisite, absolute
from archive.requisites.srcset import candidates
from archive.requisites.style_sheet import attribute_requisites, text_requisites

#: What elements embed: attributes of one address each.
_EMBEDDED: Final[dict[str, tuple[tuple[str, Kind], ...]]] = {
    "img": (("src", "image"), ("lowsrc", "image")),
    "script": (("src", "script"),),
    "source": (("src", "media"),),
    "video": (("src", "media"), ("poster", "image")),
    "audio": (("src", "media"),),
    "track": (("src", "media"),),
    "iframe": (("src", "frame"),),
    "frame": (("src", "frame"),),
    "embed": (("src", "other"),),
    "object": (("data", "other"),),
    "input": (("src", "image"),),
    "image": (("href", "image"), ("xlink:href", "image")),
    "use": (("href", "image"), ("xlink:href", "image")),
    **dict.fromkeys(("body", "table", "tbody", "thead", "tr", "td", "th"), (("background", "image"),)),
}
#: What a ``link`` refers to, by its rel, and whether a browser shows the page without it.
_RELS: Final[dict[str, tuple[Kind, bool]]] = {
    "stylesheet": ("style", False),
    "modulepreload": ("script", False),
    "manifest": ("other", True),
    **dict.fromkeys(
        ("icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "fluid-icon", "image_src"),
        ("image", True),
    ),
}
#: Kinds by the ``as`` of a preload (https://html.spec.whatwg.org/multipage/links.html#link-type-preload).
_PRELOADED: Final[dict[str, Kind]] = {
    "style": "style", "script": "script", "font": "font", "image": "image", "audio": "media", "video": "media",
    "track": "media",
}  # fmt: skip
_DESCRIBING: Final = frozenset(
    {"og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "msapplication-tileimage"}
)
_PICTURE: Final = re.compile(r"\.(?:jpe?g|jfif|png|gif|webp|avif|svg|ico|bmp)\Z", re.IGNORECASE)
#: Names in data attributes that say what a script will put in their element's place.
_LAZY: Final = re.compile(r"(?:^|-)(?:src|original|lazy|image|img|url|bg|background|poster|thumb)(?:-|$)")
#: Elements whose lazy attribute is of their own kind, whatever its address looks like.
_LAZY_KINDS: Final[dict[str, Kind]] = {"img": "image", "iframe": "frame", "script": "script", "video": "media"}
#: Maximum length of an attribute or of JSON-LD that is read, in characters.
_LONGEST: Final = 1 << 20


def page_requisites(html: str, url: str) -> Iterator[Requisite]:
    """Yield what a page asks for, in its order; an address may come more than once.

    :param url: the page's own address.
    """
    tree = LexborHTMLParser(html)
    base = _base(tree, url)
    has_icon = False
    for node in tree.root.traverse() if tree.root is not None else ():
        if node.tag is None or node.tag.startswith("-"):
            continue
        for each in _of_node(node, base):
            has_icon |= node.tag == "link" and each.kind == "image"
            yield each
    if not has_icon and (icon := absolute(url, "/favicon.ico")):
        yield Requisite(icon, "image", is_spare=True)


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return (absolute(url, node.attributes.get("href") or "") if node is not None else None) or url


def _of_node(node: LexborNode, base: str) -> Iterator[Requisite]:
    values = {name: value for name, value in node.attributes.items() if value and len(value) <= _LONGEST}
    for link, kind, is_spare in _links(node, values):
        if address := absolute(base, link):
            yield Requisite(address, kind, is_spare)
    if style := values.get("style"):
        yield from attribute_requisites(style, base)
    if node.tag == "style" and (text := node.text(deep=False)):
        yield from text_requisites(text, base)


def _links(node: LexborNode, values: dict[str, str]) -> Iterator[tuple[str, Kind, bool]]:
    """Yield the addresses of one element: as they stand there, their kind, whether they are spare."""
    tag = node.tag or ""
    for name, kind in _EMBEDDED.get(tag, ()):
        if name in values:
            yield values[name], kind, False
    for name in ("srcset", "imagesrcset"):
        for number, link in enumerate(candidates(values.get(name, ""))):
            yield link, "image", number > 0
    if tag == "link":
        yield from _linked(values)
    elif tag == "meta" and (values.get("property") or values.get("name") or "").lower() in _DESCRIBING:
        yield values.get("content", ""), "image", True
    elif tag == "script" and values.get("type", "").strip().lower() == "application/ld+json":
        yield from ((link, "image", True) for link in _pictures_in_json(node.text(deep=False)))
    for name, value in values.items():
        if name.startswith("data-") or name in ("lazy-src", "original"):
            yield from _lazy(tag, name, value)


def _linked(values: dict[str, str]) -> Iterator[tuple[str, Kind, bool]]:
    rels = values.get("rel", "").lower().split()
    for rel in rels:
        if rel in _RELS:
            yield values.get("href", ""), *_RELS[rel]
            return
    if "preload" in rels and (kind := _PRELOADED.get(values.get("as", "").lower())):
        yield values.get("href", ""), kind, False


def _lazy(tag: str, name: str, value: str) -> Iterator[tuple[str, Kind, bool]]:
    """Yield what an attribute for scripts holds, if it is addresses: pictures, or what the element embeds."""
    value = value.strip()
    if name.endswith("srcset") or (" " in value and _PICTURE.search(value.split()[0])):
        for number, link in enumerate(candidates(value)):
            yield link, "image", number > 0
    elif any(character in value for character in "<>{}\"'\n ") and not value.startswith(("http://", "https://", "//")):
        return
    elif _PICTURE.search(value.partition("?")[0].partition("#")[0]):
        yield value, "image", False
    elif tag in _LAZY_KINDS and _LAZY.search(name.removeprefix("data-")) and "/" in value:
        yield value, _LAZY_KINDS[tag], False


def _pictures_in_json(text: str) -> Iterator[str]:
    """Yield the strings in JSON that are addresses of pictures."""
    if len(text) > _LONGEST:
        return
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, str) and "/" in value and _PICTURE.search(value.partition("?")[0]):
            yield value
