"""Removes page furniture, known by the names of its elements: related articles, comments, buttons, advertisements."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Final

from newsbot.reading.blocks import Block, Box
from newsbot.reading.element_names import searching
from newsbot.reading.leftovers import is_label

_TAGS: Final = frozenset(("aside", "nav", "footer", "form", "menu"))
#: Elements of a single paragraph.
_PARAGRAPHS: Final = frozenset(("p", "li", "dd", "td", "h2", "h3", "h4", "h5", "h6", "pre"))
_NAME: Final = re.compile(
    r"related|relates|lien-?quan|(?:tin|bai|xem|doc)-?(?:khac|them|tiep|lien)|cung-?chuyen|recommend|read-?(?:more|next|also)|suggest"
    r"|share|sharing|social|breadcrumb|paginat|newsletter|subscri|advert|quang-?cao|sponsor|banner|promo|sidebar|cookie|footer|copyright"
    r"|author-?(?:box|bio|info|profile|card)|toolbar|popup|outbrain|taboola|tu-?khoa|the-?loai"
    r"|(?<![a-z])(?:ads?|adv|qc|tags?|nav|menu|tools?|print|vote|rating|also|pager|modal|signup|keywords?)(?![a-z:])",
    re.IGNORECASE,
)
#: Of these names, those that a part of an article may have because of its subject.
_SUBJECTS: Final = re.compile(r"share|sharing|social|cookie|banner|promo", re.IGNORECASE)
_COMMENTS: Final = re.compile(r"comment|binh-?luan|y-?kien|disqus|(?<![a-z])cmt", re.IGNORECASE)
_is_named: Final = searching(_NAME)
_is_for_comments: Final = searching(_COMMENTS)
_RELATED: Final = re.compile(
    r"related|relates|lien-?quan|(?:tin|bai)-?khac|cung-?chuyen|read-?(?:more|next|also)", re.IGNORECASE
)
#: Maximum share of the running text in furniture; a larger element is the whole page: "has-sidebar", "no-comments".
_MOST: Final = 0.3
_MOST_OF_COMMENTS: Final = 0.5
#: Maximum number of paragraphs in a card: a title, its lead, its date. Minimum number of cards in a list.
_MOST_IN_CARD: Final = 3
_FEWEST_CARDS: Final = 3
#: The same, below a label such as "Xem thêm".
_FEWEST_LABELLED: Final = 2
#: In characters. A longer text beside a link to another article may as well be the article's own, and stays.
_LONGEST_CARD_LEAD: Final = 80
_LONGEST_GOES_ON: Final = 20
_GOES_ON: Final = re.compile(r"(?:(?:xem|đọc) (?:tiếp|thêm|chi tiết)|(?<!\w)chi tiết)[\W_]*\Z", re.IGNORECASE)


def weigh(blocks: list[Block], boxes: list[Box], weight: Callable[[Block], int]) -> None:
    """Set for each box the weight of the blocks in it, and how many paragraphs and paragraphs with links these are."""
    for box in boxes:
        box.weight = box.texts = box.links = 0
    for block in blocks:
        if block.kind == "text":
            block.box.weight += weight(block)
            block.box.texts += 1
            block.box.links += block.link != ""
    for box in reversed(boxes):
        if box.parent is not None:
            box.parent.weight += box.weight
            box.parent.texts += box.texts
            box.parent.links += box.links


def without_furniture(blocks: list[Block], boxes: list[Box], *, known: bool) -> list[Block]:
    """Return the blocks that are in no part of a page that is furniture by its name; the boxes must be weighed.

    Where the article's element is known, only what has links and no running text goes, and lists of related articles.
    """
    total = boxes[0].weight
    out = {box for box in boxes[1:] if box.texts and _is_furniture(box, total, known=known)}
    if out and not known:
        out -= _between_paragraphs(blocks, boxes, out)
    return _outside(out, blocks, boxes)


def _between_paragraphs(blocks: list[Block], boxes: list[Box], candidates: set[Box]) -> set[Box]:
    """Return those of the boxes that hold text without links amid running text, and may be named after what it says."""
    texts = [block for block in blocks if block.kind == "text"]
    first: dict[Box, int] = {}
    last: dict[Box, int] = {}
    for place, block in enumerate(texts):
        first.setdefault(block.box, place)
        last[block.box] = place
    for box in reversed(boxes):  # children first
        if box.parent is not None and box in first:
            first[box.parent] = min(first.get(box.parent, first[box]), first[box])
            last[box.parent] = max(last.get(box.parent, -1), last[box])
    spared = set()
    for box in candidates & first.keys():
        if box.parent is None or box.links or not box.weight or box.tag in _TAGS:
            continue
        if _is_named(_SUBJECTS.sub("", box.name)) or _is_for_comments(box.name):
            continue
        start, end = first[box] - 1, last[box] + 1
        if first[box.parent] <= start and end <= last[box.parent] and texts[start].runs and texts[end].runs:
            spared.add(box)
    return spared


def without_cards(
    blocks: list[Block],
    boxes: list[Box],
    is_other_article: Callable[[str], bool],
    is_title: Callable[[Block], bool],
    *,
    known: bool = False,
) -> list[Block]:
    """Return the blocks that are in no list of other articles: rows of a title that is a link, and its lead perhaps.

    One row alone is a card below a label, beside a picture that leads there, too, or where its lead ends in a link that
    goes on ("Xem tiếp"). Where the article's element is `known`, it may be a list itself. What holds all is no card.
    """
    weigh(blocks, boxes, _weight_in_card)
    whole = boxes[0].texts
    texts = [block for block in blocks if block.kind == "text"]
    links = {block for block in texts if block.linked > 0.9 and block.box.tag != "h1"}
    to_others = {block for block in links if is_other_article(block.link)}
    out = _series(texts, boxes, links, to_others, is_title)
    cards: defaultdict[Box, set[Box]] = defaultdict(set)  # by the list that they are in
    others: defaultdict[Box, set[Box]] = defaultdict(set)  # those of other articles; a list may have this one, too
    labelled: set[Box] = set()  # lists below a label
    above = running = None  # the last paragraph, and the last that runs
    pictured = ""  # where the last picture leads
    for block in blocks:
        card, label, before = block.box, above, running
        if block.kind == "picture":
            pictured = block.link
        elif block.kind == "text":
            above, running = block, block if block.runs else running
        if _goes_on(block) and is_other_article(block.link):
            teaser = _card_around(card, before, whole)
            if teaser is not None and teaser.texts > card.texts:  # it has a title, too
                out.add(teaser)
        if block not in links or card.texts > _MOST_IN_CARD:
            continue
        is_other = block in to_others
        is_labelled = is_other and label is not None and label.box is not card and is_label(label.text)
        is_alone = is_labelled or (is_other and block.link == pictured)
        if is_alone and (alone := _card_around(card, label, whole)) is not None:
            out.add(alone)
        while card.parent is not None and card.parent.texts <= _MOST_IN_CARD:
            card = card.parent
        if card.parent is not None:
            cards[card.parent].add(card)
            if is_other:
                others[card.parent].add(card)
            if is_labelled:
                labelled.add(card.parent)
    for place, rows in others.items():
        if not known and len(rows) >= (_FEWEST_LABELLED if place in labelled else _FEWEST_CARDS):
            out |= cards[place]
    return _outside({box for box in out if box.texts < whole}, blocks, boxes)


def _series(
    texts: list[Block], boxes: list[Box], links: set[Block], to_others: set[Block], is_title: Callable[[Block], bool]
) -> set[Box]:
    """Return the boxes with a heading, or a label, and links to other articles alone."""
    titles = Counter(block.box for block in texts if is_title(block))
    others = Counter(block.box for block in to_others)
    rest = (block for block in texts if block not in links)
    heads = Counter(block.box for block in rest if block.is_heading or block.strong or is_label(block.text))
    for box in reversed(boxes):  # children first
        for counts in (titles, others, heads):
            if box.parent is not None and box in counts:
                counts[box.parent] += counts[box]
    return {
        box
        for box, count in heads.items()
        if count == 1 and not titles[box] and others[box] and box.texts == others[box] + 1 == box.links + 1
    }


def _weight_in_card(block: Block) -> int:
    """Return what a block weighs among those of a card: 2 is more than the card's own lead."""
    if block.linked > 0.5 or block.is_heading:
        return 0
    return 2 if len(block.text) > _LONGEST_CARD_LEAD else block.runs


