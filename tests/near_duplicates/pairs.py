"""Pairs of an earlier and a later text, each with the answer: is the later one a printing of the earlier?

The stories are the replica's, whose small vocabulary makes strangers more alike than real articles are (shingles
shared: a tenth; in real news a fiftieth at most), so that what holds here holds outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from tests.near_duplicates import edits
from tests.near_duplicates.edits import Paragraphs
from tests.near_duplicates.forms import FORM_WITHOUT_NUMBERS, FORMS, fill_in
from tests.replica import vocabulary
from tests.replica.news import Text, write_text

SEED = 4


class Pair(NamedTuple):
    kind: str
    earlier: Paragraphs
    later: Paragraphs
    same: bool


_Make = Callable[[Iterator[Paragraphs], Random], tuple[Paragraphs, Paragraphs]]


def pairs() -> list[Pair]:
    """The labelled set, the same every time."""
    stories = _stories()
    return [
        Pair(kind, *make(stories, Random(f"{kind} {number}")), same)
        for same, kinds in ((True, _SAME), (False, _DIFFERENT))
        for kind, (count, make) in kinds.items()
        for number in range(count)
    ]


def _stories() -> Iterator[Paragraphs]:
    """Stories of all sources by turns, no two alike."""
    for number in range(10_000):
        for source in vocabulary.PLACES:
            yield _whole(write_text(SEED, source, number))


def _whole(text: Text) -> Paragraphs:
    return (text.sapo, *text.paragraphs())


def _edited(edit: Callable[[Paragraphs, Random], Paragraphs]) -> _Make:
    def make(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
        story = next(stories)
        return story, edit(story, random)

    return make


def _shortened(text: Paragraphs, random: Random) -> Paragraphs:
    return edits.light(edits.keep(text, random, random.uniform(0.4, 0.8)), random, 0.02)


def _edited_hard(text: Paragraphs, random: Random) -> Paragraphs:
    return edits.light(edits.keep(text, random, random.uniform(0.35, 0.7)), random, random.uniform(0.05, 0.12))


def _earlier_was_shorter(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    story = next(stories)
    return edits.light(edits.keep(story, random, 0.7), random, 0.02), story


def _taken_from_roundup(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    story, other = next(stories), next(stories)
    return edits.keep(other, random, 0.5) + story, edits.light(story, random, 0.02)


def _same_form_reprinted(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    text = fill_in(random.choice(FORMS), random)
    return text, edits.light(text, random, 0.03)


def _strangers(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    return next(stories), next(stories)


def _same_form_other_event(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    form = random.choice(FORMS)
    return fill_in(form, random), fill_in(form, random)


def _same_form_other_day(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    """The same places and people in the same words; only the numbers are new."""
    text = fill_in(random.choice(FORMS), random)
    return text, tuple(" ".join(_renumbered(word, random) for word in paragraph.split()) for paragraph in text)


def _renumbered(word: str, random: Random) -> str:
    return "".join(str(random.randint(1, 9)) if character.isdigit() else character for character in word)


def _other_names(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    return fill_in(FORM_WITHOUT_NUMBERS, random), fill_in(FORM_WITHOUT_NUMBERS, random)


def _joined_to_another(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    """Two stories of about one length in one: half of it is new."""
    story, other = edits.keep(next(stories), random, 0.5), next(stories)
    while sum(map(len, other)) < sum(map(len, story)):
        other += next(stories)
    return story, story + other


def _same_place_and_people(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    """Another story about what the first was about."""
    text = write_text(SEED, random.choice(list(vocabulary.PLACES)), random.randint(20_000, 90_000))
    first = _whole(text)
    return first, _whole(Text(text.title, next(stories)[0], text.writer, text.body_seed + 7))


def _merged(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    """A round-up of several stories, of which the earlier is one: most of it is new."""
    story = edits.keep(next(stories), random, 0.6)
    others = next(stories) + next(stories)
    return story, story + others


def _quoted(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    story, other = next(stories), next(stories)
    return story, other + tuple(random.sample(story, 2))


def _followed_up(stories: Iterator[Paragraphs], random: Random) -> tuple[Paragraphs, Paragraphs]:
    """News first, then the background again: half the earlier text below as many new words."""
    story = edits.keep(next(stories), random, 0.5)
    new: Paragraphs = ()
    while sum(map(len, new)) < sum(map(len, story)):
        new += next(stories)
    return story, new + edits.light(story, random, 0.05)


_SAME: dict[str, tuple[int, _Make]] = {
    "light edit": (50, _edited(lambda text, random: edits.light(text, random, random.uniform(0.02, 0.08)))),
    "paragraphs dropped": (50, _edited(_shortened)),
    "dropped and edited hard": (40, _edited(_edited_hard)),
    "paragraphs had been dropped": (20, _earlier_was_shorter),
    "new headline, lead and credits": (25, _edited(edits.framed)),
    "cut into other paragraphs": (15, _edited(edits.rewrapped)),
    "paragraphs in another order": (15, _edited(edits.moved)),
    "taken from a round-up": (20, _taken_from_roundup),
    "form, reprinted": (20, _same_form_reprinted),
    "other tone style": (10, _edited(edits.other_tone_style)),
    "decomposed (NFD)": (10, _edited(edits.decomposed)),
    "zero-width spaces": (10, _edited(edits.zero_width)),
    "Ð for Đ": (10, _edited(edits.eth_for_d)),
    "capitals": (10, _edited(edits.capitals)),
}
_DIFFERENT: dict[str, tuple[int, _Make]] = {
    "strangers": (60, _strangers),
    "same form, other event": (50, _same_form_other_event),
    "same form, other day": (40, _same_form_other_day),
    "same place and people": (40, _same_place_and_people),
    "same form, other names": (20, _other_names),
    "joined to another story": (25, _joined_to_another),
    "merged stories": (25, _merged),
    "quoted": (25, _quoted),
    "followed up": (25, _followed_up),
}
