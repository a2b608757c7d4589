"""The text of an element as a reader of the page sees it.

The parser's own `text()` joins the words of neighbouring elements, and includes scripts.
"""

from __future__ import annotations

import re
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
_CELLS: Final = frozenset(("td", "th"))
#: Elements whose text no browser shows.
UNSEEN: Final = frozenset((
    "audio", "canvas", "datalist", "head", "iframe", "noembed", "noframes", "noscript", "object", "script", "style",
    "svg", "template", "textarea", "title", "video",
))  # fmt: skip
#: Maximum number of nodes in a small element.
_SMALL: Final = 150
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
    inline = " " if apart or not deep else ""
    pieces: list[str] = []
    root_id = node.mem_id
    here = node.first_child
    while here is not None:
        tag = here.tag or ""
        child = None
        if tag == "-text":
            pieces.append((here.text_content or "").replace("\n", " "))
        elif tag == "br":
            pieces.append("\n")
        elif tag[0] != "-":
            pieces.append(separator(tag) or inline)
            if deep and tag not in UNSEEN and not is_hidden(here.attributes):
                child = here.first_child
                if child is None:
                    pieces.append(separator(tag) or inline)
        if child is None:
            child = here.next
            while child is None:
                parent = here.parent
                if parent is None or parent.mem_id == root_id:
                    break
                pieces.append(separator(parent.tag or "") or inline)
                here = parent
                child = here.next
        here = child
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(filter(None, lines))


def separator(tag: str) -> str:
    """Return what stands at the edges of an element: a line break, a space between cells, nothing in a line."""
    return "\n" if tag in BLOCKS else " " if tag in _CELLS else ""
