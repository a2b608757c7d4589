"""The pictures of an article: those in its text, those between its title and its text, and their captions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import dropwhile, islice, pairwise, takewhile
from typing import Final

from selectolax.lexbor import LexborNode

from newsbot.reading.blocks import LONGEST_CAPTION, Block
from newsbot.reading.layouts import Fit
from newsbot.reading.node_text import is_small
from newsbot.reading.surroundings import Surroundings, elements_around
from newsbot.reading.walk import walk
from newsbot.vietnamese.bylines import looks_like_byline
from newsbot.vietnamese.text import fold

#: How like a caption the line after it must be to be its second copy, which may carry a typo.
_SAME: Final = 0.85
#: What ends with who took the picture.
_CREDITED: Final = re.compile(r"\S[.…!?\"”)]? ?[-–—(\[./|]? ?(?:Nguồn )?(?:Ảnh|ẢNH|Photo) ?: ?[^:.!?]{2,40}[)\].]?\Z")
#: Who took it, in a line below the caption.
_CREDIT_ALONE: Final = re.compile(
    r"\(?(?:Nguồn )?(?:Ảnh|ẢNH|Photo) ?: ?[^:.!?()]{2,40}\)?|\((?:Nguồn )?(?:Ảnh|ẢNH|Photo) [^:.!?()]{2,40}\)"
)
#: How the line below a picture is named where it is its caption.
_NAMED: Final = re.compile(r"(?:^|[\s_-])(?:image|img|photo|pic|legend)(?:$|[\s_-])|MsoCaption", re.IGNORECASE)
#: Or its caption, or something else: a sentence there is text.
_PERHAPS_NAMED: Final = re.compile(r"(?:^|[\s_-])(?:desc|note)(?:$|[\s_-])", re.IGNORECASE)
#: How far behind the title a lead picture can be, in nodes; narrower ones, in pixels, are buttons.
_FURTHEST: Final = 2000
_NARROW: Final = 100
_NOT_AROUND_PICTURES: Final = frozenset(("nav", "header", "aside", "footer", "li", "button", "noscript"))
_PICTURE_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_BUTTON: Final = re.compile(
    r"share|social|icon|logo|google|zalo|follow|author|avatar|banner|relat|advert|sponsor|(?<![a-z])(?:ads?|qc)(?![a-z])",
    re.IGNORECASE,
)


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
    named = _caption_names(blocks)
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
        elif picture is not None and not picture["caption"] and _is_caption(block, alt, named):
            picture["caption"] = block.text
        elif picture is not None and _CREDIT_ALONE.fullmatch(block.text) and position + 1 < len(blocks):
            picture["caption"] = f"{picture['caption'] or ''} {block.text}".lstrip()
        else:
            body.paragraphs.append(block.paragraph)
            picture = None
    return body


def _caption_names(blocks: list[Block]) -> set[str]:
    """Return names, such as "note", of elements that stand below pictures alone: two at least, or called no text."""
    below: Counter[str] = Counter()
    elsewhere: set[str] = set()
    for above, block in pairwise(blocks):
        if block.kind == "text" and _PERHAPS_NAMED.search(block.box.name):
            if above.kind == "picture":
                below[block.box.name] += 1
            else:
                elsewhere.add(block.box.name)
    return {name for name, count in below.items() if name not in elsewhere and (count > 1 or "ignore" in name.split())}


def _is_caption(block: Block, alt: str, named: Set[str]) -> bool:
    if len(block.text) > LONGEST_CAPTION:
        return False
    if ":" in block.text and _CREDITED.search(block.text) and not looks_like_byline(block.text):
        return True
    if (
        _NAMED.search(block.box.name)
        or block.box.name in named
        or (_PERHAPS_NAMED.search(block.box.name) and not block.runs)
    ):
        return True
    return block.emphasised or block.box.centred or (bool(alt) and fold(block.text) == fold(alt))


def _alike(text: str, *others: str) -> bool:
    for other in others:
        if not other or len(text) > 2 * LONGEST_CAPTION or not 0.7 < len(text) / len(other) < 1.4:
            continue
        if text == other or SequenceMatcher(None, fold(text), fold(other), autojunk=False).ratio() >= _SAME:
            return True
    return False


def all_images(body: Body, fit: Fit | None, around: Surroundings, title_key: str) -> list[dict[str, str | None]]:
    """Return the pictures of an article: those above its text, then those in it, each address once."""
    page = around.page
    holders = lead_pictures(around) if fit is None else fit.select("pictures")
    lead = [image for holder in holders for image in with_captions(walk(holder, page.base)[0]).images]
    images: dict[str | None, dict[str, str | None]] = {}
    for image in (*lead, *body.images):
        if image["caption"] and fold(image["caption"]) == title_key:
            image["caption"] = None
        known = images.setdefault(image["url"], image)
        known["caption"] = known["caption"] or image["caption"]
    return [*images.values()]


def lead_pictures(around: Surroundings) -> list[LexborNode]:
    """Return the elements with a picture between the title and the text, which are no buttons, logos or teasers."""
    first, root = around.first, around.page.tree.root
    above = next((title for title in around.titles if first is not None and title < first), None)
    if first is None or above is None or root is None:
        return []
    start, end = around.texts[above].mem_id, around.texts[first].mem_id
    behind = dropwhile(lambda node: node.mem_id != start, root.traverse(include_text=True))
    between = takewhile(lambda node: node.mem_id != end, islice(behind, _FURTHEST + 1))
    holders = (_lead_holder(node) for node in between if node.tag == "img")
    return [*{holder.mem_id: holder for holder in holders if holder is not None and is_small(holder)}.values()]


def _lead_holder(image: LexborNode) -> LexborNode | None:
    """Return the element around a picture if it can be an article's."""
    width = re.match(r"\d+", image.attributes.get("width") or "")
    if width and int(width[0][:6]) < _NARROW:
        return None
    holder = image.parent
    for around in elements_around(image, 6):
        names = f"{around.attributes.get('class') or ''} {around.attributes.get('id') or ''}"
        href = around.attributes.get("href") if around.tag == "a" else None
        leads_away = href is not None and not _PICTURE_FILE.search(href)
        if around.tag in _NOT_AROUND_PICTURES or leads_away or _BUTTON.search(names):
            return None
        if around.tag == "figure":
            holder = around
    return holder
