"""The text of a page, walked once: its paragraphs, pictures and captions, as they follow each other."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Final, Literal

from selectolax.lexbor import LexborNode

from newsbot.reading.node_text import BLOCKS, UNSEEN, is_hidden
from newsbot.reading.page import absolute
from newsbot.reading.pictures import behind_script, picture_source
from newsbot.vietnamese.text import clean

Kind = Literal["text", "caption", "picture"]

_EMPHASIS: Final = frozenset(("em", "i"))
_STRENGTH: Final = frozenset(("b", "strong"))
_CELLS: Final = frozenset(("td", "th"))
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: Embedded content that is not kept, but may have a caption.
_FRAMES: Final = frozenset(("canvas", "embed", "iframe", "object", "video"))
#: What an open element does to the text in it: flags, added up.
_LINK, _EMPHASISED, _STRONG, _BOX = 1, 2, 4, 8
#: Word's <o:p>, escaped by an editor: no HTML tag, so that a browser shows it as text.
_WORD_TAG: Final = re.compile(r"</?_o3a_p>")
#: Names of elements that hold the words to a picture.
_CAPTION_NAME: Final = re.compile(
    r"caption|chu-?thich|(?:image|img|photo|pic|anh)[-_]?(?:desc|note)|(?:desc|note)[-_]?(?:image|img|photo|pic|anh)",
    re.IGNORECASE,
)
#: Maximum length of a caption, in characters; a longer text below a picture is the article going on.
LONGEST_CAPTION: Final = 500
#: The same, after a line break in the paragraph of the picture, where it may as well be text.
_LONGEST_BEHIND: Final = 300
_LONGEST_CREDIT: Final = 50
#: Maximum number of blocks in an element named as a caption, or a table that only frames pictures; and of its rows.
_MOST_IN_FRAME: Final = 12
_MOST_ROWS: Final = 4
#: Maximum length, in characters, of a table row whose paragraphs are joined to one line.
_LONGEST_ROW: Final = 200
#: Stands for a <br> among the pieces of a paragraph: a line feed of the source is only white space.
_BREAK: Final = "\v"
_SENTENCE_END: Final = re.compile(r"(?:(?<!\.)\.|[!?:;])[\"”’'»)\]]*\Z|[\"”]\Z")
#: Minimum length, in characters, of a text that runs whatever its end.
_LONG: Final = 200


@dataclass(slots=True, eq=False)
class Box:
    """An element that makes blocks of its own."""

    tag: str
    name: str  # class and id
    parent: Box | None
    start: int  # of the blocks in it, the place of the first
    letters: int  # read before it
    rows: int  # of tables, read before it
    caption: bool
    centred: bool
    weight: int = 0  # of the running text in it, once weighed
    texts: int = 0  # paragraphs in it
    links: int = 0  # and how many of them hold a link


@dataclass(slots=True, eq=False)
class Block:
    """One paragraph, or one picture."""

    kind: Kind
    box: Box
    text: str = ""  # of a picture: its alternative text
    url: str = ""
    link: str = ""  # where the first link leads that is in it, or that it is in
    linked: float = 0.0  # how much of it is in links: all of it is 1
    emphasised: bool = False  # all of it
    strong: bool = False  # all of it
    behind_break: bool = False  # it follows a picture and a line break
    behind_frame: bool = False  # it follows a video, or a picture of which only the page's script knows the address
    lines: tuple[str, ...] = ()  # of a text with line breaks in it

    @property
    def is_heading(self) -> bool:
        return self.box.tag in _HEADINGS

    @property
    def runs(self) -> bool:
        """Whether it is running text rather than a title, a name, a label or a link."""
        if self.kind != "text" or self.linked > 0.5 or self.is_heading:
            return False
        return is_running(self.text)


@dataclass(frozen=True, slots=True)
class _Pending:
    """How much had been read of a paragraph when a cell was opened."""

    pieces: int
    size: int
    plain: int
    light: int
    unlinked: int
    link: str


def is_running(text: str) -> bool:
    """Whether a text is a sentence, or long, rather than a title, a name or a label.

    >>> is_running("Nước đã rút."), is_running("Nước đã rút"), is_running("Nước đã..."), is_running("Hết.")
    (True, False, False, False)
    """
    return len(text) >= _LONG or (" " in text and _SENTENCE_END.search(text) is not None)


def walk(
    root: LexborNode, base: str, dropped: Set[int] = frozenset(), captions: Set[int] = frozenset()
) -> tuple[list[Block], list[Box]]:
    """Return the blocks below a node, and the boxes that they lie in, both in the order of the page.

    Goes by pointers, not by recursion: pages nest as deep as they like. What no reader of the page sees is left out,
    and so is what lies below the `dropped` elements; `captions` are elements known to hold captions (both by `mem_id`).

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<p>Một <b>hai</b>.<p><img src=a.jpg alt=x><br>Ba<div>bốn<i hidden>năm</i></div>"
    >>> [(block.kind, block.text) for block in walk(LexborHTMLParser(html).body, "https://a.vn/")[0]]
    [('text', 'Một hai.'), ('picture', 'x'), ('caption', 'Ba'), ('text', 'bốn')]
    """
    walker = _Walker(base, root)
    node = root.first_child
    root_id = root.mem_id
    while node is not None:
        tag = node.tag or ""
        child = None
        if tag == "-text":
            walker.add(node.text_content or "")
        elif tag == "img":
            walker.picture(node)
        elif tag == "br":
            walker.line_break()
        elif tag == "noscript":
            if (image := behind_script(node)) is not None:
                walker.picture(image)
        elif tag in _FRAMES:
            walker.framed = True
        elif tag[0] != "-" and tag not in UNSEEN and node.mem_id not in dropped:
            attributes = node.attributes
            child = None if is_hidden(attributes) else node.first_child
            if child is not None:
                walker.enter(tag, attributes, node.mem_id in captions)
            elif tag in BLOCKS:
                walker.flush()
        elif tag in BLOCKS:
            walker.flush()
        if child is None:
            child = node.next
            while child is None:
                parent = node.parent
                if parent is None or parent.mem_id == root_id:
                    break
                walker.leave()
                node = parent
                child = node.next
        node = child
    walker.flush()
    return walker.blocks, walker.boxes


class _Walker:
    def __init__(self, base: str, root: LexborNode) -> None:
        self.base = base
        self.box = Box(root.tag or "", "", None, 0, 0, 0, caption=False, centred=False)
        self.boxes = [self.box]
        self.blocks: list[Block] = []
        self.letters = 0  # of all blocks
        self.rows = 0
        self.pieces: list[str] = []
        self.size = 0  # characters of the pieces, in all and outside of <em>, outside of <b>, outside of links
        self.plain = 0
        self.light = 0
        self.unlinked = 0
        self.emphasis = 0  # open <em>
        self.strength = 0  # open <b>
        self.links: list[str] = []  # open ones
        self.link = ""  # the first in the pieces
        self.breaks = 0  # <br> since the last text
        self.behind_break = False
        self.framed = False
        #: Where in the pieces the text of an open cell begins, and what had been counted by then.
        self.cell: _Pending | None = None
        self.open: list[int] = []  # what each open element means: the sum of _LINK and so on

    def add(self, text: str) -> None:
        if not text.isspace():
            self.breaks = 0
            size = len(text)
            self.size += size
            if not self.emphasis:
                self.plain += size
            if not self.strength:
                self.light += size
            if self.links:
                self.link = self.link or self.links[-1]
            elif any(map(str.isalnum, text)):
                self.unlinked += size
        self.pieces.append(text)

    def _part_cell(self, cell: _Pending) -> None:
        """Make a paragraph of what stands in the cells before an open one that has paragraphs: its row is no line."""
        self.cell = None
        if self.size == cell.size:
            return
        rest, self.pieces = self.pieces[cell.pieces :], self.pieces[: cell.pieces]
        size, plain, light, unlinked = self.size, self.plain, self.light, self.unlinked
        link, box, breaks = self.link, self.box, self.breaks
        self.size, self.plain, self.light, self.unlinked, self.link = (
            cell.size, cell.plain, cell.light, cell.unlinked, cell.link,
        )  # fmt: skip
        self.box = box.parent or box
        self.flush()
        self.box, self.pieces, self.breaks = box, rest, breaks
        self.size, self.plain, self.light = size - cell.size, plain - cell.plain, light - cell.light
        self.unlinked = unlinked - cell.unlinked
        self.link = "" if link == cell.link else link

    def line_break(self) -> None:
        self.breaks += 1
        if not self.size:
            last = self.blocks[-1] if self.blocks else None
            self.behind_break = last is not None and last.kind == "picture" and last.box is self.box
        if self.breaks > 1:
            self.flush()
        else:
            self.pieces.append(_BREAK)

    def enter(self, tag: str, attributes: dict[str, str | None], caption: bool) -> None:
        meaning = 0
        if tag == "a":
            if href := (attributes.get("href") or "").strip():
                self.links.append(href)
                meaning = _LINK
        elif tag in _EMPHASIS:
            self.emphasis += 1
            meaning = _EMPHASISED
        elif tag in _STRENGTH:
            self.strength += 1
            meaning = _STRONG
        elif tag in _CELLS:
            self.pieces.append(" ")
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        caption = caption or tag == "figcaption" or (tag != "a" and _CAPTION_NAME.search(name) is not None)
        if caption or tag in BLOCKS or tag in _CELLS:
            if caption or tag in BLOCKS:
                self.flush()
            elif self.size:
                self.cell = _Pending(len(self.pieces), self.size, self.plain, self.light, self.unlinked, self.link)
            self.behind_break = False
            self.rows += tag == "tr"
            centred = self.box.centred
            if tag in ("p", "div"):
                centred = "center" in (attributes.get("style") or attributes.get("align") or "")
            self.box = Box(tag, name, self.box, len(self.blocks), self.letters, self.rows, caption, centred)
            self.boxes.append(self.box)
            meaning |= _BOX
        self.open.append(meaning)

    def leave(self) -> None:
        meaning = self.open.pop()
        if meaning & _BOX:
            self._leave_box()
        if meaning & _LINK:
            self.links.pop()
        self.emphasis -= bool(meaning & _EMPHASISED)
        self.strength -= bool(meaning & _STRONG)

    def _leave_box(self) -> None:
        box = self.box
        assert box.parent is not None
        if box.tag not in _CELLS or box.caption or box.start < len(self.blocks):
            self.flush()  # else a line is made of all cells of a row
        self.cell = None
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
        text = " ".join(block.text for block in cells)
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

    def picture(self, node: LexborNode) -> None:
        attributes = node.attributes
        if is_hidden(attributes):
            return
        source = picture_source(node)
        url = absolute(self.base, source) if source else None
        if url is None:
            self.framed = True
            return
        self.flush()
        link = self.links[-1] if self.links else ""
        self.blocks.append(Block("picture", self.box, clean(attributes.get("alt") or ""), url, link))

    def flush(self) -> None:
        if (cell := self.cell) is not None:
            self._part_cell(cell)
        if self.size:
            text = "".join(self.pieces)
            if "<_" in text:
                text = _WORD_TAG.sub("", text)
            whole, text = text, clean(text)
            if text:
                self.letters += len(text)
                self.blocks.append(
                    Block(
                        "text",
                        self.box,
                        text,
                        link=self.link,
                        linked=1 - self.unlinked / self.size if self.link else 0.0,
                        emphasised=not self.plain,
                        strong=not self.light,
                        behind_break=self.behind_break,
                        behind_frame=self.framed,
                        lines=tuple(filter(None, map(clean, whole.split(_BREAK)))) if _BREAK in whole else (),
                    )
                )
            self.framed = False
            self.behind_break = False
        self.pieces.clear()
        self.size = self.plain = self.light = self.unlinked = self.breaks = 0
        self.link = ""


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
