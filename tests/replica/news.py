"""The stories of the replica: what a correct reader must output for each page, made from (seed, source, index)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Literal, overload
from zlib import crc32

from tests.replica import vocabulary
from tests.replica.vietnamese import Writer

Precision = Literal["second", "minute", "day"]
Kind = Literal["article", "gone", "wall"]


#: Traps without paragraphs.
MADE_OF: Mapping[str, str] = {"no-body": "video", "pictures-alone": "gallery"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as it should come out of a crawl; `title` to `noarchive` are the truth, whatever the page prints."""

    source: str
    index: int
    id: str  # the site's own id, without the source's name
    kind: Kind  # only an "article" gives a line
    title: str
    sapo: str
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...]
    byline: str | None
    agency: str | None
    published: datetime | None
    precision: Precision
    published_printed: str | None  # the whole text of the element that holds the date
    modified: datetime | None  # only where the page says so
    section: tuple[str, ...]
    tags: tuple[str, ...]
    images: tuple[tuple[str, str | None], ...]
    urls: tuple[str, ...]  # every address it can be reached at, the canonical one first
    layout: str
    noarchive: bool
    traps: tuple[str, ...]
    same_text_as: tuple[tuple[str, int], ...] = ()  # other source and its story's index: same title, lead and body

    @property
    def key(self) -> str:
        """The article id of the whole project."""
        return f"{self.source}:{self.id}"

    @property
    def made_of(self) -> str:
        """The kind of the article in its line."""
        return next((kind for trap, kind in MADE_OF.items() if trap in self.traps), "article")

    @property
    def body(self) -> str:
        """The text; what describes a film, and what is said of pictures, where there is nothing else."""
        captions = [caption for _, caption in self.images if caption]
        return "\n\n".join({"video": (self.sapo,), "gallery": captions}.get(self.made_of, self.paragraphs))

    @property
    def published_at(self) -> str | None:
        """The date as an article line writes it: a plain date where only the day is printed."""
        if self.published is None:
            return None
        return self.published.date().isoformat() if self.precision == "day" else self.published.isoformat()

    @property
    def modified_at(self) -> str | None:
        return self.modified.isoformat() if self.modified else None


@dataclass(frozen=True, slots=True)
class Era:
    """When a layout was in use, and how exactly it prints a date."""

    newest: datetime
    oldest: datetime
    precision: Precision = "minute"

    def moment(self, rank: int) -> datetime:
        """When the layout's rank-th newest story appeared: days apart at first, ever closer going back.

        A logarithm keeps any number of stories inside the era and in order.
        """
        share = math.log1p(rank / 50) / math.log1p(2**20 / 50)
        moment = self.newest - timedelta(seconds=int((self.newest - self.oldest).total_seconds() * share))
        if self.precision == "day":
            return moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return moment.replace(second=moment.second if self.precision == "second" else 0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Text:
    """What a story says, apart from where and when it stands."""

    title: str
    sapo: str
    writer: Writer = field(repr=False, compare=False)
    body_seed: int

    def paragraphs(self) -> tuple[str, ...]:
        """Four to twelve paragraphs; long stories have a subheading in the middle."""
        writer = self.writer
        writer.restart(Random(self.body_seed))
        count = writer.number(4, 12)
        paragraphs = [writer.paragraph() for _ in range(count)]
        if count > 6:
            paragraphs[count // 2] = writer.write(writer.choose(vocabulary.HEADINGS))
        return tuple(paragraphs)

    def captions(self, count: int) -> tuple[str, ...]:
        writer = self.writer
        writer.restart(Random(self.body_seed + 1))
        return tuple([writer.write(writer.choose(vocabulary.CAPTIONS)) + "." for _ in range(count)])


def write_text(seed: int, source: str, number: int) -> Text:
    """The text of a source's number-th story; the body is written only when asked for."""
    start = (seed * 1_000_003 + crc32(source.encode())) * 1_000_003 * 4 + number * 4
    writer = Writer(Random(start), vocabulary.places(source))
    title = writer.write(writer.choose(vocabulary.TITLES))
    return Text(title, writer.write(writer.choose(vocabulary.SAPOS)), writer, start + 1)


class Stories(Sequence[Story]):
    """All stories of a source, newest first, each made when it is asked for."""

    def __init__(self, count: int, tell: Callable[[int], Story]) -> None:
        self._count = count
        self._tell = lru_cache(maxsize=256)(tell)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Story: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Story, ...]: ...
    def __getitem__(self, index: int | slice) -> Story | tuple[Story, ...]:
        if isinstance(index, slice):
            return tuple(self._tell(number) for number in range(*index.indices(self._count)))
        if not -self._count <= index < self._count:
            raise IndexError(f"no story {index} among {self._count}")
        return self._tell(index % self._count)
