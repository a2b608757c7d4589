"""Chooses the blocks of the article on a page of unknown design.

Two kinds of evidence are combined: what another extractor found, and where running text stands. The extractor misses
short lines, lists and tables; running text also stands in side bars. Together they tell which element holds the
article, and all text in it is the article's except for what is known not to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from newsbot.reading.blocks import Block, Box, is_running
from newsbot.reading.furniture import weigh, with_inner, without_furniture
from newsbot.reading.head_lines import DATE, LONGEST_HEAD_LINE, is_head_line, is_title
from newsbot.reading.leftovers import introduces, is_imprint, is_label, is_leftover, is_pointer, tells_publisher
from newsbot.vietnamese.bylines import looks_like_byline

#: Minimum length, in characters, of running text that is evidence of where the article is.
_ENOUGH: Final = 40
#: Minimum weight of a single paragraph that may be a whole article.
_MUCH: Final = 1500
#: Minimum number of lines of a text without sentences, or minimum length of its only line, in characters.
_FEWEST_LINES: Final = 3
_LONG_LINE: Final = 80
#: Minimum number of pictures with captions that are an article.
_FEWEST_PICTURES: Final = 3
#: Minimum share of its parent's weight in an element that is taken for the article instead of the parent.
_MOST: Final = 0.6
#: Elements that are parts of a text, never the whole.
_PARTS: Final = frozenset((
    "blockquote", "caption", "dd", "details", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "li", "ol", "p", "pre", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip
_ROWS: Final = frozenset(("dd", "dt", "li", "td", "th", "tr"))
_LONGEST_DATE_LINE: Final = 50
_ATTACHMENT: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|odt|ods)(?:$|[?#])", re.IGNORECASE)


def main_text(
    blocks: list[Block],
    boxes: list[Box],
    known: set[Block],
    likely: set[Block],
    title_key: str,
    is_other_article: Callable[[str], bool],
) -> list[Block]:
    """Return the blocks of the article, none if there is none.

    `known` and `likely` are what an extractor found in two ways. The title only tells where the article begins, and
    may be wrong or empty; `is_other_article` tells where a link leads.
    """
    weights = {
        block: _weight(block, 3 if block in known else 2 if block in likely else 0, title_key, is_other_article)
        for block in blocks
    }
    weigh(blocks, boxes, lambda block: weights[block])
    blocks = without_furniture(blocks, boxes, known=False)
    weigh(blocks, boxes, lambda block: weights[block])
    container = _container(boxes)
    inner = with_inner({container}, boxes)
    inside = [block.box in inner for block in blocks]
    start = _headline(blocks, weights, title_key) + 1
    core = [
        place
        for place, block in enumerate(blocks)
        if place >= start and weights[block] and (inside[place] or block in known)
    ]
    if not core:
        return []
    holder_of = _holders(boxes, container)
    core = _above_imprint(core, blocks, weights, holder_of)
    holders = {holder_of[blocks[place].box] for place in core}
    beside = [holder_of[block.box] in holders for block in blocks]
    is_tight = container in holders  # paragraphs stand in it, not in its parts alone
    ends = [
        place
        for place, block in enumerate(blocks)
        if place >= start and (beside[place] or (is_tight and inside[place] and block.runs))
    ]
    # What runs between the headline and the text is its lead, wherever it stands.
    leads = [place for place in range(start, core[0]) if start and blocks[place].runs and weights[blocks[place]]]
    first, last = min([*ends, *leads, core[0]]), max([*ends, core[-1]])
    chosen: list[Block] = []
    sure = {*core, *leads}
    listed: Block | None = None  # a link behind a line that introduces it
    is_list = False  # no sentence since a line that introduces
    for place in range(first, last + 1):
        block = blocks[place]
        is_list = not block.runs and (is_list or (bool(chosen) and _introduces(chosen[-1])))
        if block.linked > 0.9 and chosen and (_introduces(chosen[-1]) or _stands_beside(block, listed)):
            listed = block if beside[place] and not is_other_article(block.link) else None
            if listed is not None:
                chosen.append(block)
                continue
        if is_list and beside[place] and is_imprint(block.text):  # an address is no imprint where it is asked for
            chosen.append(block)
            continue
        if place not in sure:
            at_an_end = not core[0] < place < core[-1]
            if not (inside[place] or beside[place]) or _is_furniture(block, at_an_end, place < core[0], title_key):
                continue
        chosen.append(block)
    while chosen and chosen[-1].is_heading:
        chosen.pop()
    return chosen


def _above_imprint(
    core: list[int], blocks: list[Block], weights: dict[Block, int], holder_of: dict[Box, Box]
) -> list[int]:
    """Return the places of a text without those below a site's imprint, if they are not the most of it.

    One such line alone, or an address, is no imprint: articles tell of both.
    """
    holder = holder_of[blocks[core[0]].box]
    for place in range(core[0] + 1, core[-1]):
        block = blocks[place]
        if weights[block] or block.kind != "text" or holder_of[block.box] == holder:
            continue
        if tells_publisher(block.text) and _is_among_imprint(blocks, place):
            above = [each for each in core if each < place]
            letters, of = (sum(weights[blocks[each]] for each in places) for places in (above, core))
            return above if 2 * letters > of else core
    return core


def _is_among_imprint(blocks: list[Block], place: int) -> bool:
    near = blocks[max(0, place - 1) : place + 2]
    return sum(is_imprint(line) for block in near for line in block.lines or (block.text,)) > 1


def lines_below(
    blocks: list[Block], boxes: list[Box], title_key: str, is_other_article: Callable[[str], bool]
) -> list[Block]:
    """Return the text that stands right below a page's headline where no sentence runs: a poem, a list, a table.

    Nothing is known of it but its place. So it must be near the headline with no picture between, in one element, and
    a few lines or a long one; else a page of pictures would be given the words below them for a text.
    """
    weigh(blocks, boxes, lambda block: block.runs)
    blocks = without_furniture(blocks, boxes, known=False)
    titles = [place for place, block in enumerate(blocks) if block.linked <= 0.5 and is_title(block.text, title_key)]
    start = min(titles, key=lambda place: not blocks[place].is_heading, default=-1) + 1
    first = start
    while first < len(blocks) and _is_above_lines(blocks[first], title_key):
        first += 1
    if not start or first == len(blocks) or blocks[first].kind != "text" or blocks[first].behind_frame:
        return []
    holder_of = _holders(boxes, boxes[0])
    holder = holder_of[blocks[first].box]
    last = first
    while last < len(blocks) and holder_of[blocks[last].box] == holder:
        last += 1
    chosen = [block for block in blocks[first:last] if not _is_furniture(block, True, False, title_key)]
    letters = [len(block.text) for block in chosen if block.kind == "text" and not is_pointer(block, is_other_article)]
    is_text = len(letters) >= _FEWEST_LINES or max(letters, default=0) >= _LONG_LINE
    return chosen if is_text or any(block.runs for block in chosen) else []


def pictures_below(blocks: list[Block], boxes: list[Box], title_key: str) -> list[Block]:
    """Return the pictures, with their captions, that are all there is below a page's headline: some, in one element."""
    said = {below for above, below in pairwise(blocks) if above.kind == "picture" and _is_said_of_it(below)}
    weigh(blocks, boxes, lambda block: len(block.text) if block in said else 0)
    blocks = without_furniture(blocks, boxes, known=False)
    inner = with_inner({_container(boxes)}, boxes)
    titles = [place for place, block in enumerate(blocks) if is_title(block.text, title_key)]
    below = blocks[titles[0] + 1 :] if titles else []
    chosen = [block for block in below if block.box in inner and (block.kind != "text" or block in said)]
    return chosen if len(said.intersection(chosen)) >= _FEWEST_PICTURES else []


