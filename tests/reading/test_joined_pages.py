"""Joining pages of an article: no paragraph that stands on one page alone is lost, no page is there twice."""

from __future__ import annotations

import random

import pytest

from archive.http.exchange import Capture
from newsbot.items import Article, FurtherPage
from newsbot.reading.joined_pages import addresses, is_whole, joined

WORDS = ("Nước", "sông", "đê", "lũ", "xã", "Hoà", "hòa", "ĐÊ", "&amp;", "10%", "…", "\u200b")


def article(body: list[str], sapo: str | None = None, further: int = 0) -> Article:
    return Article(
        id="a:1",
        source="a",
        url="http://a.vn/1",
        title="Lũ về",
        sapo=sapo,
        body="\n\n".join(body),
        further_pages=[f"http://a.vn/1?page={number}" for number in range(2, further + 2)],
        language="vi",
        reader_version="1",
        fetched_at="2026-11-22T03:20:11Z",
    )


def further(number: int, body: list[str], sapo: str | None = None, names: int = 0) -> FurtherPage:
    capture = Capture(number, f"http://a.vn/1?page={number}", "2026-11-22T03:20:11Z", "<urn:x:1>")
    return FurtherPage("a:1", number, capture, article(body, sapo, names))


def paragraphs(found: Article) -> list[str]:
    return found.body.split("\n\n") if found.body else []


@pytest.mark.parametrize("seed", range(100))
def test_each_text_is_there_once(seed: int) -> None:
    """Pages may repeat the lead, the whole first page, or the whole page before; else each has texts of its own."""
    chance = random.Random(seed)
    number = iter(range(1000))

    def some(most: int) -> list[str]:
        return [f"{' '.join(chance.choices(WORDS, k=3))} câu {next(number)}." for _ in range(chance.randint(0, most))]

    lead = chance.choice([None, *some(1)])
    first = some(3)
    pages, before, own = [], [first], [first]
    for page in range(2, chance.randint(2, 6)):
        new, again = some(3), chance.choice([[], chance.choice(before), [lead] if lead else []])
        body = [*again, *new]
        told = chance.choice([None, body[0]]) if body else None
        pages.append(further(page, body[1:] if told else body, told))
        before.append(body)
        own.append(new)
    found = paragraphs(joined(article(first, lead), pages))
    wanted = paragraphs(joined(article([text for texts in own for text in texts], lead), []))
    assert found == wanted


def test_a_refrain_is_kept_on_each_page() -> None:
    """A text that stands on several pages, but does not begin them, is one of each."""
    pages = [further(2, ["Khổ hai.", "Điệp khúc."]), further(3, ["Khổ ba.", "Điệp khúc."])]
    found = joined(article(["Khổ một.", "Điệp khúc."], further=2), pages)
    assert paragraphs(found) == ["Khổ một.", "Điệp khúc.", "Khổ hai.", "Điệp khúc.", "Khổ ba.", "Điệp khúc."]


def test_a_page_that_an_earlier_one_names_is_waited_for() -> None:
    first = article(["Một."], further=1)
    pages = [further(2, ["Hai."], names=2), further(3, ["Ba."], names=2)]
    assert [is_whole(first, pages[:number]) for number in range(3)] == [False, False, True]
    assert addresses(first, pages) == joined(first, pages).further_pages == [page.capture.url for page in pages]


def test_a_page_that_only_repeats_is_the_last() -> None:
    first = article(["Một.", "Hai."], further=3)
    assert is_whole(first, [further(2, ["Một.", "Hai."], names=9)])
    assert is_whole(first, [further(2, ["Ba."]), further(3, ["Ba."], names=9)])
    assert not is_whole(first, [further(2, ["Ba."])])
