"""How well the layouts of a source fit a page: which selectors select something on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from newsbot.reading.layouts import SELECTOR_FIELDS, Layout, fitting_layout
from newsbot.reading.node_text import node_text
from newsbot.vietnamese.text import clean

_LONGEST: Final = 120


@dataclass(frozen=True)
class Selected:
    """One selector of a layout's field, how many elements it selects, and the beginning of the first one's text."""

    field: str
    selector: str
    number: int
    text: str


@dataclass(frozen=True)
class LayoutFit:
    """One layout on one page. It fits if a selector of its body selects something; the first that fits is used."""

    name: str
    fits: bool
    is_used: bool
    selected: tuple[Selected, ...]

    @property
    def missed(self) -> tuple[Selected, ...]:
        return tuple(each for each in self.selected if not each.number)


def layout_fits(tree: LexborHTMLParser, layouts: tuple[Layout, ...]) -> list[LayoutFit]:
    """Return how each layout fits a page."""
    used, _ = fitting_layout(tree, layouts)
    return [_fit(tree, layout, is_used=used is not None and layout is used.layout) for layout in layouts]


def _fit(tree: LexborHTMLParser, layout: Layout, *, is_used: bool) -> LayoutFit:
    selected = tuple(_selected(tree, name, selector) for name, selector in selectors(layout))
    return LayoutFit(layout.name, any(each.number for each in selected if each.field == "body"), is_used, selected)


def selectors(layout: Layout) -> list[tuple[str, str]]:
    """Return the selectors of a layout with the fields that they are for.

    >>> selectors(Layout(name="a", body=(".text", "article"), title="", drop=".x, .y", script="outputData"))
    [('body', '.text'), ('body', 'article'), ('drop', '.x, .y')]
    """
    found = []
    for name in SELECTOR_FIELDS:
        value = getattr(layout, name)
        found += [(name, each) for each in ((value,) if isinstance(value, str) else value) if each]
    return found


def _selected(tree: LexborHTMLParser, name: str, selector: str) -> Selected:
    nodes = tree.css(selector)
    text = clean(node_text(nodes[0]))[:_LONGEST] if nodes else ""
    return Selected(name, selector, len(nodes), text)