def _card_around(box: Box, above: Block | None, whole: int) -> Box | None:
    """Return the largest element around a box that is a card: one lead at most, not the block above it, not all."""
    around: set[Box] = set()
    here = above.box if above is not None else None
    while here is not None:
        around.add(here)
        here = here.parent
    card, larger = None, box
    while larger.texts <= min(_MOST_IN_CARD, whole - 1) and larger.weight < 2 and larger not in around:
        assert larger.parent is not None  # only the root holds all text
        card, larger = larger, larger.parent
    return card


def _goes_on(block: Block) -> bool:
    """Whether a paragraph is another article's lead: a link to the rest of it stands behind."""
    return 0 < block.linked < 0.5 and _GOES_ON.search(block.text[-_LONGEST_GOES_ON:]) is not None


def _outside(out: set[Box], blocks: list[Block], boxes: list[Box]) -> list[Block]:
    if not out:
        return blocks
    inner = with_inner(out, boxes)
    return [block for block in blocks if block.box not in inner]


def with_inner(outer: set[Box], boxes: list[Box]) -> set[Box]:
    """Return boxes and all that lie in them."""
    inner = set(outer)
    for box in boxes:  # parents first
        if box.parent in inner:
            inner.add(box)
    return inner


def is_furniture_name(tag: str, name: str) -> bool:
    """Whether an element is furniture by its tag, or by its class and id.

    >>> is_furniture_name("div", "box-lien-quan"), is_furniture_name("aside", ""), is_furniture_name("div", "noi-dung")
    (True, True, False)
    """
    return tag in _TAGS or _is_named(name) or _is_for_comments(name)


def _is_furniture(box: Box, total: int, *, known: bool) -> bool:
    if box.caption or box.tag == "figure" or (box.tag in _PARAGRAPHS and box.weight):
        return False
    if known:
        return (
            bool(box.links)
            and _is_named(box.name)
            and (not box.weight or (_RELATED.search(box.name) is not None and box.weight < _MOST * total))
        )
    if _is_for_comments(box.name):
        return box.weight <= _MOST_OF_COMMENTS * total
    return (box.tag in _TAGS or _is_named(box.name)) and box.weight <= _MOST * total