def _is_said_of_it(block: Block) -> bool:
    """Whether a block is the caption of the picture above it by its form."""
    return block.kind == "caption" or (block.kind == "text" and (block.emphasised or block.box.centred))


def _is_above_lines(block: Block, title_key: str) -> bool:
    if block.kind != "text" or len(block.text) > LONGEST_HEAD_LINE:
        return False
    if block.linked > 0.5 or is_leftover(block.text) or is_label(block.text):
        return True
    may_be_name = block.box.tag not in _ROWS  # what a row says looks like one: "Trường Nguyễn Du: 24,5"
    if _is_furniture(block, True, may_be_name, title_key):
        return True
    return (
        len(block.text) <= _LONGEST_DATE_LINE and not block.text.endswith(":") and DATE.search(block.text) is not None
    )


def _weight(block: Block, factor: int, title_key: str, is_other_article: Callable[[str], bool]) -> int:
    """Return what a block says of where the article is: the letters of running text, more for what was found."""
    text = block.text
    if block.kind != "text" or block.linked > 0.5:
        return 0
    if not factor and (len(text) < _ENOUGH or not block.runs):
        return 0
    if is_leftover(text) or is_label(text) or is_imprint(text) or looks_like_byline(text):
        return 0
    if is_title(text, title_key) or is_head_line(text, title_key) or is_pointer(block, is_other_article):
        return 0
    return (factor or 1) * len(text)


