"""What a page prints around its text, told by where it stands: date, author, section.

For pages that no layout fits, and for what a layout's selectors do not find. The page's texts are taken in their order;
the title and the text's first and last paragraph are the marks from which all else is looked for, so that neither a
clock in the header nor a row of a list below is taken for the article's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from itertools import islice, takewhile
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.node_text import BLOCKS, UNSEEN, is_hidden, is_small, node_text
from newsbot.reading.page import Page
from newsbot.vietnamese.bylines import is_credited, looks_like_byline
from newsbot.vietnamese.dates import PrintedDate, parse_date
from newsbot.vietnamese.text import clean, fold

#: A title that stands more often on its page marks nothing.
_MOST_TITLES: Final = 20
#: How far from the title, in pieces of text, its date may be: after it, before it; and behind the text.
_AFTER: Final = 25
_BEFORE: Final = 10
_BEHIND: Final = 8
#: In characters: no line with a date, an author or a section is longer.
_LINE: Final = 90
#: So many characters of a title or a paragraph tell it from others.
_PROBE: Final = 60
_SHORTEST_PROBE: Final = 8
_DATE_LIKE: Final = re.compile(r"\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d|ngày\s+\d|\d\s+(?:phút|giờ|ngày)\s+trước")
_TITLES: Final = re.compile(r"(?:^|[\s_-])(?:title|headline|tieu-?de)", re.IGNORECASE)
_AUTHOR: Final = re.compile(r"author|byline|tac-?gia|pseudonym|but-?danh|icon-user|reporter", re.IGNORECASE)
_NOT_AUTHOR: Final = re.compile(r"comment|relat|card", re.IGNORECASE)
_SECTION: Final = re.compile(r"cate|chuyen-?muc|breadcrumb", re.IGNORECASE)
#: In characters, of a lead; a longer one need not end as a sentence does.
_SHORTEST_LEAD: Final = 40
_LONG_LEAD: Final = 80
_LONGEST_LEAD: Final = 1000
_STRONG: Final = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_STRONG_NAME: Final = re.compile(r"(?:^|[\s_-])(?:semi)?bold(?:$|[\s_-])|(?:^|\s)fw-?(?:[6-9]00|bold)", re.IGNORECASE)
_LEAD_NAME: Final = re.compile(
    r"sapo|summary|chapeau|headlines|(?:^|[\s_-])(?:lead|desc(?:ription)?|intro|tom-?tat|mo-?dau|trich-?dan)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION_NAME: Final = re.compile(r"caption|image|img|photo|pic(?:ture)?(?:$|[\s_-])", re.IGNORECASE)
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: How far behind the title a lead picture can be, in nodes; narrower ones, in pixels, are buttons.
_FURTHEST: Final = 2000
_NARROW: Final = 100
_NOT_AROUND_PICTURES: Final = frozenset(("nav", "header", "aside", "footer", "li", "button", "noscript"))
_PICTURE_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_BUTTON: Final = re.compile(
    r"share|social|icon|logo|google|zalo|follow|author|avatar|banner|relat|advert|sponsor|(?<![a-z])(?:ads?|qc)(?![a-z])",
    re.IGNORECASE,
)


class Surroundings:
    """The seen texts of a page in their order, with the places of its title and its text."""

    def __init__(self, page: Page, title: str, paragraphs: list[str]) -> None:
        self.page = page
        self._title = title
        self._paragraphs = paragraphs

    @cached_property
    def texts(self) -> list[LexborNode]:
        return [*_seen_texts(self.page.tree.root)]

    @cached_property
    def _written(self) -> list[str]:
        return [" ".join((node.text_content or "").split()) for node in self.texts]

    @cached_property
    def _keys(self) -> list[str]:
        return [*map(fold, self._written)]

    @cached_property
    def _titles(self) -> list[int]:
        """Where the title stands; in a heading before a breadcrumb or a list of links."""
        places = self._places(self._title)[:_MOST_TITLES]
        return sorted(places, key=lambda place: not _in_heading(self.texts[place]))

    @cached_property
    def _first(self) -> int | None:
        """Where the text begins."""
        found = self._places(self._paragraphs[0]) if self._paragraphs else []
        below = [place for place in found if self._titles and place > self._titles[0]]
        return min(below or found, default=None)

    @cached_property
    def _last(self) -> int | None:
        """Where the last paragraph of the text begins."""
        return max(self._places(self._paragraphs[-1]), default=None) if self._paragraphs else None

    def date(self) -> PrintedDate | None:
        """Return the date printed nearest to the title: after it, else before it or before the text unless it is a
        clock, else right behind the text."""
        for title in self._titles:
            for node in self._below(title):
                if date := self._date_of(node):
                    return date
            for node in reversed(self.texts[max(0, title - _BEFORE) : title]):
                if (date := self._date_of(node)) and not self._is_clock(date):
                    return date
        if self._first is not None:
            for node in reversed(self.texts[max(0, self._first - _AFTER) : self._first]):
                if (date := self._date_of(node)) and not self._is_clock(date):
                    return date
        for node in self._behind():
            if date := self._date_of(node):
                return date
        return None

    def byline(self) -> list[str]:
        """Return the lines of the author near the title or right behind the text, if the page marks them as such."""
        for node in [*(node for title in self._titles[:1] for node in self._near(title)), *self._behind()]:
            lines = self._byline_of(node)
            if lines:
                return lines
        return []

    def section_holders(self) -> Iterator[LexborNode]:
        """Yield the elements near the title that are marked as a category, the nearest first."""
        for title in self._titles[:1]:
            near = [*reversed(self.texts[max(0, title - 2 * _BEFORE) : title]), *self._below(title)[:5]]
            for node in near:
                for holder in _holders(node, 3):
                    if _SECTION.search(holder.attributes.get("class") or ""):
                        yield holder
                        break

    def lead(self) -> str:
        """Return the lead where the page marks one: between title and text, or as the text's first paragraph.

        The first paragraph is marked if all of it is bold, or in an element named so, and the second is not.
        """
        for title in self._titles[:1] if self._first is not None else ():
            for node in self._below(title):
                text = clean(node.text_content or "")
                aside = _in_list(node) or _in_link(node) or _is_caption(node)
                if len(text) >= _SHORTEST_LEAD and not aside and _is_strong(node):
                    block = next((each for each in _holders(node, 4) if each.tag in BLOCKS), None)
                    whole = clean(node_text(block)) if block is not None and is_small(block) else text
                    return whole if len(whole) <= _LONGEST_LEAD else text
        paragraphs = self._paragraphs
        if len(paragraphs) < 2 or self._first is None or not _may_be_lead(paragraphs[0]):
            return ""
        second = next((place for place in self._places(paragraphs[1]) if place > self._first), None)
        if second is None or all(map(_is_strong, self._pieces(second, paragraphs[1]))):
            return ""
        return paragraphs[0] if all(map(_is_strong, self._pieces(self._first, paragraphs[0]))) else ""

    def _pieces(self, start: int, paragraph: str) -> list[LexborNode]:
        """Return the texts that make a paragraph, or as much of it as stands together."""
        rest = "".join(fold(paragraph).split())
        found = []
        for node in self.texts[start:]:
            key = "".join(fold(node.text_content or "").split())
            if not key or not rest.startswith(key):
                break
            found.append(node)
            rest = rest[len(key) :]
        return found

    def lead_pictures(self) -> list[LexborNode]:
        """Return the elements with a picture between the title and the text, which are no buttons, logos or teasers."""
        if self._first is None:
            return []
        above = [title for title in self._titles if title < self._first]
        if not above:
            return []
        start, end = self.texts[above[0]], self.texts[self._first].mem_id
        found: dict[int, LexborNode] = {}
        for node in islice(_onward(start), _FURTHEST):
            if node.mem_id == end:
                break
            if node.tag == "img" and (holder := _lead_holder(node)) is not None and is_small(holder):
                found.setdefault(holder.mem_id, holder)
        return [*found.values()]

    def _places(self, text: str) -> list[int]:
        """Return where a text stands: as it is written, else however it is spelt."""
        return _begins(self._written, text) or _begins(self._keys, fold(text))

    def _below(self, title: int) -> list[LexborNode]:
        end = title + _AFTER
        if self._first is not None and self._first > title:
            end = min(end, self._first)
        return self.texts[title + 1 : end]

    def _near(self, title: int) -> list[LexborNode]:
        return [*self._below(title), *reversed(self.texts[max(0, title - _BEFORE) : title])]

    def _behind(self) -> Iterator[LexborNode]:
        """Yield what stands right behind the text, up to the heading of something else."""
        if self._last is not None:
            behind = self.texts[self._last + 1 : self._last + 1 + _BEHIND]
            yield from takewhile(lambda node: not any(each.tag in _HEADINGS for each in _holders(node, 3)), behind)

    def _date_of(self, node: LexborNode) -> PrintedDate | None:
        """Return the date in a text, or in the smallest element around it that tells it more exactly."""
        text = node.text_content or ""
        if not _DATE_LIKE.search(text) or _in_list(node):
            return None
        return finer_date(node, self.page) or (
            parse_date(text, reference=self.page.time) if len(text) <= _LINE else None
        )

    def _is_clock(self, date: PrintedDate) -> bool:
        now = self.page.time
        if date.precision == "day":
            return date.value.date() == now.astimezone(date.value.tzinfo).date()
        return abs(date.value - now) < timedelta(minutes=15)

    def _byline_of(self, node: LexborNode) -> list[str]:
        text = clean(node.text_content or "")
        if len(text) > _LINE or not any(map(str.isupper, text)):
            return []
        for holder in _holders(node, 3):
            marks = " ".join(filter(None, (holder.attributes.get(name) for name in ("class", "itemprop", "rel"))))
            if _NOT_AUTHOR.search(marks) or not is_small(holder):
                break
            icon = holder.css_first("i[class*='user']")
            if _AUTHOR.search(marks) or icon is not None:
                lines = [clean(line) for line in node_text(holder).split("\n")]
                return lines if len(lines) <= 2 and all(map(looks_like_byline, lines)) else []
        # Unmarked, between the title and the text, a line is believed that says so itself.
        return [text] if is_credited(text) and looks_like_byline(text) and not _in_list(node) else []


def finer_date(node: LexborNode, page: Page) -> PrintedDate | None:
    """Return the date in the elements around a node; of several the smallest that tells the most.

    A date and its time may stand in neighbouring elements.
    """
    best: PrintedDate | None = None
    for holder in _holders(node, 3):
        if not is_small(holder) or (best and holder.css_first("a[href]") is not None):
            break
        whole = node_text(holder, apart=True)
        if len(whole) > _LINE:
            break
        date = parse_date(whole, reference=page.time)
        if date is None:
            continue
        same_day = best is not None and date.value.date() == best.value.date()
        if best is None or (same_day and best.precision == "day" and date.precision != "day"):
            best = date
    return best


def _holders(node: LexborNode, count: int) -> Iterator[LexborNode]:
    parent = node.parent
    for _ in range(count):
        if parent is None or parent.tag in ("body", "html"):
            return
        yield parent
        parent = parent.parent


def _onward(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the nodes of a page behind a node, in their order."""
    here: LexborNode | None = node
    while here is not None:
        following = here.first_child or here.next
        while following is None and here is not None:
            here = here.parent
            following = here.next if here is not None else None
        if following is not None:
            yield following
        here = following


