"""What the editors of a paper do while a test runs: stories held back, then published, changed, moved, taken down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from tests.replica.news import Story

Edit = Literal["headline", "body", "tags"]
#: How a site says that a story is gone: by status, by its front page, by a notice with status 200.
Removal = Literal["404", "410", "front", "notice"]


@dataclass(frozen=True, slots=True)
class Move:
    """A story's new address: another slug or another section (by its slug), and what is left at the old one."""

    slug: str = ""
    section: str = ""
    old: Literal["redirect", "404"] = "redirect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """The state of a paper, as told by a test; the newest stories have the lowest numbers."""

    #: So many of the newest stories are not published yet.
    held: int = 0
    #: Story number -> what was changed, and the how-manieth change it is.
    edited: Mapping[int, tuple[Edit, int]] = field(default_factory=dict)
    removed: Mapping[int, Removal] = field(default_factory=dict)
    moved: Mapping[int, Move] = field(default_factory=dict)
    #: When stories appeared, where it was not when their layout's era has it.
    published: Mapping[int, datetime] = field(default_factory=dict)
    #: Whether the whole site has a new design.
    redesigned: bool = False
    #: The moment of the last change, for sitemaps.
    changed: datetime | None = None

    def is_listed(self, index: int) -> bool:
        return index >= self.held and index not in self.removed

    def edit(self, story: Story) -> Story:
        """The story as it now reads."""
        if story.index not in self.edited:
            return story
        what, number = self.edited[story.index]
        if what == "headline":
            return replace(story, title=f"{story.title} lần thứ {number}")
        if what == "tags":
            return replace(story, tags=(*story.tags, f"bổ sung {number}"))
        added = f"Đến lần cập nhật thứ {number}, nước đã rút khỏi các xã ven sông và người dân trở về nhà dọn dẹp."
        return replace(story, paragraphs=(*story.paragraphs[:1], added, *story.paragraphs[1:]))


def to_order(newsroom: Newsroom) -> dict[str, Any]:
    """The newsroom as JSON can carry it."""
    return {
        "held": newsroom.held,
        "edited": {str(index): edit for index, edit in newsroom.edited.items()},
        "removed": {str(index): removal for index, removal in newsroom.removed.items()},
        "moved": {str(index): [move.slug, move.section, move.old] for index, move in newsroom.moved.items()},
        "published": {str(index): moment.isoformat() for index, moment in newsroom.published.items()},
        "redesigned": newsroom.redesigned,
        "changed": newsroom.changed and newsroom.changed.isoformat(),
    }


def from_order(order: dict[str, Any]) -> Newsroom:
    """The newsroom that was sent.

    >>> sent = Newsroom(held=2, edited={5: ("body", 1)}, removed={7: "404"}, moved={8: Move("tin-khac", old="404")})
    >>> from_order(to_order(sent)) == sent
    True
    """
    return Newsroom(
        held=order["held"],
        edited={int(index): (edit[0], edit[1]) for index, edit in order["edited"].items()},
        removed={int(index): removal for index, removal in order["removed"].items()},
        moved={int(index): Move(*move) for index, move in order["moved"].items()},
        published={int(index): datetime.fromisoformat(moment) for index, moment in order["published"].items()},
        redesigned=order["redesigned"],
        changed=datetime.fromisoformat(order["changed"]) if order["changed"] else None,
    )
