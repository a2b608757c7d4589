"""The text of an element as a reader of the page sees it.

The parser's own `text()` joins the words of neighbouring elements, and includes scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

#: Elements that begin on a line of their own.
BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section",
    "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip
CELLS: Final = frozenset(("td", "th"))
HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: Elements whose text no browser shows.
UNSEEN: Final = frozenset((
    "audio", "canvas", "datalist", "head", "iframe", "noembed", "noframes", "noscript", "object", "script", "style",
    "svg", "template", "textarea", "title", "video",
))  # fmt: skip
#: Maximum number of nodes in a small element.
_SMALL: Final = 150
#: Selects what `is_hidden` may be true of.
MAY_HIDE: Final = "[hidden], [style*='display' i], [style*='visibility' i]"
_HIDING: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether an element's own attributes hide it; style sheets are not read.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<p hidden>a<p style='DISPLAY: none'>b<p style='display:block' class=hidden>c"
    >>> [is_hidden(node.attributes) for node in LexborHTMLParser(html).css("p")]
    [True, True, False]
    """
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _HIDING.search(style) is not None)


def is_small(node: LexborNode) -> bool:
    """Whether an element holds so few nodes that its text may be read repeatedly."""
    return sum(1 for _ in islice(node.traverse(include_text=True), _SMALL + 1)) <= _SMALL


def node_text(node: LexborNode, *, apart: bool = False, deep: bool = True) -> str:
    r"""Return the text that is seen in an element, with single spaces, and a line break where the page breaks the line.

    Words of two blocks, or around a `<br>`, stand on two lines; an inline element splits no word, unless all elements
    are taken `apart`: a date and its time may stand in neighbouring `<span>`. Without `deep` only the element's own
    text counts. The element itself may be hidden, or a `<title>`.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<div>L<b>ũ</b>\n về<br>Sơn<script>1</script> La<p>Nước <i hidden>x</i>lên</p><u>8</u><u>h</u></div>"
    >>> div = LexborHTMLParser(html).css_first("div")
    >>> node_text(div), node_text(div, apart=True), node_text(div, deep=False)
    ('Lũ về\nSơn La\nNước lên\n8h', 'L ũ về\nSơn La\nNước lên\n8 h', 'L về\nSơn La')
    """
    only = node.first_child
    if only is not None and only.next is None and only.tag == "-text":  # as most are
        return " ".join((only.text_content or "").split())
    inline = " " if apart or not deep else ""
    pieces: list[str] = []

    def enter(here: LexborNode) -> bool:
        tag = here.tag or ""
        if tag == "-text":
            pieces.append((here.text_content or "").replace("\n", " "))
        elif tag == "br":
            pieces.append("\n")
        elif tag[0] != "-":
            pieces.append(_separator(tag) or inline)
            return deep and tag not in UNSEEN and not is_hidden(here.attributes)
        return False

    visit(node, enter, lambda here: pieces.append(_separator(here.tag or "") or inline))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(filter(None, lines))


def has_more_letters(node: LexborNode, most: int) -> bool:
    """Whether `node_text` of an element has more than so many characters besides white space; does not read on for it.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> div = LexborHTMLParser("<div>Lũ <b>về</b><i hidden>x</i><p>La</div>").css_first("div")
    >>> has_more_letters(div, 5), has_more_letters(div, 6)
    (True, False)
    """
    letters = 0

    def enter(here: LexborNode) -> bool:
        nonlocal letters
        if letters > most:
            return False
        tag = here.tag or ""
        if tag == "-text":
            letters += len("".join((here.text_content or "").split()))
            return False
        return tag[0] != "-" and tag not in UNSEEN and not is_hidden(here.attributes)

    visit(node, enter, lambda here: None)
    return letters > most


def _separator(tag: str) -> str:
    """Return what stands at the edges of an element: a line break, a space between cells, nothing in a line."""
    return "\n" if tag in BLOCKS else " " if tag in CELLS else ""


def visit(root: LexborNode, enter: Callable[[LexborNode], bool], leave: Callable[[LexborNode], None]) -> None:
    """Visit the nodes below a node in the order of the page.

    Goes without recursion: pages nest as deep as they like. `enter` tells whether to go into a node, and
    `leave` is called behind the last child of one.
    """
    around: list[LexborNode] = []  # that have been gone into
    here = root.first_child
    while here is not None:
        if enter(here) and (inner := here.first_child) is not None:
            around.append(here)
            here = inner
            continue
        while (following := here.next) is None:
            if not around:
                return
            here = around.pop()
            leave(here)
        here = following


def take_out(nodes: Sequence[LexborNode]) -> None:
    """Take elements out of their tree, each with what is in it; they come in the order of the page.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> tree = LexborHTMLParser("<a href=1><table><td><a href=2>x</a></table></a>y")
    >>> take_out(tree.css("a"))
    >>> node_text(tree.body)
    'y'
    """
    for node in reversed(nodes):  # one within another goes first: it is no more once that has gone
        node.decompose()


def siblings(node: LexborNode, *, forward: bool) -> Iterator[LexborNode]:
    """Yield the nodes behind a node, or those before it, the nearest first."""
    here = node.next if forward else node.prev
    while here is not None:
        yield here
        here = here.next if forward else here.prev
