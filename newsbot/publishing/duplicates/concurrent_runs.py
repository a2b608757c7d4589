"""Tells what a run could know of texts that sources have printed which were crawled at the same time.

Which of them has published a text first is a matter of moments, and no capture tells it. So the closing record of a run
names what it has taken for a first printing of theirs, and when its captures are read again nothing else of theirs
counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol

from archive.records.dates import by_moment
from newsbot.items import SOURCE_NAME
from newsbot.state.runs import Runs
from newsbot.state.state import State
from newsbot.state.versions import Versions

#: Name of the pair in a closing record, and the maximum length of its value, in bytes: the record must be found again,
#: however badly it packs (`archive.records.run_record`).
PAIR: Final = "first-printings-of-concurrent-runs"
_LONGEST: Final = 200_000
#: What it names where there is nothing to name: a pair without a value is not written. Its end, where it is cut.
_NONE: Final = "none"
_MORE: Final = "more"
_ID: Final = re.compile(rf"{SOURCE_NAME.pattern}:\S")


class Printed(Protocol):
    """A printing, or a version of an article."""

    @property
    def id(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def fetched_at(self) -> str: ...


def in_order(printed: Printed) -> tuple[str, str]:
    """Return by what printings are in order: other crawlers tell time to the second."""
    return by_moment(printed.fetched_at), printed.id


class ConcurrentRuns:
    """The runs that were under way with one of a source.

    :param is_part: whether only some captures of a run are read again, and the state knows all else there is: what the
        run names counts then only if it is there.
    """

    def __init__(self, state: State, *, is_part: bool = False):
        self._runs = Runs(state)
        self._versions = Versions(state) if is_part else None
        self._started = ""
        self._told: Mapping[str, str] | None = None
        self._is_all_told = True
        self._known: dict[str, str] = {}
        #: From when on captures of a source were made in no run that was over before this one began.
        self._since: dict[str, str] = {}

    def begin(self, started: str, closing: Mapping[str, str] | None = None) -> None:
        """Begin a run.

        :param started: WARC-Date; empty of one of which nothing is known.
        :param closing: its closing record, where it is read again.
        """
        self._started, self._known, self._since = started, {}, {}
        self._told = _read(closing[PAIR]) if closing and PAIR in closing else None
        self._is_all_told = not (self._told and closing and closing[PAIR].endswith(f" {_MORE}"))

    def may_know(self, article_id: str, first: Printed) -> bool:
        """Whether a printing counts as one that was there before an article of the run."""
        if self._told is None or first.id == article_id or not self._is_concurrent(first):
            return True
        told = self.told(article_id)
        if told is None and (article_id in self._told or not self._is_all_told):
            return True
        return told == first.id

    def told(self, article_id: str) -> str | None:
        """Return what the run has taken for the first printing of an article, if another run had just published it."""
        first = self._told.get(article_id) if self._told else None
        return None if first and self._versions and first not in self._versions.latest([first]) else first

    def note(self, article_id: str, first: Printed) -> None:
        """Note that an article is called a duplicate of a printing."""
        if self._told is None and self._is_concurrent(first):
            self._known[article_id] = first.id

    def closing_pairs(self) -> list[tuple[str, object]]:
        """Return what the closing record says of it."""
        said: list[str] = []
        left = _LONGEST - len(_MORE)
        for article_id, first in self._known.items():
            pair = f"{article_id} {first} "
            left -= len(pair.encode())
            if left < 0:
                said.append(_MORE)
                break
            said.append(pair)
        return [(PAIR, "".join(said).strip() or _NONE)]

    def _is_concurrent(self, first: Printed) -> bool:
        if not self._started:
            return False
        if first.source not in self._since:
            self._since[first.source] = self._runs.under_way(first.source, self._started) or self._started
        return by_moment(first.fetched_at) >= by_moment(self._since[first.source])


def _read(text: str) -> dict[str, str]:
    """Return what a closing record names, as far as these are ids of different articles.

    >>> _read("baosonla:7 baohaiduong:9 baosonla:8 baosonla:8 yenmy:1")
    {'baosonla:7': 'baohaiduong:9'}
    """
    ids = text.split()
    pairs = zip(ids[::2], ids[1::2], strict=False)
    return {own: first for own, first in pairs if own != first and _ID.match(own) and _ID.match(first)}
