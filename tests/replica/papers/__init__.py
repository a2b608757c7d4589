"""Small papers of the replica: a source of each family, declared in some ten lines over the family's pages.

A family adds its papers with one module in this folder, named like its module in `newsbot/cms/`. It has templates, a
subclass of `Pages` (`tests/replica/papers/pages.py`), and a tuple `PAPERS`:

    class BaodemoPages(Pages):
        def article(self, story: Story) -> str:
            body = f'<h1 class="t">{ink(story.title, story.traps)}</h1><div class="d">{story.published_printed}</div>'
            return self.document(story.title, story.urls[0], f'{body}<div class="c">{"".join(self.text(story))}</div>')

    PAPERS = (
        Paper(
            name="baodemo", outlet="Báo Demo", host="baodemo.vn", leads=("baodemo.com.vn",),
            ages=(
                Age(pages=BaodemoPages, layout="demo-2024", sections="kinh-te xa-hoi", quiet="the-thao", top=81_000,
                    article="/{section}/{slug}-{id}.htm", feed="/rss/{section}.rss", some={"soft-404": (8,)}),
            ),
        ),
    )

Nothing else is to be registered: the server plays every paper found here, and `tests/spiders/test_small_papers.py`
reads the pages of each with the spider of its name and holds them against the truth. What `Age` and `Paper` may say
stands in `tests/replica/papers/paper.py`: older designs on their own hosts, hosts that lead here, feeds, sitemaps by
day, robots.txt or none, traps. `Pages` lays out plain lists; a family overrides what it has otherwise (`row`,
`section_path`, `further_page`, `front`), and `answer` for what nobody else has: a search, a piece of a list, an
interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules

from tests.replica.papers.paper import Paper
from tests.replica.papers.small_paper import SmallPaper


def declared() -> Iterator[Paper]:
    """The papers of all families, by family."""
    for info in sorted(iter_modules(__path__), key=lambda info: info.name):
        yield from getattr(import_module(f"{__name__}.{info.name}"), "PAPERS", ())


def small_papers(articles: int, seed: int, now: datetime) -> list[SmallPaper]:
    """All small papers with so many articles each."""
    return [SmallPaper(paper, articles, seed, now) for paper in declared()]
