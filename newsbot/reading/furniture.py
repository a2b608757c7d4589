"""Removes page furniture, known by the names of its elements: related articles, comments, buttons, advertisements."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from newsbot.reading.blocks import Block, Box
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
    out = {id(box) for box in boxes[1:] if box.texts and _is_furniture(box, total, known=known)}
    if out and not known:
        out -= _between_paragraphs(blocks, boxes, out)
    return _outside(out, blocks, boxes)


def _between_paragraphs(blocks: list[Block], boxes: list[Box], candidates: set[int]) -> set[int]:
    """Return those of the boxes that hold text without links amid running text, and may be named after what it says."""
    texts = [block for block in blocks if block.kind == "text"]
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for place, block in enumerate(texts):
        first.setdefault(id(block.box), place)
        last[id(block.box)] = place
    for box in reversed(boxes):  # children first
        if box.parent is not None and id(box) in first:
            around = id(box.parent)
            first[around] = min(first.get(around, first[id(box)]), first[id(box)])
            last[around] = max(last.get(around, -1), last[id(box)])
    spared = set()
    for box in boxes:
        if id(box) not in candidates or id(box) not in first or box.parent is None or box.links or not box.weight:
            continue
        if box.tag in _TAGS or _NAME.search(_SUBJECTS.sub("", box.name)) or _COMMENTS.search(box.name):
            continue
        start, end, whole = first[id(box)] - 1, last[id(box)] + 1, id(box.parent)
        if first[whole] <= start and end <= last[whole] and texts[start].runs and texts[end].runs:
            spared.add(id(box))
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
    cards: dict[int, set[int]] = {}  # by the list that they are in
    others: dict[int, set[int]] = {}  # those of other articles; a list may have this one, too
    labelled: set[int] = set()  # lists below a label
    out: set[int] = set()  # cards that stand alone below a label
    to_others: dict[int, int] = {}  # how many paragraphs of a box are links to other articles
    heads: dict[int, int] = {}  # and how many are a label, or look like a heading
    above: Block | None = None
    running: Block | None = None  # the last paragraph that runs
    pictured = ""  # where the last picture leads
    for block in blocks:
        card = block.box
        label, above = above, block if block.kind == "text" else above
        before, running = running, block if block.runs else running
        if block.kind == "picture":
            pictured = block.link
        if _goes_on(block) and is_other_article(block.link):
            teaser = _card_around(card, before, whole)
            if teaser is not None and teaser.texts > card.texts:  # it has a title, too
                out.add(id(teaser))
        if block.kind != "text" or block.linked <= 0.9 or card.tag == "h1":
            if block.kind == "text" and (block.is_heading or block.strong or is_label(block.text)):
                heads[id(card)] = heads.get(id(card), 0) + 1
            continue
        is_other = is_other_article(block.link)
        if is_other:
            to_others[id(card)] = to_others.get(id(card), 0) + 1
        if card.texts > _MOST_IN_CARD:
            continue
        is_labelled = is_other and label is not None and label.box is not card and is_label(label.text)
        is_alone = is_labelled or (is_other and block.link == pictured)
        if is_alone and (alone := _card_around(card, label, whole)) is not None:
            out.add(id(alone))
        while card.parent is not None and card.parent.texts <= _MOST_IN_CARD:
            card = card.parent
        if card.parent is not None:
            cards.setdefault(id(card.parent), set()).add(id(card))
            if is_other:
                others.setdefault(id(card.parent), set()).add(id(card))
                if is_labelled:
                    labelled.add(id(card.parent))
    titled = {id(block.box) for block in blocks if block.kind == "text" and is_title(block)}
    for box in reversed(boxes):
        links, headed = to_others.get(id(box), 0), heads.get(id(box), 0)
        if box.parent is not None:
            around = id(box.parent)
            to_others[around] = to_others.get(around, 0) + links
            heads[around] = heads.get(around, 0) + headed
            if id(box) in titled:
                titled.add(around)
        if id(box) not in titled and headed == 1 and links and box.texts == links + 1 == box.links + 1:
            out.add(id(box))  # a heading and links alone: a series
    lists = [
        place
        for place, rows in others.items()
        if not known and len(rows) >= (_FEWEST_LABELLED if place in labelled else _FEWEST_CARDS)
    ]
    out.update(card for place in lists for card in cards[place])
    return _outside(out.difference(id(box) for box in boxes if box.texts == whole), blocks, boxes)


def _weight_in_card(block: Block) -> int:
    """Return what a block weighs among those of a card: 2 is more than the card's own lead."""
    if block.linked > 0.5 or block.is_heading:
        return 0
    return 2 if len(block.text) > _LONGEST_CARD_LEAD else block.runs


def _card_around(box: Box, above: Block | None, whole: int) -> Box | None:
    """Return the largest element around a box that is a card: one lead at most, not the block above it, not all."""
    around: set[int] = set()
    here = above.box if above is not None else None
    while here is not None:
        around.add(id(here))
        here = here.parent
    card, larger = None, box
    while larger.texts <= min(_MOST_IN_CARD, whole - 1) and larger.weight < 2 and id(larger) not in around:
        assert larger.parent is not None  # only the root holds all text
        card, larger = larger, larger.parent
    return card


def _goes_on(block: Block) -> bool:
    """Whether a paragraph is another article's lead: a link to the rest of it stands behind."""
    return 0 < block.linked < 0.5 and _GOES_ON.search(block.text[-_LONGEST_GOES_ON:]) is not None


def _outside(out: set[int], blocks: list[Block], boxes: list[Box]) -> list[Block]:
    if not out:
        return blocks
    for box in boxes:  # parents first
        if box.parent is not None and id(box.parent) in out:
            out.add(id(box))
    return [block for block in blocks if id(block.box) not in out]


def _is_furniture(box: Box, total: int, *, known: bool) -> bool:
    if box.caption or box.tag == "figure" or (box.tag in _PARAGRAPHS and box.weight):
        return False
    if known:
        return (
            bool(box.links)
            and _NAME.search(box.name) is not None
            and (not box.weight or (_RELATED.search(box.name) is not None and box.weight < _MOST * total))
        )
    if _COMMENTS.search(box.name):
        return box.weight <= _MOST_OF_COMMENTS * total
    return (box.tag in _TAGS or _NAME.search(box.name) is not None) and box.weight <= _MOST * total
