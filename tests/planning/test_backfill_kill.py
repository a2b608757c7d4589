"""A backfill may be killed or told to end at any moment: the next goes on where it was, and fetches nothing twice."""

from __future__ import annotations

import os
import random
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest

from newsbot.planning.backfill.cursors import Cursor, Cursors
from newsbot.planning.backfill.window import read_window
from newsbot.state.state import State
from spiders.haiduongtv import HaiduongtvSpider
from tests.harness import durability
from tests.harness.durability import assert_lines_resolve, assert_verified, lines
from tests.harness.warc_reading import read_records
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

SOURCE = HaiduongtvSpider.name
ARTICLES = 100
SINCE = "2000-01-01"
#: Without its sitemap the source has many small pages, of which a killed run gets some done.
SECTIONS = ",".join(filter(None, HaiduongtvSpider.sections))
#: How many crawls are killed.
KILLS = int(os.environ.get("NEWSBOT_KILLS", "8"))
ROW = 4
_PAGE = re.compile(r"(?P<list>haiduongtv\.vn/[a-z-]+)(?:/trang-(?P<page>\d+)\.html)?")


@dataclass
class Past:
    """A data folder, and what was asked for in each run by the minute in which it began."""

    data: Path
    articles: dict[str, set[str]] = field(default_factory=dict)

    def cursors(self) -> dict[str, Cursor]:
        path = self.data / "state.sqlite"
        if not path.exists():
            return {}
        window = read_window(SINCE, None, NOW.date())
        assert window
        state = State(f"sqlite:///{path}")
        rows = Cursors(state, SOURCE, window).all()
        state.close()
        return {row.root.removeprefix("https://"): row for row in rows.values()}

    def captured(self) -> dict[str, set[str]]:
        """By run, the articles whose answers the archive holds."""
        found: dict[str, set[str]] = {run: set() for run in self.articles}
        for path in sorted((self.data / "warc").glob("*.warc.gz")):
            for record in read_records(path):
                article = HaiduongtvSpider.article_id(record["WARC-Target-URI"])
                if record.type in ("response", "revisit") and article:
                    found[record["WARC-Date"][:16]].add(article)
        return found


@dataclass
class Bench:
    replica: Replica

    def crawl(
        self, past: Past, at: datetime, stop_after: int | None = None, how: signal.Signals = signal.SIGKILL
    ) -> int:
        """Crawl; stopped after so many requests, or left to end. What was done before must not be asked for again."""
        before = past.cursors()
        self.replica.forget_counters()
        # What goes on after a kill may see most of the walls and little else.
        settings = {"HEALTH_ERROR_SHARE": "0.5", "NOW": at.isoformat()}
        order = ("crawl", SOURCE, "-a", f"since={SINCE}", "-a", f"sections={SECTIONS}")
        command = durability.Bench(self.replica).start(past.data, *order, settings=settings)
        while stop_after is not None and command.is_running():
            if sum(self.replica.counters().values()) >= stop_after:
                command.kill(how)
                break
            sleep(0.002)
        status = command.wait()
        asked = self.replica.last_counters()
        assert not {address: times for address, times in asked.items() if times > 1}
        assert not {address for address in asked if is_done(address, before)}
        articles = {article for address in asked if (article := HaiduongtvSpider.article_id(f"https://{address}"))}
        past.articles[f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"] = articles
        assert status in ((1, 0) if how == signal.SIGTERM else (-9, 0)), command.said()
        return status


def is_done(address: str, rows: dict[str, Cursor]) -> bool:
    """Whether a page of a list had been left behind."""
    match = _PAGE.fullmatch(address)
    row = rows.get(match["list"]) if match else None
    return row is not None and match is not None and (row.is_done or int(match["page"] or 1) < row.next_page)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Replica(articles=ARTICLES, now=NOW) as replica:
        yield Bench(replica)


def story_ids() -> list[str]:
    (site,) = (site for site in sites(articles=ARTICLES) if site.name == SOURCE)
    return sorted(story.key for story in site.stories if story.kind == "article")


@pytest.mark.parametrize("row", range(-(-KILLS // ROW)))
def test_killed_at_any_moment(bench: Bench, tmp_path: Path, row: int) -> None:
    chance, past = random.Random(row), Past(tmp_path / "data")
    kills, begun = 0, False
    for turn in range(ROW):
        how = signal.SIGTERM if turn == 1 else signal.SIGKILL
        kills += bench.crawl(past, NOW + timedelta(minutes=turn), chance.randint(8, 40), how) == -9
        begun = begun or bool(past.cursors())
    assert kills
    assert begun
    assert bench.crawl(past, NOW + timedelta(minutes=ROW)) == 0
    assert sorted(line["id"] for line in lines(past.data)) == story_ids()
    assert_lines_resolve(past.data)
    assert_verified(past.data)
    captured, runs = past.captured(), sorted(past.articles)
    for number, run in enumerate(runs):
        for later in runs[number + 1 :]:
            assert not captured[run] & past.articles[later], f"captured in {run} and asked for again in {later}"
    assert all(row.is_done for row in past.cursors().values())
    assert bench.crawl(past, NOW + timedelta(minutes=ROW + 1)) == 0
    assert not bench.replica.counters()
