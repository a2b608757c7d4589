"""Reads which addresses a style sheet asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import tinycss2  # type: ignore[import-untyped]
from tinycss2 import ast

from archive.requisites.requisite import Kind, Requisite, absolute

#: Functions whose strings are addresses of pictures (CSS Images 4).
_IMAGE_FUNCTIONS: Final = frozenset({"image-set", "-webkit-image-set", "image", "cross-fade", "-webkit-cross-fade"})
#: Functions whose strings name a format, not an address.
_FORMAT_FUNCTIONS: Final = frozenset({"type", "format", "tech"})
_BLOCKS: Final = (ast.QualifiedRule, ast.ParenthesesBlock, ast.SquareBracketsBlock, ast.CurlyBracketsBlock)


def sheet_requisites(css: bytes, url: str, charset: str | None = None) -> Iterator[Requisite]:
    """Yield what a style sheet asks for: sheets that it imports, fonts, pictures.

    :param url: its own address; links in a sheet are relative to that.
    :param charset: what its HTTP header says.
    """
    try:
        rules, _ = tinycss2.parse_stylesheet_bytes(
            css, protocol_encoding=charset, skip_comments=True, skip_whitespace=True
        )
    except ValueError:  # a number of thousands of digits
        return iter(())
    return _found(rules, url)


def text_requisites(css: str, base: str) -> Iterator[Requisite]:
    """Yield what the text of a ``<style>`` asks for.

    >>> [r.url for r in text_requisites('@import "b.css"; a{background:image-set("1.png" 1x)}', "https://a.vn/")]
    ['https://a.vn/b.css', 'https://a.vn/1.png']
    """
    return sheet_requisites(css.encode("utf-8", "replace"), base, "utf-8")


def attribute_requisites(css: str, base: str) -> Iterator[Requisite]:
    """Yield what a ``style`` attribute asks for.

    >>> [r.url for r in attribute_requisites("background: url( 'b.png' )", "https://a.vn/")]
    ['https://a.vn/b.png']
    """
    try:
        return _found(tinycss2.parse_component_value_list(css, skip_comments=True), base)
    except ValueError:
        return iter(())


def _found(nodes: Iterable[Any], base: str) -> Iterator[Requisite]:
    for link, kind in _links(nodes):
        if address := absolute(base, link):
            yield Requisite(address, kind)


def _links(nodes: Iterable[Any]) -> Iterator[tuple[str, Kind]]:
    """Yield addresses as they stand in a sheet, in order, without recursion: a sheet may nest as deep as it likes."""
    waiting: list[tuple[Iterator[Any], Kind, bool]] = [(iter(nodes), "image", False)]
    while waiting:
        inside, kind, is_address = waiting[-1]
        node = next(inside, None)
        if node is None:
            waiting.pop()
        elif isinstance(node, ast.URLToken) or (is_address and isinstance(node, ast.StringToken)):
            yield node.value, kind
        elif isinstance(node, ast.AtRule) and node.lower_at_keyword == "import":
            yield from ((link, "style") for link in _imported(node))
        elif not isinstance(node, ast.FunctionBlock) or node.lower_name not in _FORMAT_FUNCTIONS:
            waiting += _within(node, kind)


def _within(node: Any, kind: Kind) -> Iterator[tuple[Iterator[Any], Kind, bool]]:
    """Yield what is inside a node, last part first, with what addresses and strings in it are."""
    if isinstance(node, ast.AtRule):
        if node.lower_at_keyword == "namespace":
            return
        kind = "font" if node.lower_at_keyword == "font-face" else kind
        yield iter(node.content or ()), kind, False
        yield iter(node.prelude), kind, False
    elif isinstance(node, ast.FunctionBlock):
        # A url() with a quoted address is a function; src() is always one.
        holds_addresses = node.lower_name in ("url", "src") or node.lower_name in _IMAGE_FUNCTIONS
        yield iter(node.arguments), kind, holds_addresses
    elif isinstance(node, _BLOCKS):
        yield iter(node.content), kind, False


def _imported(rule: ast.AtRule) -> Iterator[str]:
    """Yield the address that an ``@import`` names, in any of its forms."""
    for node in rule.prelude:
        if isinstance(node, ast.URLToken | ast.StringToken):
            yield node.value
        elif isinstance(node, ast.FunctionBlock):
            yield from (part.value for part in node.arguments[:1] if isinstance(part, ast.StringToken))
        elif isinstance(node, ast.WhitespaceToken | ast.Comment):
            continue
        return
