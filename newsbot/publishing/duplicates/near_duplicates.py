"""Finds the first printing of what an article says again: agency copy goes over the provinces with small edits.

An article repeats an earlier one if most of its text stands there. Reprints drop paragraphs and get a new headline, so
what counts is the share of the *later* text, without headline and captions; a text that only quotes or gathers others
is no repetition. Numbers and names tell this week's market prices, or this village's feast, from another's.

Repetitions are not kept: what a text repeats is always a first printing, and the hundredth reprint costs no more than
the first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from archive.records.dates import by_moment
from newsbot.items import Article
from newsbot.publishing.duplicates.concurrent_runs import ConcurrentRuns, Printed, in_order
from newsbot.publishing.duplicates.first_printings import FirstPrintings, bands
from newsbot.publishing.duplicates.look_up import LookUp, Text, printing_of
from newsbot.publishing.duplicates.same_texts import SameTexts
from newsbot.publishing.duplicates.shingles import shingles
from newsbot.state.state import State
from newsbot.state.versions import Versions

#: Shingles below which only the same text is a repetition: a picture's few lines are alike by chance.
SHORTEST: Final = 40


class NearDuplicates:
    """The first printings of all sources.

    Articles must come in capture order. What is decided depends on nothing but the articles that were added before, and
    not on how many are decided together.

    :param is_part: as for `ConcurrentRuns`.
    :raises ArchiveError: from every method, if the state's database cannot be read or written.
    """

    def __init__(self, state: State, *, is_part: bool = False):
        self._printings, self._versions = FirstPrintings(state), Versions(state)
        self.concurrent = ConcurrentRuns(state, is_part=is_part)
        #: Of the articles last asked for, by content digest: they are likely to be added next.
        self._fresh: dict[str | None, Text] = {}
        #: What was found for them, until some are added.
        self._looked_up: LookUp | None = None

    def point(self, articles: Sequence[Article]) -> list[Article]:
        """Point each duplicate at the first: the earliest with the same text, or most of it, from another source.

        The articles are all of one source.
        """
        looked_up = self._looked_up = LookUp(self._printings, articles, self._read(articles), self._may_know)
        same = SameTexts(self._versions, self._printings, articles, looked_up.is_comparable)
        pointed = []
        for place, article in enumerate(articles):
            firsts = [first for first in (same.earliest(place, self._may_know), looked_up.earliest(place)) if first]
            first = min(firsts, key=in_order, default=None)
            if first is not None and first.source == article.source:
                first = None  # it has printed the text itself before any other
            if first is not None:
                self.concurrent.note(article.id, first)
            first_id = self.concurrent.told(article.id) or (first.id if first is not None else None)
            if not first_id:
                looked_up.keep(place)
            pointed.append(replace(article, duplicate_of=first_id) if first_id else article)
        return pointed

    def _may_know(self, article: Article, first: Printed) -> bool:
        return by_moment(first.fetched_at) <= by_moment(article.fetched_at) and self.concurrent.may_know(
            article.id, first
        )

    def add(self, articles: Sequence[Article]) -> None:
        """Keep the texts of the articles that repeat nothing."""
        firsts = [article for article in articles if article.duplicate_of is None]
        texts = [(printing_of(each), text) for each, text in zip(firsts, self._read(firsts), strict=True) if text.bands]
        known = self._looked_up.sharing if self._looked_up and self._looked_up.covers(firsts) else None
        self._looked_up = None
        self._printings.add([(printing, text.packed, {*text.bands}) for printing, text in texts], known)

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
