"""Finds the breadcrumb and the tags that a page shows, where no layout selects them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.reading.head_lines import DATE
from newsbot.reading.node_text import is_small, node_text
from newsbot.reading.surroundings import BEFORE, Surroundings, elements_around
from newsbot.vietnamese.text import clean, fold

_CRUMBS: Final = (
    "[class*='crumb' i], [class~='bread' i], [id*='breadcrumb' i], [itemtype*='BreadcrumbList' i],"
    " nav[aria-label*='breadcrumb' i], [class*='duong-dan' i]"
)
#: A longer list is a menu; a longer name is no section's or tag's, in characters.
_MOST_CRUMBS: Final = 6
_MOST_TAGS: Final = 30
_LONGEST: Final = 80
_LOOKED_AT: Final = 20
_CRUMB_MARK: Final = re.compile(r"(?:(?<!\s)\s+)?[›»>/|→]+\s*|\n")
_CRUMB_LABEL: Final = re.compile(
    r"(?P<section>(?:thuộc )?(?:chuyên mục|danh mục))\s*:\s*"
    r"|(?:bạn đang (?:ở|xem)(?: đây| trang| mục)?|vị trí(?: của bạn| hiện tại)?|đường dẫn|you are here)\s*:\s*",
    re.IGNORECASE,
)
#: What stands behind the first entry of a breadcrumb that is not marked as one; a "|" parts the entries of a menu, too.
_BEHIND_HOME: Final = re.compile(r"\s*[›»>/→]")
#: Names of a site's first page, folded.
HOME: Final = frozenset(("trang chủ", "home", "trang nhất", "trang đầu"))
_SECTION: Final = re.compile(r"cate|chuyen-?muc|breadcrumb|(?:^|[\s_-])cat(?:$|[\s_-])", re.IGNORECASE)
_LABEL_LETTERS: Final = frozenset("TtKkCc")
_LABEL_ROOM: Final = 25
_TAG_LABEL: Final = re.compile(r"(?:từ khóa|tags?|thẻ|keywords?|chủ đề)(?: bài viết)?\s?:?", re.IGNORECASE)
#: Links that are marked as an article's tags, and elements that may be named after them.
_MARKED_TAGS: Final = ("a[rel~='tag']", "a[itemprop='keywords']", "[class*='tag' i], [class*='keyword' i]")
#: The name of an element for an article's tags; the second, for those of the whole site.
_TAGS: Final = re.compile(r"(?:^|[\s_-])(?:tags?|keywords?)(?:$|[\s_-])", re.IGNORECASE)
#: What leads to a tag, by its address.
_TAG_ADDRESS: Final = re.compile(r"/(?:tags?|tu-khoa|keywords?)[/-][^/?#]", re.IGNORECASE)
_LONGEST_ADDRESS: Final = 500
#: Pieces of text below the title among which the section may be named.
_BELOW: Final = 8
_NOT_ARTICLES: Final = ("aside", "footer", "header", "nav")
_LISTS: Final = ("ul", "ol")
_MENUS: Final = frozenset(("ul", "ol", "nav", "menu"))
#: In pieces of text, from the text's end.
_FAR_BEHIND: Final = 40
_SITE_TAGS: Final = re.compile(r"hot|trend|search|cloud|menu|top|popular|header|footer", re.IGNORECASE)


def breadcrumb(tree: LexborHTMLParser) -> list[tuple[str, str | None]]:
    """Return name and link of each entry of the first breadcrumb that is one, the home link among them."""
    return next(filter(None, map(crumbs_of, tree.css(_CRUMBS)[:_LOOKED_AT])), [])


def crumbs_of(holder: LexborNode) -> list[tuple[str, str | None]]:
    """Return name and link of the entries below an element: its links, and what stands between them.

    >>> html = "<ul><li><a href=/>Trang chủ</a> » <li><a href=/kt>Kinh tế</a><li>Lúa gạo</ul>"
    >>> crumbs_of(LexborHTMLParser(html).css_first("ul"))
    [('Trang chủ', '/'), ('Kinh tế', '/kt'), ('Lúa gạo', None)]
    """
    whole = _CRUMB_LABEL.sub("", node_text(holder), count=1) if is_small(holder) else ""
    if not whole or len(whole) > _MOST_CRUMBS * _LONGEST:
        return []
    lines = [line for line in whole.split("\n") if not DATE.search(line)]  # a date stands beside, with strokes in it
    names = [name for part in _CRUMB_MARK.split("\n".join(lines)) if (name := clean(part))]
    links = {clean(node_text(link)): link.attributes.get("href") or "" for link in holder.css("a[href]")}
    if len(names) < len(links):  # their names stand side by side in one line
        names = [name for name in links if name]
    if len(names) > _MOST_CRUMBS or any(len(name) > 2 * _LONGEST for name in names):
        return []
    return [(name, links.get(name)) for name in names]


def section_holders(around: Surroundings) -> Iterator[LexborNode]:
    """Yield the elements near the title that are marked as a category, the nearest first."""
    for title in around.titles[:1]:
        for node in (*around.above(title, 2 * BEFORE), *around.below(title)[:5]):
            holder = next(filter(_is_of_category, elements_around(node, 3)), None)
            if holder is not None and not _is_in_menu(holder):
                yield holder


def _is_of_category(holder: LexborNode) -> bool:
    name, rel = (holder.attributes.get(each) or "" for each in ("class", "rel"))
    return _SECTION.search(name) is not None or "category" in rel.split()


def _is_in_menu(holder: LexborNode) -> bool:
    """Whether an element is one of the many of a list."""
    around = next((each for each in (holder, *elements_around(holder, 3)) if each.tag in _MENUS), None)
    return around is not None and len(around.css("a[href]")) > _MOST_CRUMBS


def unmarked_breadcrumb(around: Surroundings) -> list[tuple[str, str | None]]:
    """Return name and link of the entries before the title, which a label or the marks behind "Trang chủ" tell."""
    for title in around.titles[:1]:
        for node in (*reversed(around.above(title, 2 * BEFORE)), *around.below(title)[:_BELOW]):
            text = clean(node.text_content or "")
            label = _CRUMB_LABEL.match(text)
            name = fold(_CRUMB_MARK.split(text[label.end() :] if label else text, maxsplit=1)[0])
            if label is None and name not in HOME:
                continue
            for holder in elements_around(node, 4):
                crumbs = crumbs_of(holder)
                if label and label["section"] and crumbs and holder.css_first("a[href]") is not None:
                    return crumbs
                if len(crumbs) < 2:
                    continue
                if fold(crumbs[0][0]) in HOME and (label or _is_parted(holder, crumbs[0][0])):
                    return crumbs
                break
    return []


def _is_parted(holder: LexborNode, home: str) -> bool:
    return _BEHIND_HOME.match(node_text(holder).partition(home)[2].replace("\n", " ")) is not None


def linked_tags(around: Surroundings) -> list[str]:
    """Return the names of the first row of links behind the text that all lead to tags."""
    if around.last is None:
        return []
    for node in around.texts[around.last + 1 :][:_FAR_BEHIND]:
        elements = [*elements_around(node, 8)]
        link = next((each for each in elements[:2] if each.tag == "a"), None)
        if link is None or not _is_tag(link) or any(each.tag in _NOT_ARTICLES for each in elements):
            continue
        for holder in elements[elements.index(link) + 1 :]:
            links = holder.css("a[href]") if is_small(holder) else []
            if not links or not _is_row(holder, links):
                break
            if len(links) > 1 or holder.tag in _LISTS:
                return _tag_names(links) if all(map(_is_tag, links)) else []
    return []


def _is_tag(link: LexborNode) -> bool:
    return _TAG_ADDRESS.search((link.attributes.get("href") or "")[:_LONGEST_ADDRESS]) is not None


def shown_tags(tree: LexborHTMLParser, texts: Iterable[LexborNode]) -> list[str]:
    """Return the tags that a page links to: marked as such, else behind "Từ khóa:", else in an element named so.

    ``texts`` are the seen ones of the page.

    >>> tree = LexborHTMLParser("<div><b>Từ khóa:</b> <a href=/t/1>lúa gạo</a>, <a href=/t/2>đê</a></div>")
    >>> shown_tags(tree, tree.body.traverse(include_text=True))
    ['lúa gạo', 'đê']
    """
    return next(filter(None, map(_tag_names, _tag_lists(tree, texts))), [])


def _tag_names(links: list[LexborNode]) -> list[str]:
    names = [clean(node_text(link)).lstrip("#").strip() for link in links]
    names = [name for name in dict.fromkeys(names) if name and not _TAG_LABEL.fullmatch(name)]
    return names if len(links) <= _MOST_TAGS and all(len(name) <= _LONGEST for name in names) else []


def _tag_lists(tree: LexborHTMLParser, texts: Iterable[LexborNode]) -> Iterator[list[LexborNode]]:
    rel, itemprop, named = _MARKED_TAGS
    is_marked = tree.css_first(", ".join(_MARKED_TAGS)) is not None  # mostly not: one look-up instead of three
    if is_marked:
        yield [link for link in tree.css(rel) if "category" not in (link.attributes.get("rel") or "")]
        yield tree.css(itemprop)
    for label in islice(_labels(texts), _LOOKED_AT):
        for holder in elements_around(label, 3):
            if links := holder.css("a[href]"):
                if _is_row(holder, links):
                    yield links
                break
    for holder in tree.css(named)[:_LOOKED_AT] if is_marked else ():
        name = holder.attributes.get("class") or ""
        if holder.tag != "a" and _TAGS.search(name) and not _SITE_TAGS.search(name):
            yield holder.css("a[href]")


def _is_row(holder: LexborNode, links: list[LexborNode]) -> bool:
    """Whether an element holds links, what stands between them and a label, and nothing else."""
    if len(links) > _MOST_TAGS or not is_small(holder):
        return False
    letters = sum(len(node_text(link)) for link in links)
    return len(node_text(holder)) <= letters + 3 * len(links) + _LABEL_ROOM


def _labels(texts: Iterable[LexborNode]) -> Iterator[LexborNode]:
    """Yield the texts that announce tags."""
    for node in texts:
        text = (node.text_content or "").strip()
        if 0 < len(text) < _LONGEST and text[0] in _LABEL_LETTERS and _TAG_LABEL.fullmatch(fold(text)):
            yield node