def _lead_holder(image: LexborNode) -> LexborNode | None:
    """Return the element around a picture if it can be an article's."""
    width = re.match(r"\d+", image.attributes.get("width") or "")
    if width and int(width[0][:6]) < _NARROW:
        return None
    holder = image.parent
    for around in _holders(image, 6):
        names = f"{around.attributes.get('class') or ''} {around.attributes.get('id') or ''}"
        href = around.attributes.get("href") if around.tag == "a" else None
        leads_away = href is not None and not _PICTURE_FILE.search(href)
        if around.tag in _NOT_AROUND_PICTURES or leads_away or _BUTTON.search(names):
            return None
        if around.tag == "figure":
            holder = around
    return holder


def _seen_texts(root: LexborNode | None) -> Iterator[LexborNode]:
    if root is None:
        return
    here = root.first_child
    while here is not None:
        tag = here.tag or ""
        child = None
        if tag == "-text":
            if (here.text_content or "").strip():
                yield here
        elif tag not in UNSEEN and tag != "option" and not is_hidden(here.attributes):
            child = here.first_child
        while child is None:
            child = here.next
            if child is None:
                parent = here.parent
                if parent is None or parent.mem_id == root.mem_id:
                    return
                here = parent
        here = child


def _begins(pieces: list[str], text: str) -> list[int]:
    """Return where pieces begin with a text, else where a text begins with them."""
    probe = text[:_PROBE]
    if not probe:
        return []
    found = [place for place, piece in enumerate(pieces) if piece.startswith(probe)]
    return found or [
        place for place, piece in enumerate(pieces) if len(piece) >= _SHORTEST_PROBE and text.startswith(piece)
    ]


