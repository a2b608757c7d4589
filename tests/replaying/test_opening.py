"""Several browsers open articles: each takes the next when it is free, and what came of them is told in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from archive.errors import ArchiveError
from newsbot.replaying.article_pages import ArticlePage, Place
from newsbot.replaying.looked_articles import LookedArticle, LookedPage
from newsbot.replaying.opening import Opening

_LONG_AFTER = 1e6


@dataclass
class Browser:
    """One that starts, or not, after some turns of the loop."""

    starts: bool = True
    turns: int = 1

    async def start(self) -> None:
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if not self.starts:
            raise ArchiveError("it does not start")


class Session:
    """Opens articles, each of which takes as many turns of the loop as is said of it."""

    def __init__(self, turns: dict[str, int], most: int = 0, until: float = _LONG_AFTER, unfinished: str = "") -> None:
        self.turns, self.told = turns, ""
        #: Those opened to the end, as they came.
        self.ended = ""
        self.late = self.wrong = ""
        articles = [_article(name, name in unfinished) for name in turns]
        self.opening: Opening[Browser] = Opening(articles, most, monotonic() + until, self.open, self.tell)

    async def open(self, browser: Browser, looked: LookedArticle) -> bool:
        name = looked.article.url
        for _ in range(self.turns[name]):
            await asyncio.sleep(0)
        if name in self.wrong:
            raise ArchiveError(f"{name}: no index")
        if name in self.late:
            return False
        self.ended += name
        return True

    def tell(self, looked: LookedArticle) -> None:
        self.told += looked.article.url

    def run(self, browsers: Iterable[Browser] = (Browser(), Browser(), Browser())) -> str:
        asyncio.run(self.opening.run([*browsers]))
        assert "".join(each.article.url for each in self.opening.opened) == self.told
        return self.told


def _article(name: str, is_unfinished: bool) -> LookedArticle:
    page = LookedPage(name, "2026-11-22T03:20:32Z", is_unfinished=is_unfinished)
    return LookedArticle(ArticlePage(name, page.moment, (Place(name, "a.warc.gz", 0),), Path("a.jsonl"), 0), [page])


def test_they_are_told_in_order_and_a_slow_one_holds_up_no_other() -> None:
    session = Session({"a": 900, **dict.fromkeys("bcdefghij", 3)})
    assert session.run() == "abcdefghij"
    assert session.ended == "bcdefghija"


def test_of_a_sample_no_more_are_opened_and_the_unfinished_are_left_out() -> None:
    session = Session(dict.fromkeys("abcdef", 2), most=3, unfinished="bc")
    assert (session.run(), session.opening.waiting) == ("ade", 2)


def test_what_was_opened_counts_though_there_was_no_time_for_one_before_it() -> None:
    session = Session({"a": 50, "b": 3, "c": 3})
    session.late = "a"
    assert session.run() == "bc"


def test_when_the_time_is_over_none_is_begun() -> None:
    assert Session({"a": 1}, until=-1).run() == ""


def test_an_error_ends_the_others_at_once() -> None:
    session = Session({"a": 1_000_000, "b": 2, "c": 1_000_000})
    session.wrong = "b"
    with pytest.raises(ArchiveError, match="b: no index"):
        session.run()
    assert session.ended == ""


def test_those_that_start_do_the_work_of_one_that_does_not() -> None:
    session = Session(dict.fromkeys("abcde", 2))
    assert sorted(session.run((Browser(starts=False), Browser()))) == [*"abcde"]


def test_one_that_starts_opens_the_rest_though_it_had_ended() -> None:
    session = Session(dict.fromkeys("ab", 2))
    assert session.run((Browser(starts=False, turns=50), Browser())) == "ba"


def test_if_none_starts_that_is_said() -> None:
    session = Session(dict.fromkeys("abc", 2))
    with pytest.raises(ArchiveError, match="it does not start"):
        session.run((Browser(starts=False), Browser(starts=False)))


def test_where_nothing_is_left_to_open_nobody_asks_who_starts() -> None:
    session = Session({})
    assert session.run((Browser(starts=False),)) == ""
