"""What an article page looks like, said in CSS selectors alone."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

#: One selector, or several of which the earlier are the better evidence.
Selectors = str | tuple[str, ...]

#: Never part of an article's text, on any site.
NEVER_TEXT = (
    "script, style, noscript, template, iframe, object, form, textarea, select, button, audio, video, svg, nav,"
    " ins[class*='ads'], ins[id*='ads'], ins[data-ad-client],"
    " .ads-zone-group, [class^='AMN_'], [id^='AMN_'], [class^='sda'], .rennab, .sponsored-banner, .relates, .related,"
    " .topics, .box-comments, .social, .print_page, .audio-article, .select-accent-wrap"
)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One page design of a site. A page has this design if `body` selects something on it.

    Of several selectors (a tuple) the first that selects anything counts; in one that is a list in CSS ("a, b") what
    stands first on the page does.

    A redesign adds a layout and the old one stays, because old captures are read again. `author`, `sapo` and `captions`
    may select inside the body; what they select is then not body text. `published` selects in the article block, never
    the clock in the page's header.
    """

    name: str
    body: Selectors
    title: Selectors = "h1"
    sapo: Selectors = ()
    author: Selectors = ()
    published: Selectors = ()
    modified: Selectors = ()
    section: Selectors = ()
    tags: Selectors = ()
    captions: str = ""
    pictures: Selectors = ()  # elements outside the body that hold lead pictures
    drop: str = ""

    def __post_init__(self) -> None:
        for field in ("body", "pictures", "title", "sapo", "author", "published", "modified", "section", "tags"):
            value = getattr(self, field)
            object.__setattr__(self, field, (value,) if isinstance(value, str) else tuple(value))

    @property
    def not_text(self) -> str:
        """What to leave out of the body."""
        return f"{NEVER_TEXT}, {self.drop}" if self.drop else NEVER_TEXT


def fitting_layout(
    tree: LexborHTMLParser, layouts: tuple[Layout, ...]
) -> tuple[Layout, LexborNode] | tuple[None, None]:
    """Return the first layout that fits a page, and the page's body under it."""
    for layout in layouts:
        for selector in layout.body:
            body = tree.css_first(selector)
            if body is not None:
                return layout, body
    return None, None


def select(tree: LexborHTMLParser, selectors: Selectors) -> list[LexborNode]:
    """Return what the best selector that selects anything selects."""
    for selector in (selectors,) if isinstance(selectors, str) else selectors:
        if found := tree.css(selector):
            return found
    return []
