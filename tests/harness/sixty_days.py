"""Sixty days of a paper and its crawls, one a day: what its editors do, and what must be found of it, and when.

Days are numbered from 1, the first crawl. What happens on a day has happened when the day's crawl begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from tests.replica.news import Story
from tests.replica.newspaper import Newspaper
from tests.replica.newsroom import Edit, Move, Newsroom, Removal
from tests.replica.printed_dates import HANOI
from tests.replica.sites import sites

DAYS: Final = 60
#: New stories a day, and those that were there when the first crawl came.
DAILY: Final = 3
OLD: Final = 30
ARTICLES: Final = OLD + DAILY * (DAYS - 1)
#: From this day on all pages are in a markup that no layout knows.
REDESIGN: Final = 30
#: Days on which the site sends 503 for everything, takes no connection, has 404 for all its articles.
DOWN, REFUSING, EMPTY = 40, 47, 52
OUTAGES: Final = (DOWN, REFUSING, EMPTY)
#: Days between an article's looks, by RECHECK_GAPS and one run a day.
_GAPS: Final = (1, 1, 1, 7, 30)

#: Captures may not be of days to come.
_BEGINNING: Final = datetime(2026, 3, 1, 8, tzinfo=HANOI)

_SITES: Final = {site.name: site for site in sites(articles=ARTICLES)}
PAPER: Final = _SITES["haiduongtv"]
#: It prints agency copy that the paper prints, too; crawled on these days, after the paper, with so many stories held.
OTHER: Final = _SITES["baoquangninh"]
OTHER_HELD: Final = {8: 148, 16: 128, 21: 108, 36: 68, 54: 8}
#: Stories whose text it edits before it prints them.
_OTHER_EDITS: Final[dict[int, tuple[Edit, int]]] = {128: ("body", 1), 108: ("body", 1)}

What = tuple[Edit, int] | Removal | Move | Literal["back"]


class Event(NamedTuple):
    """What happens to a story, what its line says (None: there is none), and the day of the look that finds it."""

    day: int
    story: int
    what: What
    change: str | None
    found: int


def at(day: int) -> datetime:
    """When a day's crawl begins: a little later each day, so that a gap of days is over."""
    return _BEGINNING + timedelta(days=day - 1, minutes=5 * day)


