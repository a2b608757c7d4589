"""Parts of a page that say in their names that they are no article: related ones, comments, buttons, advertisements."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from newsbot.reading.blocks import Block, Box
from newsbot.reading.leftovers import is_label

_TAGS: Final = frozenset(("aside", "nav", "footer", "form", "menu"))
#: What names these is about one paragraph.
_PARAGRAPHS: Final = frozenset(("p", "li", "dd", "td", "h2", "h3", "h4", "h5", "h6", "pre"))
_NAME: Final = re.compile(
    r"related|relates|lien-?quan|(?:tin|bai|xem|doc)-?(?:khac|them|tiep|lien)|cung-?chuyen|recommend|read-?(?:more|next|also)|suggest"
    r"|share|sharing|social|breadcrumb|paginat|newsletter|subscri|advert|quang-?cao|sponsor|banner|promo|sidebar|cookie|footer|copyright"
    r"|author-?(?:box|bio|info|profile|card)|toolbar|popup|outbrain|taboola|tu-?khoa|the-?loai"
    r"|(?<![a-z])(?:ads?|adv|qc|tags?|nav|menu|tools?|print|vote|rating|also|pager|modal|signup|keywords?)(?![a-z:])",
    re.IGNORECASE,
)
#: Of them, what a part of an article may be about, and be named after.
_SUBJECTS: Final = re.compile(r"share|sharing|social|cookie|banner|promo", re.IGNORECASE)
_COMMENTS: Final = re.compile(r"comment|binh-?luan|y-?kien|disqus|(?<![a-z])cmt", re.IGNORECASE)
_RELATED: Final = re.compile(
    r"related|relates|lien-?quan|(?:tin|bai)-?khac|cung-?chuyen|read-?(?:more|next|also)", re.IGNORECASE
)
#: An element with a larger share of the running text is the whole, whatever its name: "has-sidebar", "no-comments".
_MOST: Final = 0.3
_MOST_OF_COMMENTS: Final = 0.5
#: Paragraphs: a title, its lead, its date. And so many rows make a list.
_MOST_IN_CARD: Final = 3
_FEWEST_CARDS: Final = 3
#: Below a label that says so.
_FEWEST_LABELLED: Final = 2
_LONGEST_GOES_ON: Final = 20
_GOES_ON: Final = re.compile(r"(?:(?:xem|đọc) (?:tiếp|thêm|chi tiết)|(?<!\w)chi tiết)[\W_]*\Z", re.IGNORECASE)


def weigh(blocks: list[Block], boxes: list[Box], weight: Callable[[Block], int]) -> int:
    """Set how much weighs what is in each box, and return how much all does."""
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
    return boxes[0].weight


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
    goes on ("Xem tiếp"). Where the article's element is `known`, it may be a list itself. The boxes must be weighed by
    how many of their paragraphs run.
    """
    cards: dict[int, set[int]] = {}  # by the list that they are in
    others: dict[int, set[int]] = {}  # those of other articles; a list may have this one, too
    labelled: set[int] = set()  # lists below a label
    out: set[int] = set()  # cards that stand alone below a label
    to_others: dict[int, int] = {}  # how many paragraphs of a box are links to other articles
    above: Block | None = None
    running: Block | None = None  # the last paragraph that runs
    pictured = ""  # where the last picture leads
    for block in blocks:
        card = block.box
        label, above = above, block if block.kind == "text" else above
        before, running = running, block if block.runs else running
        if block.kind == "picture":
            pictured = block.link
        if _goes_on(block) and is_other_article(block.link) and (whole := _card_around(card, before)) is not card:
            out.add(id(whole))
        if block.kind != "text" or block.linked <= 0.9 or card.tag == "h1":
            continue
        is_other = is_other_article(block.link)
        if is_other:
            to_others[id(card)] = to_others.get(id(card), 0) + 1
        if card.texts > _MOST_IN_CARD:
            continue
        is_labelled = is_other and label is not None and label.box is not card and is_label(label.text)
        if is_labelled or (is_other and block.link == pictured):
            out.add(id(_card_around(card, label)))
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
        links = to_others.get(id(box), 0)
        if box.parent is not None:
            to_others[id(box.parent)] = to_others.get(id(box.parent), 0) + links
            if id(box) in titled:
                titled.add(id(box.parent))
        if id(box) not in titled and links and box.texts == links + 1 and box.links == links and not box.weight:
            out.add(id(box))  # one line, whatever it says, and links alone: a series
    lists = [
        place
        for place, rows in others.items()
        if not known and len(rows) >= (_FEWEST_LABELLED if place in labelled else _FEWEST_CARDS)
    ]
    return _outside(out | {card for place in lists for card in cards[place]}, blocks, boxes)


def _card_around(box: Box, above: Block | None) -> Box:
    """Return the largest element around a box that is a card: one lead at most, and not the block above it."""
    around: set[int] = set()
    here = above.box if above is not None else None
    while here is not None:
        around.add(id(here))
        here = here.parent
    while (parent := box.parent) is not None and parent.texts <= _MOST_IN_CARD and parent.weight < 2:
        if id(parent) in around:
            break
        box = parent
    return box


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
