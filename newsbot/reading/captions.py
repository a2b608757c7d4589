"""Pictures and the captions that stand beside them, told from the paragraphs around."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from newsbot.reading.blocks import LONGEST_CAPTION, Block
from newsbot.vietnamese.bylines import looks_like_byline
from newsbot.vietnamese.text import fold

#: How like a caption the line after it must be to be its second copy, which may carry a typo.
_SAME: Final = 0.85
#: What ends with who took the picture.
_CREDITED: Final = re.compile(r"\S[.…!?\"”)]? ?[-–—(\[./|]? ?(?:Nguồn )?(?:Ảnh|ẢNH|Photo) ?: ?[^:.!?]{2,40}[)\].]?\Z")


#: Who took it, in a line below the caption.
_CREDIT_ALONE: Final = re.compile(r"\(?(?:Nguồn )?(?:Ảnh|ẢNH|Photo) ?: ?[^:.!?()]{2,40}\)?")
#: How the line below a picture is named where it is its caption.
_NAMED: Final = re.compile(r"(?:^|[\s_-])(?:image|img|photo|pic|legend)(?:$|[\s_-])|MsoCaption", re.IGNORECASE)
#: Or its caption, or something else: a sentence there is text.
_PERHAPS_NAMED: Final = re.compile(r"(?:^|[\s_-])(?:desc|note)(?:$|[\s_-])", re.IGNORECASE)


@dataclass(slots=True)
class Body:
    """What a walk found, in the order of the page."""

    paragraphs: list[str] = field(default_factory=list)
    images: list[dict[str, str | None]] = field(default_factory=list)


def with_captions(blocks: list[Block]) -> Body:
    """Give each picture the caption that stands beside it."""
    body = Body()
    pictures: dict[str, dict[str, str | None]] = {}
    picture: dict[str, str | None] | None = None  # the one just above, while its caption may come
    alt = ""
    for position, block in enumerate(blocks):
        if block.kind == "picture":
            if block.url not in pictures:
                pictures[block.url] = {"url": block.url, "caption": None}
                body.images.append(pictures[block.url])
            picture, alt = pictures[block.url], block.text
        elif picture is not None and picture["caption"] and _alike(block.text, picture["caption"], alt):
            pass  # printed twice
        elif block.kind == "caption":
            if picture is None and position + 1 < len(blocks) and blocks[position + 1].kind == "picture":
                above = blocks[position + 1].url
                pictures[above] = picture = {"url": above, "caption": block.text}
                body.images.append(picture)
            elif picture is None:
                if not block.behind_frame and block.box.tag != "figcaption":
                    body.paragraphs.append(block.text)
            else:
                picture["caption"] = f"{picture['caption']} {block.text}" if picture["caption"] else block.text
        elif picture is not None and not picture["caption"] and _is_caption(block, alt):
            picture["caption"] = block.text
        elif picture is not None and _CREDIT_ALONE.fullmatch(block.text) and position + 1 < len(blocks):
            picture["caption"] = f"{picture['caption'] or ''} {block.text}".lstrip()
        else:
            body.paragraphs.append(block.text)
            picture = None
    return body


def _is_caption(block: Block, alt: str) -> bool:
    if len(block.text) > LONGEST_CAPTION:
        return False
    if _CREDITED.search(block.text) and not looks_like_byline(block.text):
        return True
    if _NAMED.search(block.box.name) or (_PERHAPS_NAMED.search(block.box.name) and not block.runs):
        return True
    return block.emphasised or block.box.centred or (bool(alt) and fold(block.text) == fold(alt))


def _alike(text: str, *others: str) -> bool:
    for other in others:
        if not other or len(text) > 2 * LONGEST_CAPTION or not 0.7 < len(text) / len(other) < 1.4:
            continue
        if text == other or SequenceMatcher(None, fold(text), fold(other), autojunk=False).ratio() >= _SAME:
            return True
    return False
