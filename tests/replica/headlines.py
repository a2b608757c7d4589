"""What a source is made of: sections, layouts side by side, and the headlines its lists show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.replica.news import Era, Text
from tests.replica.traps import Turns


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a paper; `crumbs` is its breadcrumb without the home link."""

    slug: str
    title: str
    parent: tuple[str, str] | None = None  # slug and title

    @property
    def crumbs(self) -> tuple[str, ...]:
        return (self.parent[1], self.title) if self.parent else (self.title,)


@dataclass(frozen=True, slots=True)
class Lane:
    """One layout of a source: of every len(lanes) stories, one has it."""

    layout: str
    era: Era
    sections: tuple[Section, ...]
    traps: Mapping[str, Turns] = field(default_factory=dict)
    bylines: bool = True
    tags: bool = False
    says_modified: bool = False
    slug_limit: int = 120


@dataclass(frozen=True, slots=True)
class Headline:
    """What a listing needs of a story; cheap, for there are many on a page."""

    index: int
    lane: int
    block: int  # the story's rank within its lane
    id: str
    title: str
    slug: str
    section: Section
    moment: datetime
    urls: tuple[str, ...]
    text: Text

    @property
    def url(self) -> str:
        return self.urls[0]

    @property
    def sapo(self) -> str:
        return self.text.sapo


@dataclass(frozen=True, slots=True)
class Numbering:
    """Article numbers that count down going back, and go on above the newest when they run out.

    >>> [Numbering(3)(index) for index in range(5)], Numbering(3).index(6)
    ([3, 2, 1, 6, 7], 3)
    """

    top: int

    def __call__(self, index: int) -> int:
        return self.top - index if index < self.top else self.top + index

    def index(self, number: int) -> int:
        return self.top - number if number <= self.top else number - self.top