def _may_be_lead(text: str) -> bool:
    """Whether a bold text is one, and no heading of the text's first part, nor the first question of an interview."""
    if len(text) > _LONGEST_LEAD or text.endswith(("?", ":")) or text[0].isdigit():
        return False
    return len(text) >= _LONG_LEAD or (len(text) >= _SHORTEST_LEAD and text.endswith((".", "!", "”", '"')))


def _is_caption(node: LexborNode) -> bool:
    return any(
        holder.tag in ("figure", "figcaption", "td") or _CAPTION_NAME.search(holder.attributes.get("class") or "")
        for holder in _holders(node, 3)
    )


def _is_strong(node: LexborNode) -> bool:
    for holder in _holders(node, 5):
        if not is_small(holder):
            return False
        attributes = holder.attributes
        name = attributes.get("class") or ""
        if holder.tag in ("b", "strong", "h2", "h3") or _STRONG.search(attributes.get("style") or ""):
            return True
        if _STRONG_NAME.search(name) or _LEAD_NAME.search(name):
            return True
    return False


def _in_link(node: LexborNode) -> bool:
    """Whether a text leads away, as the title of another article does."""
    return any(holder.tag == "a" for holder in _holders(node, 5))


def _in_heading(node: LexborNode) -> bool:
    holders = _holders(node, 3)
    return any(holder.tag in ("h1", "h2") or _TITLES.search(holder.attributes.get("class") or "") for holder in holders)


def _in_list(node: LexborNode) -> bool:
    """Whether a text is another article's: it stands in a row of a list, beside a link."""
    parent = node.parent
    return parent is not None and (parent.tag in ("li", "a") or parent.css_first("a[href]") is not None)
