"""An archive of two papers, crawled on two days, with changes and removals in between."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from tests.harness.commands import against, run_scrapy
from tests.harness.durability import Line, lines
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCES = ("baosonla", "haiduongtv")
DAYS = (NOW, NOW + timedelta(hours=30), NOW + timedelta(hours=60))


@dataclass(frozen=True)
class Archive:
    """A data folder, and the lines in it."""

    data: Path

    def lines(self, change: str = "") -> list[Line]:
        """The lines of all sources, all or those of one kind of change."""
        return [line for line in lines(self.data) if not change or line["change"] == change]

    def crawl(self, day: int, **settings: str) -> None:
        """Crawl as on one of the days: on the first two articles are held back, on the second some have changed.

        :param settings: more of them.
        """
        changed = Newsroom(
            edited={4: ("headline", 1), 5: ("body", 1)}, removed={6: "404"}, changed=NOW + timedelta(hours=1)
        )
        newsrooms = (Newsroom(held=3), replace(changed, held=1), changed)
        with Replica(articles=12, now=NOW) as replica:
            for source in SOURCES:
                replica.set_newsroom(source, newsrooms[day])
            words = against(replica, NOW=DAYS[day].isoformat(), **settings)
            for source in SOURCES:
                done = run_scrapy("crawl", source, *words, data=self.data, environment=os.environ | replica.environment)
                assert done.returncode == 0, done.stdout + done.stderr


def two_papers(data: Path) -> Archive:
    """Crawl both on the first two days."""
    made = Archive(data)
    made.crawl(0)
    made.crawl(1)
    return made
