"""What makes a family: the signs by which pages of a system are known, and what its sites share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from newsbot.spider import NewsSpider


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One sign of a system on its pages: what a CSS selector selects, the form of an address, or of the page's host.

    `address` is searched in the page's own address and in those of its links, pictures, scripts and style sheets, and
    in what these are relative to.
    `weight` is 3 where no other system is known to have the sign, 1 where others do.
    """

    says: str
    selector: str = ""
    address: str = ""
    host: str = ""
    weight: int = 1


#: Sections of a list that is thin: the menu of the front page names more.
_FEW_SECTIONS: Final = 3


class FamilySpider(NewsSpider):
    """Base of the families. A member sets what is its own; a family sets `system`, `signs` and what members share.

    The menu of a member's front page is read for sections, too, where the member lists few or none and does not say.
    """

    #: The system's name, as people who know it call it.
    system: ClassVar[str]
    signs: ClassVar[tuple[Sign, ...]]
    sections: Iterable[str] = ("",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        is_member = "allowed_domains" in cls.__dict__
        if is_member and "sections_from_menu" not in cls.__dict__ and _is_thin(cls.sections):
            cls.sections_from_menu = True
        super().__init_subclass__(**kwargs)

    @classmethod
    def detect(cls, url: str, tree: LexborHTMLParser) -> tuple[Sign, ...]:
        """Return the signs of this system that a page has."""
        parts = urlsplit(url)
        addresses = [parts._replace(query="", fragment="").geturl(), *_addresses(tree)]
        return tuple(sign for sign in cls.signs if _has(tree, parts.hostname or "", addresses, sign))


def _is_thin(sections: object) -> bool:
    return isinstance(sections, Sized) and len(sections) <= _FEW_SECTIONS


def _addresses(tree: LexborHTMLParser) -> list[str]:
    found = (
        (node.attributes.get("href"), node.attributes.get("src"))
        for node in tree.css("a[href], base[href], link[href], img[src], script[src]")
    )
    return [address for pair in found for address in pair if address]


def _has(tree: LexborHTMLParser, host: str, addresses: list[str], sign: Sign) -> bool:
    if sign.host and not re.search(sign.host, host):
        return False
    if sign.selector and tree.css_first(sign.selector) is None:
        return False
    return not sign.address or any(re.search(sign.address, address) for address in addresses)
