"""How a story's text gets onto a page: escaping, and what editors and Word do to it on the way."""

from __future__ import annotations

from html import escape
from html.entities import codepoint2name

from newsbot.vietnamese.legacy_encodings import ENCODINGS
from tests.replica.legacy_encodings import written_in

_NAMED = {point: f"&{name};" for point, name in codepoint2name.items() if 0xC0 <= point <= 0xFF}
_NUMERIC = {point: f"&#{point};" for point in range(0xC0, 0x100)}
_WORD_NAMESPACE = '<!--?xml:namespace prefix = o ns = "urn:schemas-microsoft-com:office:office" /-->'
_WORD_STYLE = "TEXT-ALIGN: justify; MARGIN: 0in 0in 10pt"
_SPAN_STYLE = "LINE-HEIGHT: 115%; FONT-FAMILY: Arial; FONT-SIZE: 10pt"


def numeric(text: str) -> str:
    """Escaped for the head of a page whose CMS writes Latin letters as numeric entities.

    >>> numeric("Về Hà Nội")
    'Về H&#224; Nội'
    """
    return escape(text).translate(_NUMERIC)


def named(text: str) -> str:
    """Escaped for an attribute of a page whose CMS writes Latin letters as named entities.

    >>> named("Về Hà Nội")
    'Về H&agrave; Nội'
    """
    return escape(text).translate(_NAMED)


def ink(text: str, traps: tuple[str, ...]) -> str:
    """A paragraph's text as HTML, with what the page's traps do to it.

    >>> ink("Đền Ông & chùa", ("eth-for-d",))
    'Ðền Ông &amp; chùa'
    """
    text = escape(text, quote=False)
    if "eth-for-d" in traps:
        text = text.replace("Đ", "Ð")
    if "zero-width" in traps:
        text = text.replace("người", "ng\u200bười").replace("trong ", "trong\u200b ")
    if "double-spaces" in traps:
        text = text.replace(", ", ",  ").replace(" cho ", "  cho ")
    for encoding in ENCODINGS:
        if f"in-{encoding}" in traps:
            text = written_in(encoding, text)
    if "word-markup" in traps:
        text = text.replace(" của ", "&nbsp;của ").replace(" với ", " &nbsp;với ")
    return text


def linked(paragraph: str, href: str) -> str:
    """The paragraph with two of its words made a link.

    >>> linked("một hai ba bốn năm", "/tag/a")
    'một hai <a href="/tag/a">ba bốn</a> năm'
    """
    words = paragraph.split(" ", 4)
    if len(words) < 5 or any("<" in word or "&" in word or not word for word in words[:4]):
        return paragraph
    return f'{words[0]} {words[1]} <a href="{href}">{words[2]} {words[3]}</a> {words[4]}'


def word_paragraph(text: str, *, style: str = _WORD_STYLE, escaped_tag: bool = False) -> str:
    """A paragraph as pasted from Word: a span in a styled p, an o:p, a namespace comment."""
    end = "<_o3a_p></_o3a_p>" if escaped_tag else f"{_WORD_NAMESPACE}<o:p></o:p>"
    return f'<p class="MsoNormal" style="{style}"><span style="{_SPAN_STYLE}">{text}\n{end}</span></p>\n'


def cut(text: str, length: int) -> str:
    """The text cut without regard to words, as some CMSs do.

    >>> cut("Hợp tác xã", 5)
    'Hợp t'
    """
    return text[:length].rstrip()