def _container(boxes: list[Box]) -> Box:
    """Return the smallest box that holds most of the weight and is more than a paragraph."""
    heaviest: dict[Box, Box] = {}
    for box in boxes:
        parent = box.parent
        if parent is not None and (parent not in heaviest or box.weight > heaviest[parent].weight):
            heaviest[parent] = box
    here = container = boxes[0]
    while (inner := heaviest.get(here)) is not None and inner.weight >= _MOST * here.weight > 0:
        if inner.texts < 2 and inner.weight < _MUCH:
            break
        here = inner
        if here.tag not in _PARTS:  # through a table, if it is for the layout, to its cell
            container = here
    return container


def _holders(boxes: list[Box], container: Box) -> dict[Box, Box]:
    """Return the element in which the paragraphs of each box stand beside others.

    The cells of a table are such elements, unless it is a table in a text that is longer than it.
    """
    holders: dict[Box, Box] = {}
    inner = {container} if container.tag != "body" and container.parent is not None else set()
    tabled: set[Box] = set()
    for box in boxes:  # parents first
        parent = box.parent
        if parent in inner:
            inner.add(box)
            if parent in tabled or (box.tag == "table" and 2 * box.weight < container.weight):
                tabled.add(box)
        is_part = box.tag in _PARTS or box.texts < 2 or box in tabled
        holders[box] = holders[parent] if parent is not None and is_part else box
    return holders


def _headline(blocks: list[Block], weights: dict[Block, int], title_key: str) -> int:
    """Return the place of the headline, -1 if the text does not stand below it."""
    places = [place for place, block in enumerate(blocks) if block.kind == "text" and is_title(block.text, title_key)]
    places.sort(key=lambda place: not blocks[place].is_heading)
    if not places:
        return -1
    below = sum(weights[block] for block in blocks[places[0] :])
    return places[0] if 2 * below > sum(weights.values()) else -1


def _is_furniture(block: Block, at_an_end: bool, above: bool, title_key: str) -> bool:
    if block.kind != "text":
        return False
    if block.linked > 0.9 and not is_running(block.text) and not _ATTACHMENT.search(block.link):
        return True
    if not at_an_end:
        return False
    if is_title(block.text, title_key) or is_head_line(block.text, title_key) or is_imprint(block.text):
        return True
    return above and (looks_like_byline(block.text) or is_label(block.text))


def _stands_beside(block: Block, other: Block | None) -> bool:
    return other is not None and block.box.tag == other.box.tag and block.box.parent is other.box.parent


def _introduces(block: Block) -> bool:
    """Whether what follows a line belongs to it, though it be links: "Tra cứu điểm thi tại:"."""
    return block.kind == "text" and introduces(block.text)
