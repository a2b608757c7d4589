"""Parses HTML as it was sent, for all that reads pages."""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

#: A browser would fill in some elements from others, such as the chosen entry of a list.
_AS_SENT: Final = LexborDocumentOptions.WO_EVENTS


def parsed(html: str | bytes) -> LexborHTMLParser:
    """Return the tree of a page, or of a part of one: nothing is in it that was not sent.

    >>> chosen = "<select><button><selectedcontent></selectedcontent></button><option selected>Sơn La</select>"
    >>> parsed(chosen).css_first("selectedcontent").text()
    ''

    :param html: bytes must be UTF-8.
    """
    return LexborHTMLParser(html, options=_AS_SENT)
