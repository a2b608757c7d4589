"""The sections that a paper's menu names, for papers whose sections nobody has listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.lists.addresses import Addresses, link_base
from newsbot.reading.page import absolute, base_of

#: Sections of one menu that are asked for; papers have some thirty.
MOST_SECTIONS: Final = 60
#: Where menus stand, best first; of a page with none of them, its first lists of links are no better than any others.
_MENUS: Final = (
    "nav a[href], [role='navigation'] a[href]",
    "header a[href], .menu a[href], #menu a[href], [class*='main-menu'] a[href], [class*='navbar'] a[href]",
    "[class*='menu'] a[href], [id*='menu'] a[href], [class*='nav'] a[href], [id*='nav'] a[href]",
)
#: Fewer sections may be a strip of tags, or buttons: where another place names more, that is taken for the menu.
_FEWEST: Final = 3
#: A section's path: two names at most, with or without an ending.
_NAME: Final = r"/(?:[\w-]|%[89a-f][0-9a-f]){2,80}"
_PATH: Final = re.compile(rf"{_NAME}(?:{_NAME})?(?:/|\.(?:html?|aspx))?", re.ASCII | re.IGNORECASE)
#: What menus name beside sections: who the paper is, how it earns, what is no text.
_NO_SECTIONS: Final = re.compile(
    r"(?:^|[/-])(?:rss|feeds?|login|dang-nhap|dang-ky|dang-xuat|register|account|tai-khoan|search|tim-kiem|sitemap"
    r"|so-do(?:-trang)?|lien-he|contact|toa-soan|gioi-thieu|about|quang-cao|bang-gia|thong-tin-quang-cao|bao-in|doc-bao-in"
    r"|bao-giay|e-?paper|truc-tuyen|truyen-hinh|phat-thanh|podcast|live|lich-phat-song|media|thu-vien(?:-anh)?|tags?"
    r"|hoi-dap|gop-y|english|en|page|trang-\d+|version|mobile|print|api|upload|themes?)(?:$|[/.-](?:html?|aspx)?$)",
    re.IGNORECASE,
)


def menu_sections(tree: LexborHTMLParser, url: str, addresses: Addresses, form: str = "") -> list[str]:
    """Return the addresses of the sections that the menu of a page names, in its order, at most `MOST_SECTIONS`.

    >>> named = ("/", "kinh-te", "/kinh-te/", "/xa-hoi/y-te.html", "/du-lich/", "/rss", "//b.vn/a", "/mua-to-17.html")
    >>> page = LexborHTMLParser(f"<nav>{''.join(f'<a href={path}>' for path in named)}</nav>")
    >>> menu_sections(page, "https://a.vn/", Addresses(["a.vn"], (r"-(?P<id>\\d+)\\.html$",)))
    ['https://a.vn/kinh-te', 'https://a.vn/xa-hoi/y-te.html', 'https://a.vn/du-lich/']

    :param form: what the address of a section has in its path and query, if it is not made of names alone. Links that
        have it are sections wherever on the page they stand.
    """
    base, host = link_base(base_of(tree, url), url, addresses), urlsplit(url).hostname
    if form:
        own = (each for each in _absolute(base, tree.css("a[href]")) if urlsplit(each).hostname == host)
        told = ((each, f"{urlsplit(each).path}?{urlsplit(each).query}") for each in own if addresses.is_own(each))
        sections = {section_key(each): each.partition("#")[0] for each, text in told if re.search(form, text)}
        return [each for each in sections.values() if addresses.find(each) is None][:MOST_SECTIONS]
    most: dict[str, str] = {}
    for menu in _MENUS:
        found: dict[str, str] = {}
        for address in _absolute(base, tree.css(menu)):
            parts = urlsplit(address)
            is_beside = parts.hostname != host or parts.query or not addresses.is_own(address)
            if not is_beside and _is_section(parts.path) and addresses.find(address) is None:
                found.setdefault(section_key(address), parts._replace(fragment="").geturl())
        most = max(most, found, key=len)
        if len(most) >= _FEWEST:
            break
    return list(most.values())[:MOST_SECTIONS]


def section_key(url: str) -> str:
    """Return what addresses of one section have in common.

    >>> section_key("http://www.a.vn/Kinh-te/") == section_key("https://a.vn/kinh-te")
    True
    >>> section_key("https://a.vn/tin.aspx?Cat=2") == section_key("https://a.vn/tin.aspx?Cat=3")
    False
    """
    parts = urlsplit(url)
    query = f"?{parts.query.lower()}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/').lower()}{query}"


def _is_section(path: str) -> bool:
    return _PATH.fullmatch(path) is not None and _NO_SECTIONS.search(path) is None


def _absolute(base: str, links: Iterable[LexborNode]) -> Iterable[str]:
    for node in links:
        if (href := node.attributes.get("href")) and (url := absolute(base, href)):
            yield url
