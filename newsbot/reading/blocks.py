"""The body of an article, walked once: its paragraphs, pictures and captions, as they follow each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from selectolax.lexbor import LexborNode

from newsbot.reading.node_text import BLOCKS, node_text
from newsbot.reading.page import absolute
from newsbot.vietnamese.text import clean

_EMPHASIS: Final = {"em", "i"}
_PICTURE_SOURCES: Final = ("data-src", "data-original", "data-lazy-src", "src")
#: Word's <o:p>, escaped by an editor: no HTML tag, so that a browser shows it as text.
_WORD_TAG: Final = re.compile(r"</?_o3a_p>")
#: A caption is a line or two; a longer text under a picture is the article going on.
LONGEST_CAPTION: Final = 500


@dataclass(slots=True)
class Block:
    """One paragraph, or one picture."""

    kind: Literal["text", "caption", "picture"]
    text: str = ""  # of a picture: its alternative text
    url: str = ""
    emphasised: bool = False  # all of it
    centred: bool = False


def walk(root: LexborNode, base: str, dropped: set[int], captions: set[int]) -> list[Block]:
    """Return the blocks below a node. Goes by pointers, not by recursion: pages nest as deep as they like.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> body = LexborHTMLParser("<p>Một <b>hai</b>.<p><img src=a.jpg alt=x><br><em>Ba</em><div>bốn</div>").body
    >>> [(block.kind, block.text or block.url) for block in walk(body, "https://a.vn/", set(), set())]
    [('text', 'Một hai.'), ('picture', 'x'), ('text', 'Ba'), ('text', 'bốn')]
    """
    walker = _Walker(base)
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
        elif tag[0] != "-" and node.mem_id not in dropped:
            child = node.first_child
            if child is not None:
                walker.enter(tag, node, node.mem_id in captions)
        if child is None:
            child = node.next
            while child is None:
                parent = node.parent
                if parent is None or parent.mem_id == root_id:
                    break
                walker.leave(parent.tag or "")
                node = parent
                child = node.next
        node = child
    walker.flush()
    return walker.blocks


class _Walker:
    def __init__(self, base: str) -> None:
        self.base = base
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.plain = 0  # characters outside of <em>
        self.emphasis = 0  # open <em>
        self.breaks = 0  # <br> since the last text
        self.captions: list[str] = []  # open elements that hold nothing but a caption
        self.depths: list[bool] = []
        self.centred = False

    def add(self, text: str) -> None:
        if not text.isspace():
            self.breaks = 0
            if not self.emphasis:
                self.plain += len(text)
        self.pieces.append(text)

    def line_break(self) -> None:
        self.breaks += 1
        if self.breaks > 1:
            self.flush()
        else:
            self.pieces.append("\n")

    def enter(self, tag: str, node: LexborNode, caption: bool) -> None:
        if tag in _EMPHASIS:
            self.emphasis += 1
        elif tag in BLOCKS:
            self.flush()
            if tag in ("p", "div"):
                self.centred = "center" in (node.attributes.get("style") or node.attributes.get("align") or "")
            caption = caption or tag == "figcaption" or (tag == "table" and _is_picture_frame(node))
        elif tag in ("td", "th"):
            self.pieces.append(" ")
        if caption:
            self.flush()
        self.depths.append(caption)
        if caption:
            self.captions.append(tag)

    def leave(self, tag: str) -> None:
        if tag in _EMPHASIS:
            self.emphasis -= 1
        elif tag in BLOCKS:
            self.flush()
        if self.depths.pop():
            self.flush()
            self.captions.pop()

    def picture(self, node: LexborNode) -> None:
        attributes = node.attributes
        for name in _PICTURE_SOURCES:
            source = attributes.get(name)
            if source and not source.startswith("data:"):
                break
        else:
            return
        url = absolute(self.base, source)
        if url is None:
            return
        self.flush()
        self.blocks.append(Block("picture", clean(attributes.get("alt") or ""), url))

    def flush(self) -> None:
        if self.pieces:
            text = "".join(self.pieces)
            if "<_" in text:
                text = _WORD_TAG.sub("", text)
            text = clean(text)
            if text:
                kind: Literal["text", "caption"] = "caption" if self.captions else "text"
                self.blocks.append(Block(kind, text, emphasised=not self.plain, centred=self.centred))
            self.pieces.clear()
        self.plain = 0
        self.breaks = 0


def _is_picture_frame(table: LexborNode) -> bool:
    """Whether a table only holds pictures and their captions, as older editors laid them out."""
    return table.css_first("img") is not None and len(table.css("tr")) <= 4 and len(node_text(table)) <= LONGEST_CAPTION