def appears(index: int) -> int:
    """The day on which a story of the paper appears.

    >>> [appears(index) for index in (0, DAILY, ARTICLES - OLD, ARTICLES - 1)]
    [60, 59, 1, 1]
    """
    return max(1, DAYS - index // DAILY)


def is_found_first(index: int) -> int:
    """The day on which a story of the paper is captured: on that of an outage it is not."""
    return appears(index) + (appears(index) in OUTAGES)


def looks(story: int) -> Iterator[int]:
    """The days on which a story is looked at again, as long as it is there."""
    day = is_found_first(story)
    for gap in _GAPS:
        day += gap
        while day in OUTAGES:
            day += 1
        yield day


def events() -> list[Event]:
    """All that happens to stories of the paper after they were published."""
    found: list[Event] = []

    def story(day: int, layout: str = "") -> int:
        """A story of a day to which nothing else happens, and that no other source has."""
        used = {event.story for event in found}
        return next(
            each.index
            for each in PAPER.stories
            if appears(each.index) == day and each.index not in used
            if each.kind == "article" and not each.same_text_as and each.layout.startswith(layout)
        )

    def add(day: int, index: int, what: What, change: str | None, seen: int = 0) -> None:
        found.append(Event(day, index, what, change, seen or next(look for look in looks(index) if look >= day)))

    # Edited after a day, again after ten; after two days, three, forty; on a day without a look.
    add(5, twice := story(4), ("headline", 1), "headline")
    add(14, twice, ("headline", 2), "headline")
    add(8, story(6), ("body", 1), "body")
    add(7, story(4, "mediatech-nested"), ("tags", 1), "metadata")
    add(43, story(3), ("body", 1), "body")
    add(17, story(12), ("body", 1), "body")
    # Taken down, in each way in which a site says so; one after ten days.
    for day, how in ((9, "404"), (10, "410"), (11, "front"), (12, "notice")):
        add(day, story(day - 1), how, "removed")  # type: ignore[arg-type]
    add(20, story(10), "404", "removed")
    # Taken down and put back: by the next day, and when nobody looks for a week.
    add(16, soon := story(15), "404", "removed")
    add(17, soon, "back", "restored", 17)
    add(18, late := story(16), "410", "removed")
    add(21, late, "back", "restored", 27)
    # Moved: the old address leads to the new one, or is dead.
    add(19, story(18), Move("dia-chi-moi"), None)
    add(20, story(19), Move(section="van-hoa"), "metadata")
    add(21, story(20), Move("noi-khac", old="404"), None)
    # The same in the new design.
    add(30, story(29), ("body", 1), "body")
    add(33, story(32), ("headline", 1), "headline")
    add(36, story(34), ("body", 1), "body")
    add(35, story(34), "410", "removed")
    add(37, story(36), "notice", "removed")
    add(38, story(37), "front", "removed")
    add(39, story(38), Move("sau-khi-doi-giao-dien", old="404"), None)
    # While nothing can be seen.
    add(DOWN, story(DOWN - 1), ("body", 1), "body")
    add(DOWN, story(DOWN - 1), "404", "removed")
    add(REFUSING, story(REFUSING - 1), ("headline", 1), "headline")
    add(EMPTY, story(EMPTY - 1), ("headline", 1), "headline")
    add(EMPTY, story(EMPTY - 1), "404", "removed")
    add(DAYS, story(DAYS - 1), "404", "removed")
    return sorted(found)


EVENTS: Final = events()


def newsroom(day: int) -> Newsroom:
    """What the paper's editors have done up to a day."""
    edited: dict[int, tuple[Edit, int]] = {}
    removed: dict[int, Removal] = {}
    moved: dict[int, Move] = {}
    for event in EVENTS:
        match event.what if event.day <= day else None:
            case "back":
                del removed[event.story]
            case Move() as move:
                moved[event.story] = move
            case str(how):
                removed[event.story] = how
            case (edit, number):
                edited[event.story] = (edit, number)
    return Newsroom(
        held=DAILY * (DAYS - day),
        edited=edited,
        removed=removed,
        moved=moved,
        published=_published(),
        redesigned=day >= REDESIGN,
        changed=at(day) - timedelta(hours=1),
    )


def other_newsroom(day: int) -> Newsroom:
    """What the other paper has printed up to a day: a few stories, all that the paper has, too, among them."""
    return Newsroom(
        held=next((held for first, held in reversed(OTHER_HELD.items()) if first <= day), ARTICLES),
        edited=_OTHER_EDITS,
        removed={index: "404" for index in range(ARTICLES) if index % 4},
        published={index: at(1) - timedelta(hours=index) for index in range(ARTICLES)},
        changed=at(day) - timedelta(hours=1),
    )


def other_appears(index: int) -> int:
    """The day on which a story of the other paper is captured."""
    return next(day for day, held in OTHER_HELD.items() if held <= index)


def first_printing(story: Story) -> str | None:
    """The key of the other source's story with a story's text, if that was captured first."""
    for source, index in story.same_text_as:
        other = _SITES[source].stories[index]
        paper, elsewhere = (story, other) if story.source == PAPER.name else (other, story)
        is_paper_first = is_found_first(paper.index) <= other_appears(elsewhere.index)
        return other.key if is_paper_first == (other is paper) else None
    return None


def _published() -> dict[int, datetime]:
    """When each story of the paper was published: in the hours before the crawl of its day."""
    moments = {index: at(appears(index)) - timedelta(hours=2 + 5 * (index % DAILY)) for index in range(ARTICLES - OLD)}
    for index in range(ARTICLES - OLD, ARTICLES):
        moments[index] = at(1) - timedelta(hours=2 + 5 * (index - ARTICLES + OLD))
    return moments


def reads(paper: Newspaper, newsroom: Newsroom, index: int) -> Story:
    """A story as it reads after what was done."""
    paper.obey(newsroom)
    try:
        return paper.stories[index]
    finally:
        paper.obey(Newsroom())
