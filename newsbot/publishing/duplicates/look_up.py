"""Looks up what the articles of a batch may repeat, all at once, and tells of each what the earliest of it is.

Each is held against what was kept before and against the articles before it in the batch, so that it does not matter
how many come together: a crawl publishes what a sync has made durable, a rebuild some hundred at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

from newsbot.items import Article
from newsbot.publishing.duplicates.concurrent_runs import in_order
from newsbot.publishing.duplicates.first_printings import BandTexts, FirstPrintings, Printing
from newsbot.publishing.duplicates.shingles import Shingles, details_of, details_shared, likeness

#: The share of a text's shingles that must stand in an earlier one. All three are chosen by tests/near_duplicates.
CONTAINED: Final = 0.65
#: Or the resemblance of both, where the later text has paragraphs that the earlier one dropped.
RESEMBLING: Final = 0.6
#: And the share of its numbers, and of its names.
DETAILS_SHARED: Final = 0.5

#: Maximum number of texts looked up, those with most bands in common, and of those of other sources compared.
_LOOKED_UP: Final = 32
_LOOKED_UP_FIRST: Final = 12
_COMPARED: Final = 8
#: Added to the places of a batch they are numbers beyond all those of a database.
_OF_BATCH: Final = 1 << 62


class Text(NamedTuple):
    """What is kept of a text: its shingles, packed, and their bands; none of a text that is too short to compare."""

    packed: tuple[bytes, str]
    bands: Sequence[int]


class LookUp:
    """What was kept before a batch and may be repeated in it.

    :param articles: of one source, in capture order.
    :param texts: theirs.
    :param may_know: whether an article may repeat a printing.
    :raises ArchiveError: if the state's database cannot be read.
    """

    def __init__(
        self,
        printings: FirstPrintings,
        articles: Sequence[Article],
        texts: Sequence[Text],
        may_know: Callable[[Article, Printing], bool],
    ):
        self._articles, self._texts, self._may_know = articles, texts, may_know
        #: The texts that have bands of the batch, by band, as it began.
        self.sharing = printings.sharing([text.bands for text in texts]) if texts else {}
        self._sharing = BandTexts(self.sharing)
        #: Articles of the batch that are first printings, and the places of those not yet among the texts that share.
        self._kept: set[str] = set()
        self._not_shared: list[int] = []
        self._printings: dict[int, Printing] = {}
        self._nearest = [_nearest(text.bands, self.sharing) for text in texts]
        compared = self._candidates_of_all(printings)
        self._details = printings.details(chain.from_iterable(compared))
        self._agreeing = [self._agreeing_with(place, numbers) for place, numbers in enumerate(compared)]
        self._shingles = printings.texts(chain.from_iterable(self._agreeing))

    def is_comparable(self, place: int) -> bool:
        """Whether the text at a place of the batch is long enough to be looked for by its parts."""
        return bool(self._texts[place].bands)

    def covers(self, articles: Iterable[Article]) -> bool:
        """Whether the bands of some articles have been looked up."""
        return {each.content_digest for each in self._articles}.issuperset(each.content_digest for each in articles)

    def earliest(self, place: int) -> Printing | None:
        """Return the earliest printing by another source of the text at a place of the batch.

        None if there is none, or if an earlier version of the article itself was first. Those before it that repeat
        nothing must have been kept.
        """
        agreeing = self._agreeing[place]
        if self._kept and (agreeing or self._articles[place].id in self._kept):  # else no text of the batch matters
            agreeing = self._agreeing_with(place, self._candidates(place, self._nearest_of_all(place)))
        own = Shingles.unpack(*self._texts[place].packed) if agreeing else None
        repeated = [self._printings[number] for number in agreeing if own and repeats(own, self._shingles_of(number))]
        first = min(repeated, key=in_order, default=None)
        return None if first and first.id == self._articles[place].id else first

    def keep(self, place: int) -> None:
        """Let the article at a place be a first printing for those behind it."""
        self._kept.add(self._articles[place].id)
        self._not_shared.append(place)

    def _nearest_of_all(self, place: int) -> list[int]:
        """Return the nearest texts of an article, those of the batch among them: they take the room of others."""
        for kept in self._not_shared:
            self._printings[_OF_BATCH + kept] = printing_of(self._articles[kept])
            self._sharing.add(_OF_BATCH + kept, self._texts[kept].bands)
        self._not_shared.clear()
        bands = self._texts[place].bands
        return _nearest(bands, self._sharing.of(bands))

    def _candidates_of_all(self, printings: FirstPrintings) -> list[list[int]]:
        """Look up the printings that the articles may repeat; returns what each is compared with."""
        if not self._articles:
            return []
        source, ids = self._articles[0].source, {article.id for article in self._articles}
        candidates: list[list[int]] = [[] for _ in self._articles]
        for most in (_LOOKED_UP_FIRST, _LOOKED_UP):
            lacking = [place for place, own in enumerate(candidates) if len(own) < _COMPARED]
            wanted = {number for place in lacking for number in self._nearest[place][:most]}
            self._printings |= printings.printings(wanted - self._printings.keys(), source, ids)
            for place in lacking:
                candidates[place] = self._candidates(place, self._nearest[place][:most])
        return candidates

    def _candidates(self, place: int, nearest: Iterable[int]) -> list[int]:
        """Return what an article is compared with: the nearest that others have printed, or the article itself."""
        article = self._articles[place]

        def is_compared(number: int) -> bool:
            printing = self._printings.get(number)
            if printing is None or (printing.source == article.source and printing.id != article.id):
                return False
            return self._may_know(article, printing)

        return [*islice(filter(is_compared, nearest), _COMPARED)]

    def _agreeing_with(self, place: int, numbers: Sequence[int]) -> list[int]:
        """Return those of some texts that share a text's details: soon told, and not true of most alike by chance."""
        if not numbers:
            return []
        own = details_of(self._texts[place].packed[1])
        return [number for number in numbers if details_shared(own, self._details_of(number)) >= DETAILS_SHARED]

    def _details_of(self, number: int) -> frozenset[str]:
        if number < _OF_BATCH:
            return self._details[number]
        return frozenset().union(*details_of(self._texts[number - _OF_BATCH].packed[1]))

    def _shingles_of(self, number: int) -> Shingles:
        return (
            self._shingles[number] if number < _OF_BATCH else Shingles.unpack(*self._texts[number - _OF_BATCH].packed)
        )


def printing_of(article: Article) -> Printing:
    return Printing(article.id, article.version, article.source, article.fetched_at)


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
