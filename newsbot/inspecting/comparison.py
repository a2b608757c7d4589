"""What has changed in the design of a site between two of its pages: selectors and the elements around, not text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsbot.inspecting.field_steps import FieldSteps
from newsbot.inspecting.inspection import Inspection
from newsbot.inspecting.layout_fit import LayoutFit
from newsbot.reading.node_text import node_text
from newsbot.vietnamese.text import fold

#: The fields that are read, by the attribute of a layout that selects them.
_READ: Final = {"published": "published_at", "modified": "modified_at", "author": "byline", "pictures": "images"}
#: In characters: by so many a long text is known.
_KNOWN_BY: Final = 80
_DEEPEST: Final = 6
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True)
class Change:
    """A selector of a layout that selected something on the old page and selects nothing on the new one.

    ``old_path`` leads to what it selected; ``new_path`` to where the same stands now, "" where that is not found.
    """

    layout: str
    field: str
    selector: str
    old_path: str
    new_path: str

    @property
    def candidate(self) -> str:
        """A selector for the new page: the last steps of the way there that have a name."""
        steps = self.new_path.split(" > ") if self.new_path else []
        named = [step for step in steps if re.search(r"[.#]", step)]
        last = steps[-1:] if steps and (not named or named[-1] != steps[-1]) else []
        return " ".join((*named[-2:], *last))


def changes(old: Inspection, new: Inspection) -> list[Change]:
    """Return the selectors that have lost what they selected, of the layout that the old page had."""
    before, after = old.detection.page.tree, new.detection.page.tree
    used = next((layout for layout in old.layouts if layout.is_used), None)
    return list(_changes(used, before, after, new.fields)) if used else []


def _changes(
    layout: LayoutFit, before: LexborHTMLParser, after: LexborHTMLParser, fields: list[FieldSteps]
) -> Iterator[Change]:
    values = {field.name: field.value for field in fields}
    for each in layout.selected:
        if not each.number or each.field in ("drop", "captions") or after.css_first(each.selector) is not None:
            continue
        node = before.css_first(each.selector)
        assert node is not None
        read = values.get(_READ.get(each.field, each.field), "")
        texts = [node_text(node), read.partition(" | ")[0]]
        there = next((found for text in texts if (found := _holding(after, text, whole=each.field == "body"))), None)
        yield Change(layout.name, each.field, each.selector, _path(node), _path(there) if there is not None else "")


def _holding(tree: LexborHTMLParser, text: str, *, whole: bool) -> LexborNode | None:
    """Return the innermost element that holds a text; of a body the one that holds its beginning with what follows."""
    key = fold(" ".join(text.split()))[:_KNOWN_BY]
    if len(key) < 2 or tree.body is None:
        return None
    found = _down(tree.body, key)
    if found is None or not whole or found.tag != "p":
        return found
    return found.parent


def _down(root: LexborNode, key: str) -> LexborNode | None:
    """Return the innermost element that holds a text, going down where it stands first."""
    at: LexborNode | None = None
    following = _child_with(root, key)
    while following is not None:
        at, following = following, _child_with(following, key)
    return at


def _child_with(node: LexborNode, key: str) -> LexborNode | None:
    children = (child for child in node.iter() if child.tag not in ("script", "style"))
    return next((child for child in children if key in fold(" ".join(node_text(child).split()))), None)


def _path(node: LexborNode) -> str:
    """Return the way to an element: its tag and those around, each with its id or its classes."""
    steps: list[str] = []
    at: LexborNode | None = node
    while at is not None and at.tag not in ("body", "html", "-undef") and len(steps) < _DEEPEST:
        steps.insert(0, _step(at))
        at = at.parent
    return " > ".join(steps)


def _step(node: LexborNode) -> str:
    own = node.attributes.get("id") or ""
    if _NAME.fullmatch(own) and not re.search(r"\d{3}", own):
        return f"{node.tag}#{own}"
    names = [name for name in (node.attributes.get("class") or "").split() if _NAME.fullmatch(name)]
    return ".".join((node.tag or "", *names[:3]))


def compared(old: Inspection, new: Inspection) -> Iterator[str]:
    """Yield what has changed, line by line."""
    yield f"old: {old.url}, {old.fetched_at}: {_layout_of(old)}"
    yield f"new: {new.url}, {new.fetched_at}: {_layout_of(new)}"
    found = changes(old, new)
    if not found:
        yield "no selector that selected something before selects nothing now"
    for change in found:
        yield f"{change.layout}: {change.field}: {change.selector} selects nothing any more"
        yield f"  was: {change.old_path}"
        yield f"  is: {change.new_path or 'not found'}"
        if change.candidate:
            yield f"  try: {change.candidate}"


def _layout_of(page: Inspection) -> str:
    used = next((layout.name for layout in page.layouts if layout.is_used), None)
    return f"layout {used}" if used else "no layout fits"
