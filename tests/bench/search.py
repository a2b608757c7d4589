"""What the index of `scrapy replay` costs in an archive of many articles: to keep it up to date, and to search it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from newsbot.items import Article, to_line
from newsbot.viewer.catalogue import Catalogue
from newsbot.viewer.search_database import SearchDatabase
from newsbot.viewer.search_text import Query
from tests.replica import vocabulary

#: Articles that a crawl has brought, and in one file.
NEW, A_RUN = 50, 200
#: Seconds for an update after those, and for a search.
UPDATE, SEARCH = 2.0, 0.1
#: What people look for: phrases with and without diacritics, a rare word, words that stand in nearly every article.
QUERIES = ("cau dan sinh", "cầu dân sinh", "chợ phiên vùng cao", '"cho phien"', "zzz7", "xã", "người dân tham gia")
_SENTENCES = 25
#: Things that only every so many-th article is about: few enough for the best to be chosen, in a hundred thousand.
_RARE = {"cầu dân sinh": 100, "chợ phiên vùng cao": 25}
_COMMON = tuple(thing for thing in vocabulary.THINGS if thing not in _RARE)
_SOURCES = ("baosonla", "haiduongtv", "baoquangninh", "baohaiduong")


def search(articles: int, folder: Path, console: Console) -> bool:
    """Print what an index of so many articles costs; return whether the targets are met."""
    _write(folder / "articles", 0, articles)
    with SearchDatabase(folder / "search.sqlite") as database:
        catalogue = Catalogue(database, folder / "articles")
        built = _seconds(catalogue.index.update)
        size = sum(path.stat().st_size for path in folder.glob("search.sqlite*"))
        console.print(f"{articles} articles: index made in {built:.0f} s, {size / 1e6:.0f} MB")
    _write(folder / "articles", articles, NEW)
    with SearchDatabase(folder / "search.sqlite") as database:
        catalogue = Catalogue(database, folder / "articles")
        updated = _seconds(catalogue.index.update)
        console.print(f"{NEW} new articles: up to date in {updated:.2f} s (at most {UPDATE:.0f})")
        slowest = 0.0
        for typed in QUERIES:
            query = Query.read(typed)
            seconds = median(_seconds(partial(catalogue.search, query, 0, 25)) for _ in range(5))
            found = catalogue.search(query, 0, 25)
            more = " or more" if found.only_newest else ""
            console.print(
                f"  {typed!r}: {found.total}{more} articles, {seconds * 1000:.0f} ms (at most {SEARCH:.1f} s)"
            )
            slowest = max(slowest, seconds)
    return updated <= UPDATE and slowest <= SEARCH


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _write(folder: Path, first: int, count: int) -> None:
    """Write lines of invented articles, a file a run."""
    for start in range(first, first + count, A_RUN):
        source = _SOURCES[start // A_RUN % len(_SOURCES)]
        (folder / source).mkdir(parents=True, exist_ok=True)
        lines = _lines(source, start, min(A_RUN, first + count - start))
        (folder / source / f"{source}-{start:017}-{start:08}.jsonl").write_text("".join(lines), "utf-8")


def _lines(source: str, start: int, count: int) -> Iterator[str]:
    for number in range(start, start + count):
        words = random.Random(number)
        rare = [thing for thing, each in _RARE.items() if not number % each]
        body = "\n\n".join([*(_sentence(words) for _ in range(_SENTENCES)), *rare, f"zzz{number % 5000}"])
        article = Article(
            id=f"{source}:{number}", source=source, url=f"https://{source}.vn/{number}.html", title=_sentence(words),
            sapo=_sentence(words), body=body, language="vi", reader_version="1",
            fetched_at=f"20{10 + number // 10_000 % 80:02}-{1 + number // 30 % 12:02}-{1 + number % 28:02}T03:04:05Z",
        )  # fmt: skip
        yield f"{to_line(article)}\n"


def _sentence(words: random.Random) -> str:
    parts = (vocabulary.OFFICES, vocabulary.DOINGS, _COMMON, vocabulary.AIMS)
    return f"{' '.join(words.choice(part) for part in parts)}, {words.choice(vocabulary.ROLES)} cho biết."
