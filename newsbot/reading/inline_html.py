"""Reads the HTML of an article that stands as text in an inline script, for a browser to put on the page.

No script is run: what is assigned to a name is read as the string that JavaScript would make of it.
"""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from newsbot.reading.page import check_depth
from newsbot.reading.parsing import parsed

#: A string, up to its own quotation mark: whatever is escaped in it does not end it.
_STRING: Final = re.compile(r"([\"'`])((?:(?!\1)[^\\]|\\.)*+)\1", re.DOTALL)
_ESCAPE: Final = re.compile(
    r"\\(?:u\{(?P<point>[0-9a-fA-F]{1,6})\}|u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})|(?P<other>.))",
    re.DOTALL,
)
_NAMED: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_TAG: Final = re.compile(r"<[A-Za-z]")
#: Strings of a page that are looked at, by one name.
_MOST: Final = 20


def inline_html(tree: LexborHTMLParser, name: str) -> LexborHTMLParser | None:
    """Return the longest text with tags in it that inline scripts give to a name; None if they give it none.

    >>> script = r'<script>var outputData = "\\u003cp>N\\u01b0\\u1edbc \\"l\\u00ean\\".<\\/p>", n = 1;</script>'
    >>> inline_html(LexborHTMLParser(script), "outputData").body.html
    '<body><p>Nước "lên".</p></body>'
    >>> inline_html(LexborHTMLParser("<script>outputData = decode('<p>a');</script>"), "outputData")

    :raises ReadingLimitError: if its tags nest deeper than any page's may.
    """
    given = re.compile(rf"(?<![\w$])[\"']?{re.escape(name)}[\"']?\s{{0,9}}(?:=|:)\s{{0,9}}([\"'`])")
    found = ""
    for script in tree.css("script:not([src])"):
        text = script.text()
        if name not in text:
            continue
        for _, match in zip(range(_MOST), given.finditer(text), strict=False):
            string = _STRING.match(text, match.end() - 1)
            html = unescaped(string[2]) if string else ""
            if len(html) > len(found) and _TAG.search(html):
                found = html
    if not found:
        return None
    check_depth(found)
    return parsed(found)


def unescaped(string: str) -> str:
    r"""Return the text of a JavaScript string, without its quotation marks.

    >>> unescaped(r"\u0110\x41 \"\/\" \u{1F33E} \ud83c\udf3e \q"), unescaped("a\\\nb"), unescaped(r"\u{110000}\ud83c")
    ('ĐA "/" 🌾 🌾 q', 'ab', '\ufffd\ufffd')
    """
    text = _ESCAPE.sub(_character, string)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(escape: re.Match[str]) -> str:
    digits = escape["point"] or escape["unit"] or escape["byte"]
    if digits is None:
        return _NAMED.get(escape["other"], escape["other"])
    point = int(digits, 16)
    return chr(point) if point <= 0x10FFFF else "\ufffd"
