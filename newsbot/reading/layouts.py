"""Layouts: where the fields of an article stand on a page, as CSS selectors."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

#: One selector, or several of which the earlier are the better evidence, in a tuple or with commas between.
Selectors = str | tuple[str, ...]

#: A comma between selectors, or what may hold others: text in quotes, or in brackets of two levels at most.
_COMMA_OR_GROUP: Final = re.compile(r"""[,]|"[^"]*"|'[^']*'|\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\)""")

#: Never part of an article's text, on any site. Scripts, films and the like need not be named: `walk` never reads them.
NEVER_TEXT = (
    "form, select, button, nav, ins:is([class*='ads'], [id*='ads'], [data-ad-client]),"
    " .ads-zone-group, [class^='AMN_'], [id^='AMN_'], [class^='sda'], .rennab, .sponsored-banner, .relates, .related,"
    " .topics, .box-comments, .social, .print_page, .audio-article, .select-accent-wrap"
)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One page design of a site. A page has this design if `body` selects something on it.

    Of several selectors the first that selects anything counts.

    A redesign adds a layout and the old one stays, because old captures are read again. `author`, `sapo` and `captions`
    may select inside the body; what they select is then not body text. `published` selects in the article block, never
    the clock in the page's header.
    """

    name: str
    body: Selectors
    title: Selectors = "h1"
    sapo: Selectors = ()
    author: Selectors = ()
    credit: Selectors = ()  # the paper that an article was taken over from, in an element of its own
    published: Selectors = ()
    modified: Selectors = ()
    section: Selectors = ()
    tags: Selectors = ()
    captions: str = ""
    pictures: Selectors = ()  # elements outside the body that hold lead pictures
    drop: str = ""
    #: The name to which an inline script gives the body's HTML on pages on which its element is empty.
    script: str = ""
    #: Whether scripts of the site make the text of some articles, of what no reader can read: an empty body is a wall.
    by_script: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.type == "Selectors":
                value = getattr(self, field.name)
                texts = (value,) if isinstance(value, str) else value
                # Anything else stays, for whoever looks over the source to name it.
                if isinstance(texts, list | tuple) and all(isinstance(text, str) for text in texts):
                    object.__setattr__(self, field.name, tuple(part for text in texts for part in split(text)))

    @property
    def not_text(self) -> str:
        """What to leave out of the body."""
        return f"{NEVER_TEXT}, {self.drop}" if self.drop else NEVER_TEXT


#: The fields of a layout that hold CSS selectors.
SELECTOR_FIELDS: Final = tuple(
    field.name for field in fields(Layout) if field.type == "Selectors" or field.name in ("captions", "drop")
)


def split(selectors: str) -> list[str]:
    """Return the selectors of a list, which to CSS has no order: what it selects first is what stands first on a page.

    >>> split(".entry, .content:is(.a, .b), [title='a, b']")
    ['.entry', '.content:is(.a, .b)', "[title='a, b']"]
    """
    parts, start = [], 0
    for comma in _COMMA_OR_GROUP.finditer(selectors):
        if comma[0] == ",":
            parts.append(selectors[start : comma.start()])
            start = comma.end()
    return [part for text in (*parts, selectors[start:]) if (part := text.strip())]


@dataclass(slots=True)
class Fit:
    """A layout that fits a page, and which of its selectors have selected something there."""

    layout: Layout
    tree: LexborHTMLParser
    #: By field: the first of its selectors that selects anything. A field not asked for is not in it.
    selected: dict[str, str]

    def select(self, field: str, tree: LexborHTMLParser | None = None) -> list[LexborNode]:
        """Return what the best selector of a field that selects anything selects, on the page or in a part of it."""
        for selector in getattr(self.layout, field):
            if found := (tree or self.tree).css(selector):
                self.selected[field] = selector
                return found
        return []


def fitting_layout(tree: LexborHTMLParser, layouts: tuple[Layout, ...]) -> tuple[Fit, LexborNode] | tuple[None, None]:
    """Return the first layout that fits a page, and the page's body under it."""
    for layout in layouts:
        for selector in layout.body:
            if (body := tree.css_first(selector)) is not None:
                return Fit(layout, tree, {"body": selector}), body
    return None, None
