"""Finds the first printing of what an article says again: agency copy goes over the provinces with small edits.

An article repeats an earlier one if most of its text stands there. Reprints drop paragraphs and get a new headline, so
what counts is the share of the *later* text, without headline and captions; a text that only quotes or gathers others
is no repetition. Numbers and names tell this week's market prices, or this village's feast, from another's.

Repetitions are not kept: what a text repeats is always a first printing, and the hundredth reprint costs no more than
the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Final, NamedTuple

from newsbot.items import Article
from newsbot.publishing.duplicates.concurrent_runs import ConcurrentRuns, Printed
from newsbot.publishing.duplicates.first_printings import FirstPrintings, Printing, bands
from newsbot.publishing.duplicates.shingles import Shingles, details_of, details_shared, likeness, shingles
from newsbot.state.state import State
from newsbot.state.versions import Version, Versions

#: The share of a text's shingles that must stand in an earlier one. All three are chosen by tests/near_duplicates.
CONTAINED: Final = 0.65
#: Or the resemblance of both, where the later text has paragraphs that the earlier one dropped.
RESEMBLING: Final = 0.6
#: And the share of its numbers, and of its names.
DETAILS_SHARED: Final = 0.5

#: Shingles below which only the same text is a repetition: a picture's few lines are alike by chance.
SHORTEST: Final = 40
#: Maximum number of texts kept with a band: forms filled in every day (weather, prices) are found all the same.
CROWD: Final = 64
#: Maximum number of texts looked up, those with most bands in common, and of those of other sources compared.
_LOOKED_UP: Final = 32
_LOOKED_UP_FIRST: Final = 12
_COMPARED: Final = 8


class Text(NamedTuple):
    """What is kept of a text: its shingles, packed, and their bands; none of a text that is too short to compare."""

    packed: tuple[bytes, str]
    bands: Sequence[int]


class NearDuplicates:
    """The first printings of all sources.

    Articles must come in capture order. What is decided depends on nothing but the articles that were added before.

    :raises ArchiveError: from every method, if the state's database cannot be read or written.
    """

    def __init__(self, state: State):
        self._printings, self._versions = FirstPrintings(state), Versions(state)
        self.concurrent = ConcurrentRuns(state)
        #: Of the articles last asked for, by content digest: they are likely to be added next.
        self._fresh: dict[str | None, Text] = {}
        self._crowded: set[int] = set()

    def earliest(self, articles: Sequence[Article]) -> list[Printing | None]:
        """Return, for each article of a source, the earliest printing of its text by another source.

        None if there is none, or if an earlier version of the article itself was first.
        """
        if not articles:
            return []
        texts = self._read(articles)
        sharing = self._printings.sharing([text.bands for text in texts])
        self._crowded = {band for band, numbers in sharing.items() if len(numbers) >= CROWD}
        nearest = [_nearest(text.bands, sharing) for text in texts]
        printings, candidates = self._candidates(articles, nearest)
        details = self._printings.details(chain.from_iterable(candidates))
        agreeing = [
            _agreeing(text, numbers, details) if numbers else []
            for text, numbers in zip(texts, candidates, strict=True)
        ]
        kept = self._printings.texts(chain.from_iterable(agreeing))
        found: list[Printing | None] = []
        for article, text, numbers in zip(articles, texts, agreeing, strict=True):
            own = Shingles.unpack(*text.packed) if numbers else None
            repeated = [printings[number] for number in numbers if own and repeats(own, kept[number])]
            first = min(repeated, key=lambda printing: (printing.fetched_at, printing.id), default=None)
            found.append(None if first and first.id == article.id else first)
        return found

    def _candidates(
        self, articles: Sequence[Article], nearest: Sequence[Sequence[int]]
    ) -> tuple[dict[int, Printing], list[list[int]]]:
        """Return the printings that articles may repeat, and their numbers for each article, the nearest first."""
        source, ids = articles[0].source, {article.id for article in articles}
        printings: dict[int, Printing] = {}
        candidates: list[list[int]] = [[] for _ in articles]
        for rest in (slice(_LOOKED_UP_FIRST), slice(_LOOKED_UP_FIRST, None)):
            lacking = [
                (article, numbers[rest], own)
                for article, numbers, own in zip(articles, nearest, candidates, strict=True)
                if len(own) < _COMPARED
            ]
            wanted = {number for _, numbers, _ in lacking for number in numbers}
            printings |= self._printings.printings(wanted - printings.keys(), source, ids)
            for article, numbers, own in lacking:
                known = (n for n in numbers if n in printings and self._may_know(article, printings[n]))
                own += islice(known, _COMPARED - len(own))
        return printings, candidates

    def point(self, articles: list[Article]) -> list[Article]:
        """Point each duplicate at the first: the earliest with the same text, or most of it, from another source."""
        same, near = self._first_elsewhere(articles), self.earliest(articles)
        pointed = []
        for article, printing in zip(articles, near, strict=True):
            found = [*same.get(article.content_digest or "", ()), *([printing] if printing else [])]
            firsts = [first for first in found if self._may_know(article, first)]
            first = min(firsts, key=lambda each: (each.fetched_at, each.id), default=None)
            if first is not None:
                self.concurrent.note(article.id, first)
            first_id = self.concurrent.told(article.id) or (first.id if first is not None else None)
            pointed.append(replace(article, duplicate_of=first_id) if first_id else article)
        return pointed

    def _may_know(self, article: Article, first: Printed) -> bool:
        return first.fetched_at <= article.fetched_at and self.concurrent.may_know(article.id, first)

    def _first_elsewhere(self, articles: Sequence[Article]) -> dict[str, list[Version]]:
        """Return, by content, the versions that other sources than that of the articles have published."""
        sources, digests = {article.source for article in articles}, {each.content_digest or "" for each in articles}
        found: dict[str, list[Version]] = {}
        for version in self._versions.with_content(digests):
            if version.source not in sources:
                found.setdefault(version.content_digest, []).append(version)
        return found

    def add(self, articles: Sequence[Article]) -> None:
        """Keep the texts of the articles that repeat nothing."""
        firsts = [article for article in articles if article.duplicate_of is None]
        self._printings.add(
            [
                (
                    Printing(article.id, article.version, article.source, article.fetched_at),
                    text.packed,
                    set(text.bands) - self._crowded,
                )
                for article, text in zip(firsts, self._read(firsts), strict=True)
                if text.bands
            ]
        )

    def _read(self, articles: Sequence[Article]) -> list[Text]:
        missing = {a.content_digest: a for a in articles if a.content_digest not in self._fresh}
        new = dict(zip(missing, read_texts(missing.values()), strict=True))
        texts = [new.get(a.content_digest) or self._fresh[a.content_digest] for a in articles]
        self._fresh = {a.content_digest: text for a, text in zip(articles, texts, strict=True)}
        return texts


def read_texts(articles: Collection[Article]) -> list[Text]:
    """Return what articles are compared by; of those that have it with them it is taken."""
    read = [None if each.compared else shingles(each.sapo or "", each.body) for each in articles]
    long = [text.hashes for text in read if text and len(text.hashes) >= SHORTEST]
    cut = iter(bands(long) if long else [])
    return [
        Text(text.pack(), next(cut) if len(text.hashes) >= SHORTEST else ()) if text else _carried(article)
        for article, text in zip(articles, read, strict=True)
    ]


def _carried(article: Article) -> Text:
    assert article.compared is not None, "else it was read"
    return Text((article.compared.hashes, article.compared.details), article.compared.bands)


def _agreeing(text: Text, numbers: Iterable[int], details: Mapping[int, frozenset[str]]) -> list[int]:
    """Return those of some texts that share a text's details: soon told, and not true of most alike by chance."""
    own = details_of(text.packed[1])
    return [number for number in numbers if details_shared(own, details[number]) >= DETAILS_SHARED]


def repeats(later: Shingles, earlier: Shingles) -> bool:
    """Tell whether the later text, whose details the earlier one shares, is a printing of that."""
    like = likeness(later, earlier)
    return like.containment >= CONTAINED or like.resemblance >= RESEMBLING


def _nearest(own: Sequence[int], sharing: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the texts with most bands in common, the earlier kept of two as near."""
    common = Counter(chain.from_iterable(filter(None, map(sharing.get, own))))
    ordered = sorted(common)
    near = {number for number, bands in common.items() if bands > 1}  # few: the rest is alike by chance
    nearest = sorted(near.union(ordered[:_LOOKED_UP]))
    nearest.sort(key=common.__getitem__, reverse=True)
    return nearest[:_LOOKED_UP]
