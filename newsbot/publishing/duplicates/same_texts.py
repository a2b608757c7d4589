"""Tells who has printed the very same text first, be it too short to be compared by its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from archive.records.dates import by_moment
from newsbot.items import Article
from newsbot.publishing.duplicates.concurrent_runs import Printed, in_order
from newsbot.publishing.duplicates.first_printings import FirstPrintings
from newsbot.publishing.duplicates.look_up import printing_of
from newsbot.state.versions import Versions


class SameTexts:
    """The versions, of all sources, that say the same as the articles of a batch.

    :param articles: of one source, in capture order.
    :param is_comparable: whether the text at a place is long enough to be compared by its parts, too. Then another
        source's version counts only if it was kept as a first printing: else it repeats what that search finds.
    :raises ArchiveError: if the state's database cannot be read.
    """

    def __init__(
        self,
        versions: Versions,
        printings: FirstPrintings,
        articles: Sequence[Article],
        is_comparable: Callable[[int], bool],
    ):
        self._articles = articles
        #: By content, those published before the batch, and the places of those in it.
        self._known: dict[str, list[Printed]] = {}
        self._places: dict[str, list[int]] = {}
        for place, article in enumerate(articles):
            self._places.setdefault(article.content_digest or "", []).append(place)
        comparable = {content for content, places in self._places.items() if is_comparable(places[0])}
        found = versions.with_content(self._places)
        sources = {article.source for article in articles}
        others = {version.id for version in found if version.source not in sources}
        kept = printings.versions_of(others) if others and comparable else set()
        for version in found:
            is_own = version.source in sources
            if is_own or version.content_digest not in comparable or (version.id, version.version) in kept:
                self._known.setdefault(version.content_digest, []).append(version)

    def earliest(self, place: int, may_know: Callable[[Article, Printed], bool]) -> Printed | None:
        """Return the earliest printing of the text at a place, the source's own among them; None if there is none."""
        article = self._articles[place]
        content = article.content_digest or ""
        known, places = self._known.get(content, ()), self._places[content]
        if not known and places[0] == place:  # as of most
            return None
        before = (printing_of(self._articles[each]) for each in places if each < place)
        moment = by_moment(article.fetched_at)
        counting = (
            each
            for each in chain(known, before)
            if (each.source == article.source and by_moment(each.fetched_at) <= moment) or may_know(article, each)
        )
        return min(counting, key=in_order, default=None)
