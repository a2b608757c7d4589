"""Walks the text of a page once: its paragraphs, pictures and captions, as they follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.blocks import LONGEST_CAPTION, Block, Box
from newsbot.reading.element_names import searching
from newsbot.reading.node_text import BLOCKS, CELLS, UNSEEN, is_hidden, visit
from newsbot.reading.page import absolute
from newsbot.reading.pictures import behind_script, picture_source
from newsbot.vietnamese.text import clean

_EMPHASIS: Final = frozenset(("em", "i"))
_STRENGTH: Final = frozenset(("b", "strong"))
#: Embedded content that is not kept, but may have a caption.
_FRAMES: Final = frozenset(("canvas", "embed", "iframe", "object", "video"))
#: Word's <o:p>, escaped by an editor: no HTML tag, so that a browser shows it as text.
_WORD_TAG: Final = re.compile(r"</?_o3a_p>")
#: Names of elements that hold the words to a picture.
_CAPTION_NAME: Final = re.compile(
    r"caption|chu-?thich|(?:image|img|photo|pic|anh)[-_]?(?:desc|note)|(?:desc|note)[-_]?(?:image|img|photo|pic|anh)",
    re.IGNORECASE,
)
_is_captions_name: Final = searching(_CAPTION_NAME)
#: Maximum length of a caption behind a line break in the paragraph of the picture, where it may as well be text.
_LONGEST_BEHIND: Final = 300
_LONGEST_CREDIT: Final = 50
#: Maximum number of blocks in an element named as a caption, or a table that only frames pictures; and of its rows.
_MOST_IN_FRAME: Final = 12
_MOST_ROWS: Final = 4
#: Maximum length, in characters, of a table row whose paragraphs are joined to one line.
_LONGEST_ROW: Final = 200
#: Stands for a <br> among the pieces of a paragraph: a line feed of the source is only white space.
_BREAK: Final = "\v"
#: Likewise for the edge between two cells, and what stands there in a row's line.
_CELL: Final = "\f"
CELL_MARK: Final = " | "
#: A paragraph that has a mark of its own needs none of its list.
_MARKED: Final = re.compile(r"(?:[-–—•*+▪●◦✓►]|\d{1,3}[.)]|[a-zđA-ZĐ][.)])\s?")
#: Elements between a paragraph and the item that it begins.
_MOST_IN_ITEM: Final = 4
#: Digits of the number with which a list begins.
_LONGEST_NUMBER: Final = 6


def walk(
    root: LexborNode, base: str, dropped: Set[int] = frozenset(), captions: Set[int] = frozenset()
) -> tuple[list[Block], list[Box]]:
    """Return the blocks below a node, and the boxes that they lie in, both in the order of the page.

    What no reader of the page sees is left out, and so is what lies below the `dropped` elements; `captions` are
    elements known to hold captions (both by `mem_id`).

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<p>Một <b>hai</b>.<p><img src=a.jpg alt=x><br>Ba<div>bốn<i hidden>năm</i></div>"
    >>> [(block.kind, block.text) for block in walk(LexborHTMLParser(html).body, "https://a.vn/")[0]]
    [('text', 'Một hai.'), ('picture', 'x'), ('caption', 'Ba'), ('text', 'bốn')]
    """
    walker = _Walker(root, base, dropped, captions)
    visit(root, walker.enter, walker.leave)
    walker.flush()
    return walker.blocks, walker.boxes


@dataclass(slots=True)
class _Line:
    """A paragraph while it is read, with the number of its characters."""

    pieces: list[str] = field(default_factory=list)
    size: int = 0
    plain: int = 0  # outside of <em>
    light: int = 0  # outside of <b>
    unlinked: int = 0  # outside of links
    link: str = ""  # the first in it

    def extend(self, other: _Line) -> None:
        self.pieces += other.pieces
        self.size += other.size
        self.plain += other.plain
        self.light += other.light
        self.unlinked += other.unlinked
        self.link = self.link or other.link


class _Walker:
    def __init__(self, root: LexborNode, base: str, dropped: Set[int], captions: Set[int]) -> None:
        self.base = base
        self.dropped = dropped
        self.captions = captions
        self.box = Box(root.tag or "", "", None, 0, 0, 0, caption=False, centred=False)
        self.boxes = [self.box]
        self.blocks: list[Block] = []
        self.letters = 0  # of all blocks
        self.rows = 0
        self.line = _Line()
        self.row: _Line | None = None  # what stands in the cells before an open one
        self.breaks = 0  # <br> since the last text
        self.behind_break = False
        self.framed = False
        self.href = ""  # of the open link
        self.emphasised = self.strong = False
        #: What was around each open element: these three, and the box.
        self.open: list[tuple[str, bool, bool, Box]] = []

    def enter(self, node: LexborNode) -> bool:
        """Read a node; tell whether to go into it."""
        tag = node.tag or ""
        if tag == "-text":
            self._add(node.text_content or "")
        elif tag == "img":
            self._picture(node)
        elif tag == "br":
            self._line_break()
        elif tag == "noscript":
            if (image := behind_script(node)) is not None:
                self._picture(image)
        elif tag in _FRAMES:
            self.framed = True
        else:
            if tag[0] != "-" and tag not in UNSEEN and node.mem_id not in self.dropped:
                attributes = node.attributes
                if not is_hidden(attributes) and node.first_child is not None:
                    self._open(tag, attributes, node.mem_id in self.captions)
                    return True
            if tag in BLOCKS:
                self.flush()
        return False

    def leave(self, node: LexborNode) -> None:
        self.href, self.emphasised, self.strong, around = self.open.pop()
        if self.box is not around:
            self._leave_box()

    def _add(self, text: str) -> None:
        line = self.line
        if not text.isspace():
            self.breaks = 0
            size = len(text)
            line.size += size
            if not self.emphasised:
                line.plain += size
            if not self.strong:
                line.light += size
            if self.href:
                line.link = line.link or self.href
            elif any(map(str.isalnum, text)):
                line.unlinked += size
        elif not line.pieces:
            return  # no line begins with white space
        line.pieces.append(text)

    def _line_break(self) -> None:
        self.breaks += 1
        if not self.line.size and self.row is None:
            last = self.blocks[-1] if self.blocks else None
            self.behind_break = last is not None and last.kind == "picture" and last.box is self.box
        if self.breaks > 1:
            self.flush()
        else:
            self.line.pieces.append(_BREAK)

    def _open(self, tag: str, attributes: dict[str, str | None], caption: bool) -> None:
        self.open.append((self.href, self.emphasised, self.strong, self.box))
        if tag == "a":
            self.href = (attributes.get("href") or "").strip() or self.href
        elif tag in _EMPHASIS:
            self.emphasised = True
        elif tag in _STRENGTH:
            self.strong = True
        elif tag in CELLS:
            self.line.pieces.append(_CELL)
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        caption = caption or tag == "figcaption" or (tag != "a" and _is_captions_name(name))
        if not (caption or tag in BLOCKS or tag in CELLS):
            return
        if caption or tag in BLOCKS:
            self.flush()
        else:
            self._join_line()
            if self.line.size:
                self.row, self.line = self.line, _Line()
        self.behind_break = False
        self.rows += tag == "tr"
        centred = self.box.centred
        if tag in ("p", "div"):
            centred = "center" in (attributes.get("style") or attributes.get("align") or "")
        around = self.box
        self.box = Box(tag, name, around, len(self.blocks), self.letters, self.rows, caption, centred)
        self.boxes.append(self.box)
        if tag == "li":
            self.box.mark = _list_mark(around, attributes)
        elif tag == "ol":
            self.box.items = _number(attributes.get("start")) - 1

    def _join_line(self) -> None:
        """Go on with the line of the cells before, if there is one."""
        if self.row is not None:
            self.row.extend(self.line)
            self.line, self.row = self.row, None

    def _leave_box(self) -> None:
        box = self.box
        assert box.parent is not None
        if box.tag not in CELLS or box.caption or box.start < len(self.blocks):
            self.flush()
        self._join_line()  # a line is made of all cells of a row
        self.behind_break = False
        self.box = box.parent
        if box.tag == "tr":
            self._join_cells(box)
        if not 0 < len(self.blocks) - box.start <= _MOST_IN_FRAME or self.letters - box.letters > LONGEST_CAPTION:
            return
        last = self.blocks[-1]
        if not (box.caption or box.tag == "table" or last.behind_break):  # most boxes have no caption
            return
        blocks = self.blocks[box.start :]
        pictures = [block for block in blocks if block.kind == "picture"]
        if box.caption or (box.tag == "table" and self.rows - box.rows <= _MOST_ROWS and _is_frame(blocks, pictures)):
            captions = blocks
        elif last.behind_break and last.box is box and pictures == blocks[:-1] and len(last.text) <= _LONGEST_BEHIND:
            captions = [last]
        else:
            return
        for block in captions:
            if block.kind == "text":
                block.kind = "caption"

    def _join_cells(self, row: Box) -> None:
        """Make one line of a row whose cells hold one short paragraph each, as editors paste them."""
        cells = self.blocks[row.start :]
        if not 1 < len(cells) <= _MOST_IN_FRAME or self.letters - row.letters > _LONGEST_ROW:
            return
        holders = {id(_cell_around(block.box, row)) for block in cells}
        if len(holders) < len(cells) or any(block.kind != "text" or block.is_heading for block in cells):
            return
        text = _one_line(block.text for block in cells)
        self.blocks[row.start :] = [
            Block(
                "text",
                row,
                text,
                link=next((block.link for block in cells if block.link), ""),
                linked=sum(block.linked * len(block.text) for block in cells) / len(text),
                emphasised=all(block.emphasised for block in cells),
                strong=all(block.strong for block in cells),
                behind_frame=cells[0].behind_frame,
            )
        ]

    def _picture(self, node: LexborNode) -> None:
        attributes = node.attributes
        if is_hidden(attributes):
            return
        source = picture_source(node)
        url = absolute(self.base, source) if source else None
        if url is None:
            self.framed = True
            return
        self.flush()
        self.blocks.append(Block("picture", self.box, clean(attributes.get("alt") or ""), url, self.href))

    def flush(self) -> None:
        """End a paragraph; what stands in the cells before an open one that has paragraphs is another."""
        if self.row is None and not self.line.pieces:
            self.breaks = 0
            return
        if self.row is not None and self.line.size:
            row, self.row = self.row, None
            if row.link:
                self.line.link = ""
            self._end(row, self.box.parent or self.box)
        self._join_line()
        self._end(self.line, self.box)
        if self.line.pieces:
            self.line = _Line()
        self.breaks = 0

    def _mark(self, box: Box | None, text: str) -> str:
        """Return the mark of the list item that a paragraph begins, which no other paragraph of it has."""
        for _ in range(_MOST_IN_ITEM):
            if box is None:
                break
            if box.tag == "li":
                mark, box.mark = box.mark, ""
                return "" if _MARKED.match(text) else mark
            box = box.parent
        return ""

    def _end(self, line: _Line, box: Box) -> None:
        if not line.size:
            return
        whole = "".join(line.pieces)
        if "<_" in whole:
            whole = _WORD_TAG.sub("", whole)
        text = _one_line(map(clean, whole.split(_CELL))) if _CELL in whole else clean(whole)
        if text:
            self.letters += len(text)
            self.blocks.append(
                Block(
                    "text",
                    box,
                    text,
                    link=line.link,
                    linked=1 - line.unlinked / line.size if line.link else 0.0,
                    emphasised=not line.plain,
                    strong=not line.light,
                    behind_break=self.behind_break,
                    behind_frame=self.framed,
                    lines=tuple(filter(None, map(clean, whole.split(_BREAK)))) if _BREAK in whole else (),
                    mark=self._mark(box, text),
                )
            )
        self.framed = self.behind_break = False


def _list_mark(around: Box, attributes: dict[str, str | None]) -> str:
    """Return what a list puts before one of its items."""
    if around.tag != "ol":
        return "- "
    around.items = _number(attributes.get("value")) if attributes.get("value") else around.items + 1
    return f"{around.items}. "


def _number(text: str | None) -> int:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else 1


def _one_line(cells: Iterable[str]) -> str:
    """Return the line of a row: its cells with marks between, but not behind a colon.

    >>> _one_line(["Xã A", "", "17 hộ"]), _one_line(["Giá:", "7.000 đồng"])
    ('Xã A | 17 hộ', 'Giá: 7.000 đồng')
    """
    line = ""
    for cell in filter(None, cells):
        line += (" " if line.endswith(":") else CELL_MARK) + cell if line else cell
    return line


def _cell_around(box: Box, row: Box) -> Box:
    """Return the cell of a row that a box is in; the row itself if it is in none."""
    while box.parent is not None and box.parent is not row and box is not row:
        box = box.parent
    return box


def _is_frame(blocks: list[Block], pictures: list[Block]) -> bool:
    """Whether blocks are but pictures and their captions: no more lines than pictures, except for who took them."""
    lines = [len(block.text) for block in blocks if block.kind == "text"]
    long = sum(length > _LONGEST_CREDIT for length in lines)
    return bool(pictures) and long <= len(pictures) and len(lines) <= 2 * len(pictures)
